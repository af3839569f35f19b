/// The closed type of a JSON body: which fields exist, what they hold, what is done with them.
///
/// A value that is read through a shape has no field that the shape does not name, every field
/// under its exact name, every value of its type. Written again it means the same to Go's
/// `encoding/json` as it meant to us, whatever the client's spelling was.
package indirect enum Shape: Sendable {
    /// true or false.
    case bool
    /// A number that Go reads into an int64.
    case integer
    /// Any number.
    case number
    /// A string.
    case string
    /// One of these strings.
    case choice([String])
    /// A list of strings, or one bare string (`strslice.StrSlice`).
    case strings
    /// A list.
    case list(Shape)
    /// An object with free names.
    case map(Shape)
    /// An object with these fields only.
    case object(Closed)

    /// A closed object.
    static func object(_ fields: [Field]) -> Shape {
        .object(Closed(fields))
    }

    /// A field of a closed object.
    package struct Field: Sendable {
        /// What is done with a field.
        package enum Treatment: Hashable, Sendable {
            /// Sent on: it can do no harm.
            case pass
            /// Turned into references and demands, then sent on.
            case judge
            /// Left out: the engine ignores it, or only answers carry it.
            case drop
            /// Refused unless it is null, false, zero or empty; the reason completes "it …".
            case refuse(String)
        }

        /// The field's exact name.
        package let name: String
        /// What it holds; nil for a refused field, of which only that it says nothing is asked.
        package let shape: Shape?
        /// What is done with it.
        package let treatment: Treatment

        /// Makes a field.
        init(_ name: String, _ shape: Shape, _ treatment: Treatment = .pass) {
            self.name = name
            self.shape = shape
            self.treatment = treatment
        }

        private init(refused name: String, _ reason: String) {
            self.name = name
            shape = nil
            treatment = .refuse(reason)
        }

        /// Makes a field that is refused; the reason completes "it …".
        static func refused(_ name: String, _ reason: String) -> Field {
            Field(refused: name, reason)
        }
    }
}
