import JSON
import Testing

/// The reader beside `ReferenceReader`: the same value, or the same failure at the same byte.
@Suite struct ReaderDifferenceTests {
    private func compare(_ bytes: [UInt8], depthLimit: Int = 6) -> Bool {
        let expected: Result<PlainValue, ReferenceReader.Failure>
        do {
            expected = .success(try ReferenceReader.value(of: bytes, depthLimit: depthLimit))
        } catch {
            expected = .failure(error)
        }
        let found: Result<PlainValue, ReferenceReader.Failure>
        do {
            found = .success(PlainValue(try JSONReader.value(of: bytes, depthLimit: depthLimit)))
        } catch {
            found = .failure(.init(rule: error.rule, offset: error.offset))
        }
        return found == expected
    }

    @Test(arguments: 0..<8)
    func generatedTextsReadAlike(seed: Int) {
        var source = JSONSource(seed: UInt64(seed))
        var wholes = 0
        for _ in 0..<1500 {
            let text = source.text()
            if (try? JSONReader.value(of: text, depthLimit: 6)) != nil { wholes += 1 }
            #expect(compare(text), "\(String(decoding: text, as: UTF8.self).debugDescription)")
            let mutated = source.mutation(of: text)
            #expect(compare(mutated), "\(mutated)")
        }
        // The generator must not be busy with refusals alone.
        #expect(wholes > 700)
    }

    /// One byte of every value at every place of strings of every length around the eight bytes that
    /// are looked at together.
    @Test func everyByteAtEveryPlaceReadsAlike() {
        for length in 1...19 {
            for place in 0..<length {
                for byte in UInt8.min...UInt8.max {
                    var letters = [UInt8](repeating: 0x61, count: length)
                    letters[place] = byte
                    let text = [0x5B, 0x22] + letters + [0x22, 0x2C, 0x31, 0x5D]
                    if !compare(text) { Issue.record("\(text)") }
                }
            }
        }
    }

    /// Names are looked up in another way from the 97th on.
    @Test(arguments: [1, 2, 30, 95, 96, 97, 98, 150])
    func repeatedNamesAreFoundAtEverySize(count: Int) {
        let names = (0..<count).map { "\"n\(String($0, radix: 36))\"" }
        for repeated in Set([0, count / 2, count - 1]) {
            for last in [names[repeated], "\"\\u006e\(String(repeated, radix: 36))\"", "\"n-\"", "\"\u{E9}\""] {
                let members = (names + [last]).map { $0 + ":1" }.joined(separator: ",")
                #expect(compare(Array("{\(members)}".utf8)))
            }
        }
    }

    /// Names of other bytes that are canonically equivalent count as the same, wherever they stand.
    @Test(arguments: [
        ("K", "\u{212A}"), ("\u{212A}", "K"), ("\u{E9}", "e\u{301}"), ("e\u{301}", "\u{E9}"), ("\u{C5}", "\u{212B}"),
        ("A\u{30A}", "\u{212B}"), (";", "\u{37E}"), ("k", "\u{212A}"), ("e", "\u{E9}"), ("", "\u{301}"),
    ])
    func equivalentNamesReadAlike(one: String, other: String) {
        for filler in ["", "\"x\":1,", (0..<120).map { "\"f\($0)\":1," }.joined()] {
            #expect(compare(Array("{\(filler)\"\(one)\":1,\"\(other)\":2}".utf8)))
            #expect(compare(Array("{\"\(one)\":1,\(filler)\"\(other)\":2}".utf8)))
            #expect(compare(Array("{\"\(one)\":1,\"\(other)\":2,\(filler)\"y\":3}".utf8)))
        }
    }
}

/// Random JSON texts, from a seed: mostly whole ones, of all that the grammar has.
struct JSONSource {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    }

    mutating func random(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[random(elements.count)]
    }

    mutating func text() -> [UInt8] {
        Array((blanks() + value(depth: 0) + blanks()).utf8)
    }

    /// A text with up to four bytes changed, left out or put in.
    mutating func mutation(of text: [UInt8]) -> [UInt8] {
        let letters = Array("{}[]\",:\\u0019e-+.tfn \n\u{7F}".utf8) + [0x00, 0x1F, 0x80, 0xC3, 0xA9, 0xED, 0xA0, 0xF0, 0xFF]
        var bytes = text
        for _ in 0...random(4) where !bytes.isEmpty {
            let place = random(bytes.count)
            switch random(3) {
            case 0: bytes[place] = pick(letters)
            case 1: bytes.remove(at: place)
            default: bytes.insert(pick(letters), at: place)
            }
        }
        return bytes
    }

    private mutating func value(depth: Int) -> String {
        switch random(depth > 4 ? 5 : 8) {
        case 0: return pick(["null", "true", "false"])
        case 1: return pick(["0", "-0", "12", "-3.25", "1e9", "1E-2", "9223372036854775808", "0.10"])
        case 2, 3, 4: return string()
        case 5:
            let values = (0..<random(6)).map { _ in blanks() + value(depth: depth + 1) + blanks() }
            return "[" + values.joined(separator: ",") + "]"
        default:
            let members = (0..<random(9)).map { number in
                let name = random(12) == 0 ? string() : "\"\(pick(["a", "Name", "com.example."]))\(number)\""
                return blanks() + name + blanks() + ":" + blanks() + value(depth: depth + 1) + blanks()
            }
            return "{" + members.joined(separator: ",") + "}"
        }
    }

    private mutating func string() -> String {
        let pieces = [
            "", "a", "web", "0.0.0.0:8080", "/usr/local/sbin:/usr/local/bin", "\\n", "\\\"", "\\\\", "\\/", "\\u00e9",
            "\\ud83d\\ude00", "\u{E9}", "e\u{301}", "\u{1F600}", "\u{7F}", "\u{212A}", "\\u212a", "K", "\u{2028}",
        ]
        return "\"" + (0..<random(5)).map { _ in pick(pieces) }.joined() + "\""
    }

    private mutating func blanks() -> String {
        random(6) == 0 ? pick([" ", "\n", "\t\r ", "  "]) : ""
    }
}
