import EngineAPI
import Testing

/// What tests of Dockerfiles share.
enum Sample {
    /// An id that a test can tell from others.
    static func id(_ digit: Int) -> String {
        "sha256:" + String(repeating: String(digit, radix: 16), count: 64)
    }

    /// A Dockerfile from text.
    static func read(_ text: String, _ arguments: [String: String?] = [:], target: String = "") throws(DockerfileRefusal) -> Dockerfile {
        try Dockerfile(parsing: Array(text.utf8), arguments: arguments, target: target)
    }

    /// The canonical text, images by the ids 1, 2, … in the order of their first use.
    static func canonical(_ file: Dockerfile, labels: [(String, String)] = []) throws -> String {
        String(decoding: try file.text(pinning: ids(of: file), labelling: labels), as: UTF8.self)
    }

    /// The ids that `canonical` uses.
    static func ids(of file: Dockerfile) -> [String: String] {
        var ids: [String: String] = [:]
        for image in file.images where ids[image.reference] == nil { ids[image.reference] = id(ids.count + 1) }
        return ids
    }
}

/// The spelling of single instructions: what is written, and the nearest text that is refused.
@Suite struct DockerfileTests {
    struct Row: CustomTestStringConvertible {
        let name: String
        /// Stands behind `FROM bb:1`.
        let accepted: String
        let written: String
        let refused: String
        let rule: DockerfileRefusal.Rule
        /// The refused line, `FROM` being line 1.
        var line = 2
        var testDescription: String { name }

        init(_ name: String, _ accepted: String, _ written: String, not refused: String, _ rule: DockerfileRefusal.Rule, line: Int = 2) {
            self.name = name
            self.accepted = accepted
            self.written = written
            self.refused = refused
            self.rule = rule
            self.line = line
        }
    }

    @Test(arguments: [
        Row("unknown instruction", "run a", "RUN a", not: "RUNN a", .instruction),
        Row("folded keyword", "Workdir /x", "WORKDIR /x", not: "WOR\u{212A}DIR /x", .instruction),
        Row("no arguments", "CMD []", "CMD []", not: "CMD", .arguments),
        Row("tabs", "\tRUN\ta\tb", "RUN a\tb", not: "RUN\u{0B}a", .text),
        Row("no-break space", "ENV a=b c=d", "ENV a=b c=d", not: "ENV a=b\u{A0}c=d", .text),
        Row("next line", "RUN é", "RUN é", not: "RUN a\u{85}b", .text),
        Row("byte order mark inside", "ENV a=b", "ENV a=b", not: "ENV a=\u{FEFF}b", .text),
        Row("nul", "RUN printf '\\0'", "RUN printf '\\0'", not: "RUN printf '\0'", .text),
        Row("bare carriage return", "RUN a\r", "RUN a", not: "RUN a\rFROM b", .text),
        // JSON and command lines.
        Row("json", "RUN  [ \"a\" , \"\\u0062\\n\" ]", "RUN [\"a\",\"b\\n\"]", not: "RUN [\"a\"] b", .json),
        Row("test", "RUN [ \"$a\" = b ] && c", "RUN [ \"$a\" = b ] && c", not: "RUN [ ] && c", .json),
        Row("json of strings", "CMD [\"1\"]", "CMD [\"1\"]", not: "CMD [1]", .json),
        Row("json surrogate", "CMD [\"\\ud83d\\ude00\"]", "CMD [\"😀\"]", not: "CMD [\"\\ud83d\"]", .json),
        Row("json nul", "CMD [\"\\u0001\"]", "CMD [\"\\u0001\"]", not: "CMD [\"\\u0000\"]", .json),
        Row("json blank", "CMD [\"\\u0020\"]", "CMD [\" \"]", not: "CMD [\"\\u2003\"]", .text),
        Row("broken json", "CMD [\"a\",", "CMD [\"a\",", not: "CMD [null]", .json),
        Row("shell", "SHELL [\"sh\", \"-c\"]", "SHELL [\"sh\",\"-c\"]", not: "SHELL sh -c", .arguments),
        Row("shell without words", "ENTRYPOINT []", "ENTRYPOINT []", not: "SHELL []", .arguments),
        Row("volumes", "VOLUME /a  /b", "VOLUME /a /b", not: "VOLUME []", .arguments),
        Row("ports", "EXPOSE 80  81/udp", "EXPOSE 80 81/udp", not: "EXPOSE", .arguments),
        // Flags.
        Row("flag", "COPY --chown=\"a:b\" x y", "COPY --chown=a:b x y", not: "COPY --chown=\"a b\" x y", .flag),
        Row("flag escaped", "COPY --chown='a' x y", "COPY --chown=a x y", not: "COPY --ch\\own=a x y", .flag),
        Row("flag unended", "COPY --chown=a x \"y\"", "COPY --chown=a x \"y\"", not: "COPY --chown=\"a x y", .flag),
        Row("flag value apart", "COPY --chown=a x y", "COPY --chown=a x y", not: "COPY --chown a x y", .flag),
        Row("flag twice", "COPY --chown=a x y", "COPY --chown=a x y", not: "COPY --chown=a --chown=a x y", .flag),
        Row("flag unknown", "COPY --chown=a x y", "COPY --chown=a x y", not: "COPY --Chown=a x y", .flag),
        Row("flag of another", "RUN a --b", "RUN a --b", not: "RUN --b a", .flag),
        Row("end of flags", "RUN a -- b", "RUN a -- b", not: "RUN -- b", .flag),
        Row("flags of a stop signal", "STOPSIGNAL 9", "STOPSIGNAL 9", not: "STOPSIGNAL --x=1 9", .flag),
        Row("mode", "COPY --chown=1 x y", "COPY --chown=1 x y", not: "COPY --chmod=1 x y", .buildKit),
        Row("links", "ADD --chown=1 x y", "ADD --chown=1 x y", not: "ADD --link x y", .buildKit),
        Row("parents", "COPY a/ y/", "COPY a/ y/", not: "COPY --parents a y", .buildKit),
        Row("mounts", "RUN a", "RUN a", not: "RUN --mount=type=bind,from=x a", .buildKit),
        Row("network", "RUN a", "RUN a", not: "RUN --network=host a", .buildKit),
        Row("security", "RUN a", "RUN a", not: "RUN --security=insecure a", .buildKit),
        // Here-documents.
        Row("here-string", "RUN a <<< b", "RUN a <<< b", not: "RUN a <<EOF\nb\nEOF", .buildKit),
        Row("here-document with tabs", "RUN a < b", "RUN a < b", not: "RUN a 3<<-'E'", .buildKit),
        Row("copied here-document", "COPY a< /b", "COPY a< /b", not: "COPY <<E /b", .buildKit),
        Row("json here-document", "COPY [\"<\",\"b\"]", "COPY [\"<\",\"b\"]", not: "COPY [\"<<E\",\"b\"]", .buildKit),
        Row("json command", "RUN [\"<<E\"]", "RUN [\"<<E\"]", not: "RUN [\"<<E\" <<E]", .buildKit),
        // Pairs.
        Row("pairs", "ENV a=b  c=\"d  e\"", "ENV a=b c=\"d  e\"", not: "ENV a=b c", .arguments),
        Row("old pair", "ENV a  b  c=d", "ENV a b  c=d", not: "ENV a", .arguments),
        Row("quotation", "ENV a='b'", "ENV a='b'", not: "ENV a='b", .quoting),
        Row("apostrophe", "ENV a it\\'s", "ENV a it\\'s", not: "ENV a it's", .quoting),
        Row("name of a variable", "ENV a==", "ENV a==", not: "ENV =a", .arguments),
        Row("build variables", "ARG a b=\"c d\"", "ARG a b=\"c d\"", not: "ARG =a", .arguments),
        // Health.
        Row("health", "HEALTHCHECK --retries=3 cmd  a  b", "HEALTHCHECK --retries=3 CMD a  b", not: "HEALTHCHECK a", .arguments),
        Row("health of none", "HEALTHCHECK None", "HEALTHCHECK NONE", not: "HEALTHCHECK --retries=3 NONE", .arguments),
        Row("health in json", "HEALTHCHECK CMD [\"a\" ]", "HEALTHCHECK CMD [\"a\"]", not: "HEALTHCHECK CMD [\"a\"] b", .json),
        // Ends.
        Row("backquote at the end", "RUN `a`", "RUN `a`", not: "RUN a\\\\", .continuation),
        Row("two escapes", "RUN a\\ \\\nb", "RUN a\\ b", not: "RUN a\\\\\nb", .continuation),
        Row("continued to the end", "RUN a \\", "RUN a", not: "RUN a\\ \\", .continuation),
        Row("nothing continued", "\\\n\nRUN a", "RUN a", not: "\\", .continuation),
        Row("blank at the end of a word", "LABEL a=b\\  c=d", "LABEL a=b\\  c=d", not: "LABEL a=b\\  quaymaster.x=y", .continuation),
        // Copies.
        Row("sources", "COPY  a \t b /c", "COPY a b /c", not: "COPY a", .arguments),
        Row("json sources", "ADD [\"a b\",\"/c\"]", "ADD [\"a b\",\"/c\"]", not: "ADD [\"a b\"]", .arguments),
    ])
    func spells(row: Row) throws {
        let file = try Sample.read("FROM bb:1\n" + row.accepted + "\n")
        #expect(try Sample.canonical(file) == "FROM \(Sample.id(1))\n\(row.written)\n")
        do {
            _ = try Sample.read("FROM bb:1\n" + row.refused)
            Issue.record("accepted")
        } catch {
            #expect(error.rule == row.rule, "\(error.sentence)")
            #expect(error.line == row.line)
        }
    }

    struct Whole: CustomTestStringConvertible {
        let name: String
        let accepted: String
        let refused: String
        let rule: DockerfileRefusal.Rule
        let line: Int
        var testDescription: String { name }
    }

    @Test(arguments: [
        Whole(name: "no stage", accepted: "FROM a", refused: "# FROM a", rule: .instruction, line: 0),
        Whole(name: "before the stage", accepted: "ARG a\nFROM a", refused: "ENV a=b\nFROM a", rule: .instruction, line: 1),
        Whole(name: "escape twice", accepted: "# escape=`\nFROM a", refused: "# escape=`\n# ESCAPE=`\nFROM a", rule: .directive, line: 2),
        Whole(name: "escape word", accepted: "# escape = \\\nFROM a", refused: "# escape=`b\nFROM a", rule: .directive, line: 1),
        Whole(
            name: "escape behind check", accepted: "# syntax=a\n# escape=`\nFROM a", refused: "# check=a\n# escape=`\nFROM a",
            rule: .directive, line: 2),
        Whole(
            name: "longest", accepted: "FROM a\nRUN " + String(repeating: "a", count: 59_000),
            refused: "FROM a\nRUN " + String(repeating: "a", count: 60_000), rule: .size, line: 2),
        Whole(
            name: "longest when written", accepted: "FROM a\nRUN [\"" + String(repeating: "\\b", count: 9_000) + "\"]",
            refused: "FROM a\nRUN [\"" + String(repeating: "\\b", count: 20_000) + "\"]", rule: .size, line: 2),
        Whole(
            name: "lines", accepted: "FROM a" + String(repeating: "\n", count: 10_000),
            refused: "FROM a" + String(repeating: "\n", count: 10_001), rule: .size, line: 0),
        Whole(
            name: "bytes", accepted: "FROM a\n#" + String(repeating: "a", count: (1 << 20) - 8),
            refused: "FROM a\n#" + String(repeating: "a", count: (1 << 20) - 7), rule: .size, line: 0),
        Whole(
            name: "stages", accepted: String(repeating: "FROM a\n", count: 200), refused: String(repeating: "FROM a\n", count: 201),
            rule: .size, line: 201),
    ])
    func reads(row: Whole) throws {
        _ = try Sample.read(row.accepted)
        do {
            _ = try Sample.read(row.refused)
            Issue.record("accepted")
        } catch {
            #expect(error.rule == row.rule, "\(error.sentence)")
            #expect(error.line == row.line)
        }
    }

    /// A comment is no part of the file, so it may be in any encoding.
    @Test func leavesCommentsOut() throws {
        let comment = [UInt8]("FROM bb:1\n  # ".utf8) + [0xE9, 0x0D, 0x00] + [UInt8]("\nRUN a \\\n# b\n\n  c\n".utf8)
        #expect(try Sample.canonical(try Dockerfile(parsing: comment)) == "FROM \(Sample.id(1))\nRUN a   c\n")
        #expect(throws: DockerfileRefusal.self) { try Dockerfile(parsing: [UInt8]("FROM bb:1\nRUN ".utf8) + [0xE9]) }
    }

    @Test func saysWhatIsWrong() {
        #expect(
            DockerfileRefusal(.flag, line: 7, "the flag --x has no value").sentence
                == "line 7: the flag --x has no value; rule dockerfile.flag")
        #expect(DockerfileRefusal(.size, line: 0, "too long").sentence == "too long; rule dockerfile.size")
        for rule in DockerfileRefusal.Rule.allCases { #expect(rule.rawValue.hasPrefix("dockerfile.")) }
    }
}
