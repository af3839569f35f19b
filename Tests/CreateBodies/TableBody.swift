/// A body that sets one field to one value of the tables.
package struct TableBody: Sendable, CustomStringConvertible {
    /// The field and its value.
    package let description: String
    /// The body.
    package let bytes: [UInt8]

    /// One for each value that reaches for the host, for others or for too much.
    package static let harmful = FieldTable.all.flatMap { field in
        field.harmful.map { TableBody(field, $0) }
    }

    /// One for each value that is harmless.
    package static let harmless = FieldTable.all.flatMap { field in
        field.harmless.map { TableBody(field, $0) }
    }

    private init(_ field: FieldTable, _ value: String) {
        var node = Node(parsing: #"{"Image":"bb:1"}"#)
        node.set(field.path[...], Node(parsing: value))
        bytes = node.bytes(isSpaced: false)
        description = field.path.joined(separator: ".") + " " + value
    }
}
