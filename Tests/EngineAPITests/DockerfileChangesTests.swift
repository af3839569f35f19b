import EngineAPI
import Testing

/// The changes of a commit or an import.
@Suite struct DockerfileChangesTests {
    struct Row: CustomTestStringConvertible {
        let accepted: [String]
        let written: [String]
        let refused: [String]
        let rule: DockerfileRefusal.Rule
        var testDescription: String { "\(refused)" }

        init(_ accepted: [String], _ written: [String], not refused: [String], _ rule: DockerfileRefusal.Rule) {
            self.accepted = accepted
            self.written = written
            self.refused = refused
            self.rule = rule
        }
    }

    @Test(arguments: [
        Row(["ENV Z=1"], ["ENV Z=1"], not: ["RUN a"], .change),
        Row(["env Z 1", " cmd [ \"a\" ]"], ["ENV Z 1", "CMD [\"a\"]"], not: ["FROM a"], .change),
        Row(["ENV a=b\nUSER c\r\n# d\n"], ["ENV a=b", "USER c"], not: ["ENV a=b\nCOPY a b"], .change),
        Row(["ENV a=b \\", "c=d"], ["ENV a=b c=d"], not: ["ENV a=b \\", "COPY x"], .arguments),
        Row(["HEALTHCHECK NONE", "STOPSIGNAL 9"], ["HEALTHCHECK NONE", "STOPSIGNAL 9"], not: ["SHELL [\"a\"]"], .change),
        Row(["VOLUME /a", "WORKDIR /b", "EXPOSE 1"], ["VOLUME /a", "WORKDIR /b", "EXPOSE 1"], not: ["ARG a"], .change),
        Row(["ENTRYPOINT a"], ["ENTRYPOINT a"], not: ["MAINTAINER a"], .change),
        Row(["# syntax=a", "USER a"], ["USER a"], not: ["# escape=`", "USER a"], .change),
        Row(["USER a", "# escape=`"], ["USER a"], not: ["USER a\u{A0}b"], .text),
        Row(["ONBUILD run a"], ["ONBUILD RUN a"], not: ["ONBUILD COPY --from=a b c"], .trigger),
        Row(["ONBUILD ADD a b"], ["ONBUILD ADD a b"], not: ["ONBUILD ADD http://a/b c"], .address),
        Row(["LABEL a=b quaymaster.tenant=c"], ["LABEL a=b"], not: ["LABEL a$b=c"], .label),
        Row(["LABEL quay\\\nmaster.tenant=c", "ONBUILD LABEL quaymaster.x=y"], [], not: ["LABEL a=b\\\\"], .continuation),
        Row([], [], not: ["\\"], .continuation),
    ])
    func judges(row: Row) throws {
        let changes = try ImageChanges(parsing: row.accepted)
        #expect(changes.texts == row.written)
        #expect(try ImageChanges(parsing: changes.texts).texts == row.written)
        do {
            _ = try ImageChanges(parsing: row.refused)
            Issue.record("accepted")
        } catch {
            #expect(error.rule == row.rule, "\(error.sentence)")
        }
    }

    @Test func tellsLabels() throws {
        let changes = try ImageChanges(parsing: ["LABEL 'a b'=c", "ONBUILD LABEL traefik.enable=true", "LABEL quaymaster.x=y"])
        #expect(changes.labels == ["a b", "traefik.enable"])
    }
}
