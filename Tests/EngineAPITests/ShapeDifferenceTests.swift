import EngineAPI
import JSON
import Testing

/// Shapes beside `ReferenceShape`: the same bytes, or the same refusal word for word.
@Suite struct ShapeDifferenceTests {
    private func outcome(_ kind: BodyKind, _ value: JSONValue) -> Result<[UInt8], ReferenceRefusal> {
        do {
            return .success(JSONWriter.bytes(try Shape.of(kind).read(value, at: "")))
        } catch {
            return .failure(ReferenceRefusal(error.path, error.rule, error.problem))
        }
    }

    private func expected(_ kind: BodyKind, _ value: JSONValue) -> Result<[UInt8], ReferenceRefusal> {
        do {
            let reference = ReferenceShape(shape: Shape.of(kind))
            return .success(JSONWriter.bytes(try reference.read(value, at: "")))
        } catch {
            return .failure(error)
        }
    }

    @Test(arguments: BodyKind.allCases)
    func generatedBodiesReadAlike(kind: BodyKind) {
        var source = BodySource(seed: UInt64(kind.rawValue.utf8.count))
        var passed = 0
        var rules: [String: Int] = [:]
        for round in 0..<(kind == .containerCreate ? 6000 : 800) {
            // From honest bodies to such in which every tenth choice is a strange one.
            source.strangeness = [0, 200, 60, 10][round % 4]
            let value = source.value(of: Shape.of(kind), depth: 0)
            let expected = expected(kind, value)
            #expect(outcome(kind, value) == expected, "\(JSONWriter.text(value))")
            switch expected {
            case .success: passed += 1
            case .failure(let refusal): rules[refusal.rule, default: 0] += 1
            }
        }
        #expect(passed > 0)
        if kind == .containerCreate {
            let all = ["body.type", "body.value", "body.unknown-field", "body.duplicate-field", "body.text", "body.refused-field"]
            #expect(passed > 1000)
            for rule in all { #expect(rules[rule, default: 0] > 5, "\(rule)") }
        }
    }

    /// Labels may hold any text, and so may whatever stands under a key that is called so.
    @Test(arguments: [
        #"{"Labels":{"é":"é"},"HostConfig":{"Memory":-0}}"#, #"{"HostConfig":{"Sysctls":{"Labels":"é"}}}"#,
        #"{"HostConfig":{"Sysctls":{"labels":"é"}}}"#, #"{"HostConfig":{"Sysctls":{"é":"a"}}}"#,
        #"{"NetworkingConfig":{"EndpointsConfig":{"Labels":{"Aliases":["é"]}}}}"#,
        #"{"NetworkingConfig":{"EndpointsConfig":{"Labels":{"Links":["é"]}}}}"#,
        #"{"NetworkingConfig":{"EndpointsConfig":{"bridge":{"Aliases":["é"]}}}}"#,
        #"{"HostConfig":{"PortBindings":{"Labels":[{"HostPort":"é"}]}}}"#,
        #"{"HostConfig":{"Mounts":[{"Type":"volume","VolumeOptions":{"Labels":{"é":"é"}}}]}}"#,
        #"{"HostConfig":{"Mounts":[{"Type":"volume","VolumeOptions":{"Subpath":"é"}}]}}"#,
        #"{"HostConfig":{"DnsOptions":["é"]},"Env":["é"]}"#, #"{"Env":["é"],"Cmd":"é","OnBuild":["é"]}"#,
    ])
    func textThatIsNotPlainReadsAlike(body: String) throws {
        let value = try JSONReader.value(of: Array(body.utf8))
        #expect(outcome(.containerCreate, value) == expected(.containerCreate, value))
    }

    /// The table that finds a field's number holds as many as there are.
    @Test func noShapeHasMoreFieldsThanCanBeCounted() {
        func largest(_ shape: Shape) -> Int {
            switch shape {
            case .bool, .integer, .number, .string, .choice, .strings: 0
            case .list(let shape), .map(let shape): largest(shape)
            case .object(let closed): closed.fields.compactMap(\.shape).map(largest).reduce(closed.fields.count, max)
            }
        }
        for kind in BodyKind.allCases { #expect(largest(Shape.of(kind)) <= 128) }
    }

    @Test(arguments: BodyKind.allCases)
    func everyFieldIsFoundInEveryCase(kind: BodyKind) {
        func check(_ shape: Shape) {
            switch shape {
            case .bool, .integer, .number, .string, .choice, .strings: break
            case .list(let shape), .map(let shape): check(shape)
            case .object(let closed):
                for field in closed.fields {
                    for name in [field.name, field.name.lowercased(), field.name.uppercased()] {
                        for strange in [name, name + "x", String(name.dropLast()), "\u{17F}" + name.dropFirst()] {
                            let object = JSONValue.object(JSONObject([(strange, .null)]))
                            let found = (try? shape.read(object, at: "")) != nil
                            let isKnown = closed.fields.contains { $0.name.lowercased() == strange.lowercased() }
                            #expect(found == isKnown, "\(strange)")
                        }
                    }
                    if let shape = field.shape { check(shape) }
                }
            }
        }
        check(Shape.of(kind))
    }
}

/// Random bodies of a shape, from a seed.
struct BodySource {
    /// One in so many choices is a strange one; 0: none.
    var strangeness = 0
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    }

    private static let sayingNothing: [JSONValue] = [
        .null, .bool(false), .integer(0), .string(""), .array([]), .object(JSONObject()),
    ]

    private mutating func random(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[random(elements.count)]
    }

    private mutating func isStrange() -> Bool {
        strangeness > 0 && random(strangeness) == 0
    }

    /// A value that the shape takes, or nearly one.
    mutating func value(of shape: Shape, depth: Int) -> JSONValue {
        if isStrange() {
            return pick([
                .null, .bool(true), .integer(7), .string("x"), .string("r\u{E9}sum\u{E9}"), .array([.null]),
                .object(JSONObject([("a", .integer(1))])), .string("\u{600}:"),
            ])
        }
        switch shape {
        case .bool: return .bool(random(2) == 0)
        case .integer: return number(["0", "-0", "1", "536870912", "-1", "9223372036854775807", "1e3", "1.5"])
        case .number: return number(["0", "0.0", "1.5", "-2e9"])
        case .string: return .string(text())
        case .choice(let words):
            // Few fields have one.
            return .string(strangeness > 0 && random(4) == 0 ? "none" : pick(words))
        case .strings: return random(3) == 0 ? .string(text()) : list(of: .string, depth)
        case .list(let shape): return list(of: shape, depth)
        case .map(let shape):
            var object = JSONObject()
            for _ in 0..<random(4) {
                let name = isStrange() ? pick(["Labels", "\u{E9}t\u{E9}", "\u{212A}", ""]) : pick(["a", "b", "80/tcp", "/data"])
                object[name] = random(8) == 0 ? .null : value(of: shape, depth: depth + 1)
            }
            return .object(object)
        case .object(let closed): return .object(object(of: closed.fields, depth))
        }
    }

    private mutating func number(_ spellings: [String]) -> JSONValue {
        // The last spellings are no integers.
        let count = strangeness > 0 ? spellings.count : max(1, spellings.count - 2)
        return (try? JSONReader.value(of: Array(spellings[random(count)].utf8))) ?? .null
    }

    private mutating func text() -> String {
        if isStrange() { return pick(["caf\u{E9}", "a\u{7F}", "\u{600}:/", "\u{1}", "\"\\", "long enough for words \u{E9}"]) }
        return pick(["", "web", "0.0.0.0:8080", "/usr/local/bin:/usr/bin", "say \"hi\" \\ to ~"])
    }

    private mutating func list(of shape: Shape, _ depth: Int) -> JSONValue {
        .array((0..<random(4)).map { _ in value(of: shape, depth: depth + 1) })
    }

    private mutating func object(of fields: [Shape.Field], _ depth: Int) -> JSONObject {
        var members: [JSONObject.Member] = []
        for field in fields where random(depth == 0 ? 3 : 5) == 0 {
            // What is refused stands there empty in honest bodies.
            let isRefused = if case .refuse = field.treatment { true } else { false }
            let value = isRefused && !isStrange() ? pick(Self.sayingNothing) : value(of: field.shape ?? .string, depth: depth + 1)
            let name = random(6) == 0 ? pick([field.name.lowercased(), field.name.uppercased()]) : field.name
            members.insert(JSONObject.Member(name: name, value: value), at: random(members.count + 1))
            if isStrange() {
                let other = pick([field.name.lowercased(), field.name.uppercased(), field.name + "s", "Ho\u{17F}tname"])
                if !members.contains(where: { $0.name == other }) {
                    members.append(JSONObject.Member(name: other, value: .null))
                }
            }
        }
        return JSONObject(distinct: members)
    }
}
