/// A JSON value as an engine has it: texts are bytes, members stand as often as they were written.
package indirect enum Seen {
    case null
    case bool(Bool)
    case number([UInt8])
    case string([UInt8])
    case list([Seen])
    case object([(name: [UInt8], value: Seen)])
}

/// Reads JSON as an engine does (Go's `encoding/json`, go1.19).
///
/// It is the second reader beside the gateway's own and shares nothing with it: it works on bytes,
/// takes every name as often as it comes, and repairs what Go repairs.
package struct EngineReader {
    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0

    /// Reads a whole text; nil when it is no JSON.
    package static func read(_ bytes: [UInt8]) -> Seen? {
        var reader = EngineReader(bytes: bytes)
        guard let value = reader.value() else { return nil }
        reader.skipBlanks()
        return reader.index == bytes.count ? value : nil
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func skipBlanks() {
        while index < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[index]) { index += 1 }
    }

    private mutating func take(_ text: String) -> Bool {
        guard bytes[index...].starts(with: text.utf8) else { return false }
        index += text.utf8.count
        return true
    }

    private mutating func value() -> Seen? {
        depth += 1
        defer { depth -= 1 }
        skipBlanks()
        // Go stops at 10000; nothing here needs so much.
        guard index < bytes.count, depth < 200 else { return nil }
        if take("null") { return .null }
        if take("true") { return .bool(true) }
        if take("false") { return .bool(false) }
        switch bytes[index] {
        case 0x22: return string().map { .string($0) }
        case 0x5B: return list()
        case 0x7B: return object()
        default: return number()
        }
    }

    private mutating func list() -> Seen? {
        index += 1
        var values: [Seen] = []
        skipBlanks()
        if take("]") { return .list([]) }
        while let value = value() {
            values.append(value)
            skipBlanks()
            if take("]") { return .list(values) }
            guard take(",") else { return nil }
        }
        return nil
    }

    private mutating func object() -> Seen? {
        index += 1
        var members: [(name: [UInt8], value: Seen)] = []
        skipBlanks()
        if take("}") { return .object([]) }
        while true {
            skipBlanks()
            guard index < bytes.count, bytes[index] == 0x22, let name = string() else { return nil }
            skipBlanks()
            guard take(":"), let value = value() else { return nil }
            members.append((name, value))
            skipBlanks()
            if take("}") { return .object(members) }
            guard take(",") else { return nil }
        }
    }

    private mutating func number() -> Seen? {
        let start = index
        _ = take("-")
        guard take("0") || digits() else { return nil }
        if take("."), !digits() { return nil }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard digits() else { return nil }
        }
        return .number(Array(bytes[start..<index]))
    }

    private mutating func digits() -> Bool {
        let start = index
        while index < bytes.count, 0x30...0x39 ~= bytes[index] { index += 1 }
        return index > start
    }

    private mutating func string() -> [UInt8]? {
        index += 1
        var text: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case 0x22: return text
            case 0x00..<0x20: return nil
            case 0x5C:
                guard let escaped = escape() else { return nil }
                text += escaped
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> [UInt8]? {
        guard index < bytes.count else { return nil }
        let byte = bytes[index]
        index += 1
        let simple: [UInt8: UInt8] = [
            0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9,
        ]
        if let plain = simple[byte] { return [plain] }
        guard byte == 0x75, let unit = unit() else { return nil }
        guard 0xD800...0xDBFF ~= unit else { return Array(String(Self.scalar(unit)).utf8) }
        let place = index
        if take("\\u"), let low = self.unit(), 0xDC00...0xDFFF ~= low {
            let scalar = 0x10000 + (unit - 0xD800) * 0x400 + low - 0xDC00
            return Array(String(Self.scalar(scalar)).utf8)
        }
        index = place
        return Array("\u{FFFD}".utf8)
    }

    private static func scalar(_ value: UInt32) -> Unicode.Scalar {
        Unicode.Scalar(value) ?? "\u{FFFD}"
    }

    private mutating func unit() -> UInt32? {
        guard index + 4 <= bytes.count else { return nil }
        let digits = bytes[index..<index + 4]
        guard digits.allSatisfy({ (0x30...0x39 ~= $0) || (0x61...0x66 ~= $0 | 0x20) }) else {
            return nil
        }
        index += 4
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}

extension Seen {
    /// The member that Go would take for a field: names fold (U+017F is an s, U+212A a k), the last
    /// one wins. What is not there is null.
    package subscript(_ field: String) -> Seen {
        guard case .object(let members) = self else { return .null }
        let wanted = Self.folded(Array(field.utf8))
        return members.last { Self.folded($0.name) == wanted }?.value ?? .null
    }

    /// A name as Go compares it.
    package static func folded(_ name: [UInt8]) -> [UInt8] {
        var folded: [UInt8] = []
        for scalar in String(decoding: name, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x41...0x5A: folded.append(UInt8(scalar.value) | 0x20)
            case 0x17F: folded.append(0x73)
            case 0x212A: folded.append(0x6B)
            default: folded += Array(String(scalar).utf8)
            }
        }
        return folded
    }

    /// A string; what is none is the empty one.
    package var text: String {
        if case .string(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { "" }
    }

    /// The elements of a list.
    package var elements: [Seen] {
        if case .list(let values) = self { values } else { [] }
    }

    /// The members of an object.
    package var members: [(name: String, value: Seen)] {
        guard case .object(let members) = self else { return [] }
        return members.map { (String(decoding: $0.name, as: UTF8.self), $0.value) }
    }

    /// True for `true`.
    package var isTrue: Bool {
        if case .bool(true) = self { true } else { false }
    }

    /// A number without a fraction; what is none is nil.
    package var integer: Int64? {
        guard case .number(let bytes) = self else { return nil }
        return Int64(String(decoding: bytes, as: UTF8.self))
    }

    /// True for null, false, zero and everything empty.
    package var saysNothing: Bool {
        switch self {
        case .null, .bool(false): true
        case .bool: false
        case .number(let bytes): bytes == [0x30]
        case .string(let bytes): bytes.isEmpty
        case .list(let values): values.isEmpty
        case .object(let members): members.allSatisfy(\.value.saysNothing)
        }
    }
}
