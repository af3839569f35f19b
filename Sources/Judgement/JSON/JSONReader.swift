/// Reads one JSON value strictly.
///
/// What Go's `encoding/json` would repair or overlook is refused here, so both sides mean the same:
/// invalid UTF-8, lone surrogates, duplicate names, trailing data (attack-surface note §4). Keys
/// that only fold alike are refused where the object is a struct, by the closed bodies that know.
package struct JSONReader {
    private let depthLimit: Int
    /// True when the text is an engine's.
    private let isAnswer: Bool
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
        try value(of: bytes, depthLimit, isAnswer: false)
    }

    /// Reads a whole text that an engine wrote.
    ///
    /// Labels may hold any text, in their names too, and engines quote it: names that are only
    /// canonically equivalent are two, and U+0000 may stand in a string. Whatever somebody calls a
    /// label, the answer that holds it can be read.
    ///
    /// - Parameters:
    ///   - bytes: The text.
    ///   - depthLimit: How deep arrays and objects may nest.
    /// - Returns: The value.
    /// - Throws: `JSONFailure` with the rule and the byte offset.
    package static func answer(
        _ bytes: [UInt8], depthLimit: Int = 64
    ) throws(JSONFailure) -> JSONValue {
        try value(of: bytes, depthLimit, isAnswer: true)
    }

    private static func value(
        of bytes: [UInt8], _ depthLimit: Int, isAnswer: Bool
    ) throws(JSONFailure) -> JSONValue {
        // The text is handed down rather than kept: a span costs nothing to pass on.
        let text = bytes.span
        var reader = JSONReader(depthLimit: depthLimit, isAnswer: isAnswer)
        reader.skipBlanks(text)
        let value = try reader.value(text, depth: 0)
        reader.skipBlanks(text)
        guard reader.index == text.count else { throw reader.failure(.trailingData) }
        return value
    }

    private init(depthLimit: Int, isAnswer: Bool) {
        self.depthLimit = depthLimit
        self.isAnswer = isAnswer
    }

    private func failure(_ rule: JSONFailure.Rule) -> JSONFailure {
        JSONFailure(rule: rule, offset: index)
    }

    private func next(_ text: Span<UInt8>) -> UInt8? {
        index < text.count ? text[index] : nil
    }

    private mutating func skipBlanks(_ text: Span<UInt8>) {
        while let byte = next(text), byte <= 0x20 {
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            index += 1
        }
    }

    private mutating func expect(_ byte: UInt8, _ text: Span<UInt8>) throws(JSONFailure) {
        guard let found = next(text) else { throw failure(.unexpectedEnd) }
        guard found == byte else { throw failure(.syntax) }
        index += 1
    }

    private mutating func value(
        _ text: Span<UInt8>, depth: Int
    ) throws(JSONFailure) -> JSONValue {
        guard let byte = next(text) else { throw failure(.unexpectedEnd) }
        switch byte {
        case UInt8(ascii: "{"): return .object(try object(text, depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(text, depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try string(text))
        case UInt8(ascii: "t"):
            try word("true", text)
            return .bool(true)
        case UInt8(ascii: "f"):
            try word("false", text)
            return .bool(false)
        case UInt8(ascii: "n"):
            try word("null", text)
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return .number(try number(text))
        default: throw failure(.syntax)
        }
    }

    private mutating func word(_ word: String, _ text: Span<UInt8>) throws(JSONFailure) {
        for byte in word.utf8 { try expect(byte, text) }
    }

    private mutating func object(
        _ text: Span<UInt8>, depth: Int
    ) throws(JSONFailure) -> JSONObject {
        guard depth <= depthLimit else { throw failure(.tooDeep(limit: depthLimit)) }
        try expect(UInt8(ascii: "{"), text)
        var members: [JSONObject.Member] = []
        skipBlanks(text)
        if next(text) == UInt8(ascii: "}") {
            index += 1
            return JSONObject(distinct: members)
        }
        var names = DistinctNames(bytewise: isAnswer)
        members.reserveCapacity(4)
        while true {
            skipBlanks(text)
            let start = index + 1
            let plain = try plainString(text)
            let kind = plain == nil ? nil : DistinctNames.kind(text, start..<index - 1)
            let name = if let plain { plain } else { try string(text) }
            guard names.insert(name, kind: kind, behind: members) else {
                throw failure(.duplicateName(name))
            }
            skipBlanks(text)
            try expect(UInt8(ascii: ":"), text)
            skipBlanks(text)
            members.append(JSONObject.Member(name: name, value: try value(text, depth: depth)))
            skipBlanks(text)
            if next(text) == UInt8(ascii: "}") { break }
            try expect(UInt8(ascii: ","), text)
        }
        index += 1
        return JSONObject(distinct: members)
    }

    private mutating func array(
        _ text: Span<UInt8>, depth: Int
    ) throws(JSONFailure) -> [JSONValue] {
        guard depth <= depthLimit else { throw failure(.tooDeep(limit: depthLimit)) }
        try expect(UInt8(ascii: "["), text)
        var values: [JSONValue] = []
        skipBlanks(text)
        if next(text) == UInt8(ascii: "]") {
            index += 1
            return values
        }
        values.reserveCapacity(4)
        while true {
            skipBlanks(text)
            values.append(try value(text, depth: depth))
            skipBlanks(text)
            if next(text) == UInt8(ascii: "]") { break }
            try expect(UInt8(ascii: ","), text)
        }
        index += 1
        return values
    }

    /// Reads a number by the grammar of RFC 8259 §6 and keeps its spelling.
    private mutating func number(_ text: Span<UInt8>) throws(JSONFailure) -> JSONNumber {
        let start = index
        if next(text) == UInt8(ascii: "-") { index += 1 }
        if next(text) == UInt8(ascii: "0") {
            index += 1
        } else {
            try digits(text)
        }
        if next(text) == UInt8(ascii: ".") {
            index += 1
            try digits(text)
        }
        if next(text) == UInt8(ascii: "e") || next(text) == UInt8(ascii: "E") {
            index += 1
            if next(text) == UInt8(ascii: "+") || next(text) == UInt8(ascii: "-") { index += 1 }
            try digits(text)
        }
        return JSONNumber(lexeme: try Self.copy(text, start..<index))
    }

    private mutating func digits(_ text: Span<UInt8>) throws(JSONFailure) {
        let start = index
        while let byte = next(text), byte >= 0x30, byte <= 0x39 { index += 1 }
        guard index > start else { throw failure(next(text) == nil ? .unexpectedEnd : .syntax) }
    }

    /// Reads a string that is one run of ASCII without escapes, as nearly every one is; leaves any
    /// other string and whatever is none where it is.
    private mutating func plainString(_ text: Span<UInt8>) throws(JSONFailure) -> String? {
        guard next(text) == UInt8(ascii: "\"") else { return nil }
        let end = PlainBytes.end(of: text, from: index + 1)
        guard end < text.count, text[end] == UInt8(ascii: "\"") else { return nil }
        defer { index = end + 1 }
        return try Self.copy(text, index + 1..<end)
    }

    private mutating func string(_ text: Span<UInt8>) throws(JSONFailure) -> String {
        if let plain = try plainString(text) { return plain }
        try expect(UInt8(ascii: "\""), text)
        var start = index
        var result: String?
        while true {
            index = PlainBytes.end(of: text, from: index)
            guard let byte = next(text) else { throw failure(.unexpectedEnd) }
            switch byte {
            case UInt8(ascii: "\""):
                let last = try Self.copy(text, start..<index)
                index += 1
                return result.map { $0 + last } ?? last
            case UInt8(ascii: "\\"):
                var before = (result ?? "") + (try Self.copy(text, start..<index))
                index += 1
                before.unicodeScalars.append(try escape(text))
                result = before
                start = index
            case 0x00..<0x20: throw failure(.controlCharacter)
            default: index += 1
            }
        }
    }

    private mutating func escape(_ text: Span<UInt8>) throws(JSONFailure) -> Unicode.Scalar {
        guard let byte = next(text) else { throw failure(.unexpectedEnd) }
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
        case UInt8(ascii: "u"): return try unicodeEscape(text)
        default: throw failure(.syntax)
        }
    }

    /// Reads the four digits of `\u`, and the second half of a surrogate pair.
    private mutating func unicodeEscape(
        _ text: Span<UInt8>
    ) throws(JSONFailure) -> Unicode.Scalar {
        let first = try fourDigits(text)
        guard first != 0 || isAnswer else { throw failure(.controlCharacter) }
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, next(text) == UInt8(ascii: "\\") else { throw failure(.notUnicode) }
        index += 1
        guard let follower = next(text) else { throw failure(.unexpectedEnd) }
        // Another escape is none the less correct JSON.
        guard follower == UInt8(ascii: "u") else { throw failure(.notUnicode) }
        index += 1
        let second = try fourDigits(text)
        guard 0xDC00...0xDFFF ~= second,
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw failure(.notUnicode) }
        return scalar
    }

    private mutating func fourDigits(_ text: Span<UInt8>) throws(JSONFailure) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next(text) else { throw failure(.unexpectedEnd) }
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

    private static func copy(
        _ text: Span<UInt8>, _ range: Range<Int>
    ) throws(JSONFailure) -> String {
        do {
            return String(copying: try UTF8Span(validating: text.extracting(range)))
        } catch {
            throw JSONFailure(rule: .notUnicode, offset: range.lowerBound)
        }
    }
}
