import EngineAPI
import JSON
import Testing

/// Every field of every shape, gone through by the shapes themselves: what is nearest to being accepted
/// beside what is nearest to being refused, and the refusal names the field.
@Suite struct ShapeNeighbourTests {
    /// A field of a body, and how to write a body that holds it alone.
    struct Place: CustomTestStringConvertible {
        let operation: Operation
        /// The field's path as refusals write it.
        let path: String
        let shape: Shape?
        let treatment: Shape.Field.Treatment
        /// Writes a body around the field's value.
        let body: @Sendable (String) -> String
        /// Writes a body around another member in the field's place.
        let sibling: @Sendable (String) -> String
        var testDescription: String { operation.name + " " + path }

        func draft(_ body: String) throws -> Draft {
            let path = operation.path.map { segment in
                switch segment {
                case .literal(let text): text
                case .one, .several: "0a1b"
                }
            }.joined(separator: "/")
            return try Draft(
                try Call(operation.method.rawValue, "/v1.55/" + path), body: Array(body.utf8))
        }

        /// The refusal of a body, or nil.
        func refusal(_ body: String) -> BodyRefusal? {
            do {
                _ = try draft(body)
            } catch let refusal as BodyRefusal {
                return refusal
            } catch {
                Issue.record("\(error)")
            }
            return nil
        }
    }

    /// One operation for each kind of body.
    static let places: [Place] = BodyKind.allCases.flatMap { kind in
        let operation = Catalogue.operations.first { operation in
            if case .json(kind) = operation.body { true } else { false }
        }
        return operation.map { places(Shape.of(kind), $0, at: "") { $0 } } ?? []
    }

    private static func places(
        _ shape: Shape, _ operation: Operation, at path: String,
        _ body: @escaping @Sendable (String) -> String
    ) -> [Place] {
        switch shape {
        case .bool, .integer, .number, .string, .choice, .strings: []
        case .list(let inner):
            places(inner, operation, at: path + "[0]") { body("[" + $0 + "]") }
        case .map(let inner):
            places(inner, operation, at: path + ".k") { body(#"{"k":"# + $0 + "}") }
        case .object(let closed):
            closed.fields.flatMap { field in
                let name = field.name
                let inside: @Sendable (String) -> String = { body("{\"\(name)\":\($0)}") }
                let own = (path.isEmpty ? "" : path + ".") + name
                let place = Place(
                    operation: operation, path: own, shape: field.shape, treatment: field.treatment,
                    body: inside, sibling: { body("{" + $0 + "}") })
                return [place] + (field.shape.map { places($0, operation, at: own, inside) } ?? [])
            }
        }
    }

    @Test(arguments: places)
    func onlyWhatIsKnownIsRead(place: Place) throws {
        let value = place.shape?.plain ?? "null"
        #expect(place.refusal(place.body(value)) == nil)
        // The nearest name is none.
        let name = place.path.split(separator: ".").last.map(String.init) ?? ""
        let unknown = place.refusal(place.sibling("\"\(name)s_\":\(value)"))
        #expect(unknown?.rule == "body.unknown-field")
        #expect(unknown?.sentence.contains("\"\(name)s_\"") == true)
        // Twice is once too often, however it is spelled.
        let twice = place.refusal(
            place.sibling("\"\(name)\":\(value),\"\(name.swapped)\":\(value)"))
        #expect(twice?.rule == "body.duplicate-field")
        #expect(twice?.sentence.contains("\"\(name.swapped)\"") == true)
        // Go takes one case for the other, and so do we; what is sent has the exact name.
        #expect(place.refusal(place.sibling("\"\(name.swapped)\":\(value)")) == nil)
    }

    @Test(arguments: places)
    func onlyValuesOfItsTypeAreRead(place: Place) {
        guard let shape = place.shape else { return }
        for other in Shape.samples where !shape.reads(other) {
            let refusal = place.refusal(place.body(other))
            #expect(refusal?.rule == "body.type")
            #expect(refusal?.path == place.path)
        }
        guard case .choice(let words) = shape else { return }
        for word in words { #expect(place.refusal(place.body("\"\(word)\"")) == nil) }
        for word in words + ["x"] {
            let refusal = place.refusal(place.body("\"\(word)_\""))
            #expect(refusal?.rule == "body.value")
            #expect(refusal?.path == place.path)
        }
    }

    /// What is refused may say nothing, in any type, and nothing of it is sent.
    @Test(arguments: places.filter { $0.shape == nil })
    func refusedFieldsSayNothing(place: Place) throws {
        for nothing in ["null", "false", "0", "\"\"", "[]", "{}", #"{"a":[0,""]}"#] {
            let sent = try place.draft(place.body(nothing)).request(version: .ceiling).body
            let name = place.path.split(separator: ".").last.map(String.init) ?? ""
            #expect(!String(decoding: sent ?? [], as: UTF8.self).contains(name))
        }
        for something in ["true", "1", "-0.5", "\"x\"", "[1]", #"{"a":{"b":"c"}}"#] {
            let refusal = place.refusal(place.body(something))
            #expect(refusal?.rule == "body.refused-field")
            #expect(refusal?.path == place.path)
        }
    }

    /// What is dropped is not sent, whatever it says.
    @Test(arguments: places.filter { $0.treatment == .drop })
    func droppedFieldsAreNotSent(place: Place) throws {
        let name = place.path.split(separator: ".").last.map(String.init) ?? ""
        let sent = try place.draft(place.body(place.shape?.plain ?? "")).request(version: .ceiling)
        #expect(!String(decoding: sent.body ?? [], as: UTF8.self).contains("\"\(name)\""))
    }

    /// Text that is judged is plain; the innermost field that is judged is named.
    @Test(arguments: places.filter { $0.treatment == .judge })
    func judgedTextIsPlain(place: Place) {
        guard case .string = place.shape else { return }
        let refusal = place.refusal(place.body("\"\u{E9}\""))
        #expect(refusal?.rule == "body.text")
        #expect(refusal?.path == place.path)
    }

    @Test func thereAreManyPlaces() {
        let kinds = Set(Self.places.map(\.operation.name))
        // A list of texts has no fields.
        #expect(kinds.count == BodyKind.allCases.count - 1)
        #expect(Self.places.count > 400, "\(Self.places.count)")
        let refused = Self.places.filter { $0.shape == nil }.map(\.testDescription)
        #expect(refused.contains("ServiceCreate TaskTemplate.PluginSpec"))
        #expect(refused.contains("VolumeUpdate Spec"))
    }
}

extension String {
    /// The first letter in the other case.
    fileprivate var swapped: String {
        let first = prefix(1)
        return (first == first.uppercased() ? first.lowercased() : first.uppercased()) + dropFirst()
    }
}

extension Shape {
    /// A value of each type.
    fileprivate static let samples = ["true", "1", "1.5", "\"a1\"", "[]", "{}"]

    /// True when the shape reads a sample.
    fileprivate func reads(_ sample: String) -> Bool {
        let kinds: [String] =
            switch self {
            case .bool: ["true"]
            case .integer: ["1"]
            case .number: ["1", "1.5"]
            case .string: ["\"a1\""]
            // Another word is another mistake.
            case .choice: ["\"a1\""]
            case .strings: ["\"a1\"", "[]"]
            case .list: ["[]"]
            case .map, .object: ["{}"]
            }
        return kinds.contains(sample)
    }

    /// A value of the shape.
    fileprivate var plain: String {
        switch self {
        case .bool: "true"
        case .integer, .number: "1"
        case .string: "\"a1\""
        case .choice(let words): "\"\(words.last ?? "")\""
        case .strings, .list: "[]"
        case .map, .object: "{}"
        }
    }
}
