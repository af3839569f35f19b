import JSON

/// A value as plain bytes: names and texts are compared byte for byte, as `==` of strings does not.
indirect enum PlainValue: Hashable {
    case null
    case bool(Bool)
    case number([UInt8])
    case string([UInt8])
    case array([PlainValue])
    case object([[UInt8]], [PlainValue])

    init(_ value: JSONValue) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .number(let number): self = .number(Array(number.lexeme.utf8))
        case .string(let text): self = .string(Array(text.utf8))
        case .array(let values): self = .array(values.map(PlainValue.init))
        case .object(let object):
            self = .object(
                object.members.map { Array($0.name.utf8) }, object.members.map { PlainValue($0.value) })
        }
    }
}

/// JSON read in the straightforward way: a byte at a time, names in a set, every piece of a string
/// validated by the standard library. What the reader does faster must come to the same.
struct ReferenceReader {
    struct Failure: Error, Hashable {
        let rule: JSONFailure.Rule
        let offset: Int
    }

    private let bytes: [UInt8]
    private let depthLimit: Int
    private var index = 0

    static func value(of bytes: [UInt8], depthLimit: Int) throws(Failure) -> PlainValue {
        var reader = ReferenceReader(bytes: bytes, depthLimit: depthLimit)
        reader.skipBlanks()
        let value = try reader.value(depth: 0)
        reader.skipBlanks()
        guard reader.index == bytes.count else { throw reader.failure(.trailingData) }
        return value
    }

    private init(bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    private func failure(_ rule: JSONFailure.Rule) -> Failure { Failure(rule: rule, offset: index) }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipBlanks() {
        while let byte = next, [0x20, 0x0A, 0x0D, 0x09].contains(byte) { index += 1 }
    }

    private mutating func expect(_ byte: UInt8) throws(Failure) {
        guard let found = next else { throw failure(.unexpectedEnd) }
        guard found == byte else { throw failure(.syntax) }
        index += 1
    }

    private mutating func word(_ word: String) throws(Failure) {
        for byte in word.utf8 { try expect(byte) }
    }

    private mutating func value(depth: Int) throws(Failure) -> PlainValue {
        guard let byte = next else { throw failure(.unexpectedEnd) }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(Array(try string().utf8))
        case UInt8(ascii: "t"):
            try word("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try word("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        case UInt8(ascii: "-"), 0x30...0x39: return .number(try number())
        default: throw failure(.syntax)
        }
    }

    private mutating func object(depth: Int) throws(Failure) -> PlainValue {
        guard depth <= depthLimit else { throw failure(.tooDeep(limit: depthLimit)) }
        try expect(UInt8(ascii: "{"))
        var names: [[UInt8]] = []
        var values: [PlainValue] = []
        var seen = Set<String>()
        skipBlanks()
        if next == UInt8(ascii: "}") {
            index += 1
            return .object([], [])
        }
        while true {
            skipBlanks()
            let name = try string()
            guard seen.insert(name).inserted else { throw failure(.duplicateName(name)) }
            skipBlanks()
            try expect(UInt8(ascii: ":"))
            skipBlanks()
            names.append(Array(name.utf8))
            values.append(try value(depth: depth))
            skipBlanks()
            if next == UInt8(ascii: "}") { break }
            try expect(UInt8(ascii: ","))
        }
        index += 1
        return .object(names, values)
    }

    private mutating func array(depth: Int) throws(Failure) -> PlainValue {
        guard depth <= depthLimit else { throw failure(.tooDeep(limit: depthLimit)) }
        try expect(UInt8(ascii: "["))
        var values: [PlainValue] = []
        skipBlanks()
        if next == UInt8(ascii: "]") {
            index += 1
            return .array([])
        }
        while true {
            skipBlanks()
            values.append(try value(depth: depth))
            skipBlanks()
            if next == UInt8(ascii: "]") { break }
            try expect(UInt8(ascii: ","))
        }
        index += 1
        return .array(values)
    }

    private mutating func number() throws(Failure) -> [UInt8] {
        let start = index
        if next == UInt8(ascii: "-") { index += 1 }
        if next == UInt8(ascii: "0") { index += 1 } else { try digits() }
        if next == UInt8(ascii: ".") {
            index += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            index += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { index += 1 }
            try digits()
        }
        return Array(bytes[start..<index])
    }

    private mutating func digits() throws(Failure) {
        let start = index
        while let byte = next, 0x30...0x39 ~= byte { index += 1 }
        guard index > start else { throw failure(next == nil ? .unexpectedEnd : .syntax) }
    }

    private mutating func string() throws(Failure) -> String {
        try expect(UInt8(ascii: "\""))
        var start = index
        var text = ""
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                text += try self.text(start..<index)
                index += 1
                return text
            case UInt8(ascii: "\\"):
                text += try self.text(start..<index)
                index += 1
                text.unicodeScalars.append(try escape())
                start = index
            case 0x00..<0x20: throw failure(.controlCharacter)
            default: index += 1
            }
        }
        throw failure(.unexpectedEnd)
    }

    private mutating func escape() throws(Failure) -> Unicode.Scalar {
        guard let byte = next else { throw failure(.unexpectedEnd) }
        index += 1
        let plain: [UInt8: Unicode.Scalar] = [
            0x22: "\"", 0x5C: "\\", 0x2F: "/", 0x62: "\u{8}", 0x66: "\u{C}", 0x6E: "\n", 0x72: "\r",
            0x74: "\t",
        ]
        if let scalar = plain[byte] { return scalar }
        guard byte == UInt8(ascii: "u") else { throw failure(.syntax) }
        let first = try fourDigits()
        guard first != 0 else { throw failure(.controlCharacter) }
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, next == UInt8(ascii: "\\") else { throw failure(.notUnicode) }
        index += 1
        guard let follower = next else { throw failure(.unexpectedEnd) }
        guard follower == UInt8(ascii: "u") else { throw failure(.notUnicode) }
        index += 1
        let second = try fourDigits()
        guard 0xDC00...0xDFFF ~= second,
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw failure(.notUnicode) }
        return scalar
    }

    private mutating func fourDigits() throws(Failure) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next else { throw failure(.unexpectedEnd) }
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw failure(.syntax)
            }
            value = value << 4 | UInt32(digit)
            index += 1
        }
        return value
    }

    private func text(_ range: Range<Int>) throws(Failure) -> String {
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw Failure(rule: .notUnicode, offset: range.lowerBound)
        }
        return text
    }
}
