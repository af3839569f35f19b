/// The known header fields of one message, in the order in which they came.
///
/// A field that must be unique (every one of ours, RFC 9110 §5.3) never stands twice: a parser
/// refuses the message instead. Values stay where they are in one copy of the head, so a message
/// costs two allocations however many fields it has.
package struct Fields: Hashable, Sendable {
    /// One field: its name and where its value stands, without surrounding white space.
    private struct Field: Hashable {
        let name: FieldName
        let start: Int
        let end: Int
    }

    private var fields: [Field] = []
    private let head: [UInt8]

    /// Makes an empty list over the bytes of a head.
    init(over head: Span<UInt8>) {
        self.head = unsafe head.withUnsafeBufferPointer { buffer in unsafe Array(buffer) }
        // An engine's answer has about ten.
        fields.reserveCapacity(12)
    }

    /// The value of a field, or nil when the message does not carry it: UTF-8 without control bytes.
    package subscript(_ name: FieldName) -> String? {
        for field in fields where field.name == name {
            return String(decoding: head[field.start..<field.end], as: UTF8.self)
        }
        return nil
    }

    /// True when the message carries a field.
    package func contains(_ name: FieldName) -> Bool {
        for field in fields where field.name == name { return true }
        return false
    }

    /// Calls a body with each field and the bytes of its value, in order.
    package func forEach(_ body: (FieldName, ArraySlice<UInt8>) -> Void) {
        for field in fields { body(field.name, head[field.start..<field.end]) }
    }

    /// Adds a field whose value stands in the head, at the end.
    mutating func append(_ name: FieldName, _ range: Range<Int>) {
        fields.append(Field(name: name, start: range.lowerBound, end: range.upperBound))
    }

    package static func == (left: Fields, right: Fields) -> Bool {
        guard left.fields.count == right.fields.count else { return false }
        return zip(left.fields, right.fields).allSatisfy { one, other in
            one.name == other.name
                && left.head[one.start..<one.end] == right.head[other.start..<other.end]
        }
    }

    package func hash(into hasher: inout Hasher) {
        for field in fields {
            hasher.combine(field.name)
            hasher.combine(head[field.start..<field.end])
        }
    }
}
