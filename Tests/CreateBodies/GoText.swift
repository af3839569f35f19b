/// JSON as Go's scanner takes it apart: members in their order, names twice or not.
///
/// Written from the text of `encoding/json` (`scanner.go`, `decode.go`: `unquoteBytes`), apart from
/// our own reader and without looking at it: what the two make of one text is compared.
package enum GoText: Sendable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A number as it was spelled.
    case number([UInt8])
    /// A string with its escapes undone; always UTF-8.
    case string([UInt8])
    /// A list.
    case list([GoText])
    /// An object.
    case object([(name: [UInt8], value: GoText)])

    /// Reads the first value of a text, as a `json.Decoder` does.
    ///
    /// - Parameters:
    ///   - bytes: The text.
    ///   - endsThere: True when something behind the value is an error, as engines since 23.0 say.
    /// - Returns: The value; nil where Go returns an error.
    package static func first(of bytes: [UInt8], endsThere: Bool) -> GoText? {
        var scanner = GoScanner(bytes)
        scanner.skipBlanks()
        guard let value = scanner.value(depth: 0) else { return nil }
        if endsThere {
            scanner.skipBlanks()
            guard scanner.isAtEnd else { return nil }
        }
        return value
    }
}

extension GoText {
    /// The text without what stands at a path, if that says nothing.
    func leaving(_ path: ArraySlice<String>) -> GoText {
        guard case .object(let members) = self, let name = path.first else { return self }
        return .object(
            members.compactMap { member in
                guard GoStruct([.init(name, .bool)]).index(of: member.name) != nil else {
                    return member
                }
                let rest = path.dropFirst()
                if rest.isEmpty { return member.value.saysNothing ? nil : member }
                return (member.name, member.value.leaving(rest))
            })
    }

    private var saysNothing: Bool {
        switch self {
        case .null, .bool(false): true
        case .bool: false
        case .number(let lexeme): Double(String(decoding: lexeme, as: UTF8.self)) == 0
        case .string(let bytes): bytes.isEmpty
        case .list(let values): values.allSatisfy(\.saysNothing)
        case .object(let members): members.allSatisfy { $0.value.saysNothing }
        }
    }
}

/// Takes a text apart; every method answers nil where Go's scanner stops with an error.
private struct GoScanner {
    private let bytes: [UInt8]
    private var index = 0
    /// `maxNestingDepth`
    private static let maximumDepth = 10_000

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { index == bytes.count }

    private func peek() -> UInt8 { index < bytes.count ? bytes[index] : 0 }

    private mutating func take(_ byte: Character) -> Bool {
        guard index < bytes.count, bytes[index] == byte.asciiValue else { return false }
        index += 1
        return true
    }

    mutating func skipBlanks() {
        while index < bytes.count, [0x20, 0x09, 0x0D, 0x0A].contains(bytes[index]) { index += 1 }
    }

    mutating func value(depth: Int) -> GoText? {
        guard index < bytes.count, depth <= Self.maximumDepth else { return nil }
        switch peek() {
        case UInt8(ascii: "{"): return object(depth: depth + 1)
        case UInt8(ascii: "["): return list(depth: depth + 1)
        case UInt8(ascii: "\""): return string().map { .string($0) }
        case UInt8(ascii: "t"): return word("true", .bool(true))
        case UInt8(ascii: "f"): return word("false", .bool(false))
        case UInt8(ascii: "n"): return word("null", .null)
        default: return number()
        }
    }

    private mutating func word(_ text: String, _ value: GoText) -> GoText? {
        for character in text { guard take(character) else { return nil } }
        return value
    }

    private mutating func object(depth: Int) -> GoText? {
        guard take("{"), depth <= Self.maximumDepth else { return nil }
        var members: [(name: [UInt8], value: GoText)] = []
        skipBlanks()
        if take("}") { return .object(members) }
        while true {
            skipBlanks()
            guard peek() == UInt8(ascii: "\""), let name = string() else { return nil }
            skipBlanks()
            guard take(":") else { return nil }
            skipBlanks()
            guard let value = value(depth: depth) else { return nil }
            members.append((name, value))
            skipBlanks()
            if take("}") { return .object(members) }
            guard take(",") else { return nil }
        }
    }

    private mutating func list(depth: Int) -> GoText? {
        guard take("["), depth <= Self.maximumDepth else { return nil }
        var values: [GoText] = []
        skipBlanks()
        if take("]") { return .list(values) }
        while true {
            skipBlanks()
            guard let value = value(depth: depth) else { return nil }
            values.append(value)
            skipBlanks()
            if take("]") { return .list(values) }
            guard take(",") else { return nil }
        }
    }

    private mutating func number() -> GoText? {
        let start = index
        _ = take("-")
        if !take("0") { guard digits() else { return nil } }
        if take(".") { guard digits() else { return nil } }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard digits() else { return nil }
        }
        return .number(Array(bytes[start..<index]))
    }

    private mutating func digits() -> Bool {
        let start = index
        while 0x30...0x39 ~= peek() { index += 1 }
        return index > start
    }

    /// Reads a string: no byte below 0x20, only the escapes of RFC 8259; what is no UTF-8 becomes
    /// U+FFFD, one for each byte that begins no character.
    private mutating func string() -> [UInt8]? {
        guard take("\"") else { return nil }
        var text: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return text
            case UInt8(ascii: "\\"):
                index += 1
                guard let scalar = escape() else { return nil }
                text += Array(String(Character(scalar)).utf8)
            case 0..<0x20: return nil
            case 0x20..<0x80:
                text.append(byte)
                index += 1
            default: text += character()
            }
        }
        return nil
    }

    /// `utf8.DecodeRune`: a whole character, or one byte that is replaced.
    private mutating func character() -> [UInt8] {
        for length in [2, 3, 4] where index + length <= bytes.count {
            let piece = Array(bytes[index..<index + length])
            guard let text = String(validating: piece, as: UTF8.self),
                text.unicodeScalars.count == 1
            else { continue }
            index += length
            return piece
        }
        index += 1
        return Array("\u{FFFD}".utf8)
    }

    private mutating func escape() -> Unicode.Scalar? {
        guard index < bytes.count else { return nil }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            guard let unit = unit(at: index) else { return nil }
            index += 4
            return scalar(from: unit)
        default: return nil
        }
    }

    /// A surrogate pair is one character; half of one is U+FFFD, and what follows stands alone.
    private mutating func scalar(from unit: UInt32) -> Unicode.Scalar {
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, peek() == UInt8(ascii: "\\"), index + 1 < bytes.count,
            bytes[index + 1] == UInt8(ascii: "u"), let low = self.unit(at: index + 2),
            0xDC00...0xDFFF ~= low,
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        else { return "\u{FFFD}" }
        index += 6
        return scalar
    }

    private func unit(at start: Int) -> UInt32? {
        guard start + 4 <= bytes.count else { return nil }
        var unit: UInt32 = 0
        for byte in bytes[start..<start + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }
}
