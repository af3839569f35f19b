import CreateBodies
import ShellGrammar
import Testing

@Suite struct OutputTests {
    private func shown(_ text: String, _ mode: OutputSanitiser.Mode = .colour) -> String {
        String(decoding: OutputSanitiser.sanitise(Array(text.utf8), mode), as: UTF8.self)
    }

    @Test(arguments: [
        "", "plain\n", "a\tb\n", "café ✓ 日本\u{3000}語\n", "👍 ⚠\u{FE0F}", "\u{1B}[m", "\u{1B}[0m",
        "\u{1B}[31mx\u{1B}[0m", "\u{1B}[1;38;5;8mx", "\u{1B}[38;2;8;8;8;48;2;1;2;3mx",
        "\u{1B}[4:3mx",
        "\u{1B}[38:2::8:8:8mx", "\u{1B}[28m", "a\u{A0}b", "\u{FFFD}",
    ])
    func whatOnlyShowsPasses(text: String) {
        #expect(shown(text) == text)
        #expect(OutputSanitiser.objection(to: Array(text.utf8)) == nil)
    }

    @Test(arguments: [
        ("\r", "^M"), ("a\r\nb", "a^M\nb"), ("\u{8}", "^H"), ("\u{7}", "^G"), ("\u{0}", "^@"),
        ("\u{7F}", "^?"), ("\u{B}\u{C}", "^K^L"), ("\u{E}\u{F}", "^N^O"),
        ("\u{9B}31m", "<U+009B>31m"),
        ("\u{85}", "<U+0085>"), ("\u{1B}[2J", "^[[2J"), ("\u{1B}[H", "^[[H"),
        ("\u{1B}[6n", "^[[6n"),
        ("\u{1B}[c", "^[[c"), ("\u{1B}c", "^[c"), ("\u{1B}[?25l", "^[[?25l"),
        ("\u{1B}[>4;2m", "^[[>4;2m"), ("\u{1B}[?4m", "^[[?4m"), ("\u{1B}[0 m", "^[[0 m"),
        ("\u{1B}[31", "^[[31"), ("\u{1B}", "^["), ("\u{1B}\u{1B}[0mx", "^[\u{1B}[0mx"),
        ("\u{1B}[3\u{1B}[0m", "^[[3\u{1B}[0m"), ("\u{1B}[8mx", "^[[8mx"),
        ("\u{1B}[0;8m", "^[[0;8m"),
        ("\u{1B}[38;5;1;8m", "^[[38;5;1;8m"), ("\u{1B}[8:1m", "^[[8:1m"), ("\u{1B}[:8m", "^[[:8m"),
        ("\u{1B}]0;t\u{7}", "^[]0;t^G"), ("\u{1B}]8;;http://x\u{1B}\\y", "^[]8;;http://x^[\\y"),
        ("\u{1B}P1$r\u{1B}\\", "^[P1$r^[\\"), ("\u{1B}_x\u{1B}\\", "^[_x^[\\"),
        ("\u{1B}#8", "^[#8"),
        ("a\u{202E}b", "a<U+202E>b"),
        ("\u{2066}\u{2069}\u{200F}\u{61C}", "<U+2066><U+2069><U+200F><U+061C>"),
        ("a\u{200B}\u{200D}\u{FEFF}b", "a<U+200B><U+200D><U+FEFF>b"), ("\u{AD}", "<U+00AD>"),
        ("\u{2028}\u{2029}", "<U+2028><U+2029>"), ("\u{E0041}", "<U+E0041>"),
        ("\u{E0100}", "<U+E0100>"),
        ("\u{3164}", "<U+3164>"), ("\u{FFFF}", "<U+FFFF>"),
    ])
    func whatWouldActIsShown(text: String, safe: String) {
        #expect(shown(text) == safe)
        let refusal = OutputSanitiser.objection(to: Array(text.utf8))
        #expect(refusal?.nearest == safe)
        #expect(shown(safe) == safe)
    }

    @Test func bytesThatAreNoTextAreShownInHexadecimal() {
        for (bytes, safe): ([UInt8], String) in [
            ([0x80], "\\x80"), ([0x9B, 0x36, 0x6E], "\\x9B6n"), ([0xC0, 0xAF], "\\xC0\\xAF"),
            ([0xC3], "\\xC3"), ([0xC3, 0x41], "\\xC3A"), ([0xE2, 0x82], "\\xE2\\x82"),
            ([0xED, 0xA0, 0x80], "\\xED\\xA0\\x80"), ([0xF5, 0x41], "\\xF5A"),
            ([0xF4, 0x90, 0x80, 0x80], "\\xF4\\x90\\x80\\x80"),
            ([0xE2, 0x1B, 0x5B, 0x6D], "\\xE2\u{1B}[m"),
        ] {
            #expect(
                String(decoding: OutputSanitiser.sanitise(bytes, .colour), as: UTF8.self) == safe)
        }
    }

    @Test func plainLeavesColoursOut() {
        #expect(shown("\u{1B}[31mx\u{1B}[0m \u{1B}[2J", .plain) == "x ^[[2J")
    }

    @Test func whoeverFollowsKnowsOfTheColour() {
        for (text, isColoured) in [
            ("x", false), ("\u{1B}[31mx", true), ("\u{1B}[31mx\u{1B}[0m", false),
            ("\u{1B}[31mx\u{1B}[m", false),
            ("\u{1B}[38;5;0m", true),
        ] {
            var sanitiser = OutputSanitiser(.colour)
            var output: [UInt8] = []
            sanitiser.receive(Array(text.utf8)[...], appendingTo: &output)
            #expect(sanitiser.isColoured == isColoured, "\(text.debugDescription)")
        }
    }

    @Test func aColourWithoutEndIsNotKept() {
        var sanitiser = OutputSanitiser(.colour)
        var output: [UInt8] = []
        let flood = Array("\u{1B}[".utf8) + [UInt8](repeating: UInt8(ascii: "1"), count: 100_000)
        sanitiser.receive(flood[...], appendingTo: &output)
        // One character becomes two.
        #expect(output.count == flood.count + 1)
    }

    @Test func theFirstHarmIsPointedAt() {
        for (text, column, rule) in [
            ("é\r", 2, "output.control"), ("ab\u{1B}[6n", 3, "output.escape"),
            ("é\u{1B}[0m\u{202E}", 6, "output.invisible"),
        ] {
            let refusal = OutputSanitiser.objection(to: Array(text.utf8))
            #expect(refusal?.column == column && refusal?.rule == rule, "\(text.debugDescription)")
        }
        #expect(OutputSanitiser.objection(to: [0x41, 0xFF])?.rule == "output.encoding")
    }

    /// Wherever reads are cut, the same comes out, and it never acts.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func cutsMakeNoDifference(seed: UInt64) {
        var random = Seeded(seed: seed)
        let pieces = [
            "\u{1B}", "[", "31", ";", ":", "m", "é", "日", "👍", "\u{202E}", "\u{9B}", "\r", "\n",
            "x", "]", "8",
        ].map { Array($0.utf8) }
        for _ in 0..<300 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                bytes += pieces[Int.random(in: 0..<pieces.count, using: &random)]
            }
            if !bytes.isEmpty, Bool.random(using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            for mode in OutputSanitiser.Mode.allCases {
                let whole = OutputSanitiser.sanitise(bytes, mode)
                var sanitiser = OutputSanitiser(mode)
                var output: [UInt8] = []
                var start = 0
                while start < bytes.count {
                    let end = Int.random(in: start...min(bytes.count, start + 5), using: &random)
                    sanitiser.receive(bytes[start..<end], appendingTo: &output)
                    start = end
                }
                sanitiser.finish(appendingTo: &output)
                #expect(output == whole, "\(bytes)")
                #expect(OutputSanitiser.sanitise(whole, mode) == whole, "\(bytes)")
            }
        }
    }
}
