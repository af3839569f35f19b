/// Other ways to write a string of JSON.
enum Spelling {
    /// A name in other letters: small, capital, mixed, or with U+017F for s and U+212A for k.
    static func folding(_ name: [UInt8], _ choice: UInt64) -> [UInt8] {
        var folded: [UInt8] = []
        for (index, byte) in name.enumerated() {
            let isLetter = 0x41...0x5A ~= byte || 0x61...0x7A ~= byte
            // What follows a backslash is no letter.
            guard isLetter, index == 0 || name[index - 1] != UInt8(ascii: "\\") else {
                folded.append(byte)
                continue
            }
            switch choice % 5 {
            case 0: folded.append(byte | 0x20)
            case 1: folded.append(byte & 0xDF)
            case 2: folded.append(choice >> (8 + UInt64(index % 48)) & 1 == 0 ? byte | 0x20 : byte & 0xDF)
            case 3 where byte | 0x20 == UInt8(ascii: "s"): folded += "\u{17F}".utf8
            case 3 where byte | 0x20 == UInt8(ascii: "k"): folded += "\u{212A}".utf8
            case 4 where byte | 0x20 == UInt8(ascii: "s"): folded += #"\u017f"#.utf8
            case 4 where byte | 0x20 == UInt8(ascii: "k"): folded += #"\u212A"#.utf8
            default: folded.append(byte)
            }
        }
        return folded
    }

    /// The same string with some of its bytes as escapes.
    static func escaping(_ literal: [UInt8], _ random: inout Seeded) -> [UInt8] {
        guard isPlain(literal) else { return literal }
        var spelled: [UInt8] = []
        for byte in literal.dropFirst().dropLast() {
            guard random.chance(40) else {
                spelled.append(byte)
                continue
            }
            spelled += escape(UInt16(byte), isCapital: random.chance(50))
        }
        return quoted(spelled)
    }

    /// The string with half a surrogate pair, or a whole one, somewhere.
    static func withSurrogate(_ literal: [UInt8], _ random: inout Seeded) -> [UInt8] {
        let pieces = [
            #"\ud800"#, #"\udc00"#, #"\ud800\u0041"#, #"\ud83d\ude00"#, #"\uD800\uD800"#, #"\udfffx"#,
        ]
        return inserting(Array(random.pick(pieces).utf8), into: literal, &random)
    }

    /// The string with bytes that are no UTF-8.
    static func withInvalidBytes(_ literal: [UInt8], _ random: inout Seeded) -> [UInt8] {
        let pieces: [[UInt8]] = [
            [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xE2, 0x84], [0x80], [0xF4, 0x90, 0x80, 0x80],
            [0xC3, 0xA9], [0xF0, 0x9F],
        ]
        return inserting(random.pick(pieces), into: literal, &random)
    }

    /// The string with a control character, bare or as an escape.
    static func withControl(_ literal: [UInt8], _ random: inout Seeded) -> [UInt8] {
        let pieces = ["\n", "\t", "\u{1}", "\u{7F}", #"\u0000"#, #"\n"#, #"\u001f"#, #"\b"#, "\u{0}"]
        return inserting(Array(random.pick(pieces).utf8), into: literal, &random)
    }

    private static func inserting(
        _ piece: [UInt8], into literal: [UInt8], _ random: inout Seeded
    ) -> [UInt8] {
        guard isPlain(literal) else { return literal }
        let inner = Array(literal.dropFirst().dropLast())
        let place = random.below(inner.count + 1)
        return quoted(inner[..<place] + piece + inner[place...])
    }

    /// True for strings without escapes, which can be cut anywhere.
    private static func isPlain(_ literal: [UInt8]) -> Bool {
        literal.count >= 2 && literal.first == UInt8(ascii: "\"")
            && literal.allSatisfy { 0x20...0x7E ~= $0 && $0 != UInt8(ascii: "\\") }
    }

    private static func quoted(_ inner: [UInt8]) -> [UInt8] {
        [UInt8(ascii: "\"")] + inner + [UInt8(ascii: "\"")]
    }

    private static func escape(_ unit: UInt16, isCapital: Bool) -> [UInt8] {
        let digits = Array((isCapital ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
        return Array(#"\u"#.utf8) + [12, 8, 4, 0].map { digits[Int(unit >> UInt16($0) & 15)] }
    }
}
