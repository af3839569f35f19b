/// The bytes of a Dockerfile that mean something, and which others it may hold.
enum Letter {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let quote = UInt8(ascii: "\"")
    static let apostrophe = UInt8(ascii: "'")
    static let hash = UInt8(ascii: "#")
    static let dollar = UInt8(ascii: "$")
    static let backslash = UInt8(ascii: "\\")
    static let backquote = UInt8(ascii: "`")
    static let equals = UInt8(ascii: "=")
    static let dash = UInt8(ascii: "-")
    static let colon = UInt8(ascii: ":")
    static let leftBrace = UInt8(ascii: "{")
    static let rightBrace = UInt8(ascii: "}")
    static let leftBracket = UInt8(ascii: "[")
    static let less = UInt8(ascii: "<")

    /// True for what separates words. Other blanks are not in a text that was checked.
    static func isBlank(_ byte: UInt8) -> Bool {
        byte == space || byte == tab
    }

    /// True for the two characters that may be the escape character.
    static func isEscape(_ byte: UInt8) -> Bool {
        byte == backslash || byte == backquote
    }

    /// True for `A` to `Z`, `a` to `z`, `0` to `9` and `_`.
    static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
        default: false
        }
    }

    /// True for `0` to `9`.
    static func isDigit(_ byte: UInt8) -> Bool {
        0x30...0x39 ~= byte
    }

    /// True for `[A-Za-z_][A-Za-z0-9_]*`.
    static func isName(_ bytes: some Collection<UInt8>) -> Bool {
        guard let first = bytes.first, !isDigit(first) else { return false }
        return bytes.allSatisfy(isWord)
    }

    /// The bytes with `A` to `Z` made small.
    static func lowercase(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        bytes.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }
    }

    /// The bytes as a string; what was checked is UTF-8.
    static func string(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    /// The bytes without blanks around them.
    static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let first = bytes.firstIndex(where: { !isBlank($0) }),
            let last = bytes.lastIndex(where: { !isBlank($0) })
        else { return bytes.prefix(0) }
        return bytes[first...last]
    }

    /// The words between blanks.
    static func words(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        bytes.split(whereSeparator: isBlank)
    }

    /// Refuses bytes that are not UTF-8, and characters that one reader takes for a blank, a line
    /// end or nothing and another for itself.
    static func check(_ bytes: some Collection<UInt8>, line: Int) throws(DockerfileRefusal) {
        if bytes.allSatisfy({ 0x20...0x7E ~= $0 || $0 == tab }) { return }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw DockerfileRefusal(.text, line: line, "the line is not UTF-8")
        }
        try check(text, line: line)
    }

    /// Refuses characters that readers take differently, in a text that stands in one line.
    static func check(_ text: String, line: Int) throws(DockerfileRefusal) {
        for scalar in text.unicodeScalars where scalar.value != 0x09 {
            guard !isUnsafe(scalar) else {
                throw DockerfileRefusal(
                    .text, line: line,
                    "the line holds U+\(String(scalar.value, radix: 16, uppercase: true)), which "
                        + "engines may take for a blank or nothing; write a plain space or leave "
                        + "it out")
            }
        }
    }

    /// True for controls, for what Go's `unicode.IsSpace` takes for a blank beyond the plain one,
    /// and for the byte order mark.
    static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00..<0x20, 0x7F...0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F,
            0x3000, 0xFEFF:
            true
        default: false
        }
    }
}
