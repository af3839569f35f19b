/// A generated body of `POST /containers/create`.
package struct CreateBody: Sendable {
    /// The bytes that a client would send.
    package let bytes: [UInt8]
    /// What was done to the body that it was made of, for messages.
    package let changes: [Change]

    /// A way to change a body.
    package enum Change: String, CaseIterable, Hashable, Sendable {
        // What people write.
        case harmlessValue, harmfulValue, null, emptyValue, bareString, legacyField, noHost
        // What a careless or hostile program writes.
        case foldedName, duplicate, repeatedList, unknownField, wrongType, numberSpelling
        // What only a hostile one writes.
        case escapes, loneSurrogate, invalidUnicode, controlCharacter, nesting, oversized
        case trailing, truncated, order, blanks
    }

    /// The text, as far as it is one, for messages.
    package var text: String { String(decoding: bytes.prefix(4000), as: UTF8.self) }
}

/// Makes create bodies: real ones with some changes, harmless ones more often than others.
package struct CreateBodyGenerator: Sendable {
    private let seeds: [Node]
    private var random: Seeded

    /// Makes a generator; the same seed and bodies give the same bodies.
    package init(_ seeds: SeedBodies, seed: UInt64) {
        self.seeds = seeds.bodies
        random = Seeded(seed: seed)
    }

    /// The next body.
    package mutating func next() -> CreateBody {
        var draft = BodyDraft(random.pick(seeds))
        var changes: [CreateBody.Change] = []
        // Half of all bodies are only what people write; the rest is that and something worse.
        for _ in 0..<random.below(5) { changes.append(random.chance(80) ? .harmlessValue : usual()) }
        if random.chance(50) {
            changes.append(random.chance(35) ? .harmfulValue : random.pick(CreateBody.Change.allCases))
            if random.chance(25) { changes.append(random.pick(CreateBody.Change.allCases)) }
        }
        for change in changes { draft.make(change, &random) }
        return CreateBody(bytes: draft.bytes, changes: changes)
    }

    private mutating func usual() -> CreateBody.Change {
        random.pick([.null, .emptyValue, .bareString, .order, .blanks, .escapes])
    }
}

/// A body while it is changed.
struct BodyDraft {
    var root: Node
    var isSpaced = false
    /// What follows the value.
    var suffix: [UInt8] = []
    /// How many bytes at the end are missing.
    var missing = 0

    init(_ root: Node) {
        self.root = root
    }

    var bytes: [UInt8] {
        Array((root.bytes(isSpaced: isSpaced) + suffix).dropLast(missing))
    }

    /// Makes a change somewhere.
    mutating func make(_ change: CreateBody.Change, _ random: inout Seeded) {
        switch change {
        case .harmlessValue:
            let field = random.pick(FieldTable.all)
            set(field, field.harmless, &random)
        case .harmfulValue:
            let field = random.pick(FieldTable.dangerous)
            set(field, field.harmful, &random)
        case .null: set(random.pick(FieldTable.all), ["null"], &random)
        case .emptyValue: setEmpty(&random)
        case .bareString:
            let name = random.pick(["Cmd", "Entrypoint", "Shell", "HostConfig.CapDrop"])
            set(FieldTable(name, [#""true""#, #""ALL""#]), [#""true""#, #""ALL""#], &random)
        case .legacyField: setLegacy(&random)
        case .noHost: set(FieldTable("HostConfig", []), ["null", "{}", "[]"], &random)
        case .foldedName: foldName(&random)
        case .duplicate: duplicate(&random)
        case .repeatedList: repeatList(&random)
        case .unknownField: addUnknown(&random)
        case .wrongType: setWrongType(&random)
        case .numberSpelling: spellNumber(&random)
        case .escapes: respell(&random) { Spelling.escaping($0, &$1) }
        case .loneSurrogate: respell(&random) { Spelling.withSurrogate($0, &$1) }
        case .invalidUnicode: respell(&random) { Spelling.withInvalidBytes($0, &$1) }
        case .controlCharacter: respell(&random) { Spelling.withControl($0, &$1) }
        case .nesting: nest(&random)
        case .oversized: oversize(&random)
        case .trailing:
            suffix += random.pick([" {}", "x", "}", "\n", "null", ",", " {\"HostConfig\":{}}", "\u{0}"]).utf8
        case .truncated: missing += 1 + random.below(3)
        case .order: shuffle(&random)
        case .blanks: isSpaced = true
        }
    }

    /// Writes one of some texts at a field; its spelling may vary a little.
    private mutating func set(_ field: FieldTable, _ values: [String], _ random: inout Seeded) {
        if values.isEmpty { return }
        root.set(field.path[...], Node(parsing: random.pick(values)))
    }

    private mutating func setEmpty(_ random: inout Seeded) {
        set(random.pick(FieldTable.all), ["{}", "[]", #""""#, "0", "false"], &random)
    }

    private mutating func setWrongType(_ random: inout Seeded) {
        let values = [
            "1", #""true""#, #""1""#, "true", "[1]", #"["a"]"#, #"{"a":"b"}"#, "[[]]", "[null]",
            #"{"a":[null]}"#, #"[{}]"#, "1.5", #"{"a":null}"#,
        ]
        set(random.pick(FieldTable.all), values, &random)
    }

    /// Writes a field of HostConfig beside it, where old engines look too.
    private mutating func setLegacy(_ random: inout Seeded) {
        let fields = FieldTable.all.filter { $0.path.first == "HostConfig" && $0.path.count == 2 }
        let field = random.pick(fields)
        let values = field.harmless + field.harmful
        set(FieldTable(field.path[1], values), values, &random)
        if random.chance(40) { root.set(["HostConfig"], .raw("null")) }
    }

    private mutating func spellNumber(_ random: inout Seeded) {
        let numbers = [
            "1e3", "1E3", "1.0", "-0", "0.0", "1e-1", "67108864.0", "1e400", "-1", "0x10", "01",
            "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615",
            "18446744073709551616", "1_000", "+1", ".5", "5.", "1e", "Infinity", "NaN", "1e+2",
            "123456789012345678901234567890",
        ]
        let fields =
            FieldTable.resources.filter { $0.harmless.contains("0") } + [
                FieldTable("HostConfig.ShmSize", []), FieldTable("StopTimeout", []),
                FieldTable("HostConfig.OomScoreAdj", []), FieldTable("HostConfig.RestartPolicy.MaximumRetryCount", []),
                FieldTable("Healthcheck.Retries", []), FieldTable("Healthcheck.Interval", []),
            ]
        root.set(random.pick(fields).path[...], .raw(random.pick(numbers)))
    }
}
