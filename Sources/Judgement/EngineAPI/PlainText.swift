import JSON

/// Text that is taken apart by us and by the engine.
///
/// Swift's characters are grapheme clusters: U+0600 and the colon behind it are one, so a path that
/// holds them splits in two places for Go and in none for us. What is judged by taking it apart is
/// therefore printable ASCII, where bytes, scalars and characters are the same.
enum PlainText {
    /// True for texts of U+0020 to U+007E.
    static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { 0x20...0x7E ~= $0 }
    }

    /// True when every text in a value is plain, names of members included. Labels are free: they
    /// are compared, never taken apart.
    static func isPlain(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool, .number: true
        case .string(let text): isPlain(text)
        case .array(let values): values.allSatisfy { isPlain($0) }
        case .object(let object):
            object.members.allSatisfy { member in
                isPlain(member.name)
                    && (member.name.utf8.elementsEqual("Labels".utf8) || isPlain(member.value))
            }
        }
    }
}

extension JSONValue {
    /// True when the value holds at most so many values: what judging costs is bounded by it.
    func holds(atMost limit: Int) -> Bool {
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
