/// Reads one JSON value strictly.
///
/// What Go's `encoding/json` would repair or overlook is refused here, so both sides mean the same:
/// invalid UTF-8, lone surrogates, duplicate names, trailing data (attack-surface note §4). Keys
/// that only fold alike are refused where the object is a struct, by the closed bodies that know.
package struct JSONReader {
    private let bytes: [UInt8]
    private let depthLimit: Int
    private var index = 0

    /// Reads a whole text.
    ///
    /// - Parameters:
    ///   - bytes: The text.
    ///   - depthLimit: How deep arrays and objects may nest.
    /// - Returns: The value.
    /// - Throws: `JSONFailure` with the rule and the byte offset.
    package static func value(
        of bytes: [UInt8], depthLimit: Int = 32
    ) throws(JSONFailure) -> JSONValue {
        var reader = JSONReader(bytes, depthLimit: depthLimit)
        reader.skipBlanks()
        let value = try reader.value(depth: 0)
        reader.skipBlanks()
        guard reader.index == bytes.count else { throw reader.failure(.trailingData) }
        return value
    }

    private init(_ bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    private func failure(_ rule: JSONFailure.Rule) -> JSONFailure {
        JSONFailure(rule: rule, offset: index)
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            index += 1
        }
    }

    private mutating func expect(_ byte: UInt8) throws(JSONFailure) {
        guard let found = next else { throw failure(.unexpectedEnd) }
        guard found == byte else { throw failure(.syntax) }
        index += 1
    }

    private mutating func value(depth: Int) throws(JSONFailure) -> JSONValue {
        guard let byte = next else { throw failure(.unexpectedEnd) }
        switch byte {
        case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"):
            try word("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try word("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return .number(try number())
        default: throw failure(.syntax)
        }
    }

    private mutating func word(_ word: String) throws(JSONFailure) {
        for byte in word.utf8 { try expect(byte) }
    }

    private mutating func object(depth: Int) throws(JSONFailure) -> JSONObject {
        guard depth <= depthLimit else { throw failure(.tooDeep(limit: depthLimit)) }
        try expect(UInt8(ascii: "{"))
        var members: [JSONObject.Member] = []
        var names = Set<String>()
        skipBlanks()
        if next == UInt8(ascii: "}") {
            index += 1
            return JSONObject(distinct: members)
        }
        while true {
            skipBlanks()
            let name = try string()
            guard names.insert(name).inserted else { throw failure(.duplicateName(name)) }
            skipBlanks()
            try expect(UInt8(ascii: ":"))
            skipBlanks()
            members.append(JSONObject.Member(name: name, value: try value(depth: depth)))
            skipBlanks()
            if next == UInt8(ascii: "}") { break }
            try expect(UInt8(ascii: ","))
        }
        index += 1
        return JSONObject(distinct: members)
    }

    private mutating func array(depth: Int) throws(JSONFailure) -> [JSONValue] {
        guard depth <= depthLimit else { throw failure(.tooDeep(limit: depthLimit)) }
        try expect(UInt8(ascii: "["))
        var values: [JSONValue] = []
        skipBlanks()
        if next == UInt8(ascii: "]") {
            index += 1
            return values
        }
        while true {
            skipBlanks()
            values.append(try value(depth: depth))
            skipBlanks()
            if next == UInt8(ascii: "]") { break }
            try expect(UInt8(ascii: ","))
        }
        index += 1
        return values
    }

    /// Reads a number by the grammar of RFC 8259 §6 and keeps its spelling.
    private mutating func number() throws(JSONFailure) -> JSONNumber {
        let start = index
        if next == UInt8(ascii: "-") { index += 1 }
        if next == UInt8(ascii: "0") {
            index += 1
        } else {
            try digits()
        }
        if next == UInt8(ascii: ".") {
            index += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            index += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { index += 1 }
            try digits()
        }
        return JSONNumber(lexeme: try text(start..<index))
    }

    private mutating func digits() throws(JSONFailure) {
        let start = index
        while let byte = next, byte >= 0x30, byte <= 0x39 { index += 1 }
        guard index > start else { throw failure(next == nil ? .unexpectedEnd : .syntax) }
    }

    private mutating func string() throws(JSONFailure) -> String {
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

    private mutating func escape() throws(JSONFailure) -> Unicode.Scalar {
        guard let byte = next else { throw failure(.unexpectedEnd) }
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
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw failure(.syntax)
        }
    }

    /// Reads the four digits of `\u`, and the second half of a surrogate pair.
    private mutating func unicodeEscape() throws(JSONFailure) -> Unicode.Scalar {
        let first = try fourDigits()
        guard first != 0 else { throw failure(.controlCharacter) }
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, next == UInt8(ascii: "\\") else { throw failure(.notUnicode) }
        index += 1
        guard let follower = next else { throw failure(.unexpectedEnd) }
        // Another escape is none the less correct JSON.
        guard follower == UInt8(ascii: "u") else { throw failure(.notUnicode) }
        index += 1
        let second = try fourDigits()
        guard 0xDC00...0xDFFF ~= second,
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw failure(.notUnicode) }
        return scalar
    }

    private mutating func fourDigits() throws(JSONFailure) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next else { throw failure(.unexpectedEnd) }
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(byte - 0x41 + 10)
            case 0x61...0x66: value = value << 4 | UInt32(byte - 0x61 + 10)
            default: throw failure(.syntax)
            }
            index += 1
        }
        return value
    }

    private func text(_ range: Range<Int>) throws(JSONFailure) -> String {
        if range.isEmpty { return "" }
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw JSONFailure(rule: .notUnicode, offset: range.lowerBound)
        }
        return text
    }
}
