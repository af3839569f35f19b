import ShellGrammar
import Testing

/// Secrets are left out wherever a text is cut, and whatever colours stand in it.
@Suite struct MaskStreamTests {
    private func shown(_ parts: [ArraySlice<UInt8>]) -> String {
        var stream = MaskStream()
        var output: [UInt8] = []
        for part in parts { output += stream.takeLines(part) }
        return String(decoding: output + stream.takeLines([], isEnd: true), as: UTF8.self)
    }

    @Test(arguments: [
        ("  1 0 app --password hunter2\n  2 0 env DB_TOKEN=hunter2 x", "  1 0 app --password [masked]\n  2 0 env DB_TOKEN=[masked] x"),
        (#"{"token": "hun\"ter2", "a": 1}"#, #"{"token": "[masked]", "a": 1}"#),
        ("get https://hunter2@db/x and http://h:80/", "get https://[masked]@db/x and http://h:80/"),
        ("cookie: hunter2; a=b\nnext", "cookie: [masked]\nnext"),
        ("password = 'hunter2' rest", "password = '[masked]' rest"),
        // Nothing is secret here, nor lost.
        ("a:b :/ ://x ^[[ ^[ \u{1B}[31 \"password\" is --token", "a:b :/ ://x ^[[ ^[ \u{1B}[31 \"password\" is --token"),
        ("PASSWORD=\n=hunter3", "PASSWORD=\n=hunter3"),
        // grep --color stands between a name and what follows.
        ("PASSWORD\u{1B}[0m=hunter2 x", "PASSWORD\u{1B}[0m=[masked] x"),
        ("PASSWORD=\u{1B}[1mhunter2\u{1B}[0m x", "PASSWORD=\u{1B}[1m[masked]\u{1B}[0m x"),
        ("PASS\u{1B}[01;31mWORD\u{1B}[m\u{1B}[K=hunter2", "PASS\u{1B}[01;31mWORD\u{1B}[m\u{1B}[K=[masked]"),
        ("PASSWORD^[[K=hunter2", "PASSWORD^[[K=[masked]"), ("\u{1B}[1mkey=hunter2", "\u{1B}[1mkey=[masked]"),
        ("password: \u{1B}[33m\"hunter2\u{1B}[0m\" x", "password: \u{1B}[33m\"[masked]\u{1B}[0m\" x"),
        ("https\u{1B}[1m://hunter2\u{1B}[0m@db", "https\u{1B}[1m://[masked]\u{1B}[0m@db"),
    ])
    func cutsAndColoursHideNothing(_ text: String, _ expected: String) {
        let bytes = Array(text.utf8)
        #expect(shown([bytes[...]]) == expected)
        #expect(shown(bytes.indices.map { bytes[$0...$0] }) == expected)
        for cut in bytes.indices { #expect(shown([bytes[..<cut], bytes[cut...]]) == expected, "cut at \(cut)") }
    }

    /// A value of any length is one value; it began long before the part that ends it.
    @Test(arguments: ["PASSWORD=", "--token ", "\"secret\": \"", "Authorization: ", "https://"])
    func longValuesAreLeftOut(head: String) {
        let secret = String(repeating: "hunter2.", count: 512)
        let end = head.hasPrefix("https") ? "@db" : head.hasSuffix("\"") ? "\"" : ""
        let line = Array((String(repeating: "x ", count: 4090) + head + secret + end).utf8)
        var stream = MaskStream()
        var output: [UInt8] = []
        var rest = line[...]
        while !rest.isEmpty {
            // No address is so long as to wait for ever.
            let count = head.hasPrefix("https") ? line.count : 1000
            output += stream.take(rest.prefix(count), isEnd: rest.count <= count)
            rest = rest.dropFirst(count)
        }
        let text = String(decoding: output, as: UTF8.self)
        #expect(!text.contains("hunter2"), "\(text.suffix(200))")
        #expect(text.hasSuffix(head + "[masked]" + end), "\(text.suffix(200))")
    }

    /// What has no value does not wait without bound.
    @Test(arguments: ["x", "password", " ", "\u{1B}[1m", "https://", "a: ", "\""])
    func nothingIsHeldForEver(piece: String) {
        var stream = MaskStream()
        let part = Array(String(repeating: piece, count: 16_384).utf8)
        var count = 0
        for _ in 0..<4 { count += stream.take(part, isEnd: false).count }
        #expect(4 * part.count - count <= 8192)
        #expect(count + stream.take([], isEnd: true).count == 4 * part.count)
    }
}
