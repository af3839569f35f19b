package import JSON

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

    /// The fields of a closed object, found by name in constant time.
    package struct Closed: Sendable {
        /// The fields, in the order in which they are written.
        package let fields: [Field]
        private let exact: [String: Int]
        private let folded: [String: Int]

        init(_ fields: [Field]) {
            self.fields = fields
            let names = fields.enumerated().map { ($1.name, $0) }
            exact = Dictionary(uniqueKeysWithValues: names)
            folded = Dictionary(uniqueKeysWithValues: names.map { ($0.lowercased(), $1) })
        }

        /// The field that Go would take a name for, if the name is ASCII.
        ///
        /// Go also folds U+017F and U+212A into s and k; those spellings are nobody's honest ones.
        func index(of name: String) -> Int? {
            guard name.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
            return exact[name] ?? folded[name.lowercased()]
        }
    }

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

extension Shape {
    /// Reads a value through the shape.
    ///
    /// - Parameters:
    ///   - value: What the client sent.
    ///   - path: Where it stands, for messages.
    /// - Returns: The value in canonical form: known fields in the shape's order, nulls left out.
    /// - Throws: `BodyRefusal` for an unknown field, a wrong type, or a refused field that says
    ///   something.
    package func read(_ value: JSONValue, at path: String) throws(BodyRefusal) -> JSONValue {
        switch (self, value) {
        case (.bool, .bool), (.string, .string), (.number, .number): return value
        case (.integer, .number(let number)):
            guard let integer = number.int64 else {
                throw BodyRefusal(path, "body.type", "is no 64-bit integer")
            }
            return .integer(integer)
        case (.choice(let words), .string(let text)):
            guard words.contains(where: { $0.utf8.elementsEqual(text.utf8) }) else {
                let known = words.filter { !$0.isEmpty }.joined(separator: ", ")
                throw BodyRefusal(path, "body.value", "is none of \(known)")
            }
            return value
        case (.strings, .string): return .array([value])
        case (.strings, .array(let values)): return try Self.list(values, of: .string, at: path)
        case (.list(let shape), .array(let values)):
            return try Self.list(values, of: shape, at: path)
        case (.map(let shape), .object(let object)):
            return try Self.map(object, of: shape, at: path)
        case (.object(let fields), .object(let object)):
            return .object(try Self.fields(fields, of: object, at: path))
        default:
            throw BodyRefusal(path, "body.type", "must be \(kind), and is \(value.kind)")
        }
    }

    private static func list(
        _ values: [JSONValue], of shape: Shape, at path: String
    ) throws(BodyRefusal) -> JSONValue {
        var result: [JSONValue] = []
        result.reserveCapacity(values.count)
        for (index, value) in values.enumerated() {
            result.append(try shape.read(value, at: "\(path)[\(index)]"))
        }
        return .array(result)
    }

    private static func map(
        _ object: JSONObject, of shape: Shape, at path: String
    ) throws(BodyRefusal) -> JSONValue {
        var members: [JSONObject.Member] = []
        for member in object.members {
            // For Go a null in a map is the key with the type's zero value.
            let value = member.value == .null ? shape.zero : member.value
            let read = try shape.read(value, at: path + "." + member.name)
            members.append(JSONObject.Member(name: member.name, value: read))
        }
        return .object(JSONObject(distinct: members))
    }

    private static func fields(
        _ closed: Closed, of object: JSONObject, at path: String
    ) throws(BodyRefusal) -> JSONObject {
        let prefix = path.isEmpty ? "" : path + "."
        var given = [JSONValue?](repeating: nil, count: closed.fields.count)
        for member in object.members {
            guard let index = closed.index(of: member.name) else {
                throw BodyRefusal(
                    prefix + Name.shown(member.name), "body.unknown-field",
                    "is not known; a newer engine may obey it, so it is not sent on")
            }
            guard given[index] == nil else {
                throw BodyRefusal(
                    prefix + Name.shown(member.name), "body.duplicate-field",
                    "stands twice, in spellings that the engine takes for one")
            }
            given[index] = member.value
        }
        var members: [JSONObject.Member] = []
        for (field, value) in zip(closed.fields, given) {
            guard let value, value != .null else { continue }
            let path = prefix + field.name
            let read = try field.shape?.read(value, at: path) ?? value
            switch field.treatment {
            case .judge where field.name != "Labels" && !PlainText.isPlain(read):
                throw BodyRefusal(
                    path, "body.text",
                    "holds a character beyond printable ASCII, which two readers may take apart "
                        + "differently")
            case .pass, .judge: members.append(JSONObject.Member(name: field.name, value: read))
            case .drop: break
            case .refuse(let reason):
                guard read.isFalsy else {
                    throw BodyRefusal(path, "body.refused-field", "is refused: it \(reason)")
                }
            }
        }
        return JSONObject(distinct: members)
    }

    /// What Go makes of an absent or null value of the shape, written out.
    var zero: JSONValue {
        switch self {
        case .bool: .bool(false)
        case .integer, .number: .integer(0)
        case .string, .choice: .string("")
        case .strings, .list: .array([])
        case .map, .object: .object(JSONObject())
        }
    }

    private var kind: String {
        switch self {
        case .bool: "a boolean"
        case .integer: "an integer"
        case .number: "a number"
        case .string, .choice: "a string"
        case .strings, .list: "a list"
        case .map, .object: "an object"
        }
    }
}

extension JSONValue {
    /// True for null, false, zero and everything empty: values that clients always send and that
    /// ask for nothing.
    var isFalsy: Bool {
        switch self {
        case .null, .bool(false): true
        case .bool: false
        case .number(let number): number.double == 0
        case .string(let text): text.isEmpty
        case .array(let values): values.allSatisfy(\.isFalsy)
        case .object(let object): object.members.allSatisfy(\.value.isFalsy)
        }
    }
}
