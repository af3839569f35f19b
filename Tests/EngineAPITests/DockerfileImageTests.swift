import EngineAPI
import Testing

/// Which images and stages a Dockerfile means.
@Suite struct DockerfileImageTests {
    struct Row: CustomTestStringConvertible {
        let name: String
        let text: String
        var arguments: [String: String?] = [:]
        /// The references in order; `<` before those of `COPY --from`.
        let images: [String]
        var written: String?
        /// The nearest text that is refused, under the same arguments.
        let refused: String
        let rule: DockerfileRefusal.Rule
        var testDescription: String { name }

        init(
            _ name: String, _ text: String, _ arguments: [String: String?] = [:], takes images: [String], writes written: String? = nil,
            not refused: String, _ rule: DockerfileRefusal.Rule
        ) {
            self.name = name
            self.text = text
            self.arguments = arguments
            self.images = images
            self.written = written
            self.refused = refused
            self.rule = rule
        }
    }

    static let one = Sample.id(1)
    static let two = Sample.id(2)

    @Test(arguments: [
        // Names.
        Row("name", "FROM bb:1", takes: ["bb:1"], writes: "FROM \(one)\n", not: "FROM bb:1 bb:2", .arguments),
        Row("quoted name", "FROM 'bb'\":1\"", takes: ["bb:1"], not: "FROM 'bb:1", .quoting),
        Row("digest", "FROM a.b:5/c@sha256:00", takes: ["a.b:5/c@sha256:00"], not: "FROM a.b:5//c", .image),
        Row("id", "FROM \(two)", takes: [two], writes: "FROM \(one)\n", not: "FROM /\(two)", .image),
        Row("nothing", "FROM scratch\nCOPY a /", takes: [], writes: "FROM scratch\nCOPY a /\n", not: "FROM \"\"", .image),
        Row("beyond ASCII", "FROM k", takes: ["k"], not: "FROM \u{212A}", .image),
        Row("folded AS", "FROM a aS b", takes: ["a"], writes: "FROM \(one) AS b\n", not: "FROM a a\u{17F} b", .arguments),
        Row("comment behind", "FROM a", takes: ["a"], not: "FROM a # b", .arguments),
        // Variables.
        Row(
            "argument", "ARG B\nFROM $B", ["B": "blue:1"], takes: ["blue:1"], writes: "ARG B\nFROM \(one)\n", not: "ARG C\nFROM $B", .image),
        Row("argument without a value", "ARG B=x\nFROM $B", ["B": nil], takes: ["x"], not: "ARG B\nFROM $B", .image),
        Row("argument over default", "ARG B=x\nFROM ${B}", ["B": "y"], takes: ["y"], not: "ARG B=x\nFROM ${B", .quoting),
        Row("kelvin argument", "ARG K=x\nFROM $K", ["\u{212A}": "y"], takes: ["x"], not: "ARG \u{212A}=x\nFROM $K", .arguments),
        Row("earlier default", "ARG A=b\nARG C=${A}b:1\nFROM $C", takes: ["bb:1"], not: "ARG A=b C=${A}b:1\nFROM $C", .variable),
        Row("declared again", "ARG A=b\nARG A\nFROM a$A", takes: ["a"], not: "ARG A=b\nARG A\nFROM $A", .image),
        Row("default word", "FROM ${A:-a\"b\"}", takes: ["ab"], not: "FROM ${A-ab}", .variable),
        Row("empty counts as unset", "ARG A=\nFROM ${A:-b}", takes: ["b"], not: "ARG A=\nFROM ${A:?b}", .variable),
        Row("word when set", "ARG A=1\nFROM a${A:+b}", takes: ["ab"], not: "ARG A=1\nFROM a${A+b}", .variable),
        Row("word when unset", "FROM a${A:+b}", takes: ["a"], not: "ARG A=ax\nFROM ${A%x}", .variable),
        Row("pattern", "ARG A=ax\nFROM ${A}", takes: ["ax"], not: "ARG A=ax\nFROM ${A/x/y}", .variable),
        Row("nested", "FROM ${A:-${B:-c}}", takes: ["c"], not: "FROM ${A:-${B#c}}", .variable),
        Row("single quotes", "ARG A='$B'\nFROM a", takes: ["a"], not: "ARG A='$B'\nFROM a$A", .image),
        Row("parameters", "ARG A1=b\nFROM a$A1", takes: ["ab"], not: "FROM a$1", .variable),
        Row("bare dollar", "FROM a\\b", takes: ["ab"], not: "FROM a$", .variable),
        Row("escaped dollar", "ARG A=\\$B\nFROM a", takes: ["a"], not: "FROM a\\$B", .image),
        Row("name beyond ASCII", "ARG A=b\nFROM a${A}", takes: ["ab"], not: "ARG A=b${Aé}\nFROM a", .variable),
        Row(
            "environment is not seen", "ARG B=b\nFROM a\nENV B=c\nARG B=d\nFROM $B", takes: ["a", "b"],
            not: "FROM a\nENV B=c\nFROM $B", .image),
        Row("proxy", "ARG HTTP_PROXY=\nFROM a$HTTP_PROXY", takes: ["a"], not: "FROM a$HTTP_PROXY", .variable),
        Row("architecture", "ARG TARGETARCH\nFROM a$TARGETARCH", takes: ["a"], not: "FROM a$TARGETARCH", .variable),
        Row("blank in a value", "ARG A=\"b c\"\nFROM a", takes: ["a"], not: "ARG A=\"b c\"\nFROM $A", .image),
        Row("line end in a value", "ARG A\nFROM a", ["A": "b\nFROM c"], takes: ["a"], not: "ARG A\nFROM $A", .image),
        // Stages.
        Row(
            "stage by name", "FROM a AS One\nFROM b\nCOPY --from=oNE x y", takes: ["a", "b"],
            writes: "FROM \(one) AS one\nFROM \(two)\nCOPY --from=one x y\n", not: "FROM a AS 1\nFROM b", .stage),
        Row(
            "stage by number", "FROM a\nFROM b\nCOPY --from=0 x y", takes: ["a", "b"],
            writes: "FROM \(one)\nFROM \(two)\nCOPY --from=0 x y\n", not: "FROM a\nFROM b\nCOPY --from=1 x y", .stage),
        Row("number", "FROM a\nFROM b\nCOPY --from=0 x y", takes: ["a", "b"], not: "FROM a\nFROM b\nCOPY --from=00 x y", .stage),
        Row("signed number", "FROM a\nFROM b\nCOPY --from=0 x y", takes: ["a", "b"], not: "FROM a\nFROM b\nCOPY --from=+0 x y", .stage),
        Row(
            "number beyond 64 bits", "FROM a\nCOPY --from=a1 x y", takes: ["a", "<a1"],
            not: "FROM a\nCOPY --from=99999999999999999999 x y", .stage),
        Row(
            "stage shadows image", "FROM a AS b\nFROM B",
            takes: ["a"], writes: "FROM \(one) AS b\nFROM b\n", not: "FROM B\nFROM a AS b", .stage),
        Row("image of the stage's name", "FROM b AS b\nFROM b", takes: ["b"], not: "FROM a AS b\nCOPY --from=b x y", .stage),
        Row("stage twice", "FROM a AS b\nFROM a AS c", takes: ["a", "a"], not: "FROM a AS b\nFROM a AS B", .stage),
        Row("stage called scratch", "FROM a AS scratch1\nFROM scratch", takes: ["a"], not: "FROM a AS scratch\nFROM scratch", .stage),
        Row("stage to come", "FROM a\nFROM b AS c\nFROM c", takes: ["a", "b"], not: "FROM a\nCOPY --from=c x y\nFROM b AS c", .stage),
        // COPY.
        Row(
            "copy from an image", "FROM a\nCOPY --from=b:1 --chown=1 [ \"x\", \"y\" ]", takes: ["a", "<b:1"],
            writes: "FROM \(one)\nCOPY --from=\(two) --chown=1 [\"x\",\"y\"]\n", not: "ARG B=b:1\nFROM a\nCOPY --from=$B x y", .variable),
        Row("copy from nothing", "FROM a\nCOPY x y", takes: ["a"], not: "FROM a\nCOPY --from=scratch x y", .stage),
        Row("copy from an empty name", "FROM a\nCOPY --from=b x y", takes: ["a", "<b"], not: "FROM a\nCOPY --from= x y", .flag),
        Row(
            "copy from one name twice", "FROM a\nCOPY --from=a x y", takes: ["a", "<a"], not: "FROM a\nCOPY --from=a: --from=a x y", .flag),
        // Platforms.
        Row(
            "platform", "FROM --platform=Linux/arm64 a AS b", takes: ["a"], writes: "FROM \(one) AS b\n", not: "FROM --platform=$X a", .flag
        ),
        Row("platform of the builder", "FROM a", takes: ["a"], not: "FROM --platform=$BUILDPLATFORM a", .variable),
        Row(
            "two platforms", "FROM --platform=linux/arm64 a\nFROM --platform=linux/arm64 a", takes: ["a", "a"],
            not: "FROM --platform=linux/arm64 a\nFROM a", .image),
    ])
    func takes(row: Row) throws {
        let file = try Sample.read(row.text, row.arguments)
        #expect(file.images.map { ($0.purpose == .base ? "" : "<") + $0.reference } == row.images)
        if let written = row.written { #expect(try Sample.canonical(file) == written) }
        do {
            let file = try Sample.read(row.refused, row.arguments)
            Issue.record("accepted: \(file.images)")
        } catch {
            #expect(error.rule == row.rule, "\(error.sentence)")
        }
    }

    @Test func tellsWhereAndForWhat() throws {
        let file = try Sample.read("ARG P=linux\n\nFROM --platform=$P/arm64 a AS x\n# c\nCOPY --from=b x y\nRUN z\n")
        #expect(
            file.images == [
                ImageUse(reference: "a", purpose: .base, platform: "linux/arm64", line: 3),
                ImageUse(reference: "b", purpose: .copySource, platform: nil, line: 5),
            ])
        #expect(file.runsSteps)
        #expect(try !Sample.read("FROM a\nCMD b\nONBUILD RUN c").runsSteps)
    }

    @Test(arguments: [("", true), ("one", true), ("ONE", true), ("two", true), ("0", false), ("on", false), ("ſ", false)])
    func knowsTarget(name: String, isKnown: Bool) throws {
        let text = "FROM a AS One\nFROM b AS two\nFROM c AS s"
        if isKnown {
            // Stages behind the target are judged too.
            #expect(try Sample.read(text, target: name).images.count == 3)
        } else {
            #expect(throws: DockerfileRefusal.self) { try Sample.read(text, target: name) }
        }
    }

    /// Only an id that an engine gives is written, so that no line can be slipped in.
    @Test func pinsAllOrNothing() throws {
        let file = try Sample.read("FROM a\nCOPY --from=b x y")
        _ = try file.text(pinning: ["a": Sample.id(1), "b": Sample.id(2)], labelling: [])
        for ids in [
            ["a": Sample.id(1)], ["a": Sample.id(1), "b": "b:1"], ["a": Sample.id(1), "b": Sample.id(2) + "\nRUN x"],
            ["a": Sample.id(1), "b": Sample.id(2).uppercased()],
        ] {
            #expect(throws: DockerfileRefusal.self) { try file.text(pinning: ids, labelling: []) }
        }
    }

    /// Doubling is bounded, for the engine's sake and for ours; adding is not.
    @Test func boundsValues() throws {
        let doubled = (0..<40).map { "ARG A\($0 + 1)=$A\($0)$A\($0)\n" }.joined()
        let added = (0..<400).map { "ENV PATH=$PATH:/opt/\($0)/bin\n" }.joined()
        _ = try Sample.read("FROM a\n" + added)
        for text in [
            "ARG A0=xx\n\(doubled)FROM a", "FROM a\nARG A0=xx\n\(doubled)",
            "FROM a\n" + String(repeating: "ENV A=$A$A\n", count: 40),
            "FROM a\nENV A=\(String(repeating: "a", count: 999))\nENV B=${A//a/${A}${A}}\nENV C=${B//a/$B}",
        ] {
            do {
                _ = try Sample.read(text)
                Issue.record("accepted")
            } catch {
                #expect(error.rule == .expansion)
            }
        }
        let deep = String(repeating: "${A:-", count: 30_00) + String(repeating: "}", count: 30_00)
        #expect(throws: DockerfileRefusal.self) { try Sample.read("FROM \(deep)") }
    }
}
