import EngineAPI
import Testing

/// What a Dockerfile sets and fetches: labels, addresses, triggers.
@Suite struct DockerfileOrderTests {
    struct Label: CustomTestStringConvertible {
        let text: String
        /// The names that are reported; nil when the text is refused.
        let names: [String]?
        let written: String
        var testDescription: String { text }

        init(_ text: String, _ names: [String]?, _ written: String = "") {
            self.text = text
            self.names = names
            self.written = written
        }
    }

    @Test(arguments: [
        Label("LABEL traefik.enable=true", ["traefik.enable"], "LABEL traefik.enable=true\n"),
        Label("LABEL \"a b\"=c d\\ e='f' 'g'=\"$x\"", ["a b", "d e", "g"], "LABEL \"a b\"=c d\\ e='f' 'g'=\"$x\"\n"),
        Label("LABEL a.b c  d", ["a.b"], "LABEL a.b c  d\n"),
        Label("LABEL tr\"aef\"ik.x=1", ["traefik.x"], "LABEL tr\"aef\"ik.x=1\n"),
        Label("LABEL tr\\aefik.x=1", ["traefik.x"], "LABEL tr\\aefik.x=1\n"),
        Label("LABEL \"tr\\aefik.x\"=1", ["tr\\aefik.x"], "LABEL \"tr\\aefik.x\"=1\n"),
        Label("LABEL a=$b a=c", ["a"], "LABEL a=$b a=c\n"),
        // Ours.
        Label("LABEL quaymaster.tenant=blue", [], ""),
        Label("LABEL quaymaster.tenant blue", [], ""),
        Label("LABEL a=b QuayMaster.tenant=blue c=d", ["a", "c"], "LABEL a=b c=d\n"),
        Label("LABEL \"quaymaster\".ten\\ant=blue", [], ""),
        Label("LAB\\\nEL quay\\\nmaster.tenant=blue", [], ""),
        Label("ONBUILD LABEL quaymaster.tenant=blue", [], ""),
        Label("ONBUILD LABEL quaymaster.tenant=blue a=b", ["a"], "ONBUILD LABEL a=b\n"),
        // Near to ours.
        Label("LABEL quaymaster=1", ["quaymaster"], "LABEL quaymaster=1\n"),
        Label("LABEL quaymaſter.tenant=1", ["quaymaſter.tenant"], "LABEL quaymaſter.tenant=1\n"),
        Label("LABEL my.quaymaster.tenant=1", ["my.quaymaster.tenant"], "LABEL my.quaymaster.tenant=1\n"),
        // Not readable in one way.
        Label("ARG A=quaymaster\nLABEL $A.tenant=blue", nil),
        Label("LABEL 'quaymaster$'.tenant=blue", nil),
        Label("LABEL a\\$b=c", nil),
        Label("LABEL \"quaymaster.tenant=blue\" c", nil),
        Label("LABEL \"\"=a", nil),
        Label("LABEL a\"b=c\"d=e", nil),
        Label("ONBUILD LABEL a\\b=c", nil),
        Label("ONBUILD LABEL a`b=c", nil),
    ])
    func readsLabels(row: Label) throws {
        guard let names = row.names else {
            #expect(throws: DockerfileRefusal.self) { try Sample.read("FROM a\n" + row.text) }
            return
        }
        let file = try Sample.read("FROM a\n" + row.text)
        #expect(file.labels.map { Array($0.utf8) } == names.map { Array($0.utf8) })
        #expect(try Sample.canonical(file) == "FROM \(Sample.id(1))\n\(row.written)")
    }

    struct Source: CustomTestStringConvertible {
        let text: String
        /// Scheme, authority and address; nil inside for a file, nil for a refusal.
        let remote: [String]??
        var testDescription: String { text }

        init(_ text: String, _ remote: [String]??) {
            self.text = text
            self.remote = remote
        }
    }

    @Test(arguments: [
        Source("ADD a.tar /", .some(nil)),
        Source("ADD ./http://x /", .some(nil)),
        Source("ADD app-$V.tar /", .some(nil)),
        Source("ADD ./$V /", .some(nil)),
        Source("COPY $V /", .some(nil)),
        Source("COPY http://x/y /", .some(nil)),
        Source("ADD a http://x/y", .some(nil)),
        Source("ADD http://x/y /", ["http", "x", "http://x/y"]),
        Source("ADD HTTPS://X.y:8/z /", ["https", "x.y:8", "HTTPS://X.y:8/z"]),
        Source("ADD https://x /", ["https", "x", "https://x"]),
        Source("ADD ht\"tp\"s://x/$V.tar /", ["https", "x", "ht\"tp\"s://x/$V.tar"]),
        Source("ADD [\"https://x/a b\",\"/\"]", ["https", "x", "https://x/a b"]),
        Source("ADD h\\ttp://x/ /", ["http", "x", "http://x/"]),
        Source("ADD git@h:a/b.git /", ["git", "h", "git@h:a/b.git"]),
        Source("ADD ssh://h/b /", ["ssh", "h", "ssh://h/b"]),
        Source("ADD weird+x://h/b /", ["weird+x", "h", "weird+x://h/b"]),
        Source("ADD $V /", .none),
        Source("ADD ${V}.tar /", .none),
        Source("ADD h$V /", .none),
        Source("ADD https:$V /", .none),
        Source("ADD https://$V/x /", .none),
        Source("ADD https://x$V/x /", .none),
        Source("ADD https://a@x/y /", .none),
        Source("ADD https://x\\\\@y/z /", .none),
        Source("ADD https://x?y=z /", .none),
        Source("ADD https:///x /", .none),
        Source("ADD git@$V /", .none),
        Source("ONBUILD ADD https://x/y /", .none),
        Source("ONBUILD ADD h\\ttps://x/y /", .none),
        Source("ONBUILD ADD $V /", .none),
        Source("ONBUILD ADD a.tar /", .some(nil)),
    ])
    func readsAddresses(row: Source) throws {
        guard let remote = row.remote else {
            #expect(throws: DockerfileRefusal.self) { try Sample.read("FROM a\n" + row.text) }
            return
        }
        let file = try Sample.read("FROM a\n" + row.text)
        #expect(file.fetches.map { [$0.scheme, $0.authority, $0.address] } == [remote].compactMap { $0 })
        #expect(file.fetches.allSatisfy { $0.line == 2 })
    }

    struct Trigger: CustomTestStringConvertible {
        let accepted: String
        let refused: String
        let rule: DockerfileRefusal.Rule
        var testDescription: String { refused }

        init(_ accepted: String, not refused: String, _ rule: DockerfileRefusal.Rule) {
            self.accepted = accepted
            self.refused = refused
            self.rule = rule
        }
    }

    static let triggers = [
        Trigger("RUN make", not: "FROM a", .trigger),
        Trigger("run make", not: "onbuild RUN make", .trigger),
        Trigger("USER a", not: "MAINTAINER a", .trigger),
        Trigger("COPY a b", not: "COPY --from=a b c", .trigger),
        Trigger("COPY --chown=1 a b", not: "COPY --from=0 b c", .trigger),
        Trigger("ADD a b", not: "ADD http://a/b c", .address),
        Trigger("ADD [\"a\",\"b\"]", not: "ADD [\"http://a/b\",\"c\"]", .address),
        Trigger("ADD a /$b", not: "ADD $b /a", .address),
        Trigger("ADD a b", not: "ADD a\\b c", .trigger),
        Trigger("LABEL a=\"b\\c\"", not: "LABEL a\\b=c", .trigger),
        Trigger("RUN a", not: "RUN a <<EOF", .buildKit),
        Trigger("RUN a", not: "RUN --mount=type=bind,from=b a", .buildKit),
        Trigger("ARG HTTP_PROXY", not: "FOO a", .instruction),
        Trigger("ENV a=b", not: "ENV a=$a$a$a\(String(repeating: "$a", count: 999))", .expansion),
    ]

    /// `ONBUILD` in a file, and what an image carries, are judged alike.
    @Test(arguments: triggers)
    func judgesTriggers(row: Trigger) throws {
        #expect(Dockerfile.objection(toTriggers: [row.accepted]) == nil)
        #expect(Dockerfile.objection(toTriggers: ["RUN a", row.refused])?.rule == row.rule)
        #expect(Dockerfile.objection(toTriggers: ["RUN a", row.refused])?.line == 2)
        let file = try Sample.read("FROM a\nONBUILD \(row.accepted)")
        let written = try Sample.canonical(file).split(separator: "\n").last?.dropFirst("ONBUILD ".count)
        #expect(Dockerfile.objection(toTriggers: [String(written ?? "")]) == nil)
        do {
            _ = try Sample.read("FROM a\nONBUILD \(row.refused)")
            Issue.record("accepted")
        } catch {
            #expect(error.rule == row.rule)
        }
    }

    @Test(arguments: [
        "", " ", "# RUN a", "# escape=`", "RUN a\nRUN b", "RUN a\r\nFROM b", "RUN a \\", "RUN a \\\nb", "LABEL quaymaster.tenant=blue",
        "LABEL a=b Quaymaster.x y", "RUN\u{A0}a", "\u{FEFF}RUN a", "RUN [\"a\"] b",
    ])
    func refusesOfImages(trigger: String) {
        #expect(Dockerfile.objection(toTriggers: [trigger]) != nil)
    }

    @Test func tellsOfTriggers() throws {
        #expect(Dockerfile.objection(toTriggers: []) == nil)
        let triggers = try ImageTriggers(judging: ["COPY . /src", "LABEL a=b", " \trun make  "])
        #expect(triggers.runsSteps)
        #expect(triggers.labels == ["a"])
        #expect(try !ImageTriggers(judging: ["COPY . /src"]).runsSteps)
        #expect(Dockerfile.objection(toTriggers: Array(repeating: "RUN a", count: 201))?.rule == .size)
    }

    /// A file's escape character is not the one under which its triggers run.
    @Test func keepsEscapesOutOfTriggers() throws {
        _ = try Sample.read("# escape=`\nFROM a\nONBUILD RUN a`\n b")
        for text in ["ONBUILD RUN a\\", "ONBUILD RUN a\\ b", "ONBUILD RUN ``b"] {
            #expect(throws: DockerfileRefusal.self) { try Sample.read("# escape=`\nFROM a\n" + text) }
        }
    }
}
