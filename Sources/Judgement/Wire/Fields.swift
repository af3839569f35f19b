/// The known header fields of one message, in the order in which they came.
///
/// A field that must be unique (every one of ours, RFC 9110 §5.3) never stands twice: a parser
/// refuses the message instead.
package struct Fields: Hashable, Sendable {
    /// One field: its name and its value without surrounding white space.
    package struct Field: Hashable, Sendable {
        /// The field's name.
        package let name: FieldName
        /// The value: visible ASCII, blanks and tabs; never empty of meaning by folding.
        package let value: String

        /// Makes a field from a value that holds no control byte.
        package init(_ name: FieldName, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The fields, in order.
    package private(set) var all: [Field]

    /// Makes a list of fields.
    package init(_ all: [Field] = []) {
        self.all = all
        // An engine's answer has about ten.
        if all.isEmpty { self.all.reserveCapacity(12) }
    }

    /// The value of a field, or nil when the message does not carry it.
    package subscript(_ name: FieldName) -> String? {
        for field in all where field.name == name { return field.value }
        return nil
    }

    /// Adds a field at the end.
    package mutating func append(_ name: FieldName, _ value: String) {
        all.append(Field(name, value))
    }
}
