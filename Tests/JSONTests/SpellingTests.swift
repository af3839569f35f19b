import JSON
import Testing

@Suite struct SpellingTests {
    @Test func runsOfPlainBytesEndWhereTheFirstOtherByteStands() {
        func isPlain(_ byte: UInt8) -> Bool {
            0x20...0x7E ~= byte && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
        }
        for length in 0...18 {
            var bytes = [UInt8](repeating: 0x7E, count: length)
            let end = PlainBytes.end(of: bytes.span, from: 0)
            #expect(end == length)
            for place in 0..<length {
                for byte in UInt8.min...UInt8.max {
                    bytes[place] = byte
                    for start in Set([0, place / 2, place, place + 1]) {
                        let expected = bytes[start...].firstIndex { !isPlain($0) } ?? length
                        let found = PlainBytes.end(of: bytes.span, from: start)
                        if found != expected { Issue.record("\(bytes) from \(start): \(found)") }
                    }
                }
                bytes[place] = 0x20
            }
        }
    }

    @Test func twoOddBytesDoNotHideEachOther() {
        let odd: [UInt8] = [0x00, 0x1F, 0x21, 0x22, 0x23, 0x5B, 0x5C, 0x5D, 0x7F, 0x80, 0xA2, 0xDC, 0xFE, 0xFF]
        for (place, later) in [(0, 1), (3, 4), (6, 7), (7, 8), (2, 9)] {
            for one in odd {
                for other in odd {
                    var bytes = [UInt8](repeating: 0x61, count: 12)
                    bytes[place] = one
                    bytes[later] = other
                    let expected = bytes.firstIndex { !PlainBytes.isPlain($0) } ?? 12
                    let found = PlainBytes.end(of: bytes.span, from: 0)
                    #expect(found == expected)
                }
            }
        }
    }

    @Test func textsAreComparedByteForByte() {
        // All of these are equal for Swift, and some of one length.
        for (one, other) in [
            ("K", "\u{212A}"), ("\u{E9}", "e\u{301}"), ("A\u{30A}", "\u{212B}"), ("\u{3A9}", "\u{2126}"),
            ("long enough for words: A\u{30A}", "long enough for words: \u{212B}"),
        ] {
            #expect(one == other)
            #expect(!Spelling.isSame(one, other))
            #expect(Spelling.isSame(one, one) && Spelling.isSame(other, other))
        }
        for length in 0...26 {
            let letters = [UInt8](repeating: 0x61, count: length)
            let text = String(decoding: letters, as: UTF8.self)
            #expect(Spelling.isSame(text, String(decoding: letters, as: UTF8.self)))
            #expect(!Spelling.isSame(text, text + "a"))
            for place in 0..<length {
                var others = letters
                others[place] = 0x62
                #expect(!Spelling.isSame(text, String(decoding: others, as: UTF8.self)))
                let isSame = Spelling.isSame(letters.span, others.span)
                #expect(!isSame)
            }
        }
    }

    @Test(arguments: [
        ("hostconfig", "HostConfig", true), ("HOSTCONFIG", "HostConfig", true), ("", "", true),
        ("HostConfig", "HostConfig", true), ("HostConfi", "HostConfig", false), ("HostConfih", "HostConfig", false),
        ("Ho\u{17F}tConfig", "HostConfig", false), ("Networ\u{212A}Mode", "NetworkMode", false),
        // Bytes that differ in the bit that letters' cases differ in.
        ("@@@", "```", false), ("[a", "{a", false), ("A_", "a\u{7F}", false),
    ])
    func onlyASCIILettersFold(text: String, name: String, isFolded: Bool) {
        let found = Spelling.isFolded(text.utf8Span.span, name.utf8Span.span)
        #expect(found == isFolded)
    }
}
