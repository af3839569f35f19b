package import JSON

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
        do {
            var isPlain = true
            return try read(value, &isPlain)
        } catch {
            // Inside, the path of a field begins with its dot.
            guard path.isEmpty, error.path.utf8.first == UInt8(ascii: ".") else {
                throw error.inside(path)
            }
            let path = String(decoding: error.path.utf8.dropFirst(), as: UTF8.self)
            throw BodyRefusal(path, error.rule, error.problem)
        }
    }

    /// Reads a value and finds out whether the result's text is plain (see `PlainText`).
    private func read(
        _ value: JSONValue, _ isPlain: inout Bool
    ) throws(BodyRefusal) -> JSONValue {
        switch (self, value) {
        case (.bool, .bool), (.number, .number): return value
        case (.integer, .number(let number)): return try Self.integer(number, value)
        case (.choice(let words), .string(let text)):
            return try Self.choice(text, of: words, value)
        case (.string, .string(let text)):
            isPlain = isPlain && PlainText.isPlain(text)
            return value
        case (.strings, .string(let text)):
            isPlain = isPlain && PlainText.isPlain(text)
            return .array([value])
        case (.strings, .array(let values)), (.list(.string), .array(let values)):
            return try Self.strings(values, value, &isPlain)
        case (.list(let shape), .array(let values)):
            return .array(try Self.list(values, of: shape, &isPlain))
        case (.map(let shape), .object(let object)):
            return .object(try Self.map(object, of: shape, &isPlain))
        case (.object(let closed), .object(let object)):
            return .object(try Self.fields(closed, of: object, &isPlain))
        default: throw mismatch(value)
        }
    }

    private func mismatch(_ value: JSONValue) -> BodyRefusal {
        BodyRefusal("", "body.type", "must be \(kind), and is \(value.kind)")
    }

    private static func integer(
        _ number: JSONNumber, _ value: JSONValue
    ) throws(BodyRefusal) -> JSONValue {
        guard let integer = number.int64 else {
            throw BodyRefusal("", "body.type", "is no 64-bit integer")
        }
        // Zero is the one integer with two spellings.
        return integer == 0 ? .integer(0) : value
    }

    private static func choice(
        _ text: String, of words: [String], _ value: JSONValue
    ) throws(BodyRefusal) -> JSONValue {
        for word in words where Spelling.isSame(word, text) { return value }
        let known = words.filter { !$0.isEmpty }.joined(separator: ", ")
        throw BodyRefusal("", "body.value", "is none of \(known)")
    }

    /// Reads a list of strings, which stays what it is.
    private static func strings(
        _ values: [JSONValue], _ value: JSONValue, _ isPlain: inout Bool
    ) throws(BodyRefusal) -> JSONValue {
        for index in values.indices {
            guard case .string(let text) = values[index] else {
                throw Shape.string.mismatch(values[index]).inside("[\(index)]")
            }
            isPlain = isPlain && PlainText.isPlain(text)
        }
        return value
    }

    private static func list(
        _ values: [JSONValue], of shape: Shape, _ isPlain: inout Bool
    ) throws(BodyRefusal) -> [JSONValue] {
        var result: [JSONValue] = []
        result.reserveCapacity(values.count)
        for index in values.indices {
            do {
                result.append(try shape.read(values[index], &isPlain))
            } catch {
                throw error.inside("[\(index)]")
            }
        }
        return result
    }

    private static func map(
        _ object: JSONObject, of shape: Shape, _ isPlain: inout Bool
    ) throws(BodyRefusal) -> JSONObject {
        var result = object
        for index in object.members.indices {
            let name = object.members[index].name
            let value = object.members[index].value
            var isValuePlain = true
            // A string stays what it is.
            if case .string(let text) = value, case .string = shape {
                isValuePlain = PlainText.isPlain(text)
            } else {
                do throws(BodyRefusal) {
                    // For Go a null in a map is the key with the type's zero value, but for pointers:
                    // engines refuse an endpoint that is null, or break off (20.10, 28.5).
                    if value.isNull, shape.isStruct { throw shape.mismatch(value) }
                    let read = try shape.read(value.isNull ? shape.zero : value, &isValuePlain)
                    result.replaceValue(at: index, with: read)
                } catch {
                    throw error.inside("." + name)
                }
            }
            isPlain =
                isPlain && PlainText.isPlain(name) && (isValuePlain || PlainText.isFree(name))
        }
        return result
    }

    private static func fields(
        _ closed: Closed, of object: JSONObject, _ isPlain: inout Bool
    ) throws(BodyRefusal) -> JSONObject {
        if object.members.isEmpty { return object }
        let places = try places(of: object, in: closed)
        var members: [JSONObject.Member] = []
        members.reserveCapacity(object.members.count)
        for number in closed.fields.indices where places[number] != 0 {
            let value = object.members[Int(places[number]) - 1].value
            if value.isNull { continue }
            let field = closed.fields[number]
            do {
                var isValuePlain = true
                let read = try field.shape?.read(value, &isValuePlain) ?? value
                if try field.keeps(read, isPlain: isValuePlain) {
                    members.append(JSONObject.Member(name: field.name, value: read))
                    isPlain = isPlain && (isValuePlain || PlainText.isFree(field.name))
                }
            } catch {
                throw error.inside("." + field.name)
            }
        }
        return JSONObject(distinct: members)
    }

    /// Which member of an object each field is, counted from 1; 0 for fields that are not given.
    private static func places(
        of object: JSONObject, in closed: Closed
    ) throws(BodyRefusal) -> InlineArray<128, UInt8> {
        var places = InlineArray<128, UInt8>(repeating: 0)
        for index in object.members.indices {
            guard let number = closed.index(of: object.members[index].name) else {
                throw BodyRefusal(
                    "." + Name.shown(object.members[index].name), "body.unknown-field",
                    "is not known; a newer engine may obey it, so it is not sent on; known are "
                        + "the fields of API \(APIVersion.floor) to \(APIVersion.ceiling) in their "
                        + "place")
            }
            guard places[number] == 0 else {
                throw BodyRefusal(
                    "." + Name.shown(object.members[index].name), "body.duplicate-field",
                    "stands twice, in spellings that the engine takes for one")
            }
            // No member stands further back than there are fields: it would be a duplicate.
            places[number] = UInt8(index + 1)
        }
        return places
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

    /// True for an object that says something.
    private var isStruct: Bool {
        if case .object(let closed) = self { !closed.fields.isEmpty } else { false }
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

extension Shape.Field {
    /// True when the field is sent on.
    fileprivate func keeps(_ read: JSONValue, isPlain: Bool) throws(BodyRefusal) -> Bool {
        switch treatment {
        case .judge where !isPlain && !PlainText.isFree(name):
            throw BodyRefusal(
                "", "body.text",
                "holds a character beyond printable ASCII, which two readers may take apart "
                    + "differently")
        case .pass, .judge: return true
        case .drop: return false
        case .refuse(let reason):
            guard read.isFalsy else {
                throw BodyRefusal("", "body.refused-field", "is refused: it \(reason)")
            }
            return false
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
