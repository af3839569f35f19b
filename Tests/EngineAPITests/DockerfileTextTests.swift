import EngineAPI
import Testing

/// What is written reads as what was read, and is written the same again.
@Suite struct DockerfileTextTests {
    static let files = [
        "FROM bb:1\nRUN echo ok\n",
        """
        # syntax=docker/dockerfile:1
        ARG B=bb
        ARG C=${B:-x}:1
        FROM --platform=linux/amd64 $C AS One
        ENV PATH=$PATH:/x old="a  b"
        RUN apt-get update \\
            # why
            && apt-get install -y `cat list` \\

            && rm -rf /var/lib/apt/lists/*
        LABEL a.b=c quaymaster.tenant=blue "d e"='f'
        FROM scratch
        COPY --chown=$U:0 --from=ONE /one [ "a b", "/" ]
        COPY --from=0 /one /two
        COPY --from=bb:2 /x /y
        ADD https://example.com/a-$V.tar /a
        ONBUILD run [ "a" ]
        HEALTHCHECK --interval=5s CMD [ -f /x ] || exit 1
        FROM one
        USER a
        WORKDIR /a b
        EXPOSE 80 81/udp
        VOLUME [ "/v 1" ]
        STOPSIGNAL SIGINT
        SHELL ["/bin/bash", "-o", "pipefail", "-c"]
        MAINTAINER me
        ENTRYPOINT []
        CMD ["x", "\\u00e9\\n"]
        """,
        "# escape=`\nFROM bb:1\nRUN dir C:\\ `\n  more\nENV a=\"b`\"c\"\n",
    ]

    @Test(arguments: files)
    func isAFixedPoint(text: String) throws {
        let file = try Sample.read(text)
        let stamp = [("quaymaster.tenant", "red")]
        let written = try Sample.canonical(file, labels: stamp)
        let again = try Sample.read(written)
        let ids = Sample.ids(of: file)
        #expect(again.images.map(\.reference) == file.images.map { ids[$0.reference] })
        #expect(again.images.map(\.purpose) == file.images.map(\.purpose))
        #expect(again.labels == file.labels)
        #expect(again.fetches.map(\.address) == file.fetches.map(\.address))
        #expect(again.runsSteps == file.runsSteps)
        #expect(again.count == file.count)
        let pinned = Dictionary(ids.values.map { ($0, $0) }) { first, _ in first }
        #expect(String(decoding: try again.text(pinning: pinned, labelling: stamp), as: UTF8.self) == written)
    }

    /// Every way to break a line that means the same is written the same.
    @Test(arguments: files[..<2])
    func doesNotDependOnLineEnds(text: String) throws {
        let written = try Sample.canonical(try Sample.read(text))
        #expect(try Sample.canonical(try Sample.read("\u{FEFF}" + text.replacing("\n", with: "\r\n"))) == written)
        #expect(try Sample.canonical(try Sample.read("\n\n \t\n# a\n" + text + "\n\n# b")) == written)
        let ids = Set(try Sample.read(written).images.map(\.reference))
        let pins = Dictionary(uniqueKeysWithValues: ids.map { ($0, $0) })
        let bytes = Array(written.utf8)
        for index in bytes.indices.dropFirst() where bytes[index] != 0x0A && bytes[index] & 0xC0 != 0x80 && bytes[index - 1] != 0x5C {
            for end in ["\\\n", "\\ \t\r\n", "\\\n# x \\\n", "\\\n\n  \n   # y\n"] {
                let cut = bytes[..<index] + end.utf8 + bytes[index...]
                let file = try Dockerfile(parsing: Array(cut))
                let again = String(decoding: try file.text(pinning: pins, labelling: []), as: UTF8.self)
                #expect(again == written, "cut at \(index) by \(end)")
            }
        }
    }

    @Test func doesNotDependOnTheEscapeCharacter() throws {
        let plain = try Sample.canonical(try Sample.read("FROM bb:1\nRUN a \\\n  b\n"))
        #expect(try Sample.canonical(try Sample.read("#ESCAPE=`\nFR`\nOM bb:1\nRUN a `\n  b\n")) == plain)
        #expect(plain == "FROM \(Sample.id(1))\nRUN a   b\n")
        let windows = try Sample.canonical(try Sample.read("# escape=`\nFROM bb:1\nRUN a\\\nUSER b\n"))
        #expect(windows == "# escape=`\nFROM \(Sample.id(1))\nRUN a\\\nUSER b\n")
    }

    @Test func stampsBehindEachStage() throws {
        let file = try Sample.read("FROM a AS x\nRUN b\nFROM scratch\nFROM x\nCMD c")
        #expect(
            try Sample.canonical(file, labels: [("quaymaster.tenant", "red"), ("b", "c d")])
                == """
                FROM \(Sample.id(1)) AS x
                LABEL quaymaster.tenant=red b="c d"
                RUN b
                FROM scratch
                LABEL quaymaster.tenant=red b="c d"
                FROM x
                LABEL quaymaster.tenant=red b="c d"
                CMD c

                """)
    }

    struct Stamp: CustomTestStringConvertible {
        let name: String
        let value: String
        let written: String?
        var head = ""
        var testDescription: String { name + "=" + value }
    }

    @Test(arguments: [
        Stamp(name: "a.b-c/d", value: "e:f", written: "LABEL a.b-c/d=e:f"),
        Stamp(name: "a b", value: "", written: "LABEL \"a b\"=\"\""),
        Stamp(name: "a", value: "\"$x\\`'", written: "LABEL a=\"\\\"\\$x\\\\`'\""),
        Stamp(name: "a", value: "\"$x\\`'", written: "LABEL a=\"`\"`$x\\``'\"", head: "# escape=`\nFROM a\nRUN \\b"),
        Stamp(name: "a", value: "é", written: "LABEL a=\"é\""),
        Stamp(name: "", value: "b", written: nil),
        Stamp(name: "a", value: "b\nRUN c", written: nil),
        Stamp(name: "a\u{A0}", value: "b", written: nil),
    ])
    func writesStamps(row: Stamp) throws {
        let file = try Sample.read(row.head.isEmpty ? "FROM a" : row.head)
        let labels = [(row.name, row.value)]
        guard let written = row.written else {
            #expect(throws: DockerfileRefusal.self) { try file.text(pinning: ["a": Sample.id(1)], labelling: labels) }
            return
        }
        let text = try Sample.canonical(file, labels: labels)
        #expect(text.split(separator: "\n").contains { $0 == written })
        #expect(try Sample.read(text).labels.map { Array($0.utf8) } == [Array(row.name.utf8)])
    }
}
