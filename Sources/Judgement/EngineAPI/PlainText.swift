import JSON

/// Text that is taken apart by us and by the engine.
///
/// Swift's characters are grapheme clusters: U+0600 and the colon behind it are one, so a path that
/// holds them splits in two places for Go and in none for us. What is judged by taking it apart is
/// therefore printable ASCII, where bytes, scalars and characters are the same.
enum PlainText {
    /// True for texts of U+0020 to U+007E.
    static func isPlain(_ text: String) -> Bool {
        let bytes = text.utf8Span.span
        var index = 0
        while true {
            index = PlainBytes.end(of: bytes, from: index)
            if index == bytes.count { return true }
            // A quotation mark or a backslash is plain too.
            guard 0x20...0x7E ~= bytes[index] else { return false }
            index += 1
        }
    }

    /// True for the name of labels: they are compared, never taken apart, so they may hold any text.
    static func isFree(_ name: String) -> Bool {
        Spelling.isSame(name, "Labels")
    }

    /// True when every text in a value is plain, names of members included, save for labels.
    static func isPlain(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool, .number: true
        case .string(let text): isPlain(text)
        case .array(let values): values.allSatisfy { isPlain($0) }
        case .object(let object):
            object.members.allSatisfy { member in
                isPlain(member.name) && (isFree(member.name) || isPlain(member.value))
            }
        }
    }
}

extension String {
    /// The text's parts between ASCII separators, cut at bytes as Go's `strings.Split` cuts.
    ///
    /// - Parameters:
    ///   - separator: What stands between two parts; ASCII.
    ///   - limit: The most parts; the last one holds what is left.
    ///   - keepingEmpty: True when parts without a byte count too.
    /// - Returns: The parts, in order.
    func parts(
        between separator: Unicode.Scalar, atMost limit: Int = .max, keepingEmpty: Bool = false
    ) -> [String] {
        let bytes = utf8Span.span
        var parts: [String] = []
        parts.reserveCapacity(4)
        var start = utf8.startIndex
        for index in bytes.indices where bytes[index] == UInt8(ascii: separator) {
            guard parts.count < limit - 1 else { break }
            let end = utf8.index(utf8.startIndex, offsetBy: index)
            if keepingEmpty || start != end { parts.append(String(self[start..<end])) }
            start = utf8.index(after: end)
        }
        if keepingEmpty || start != utf8.endIndex { parts.append(String(self[start...])) }
        return parts
    }

    /// True when the text holds an ASCII character, looked for among its bytes.
    func holds(_ character: Unicode.Scalar) -> Bool {
        utf8.contains(UInt8(ascii: character))
    }
}

extension JSONValue {
    /// True when the value holds at most so many values: what judging costs is bounded by it.
    ///
    /// - Parameters:
    ///   - limit: The most values.
    ///   - byteCount: How long the text was that the value was read from.
    /// - Returns: Whether it holds no more.
    func holds(atMost limit: Int, in byteCount: Int) -> Bool {
        // Each value takes a byte, and each but the outermost a comma or a bracket besides.
        if byteCount < 2 * limit { return true }
        var left = limit
        return take(from: &left)
    }

    private func take(from left: inout Int) -> Bool {
        left -= 1
        guard left >= 0 else { return false }
        switch self {
        case .null, .bool, .number, .string: return true
        case .array(let values):
            for value in values { guard value.take(from: &left) else { return false } }
        case .object(let object):
            for member in object.members {
                guard member.value.take(from: &left) else { return false }
            }
        }
        return true
    }
}
