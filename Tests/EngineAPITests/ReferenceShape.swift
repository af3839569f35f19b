import EngineAPI
import JSON

/// Why a body is refused, as three texts.
struct ReferenceRefusal: Error, Hashable {
    let path: String
    let rule: String
    let problem: String

    init(_ path: String, _ rule: String, _ problem: String) {
        self.path = path
        self.rule = rule
        self.problem = problem
    }
}

/// Bodies read through their shape in the straightforward way: paths are carried along, every judged
/// field is looked at for text that is not plain, names are found in dictionaries. What `Shape` does
/// faster must come to the same.
struct ReferenceShape {
    let shape: Shape

    func read(_ value: JSONValue, at path: String) throws(ReferenceRefusal) -> JSONValue {
        switch (shape, value) {
        case (.bool, .bool), (.string, .string), (.number, .number): return value
        case (.integer, .number(let number)):
            guard let integer = number.int64 else {
                throw ReferenceRefusal(path, "body.type", "is no 64-bit integer")
            }
            return .integer(integer)
        case (.choice(let words), .string(let text)):
            guard words.contains(where: { $0.utf8.elementsEqual(text.utf8) }) else {
                let known = words.filter { !$0.isEmpty }.joined(separator: ", ")
                throw ReferenceRefusal(path, "body.value", "is none of \(known)")
            }
            return value
        case (.strings, .string): return .array([value])
        case (.strings, .array(let values)): return try Self.list(values, of: .string, at: path)
        case (.list(let shape), .array(let values)): return try Self.list(values, of: shape, at: path)
        case (.map(let shape), .object(let object)): return try Self.map(object, of: shape, at: path)
        case (.object(let closed), .object(let object)):
            return .object(try Self.fields(closed.fields, of: object, at: path))
        default:
            throw ReferenceRefusal(path, "body.type", "must be \(kind), and is \(value.kind)")
        }
    }

    private static func list(
        _ values: [JSONValue], of shape: Shape, at path: String
    ) throws(ReferenceRefusal) -> JSONValue {
        var result: [JSONValue] = []
        for (index, value) in values.enumerated() {
            result.append(try ReferenceShape(shape: shape).read(value, at: "\(path)[\(index)]"))
        }
        return .array(result)
    }

    private static func map(
        _ object: JSONObject, of shape: Shape, at path: String
    ) throws(ReferenceRefusal) -> JSONValue {
        var members: [JSONObject.Member] = []
        for member in object.members {
            let reference = ReferenceShape(shape: shape)
            var value = member.value
            if value == .null {
                // A pointer without what it points to.
                if case .object(let closed) = shape, !closed.fields.isEmpty {
                    throw ReferenceRefusal(
                        path + "." + member.name, "body.type", "must be an object, and is null")
                }
                value = reference.zero
            }
            let read = try reference.read(value, at: path + "." + member.name)
            members.append(JSONObject.Member(name: member.name, value: read))
        }
        return .object(JSONObject(distinct: members))
    }

    private static func fields(
        _ fields: [Shape.Field], of object: JSONObject, at path: String
    ) throws(ReferenceRefusal) -> JSONObject {
        let exact = Dictionary(uniqueKeysWithValues: fields.enumerated().map { ($1.name, $0) })
        let folded = Dictionary(uniqueKeysWithValues: exact.map { ($0.lowercased(), $1) })
        let prefix = path.isEmpty ? "" : path + "."
        var given = [JSONValue?](repeating: nil, count: fields.count)
        for member in object.members {
            let isASCII = member.name.utf8.allSatisfy { $0 < 0x80 }
            guard isASCII, let index = exact[member.name] ?? folded[member.name.lowercased()] else {
                throw ReferenceRefusal(
                    prefix + Name.shown(member.name), "body.unknown-field",
                    "is not known; a newer engine may obey it, so it is not sent on; known are "
                        + "the fields of API \(APIVersion.floor) to \(APIVersion.ceiling) in their "
                        + "place")
            }
            guard given[index] == nil else {
                throw ReferenceRefusal(
                    prefix + Name.shown(member.name), "body.duplicate-field",
                    "stands twice, in spellings that the engine takes for one")
            }
            given[index] = member.value
        }
        var members: [JSONObject.Member] = []
        for (field, value) in zip(fields, given) {
            guard let value, value != .null else { continue }
            let path = prefix + field.name
            var read = value
            if let shape = field.shape { read = try ReferenceShape(shape: shape).read(value, at: path) }
            switch field.treatment {
            case .judge where field.name != "Labels" && !isPlain(read):
                throw ReferenceRefusal(
                    path, "body.text",
                    "holds a character beyond printable ASCII, which two readers may take apart differently")
            case .pass, .judge: members.append(JSONObject.Member(name: field.name, value: read))
            case .drop: break
            case .refuse(let reason):
                guard isFalsy(read) else {
                    throw ReferenceRefusal(path, "body.refused-field", "is refused: it \(reason)")
                }
            }
        }
        return JSONObject(distinct: members)
    }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { 0x20...0x7E ~= $0 }
    }

    private static func isPlain(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool, .number: true
        case .string(let text): isPlain(text)
        case .array(let values): values.allSatisfy { isPlain($0) }
        case .object(let object):
            object.members.allSatisfy {
                isPlain($0.name) && ($0.name.utf8.elementsEqual("Labels".utf8) || isPlain($0.value))
            }
        }
    }

    private static func isFalsy(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool(false): true
        case .bool: false
        case .number(let number): number.double == 0
        case .string(let text): text.isEmpty
        case .array(let values): values.allSatisfy(isFalsy)
        case .object(let object): object.members.allSatisfy { isFalsy($0.value) }
        }
    }

    private var zero: JSONValue {
        switch shape {
        case .bool: .bool(false)
        case .integer, .number: .integer(0)
        case .string, .choice: .string("")
        case .strings, .list: .array([])
        case .map, .object: .object(JSONObject())
        }
    }

    private var kind: String {
        switch shape {
        case .bool: "a boolean"
        case .integer: "an integer"
        case .number: "a number"
        case .string, .choice: "a string"
        case .strings, .list: "a list"
        case .map, .object: "an object"
        }
    }
}
