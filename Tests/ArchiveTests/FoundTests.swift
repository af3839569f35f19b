import Archive
import Testing

@Suite struct FoundTests {
    private func names(_ bytes: [UInt8]) -> [String] {
        listing([bytes[...]]).map { line in
            line.split(separator: " ").dropFirst(5).joined(separator: " ")
        }
    }

    @Test func theDockerfileIsFoundAndPassesOn() {
        let bytes = Hand.entry("a", "0", "x") + Hand.entry("./sub/D", "0", "FROM a\n")
        let sieved = Sieved(.buildContext(dockerfile: "sub/./D"), bytes)
        #expect(sieved.sieve.dockerfile == .some(found("sub/D", "FROM a\n")))
        #expect(sieved.sieve.dockerignore == nil)
        #expect(names(sieved.finished) == ["a [1]x", "sub/D [7]FROM%20a%0a"])
    }

    @Test func theFallbackIsFoundOnlyWithoutTheDefault() {
        let lower = Hand.entry("dockerfile", "0", "FROM lower")
        let upper = Hand.entry("Dockerfile", "0", "FROM upper")
        let context = ArchiveSieve.Purpose.buildContext(dockerfile: "")
        #expect(Sieved(context, lower).sieve.dockerfile == found("dockerfile", "FROM lower"))
        #expect(Sieved(context, lower + upper).sieve.dockerfile == found("Dockerfile", "FROM upper"))
        #expect(Sieved(context, upper + lower).sieve.dockerfile == found("Dockerfile", "FROM upper"))
    }

    /// It is held back, so that the caller can send a changed one; left alone it comes last.
    @Test func theIgnoreListIsHeldBack() {
        let bytes = Hand.entry(".dockerignore", "0", "x\n") + Hand.entry("Dockerfile", "0", "FROM a")
        var sieved = Sieved(.buildContext(dockerfile: ""), bytes)
        #expect(sieved.sieve.dockerignore == found(".dockerignore", "x\n"))
        #expect(names(sieved.output) == ["Dockerfile [6]FROM%20a"])
        #expect(names(sieved.finished) == ["Dockerfile [6]FROM%20a", ".dockerignore [2]x%0a"])
        let changed =
            sieved.output
            + sieved.sieve.finish(adding: [
                (".quaymaster-Dockerfile", Array("FROM b".utf8)), (".dockerignore", Array("y".utf8)),
            ])
        #expect(
            names(changed) == [
                "Dockerfile [6]FROM%20a", ".quaymaster-Dockerfile [6]FROM%20b", ".dockerignore [1]y",
            ])
        #expect(listing([changed[...]])[1].hasPrefix("file 644 0:0 -:- 0 "))
    }

    @Test func documentsAreCollected() {
        let bytes =
            Hand.entry("manifest.json", "0", "[]") + Hand.entry("a/json", "0", " \n\t{}")
            + Hand.entry("VERSION", "0", "1.0") + Hand.entry("blank", "0", "   ")
            + Hand.entry("empty", "0") + Hand.entry("l", "2", link: "a") + Hand.entry("h", "1", link: "VERSION")
            + Hand.entry("d/", "5")
        let found = Sieved(.load, bytes).sieve.imageFiles
        #expect(found?.documents == ["manifest.json": Array("[]".utf8), "a/json": Array(" \n\t{}".utf8)])
        #expect(found?.links == ["l", "h"])
        #expect(found?.files == ["manifest.json", "a/json", "VERSION", "blank", "empty"])
        #expect(found?.kinds["d"] == .directory)
        // Until the end nothing is known.
        var sieve = ArchiveSieve(.load)
        #expect((try? sieve.receive(bytes[...])) != nil)
        #expect(sieve.imageFiles == nil)
    }

    @Test func whatIsCollectedIsBounded() {
        var limits = ArchiveLimits()
        limits.fileBytes = 8
        limits.collectedBytes = 12
        let eight = "{      }"
        #expect(Sieved(.load, Hand.entry("a", "0", eight), limits: limits).sieve.imageFiles?.documents.count == 1)
        let large = Sieved(.load, Hand.entry("a", "0", eight + " "), limits: limits)
        #expect(large.refusal == nil)
        #expect(large.sieve.imageFiles?.documents == [:])
        let two = Hand.entry("a", "0", eight) + Hand.entry("b", "0", "{ }")
        #expect(Sieved(.load, two, limits: limits).refusal == nil)
        let many = Hand.entry("a", "0", eight) + Hand.entry("b", "0", "{    }")
        #expect(Sieved(.load, many, limits: limits).rule == .size)
    }

    @Test func whatIsRememberedIsBounded() {
        var limits = ArchiveLimits()
        limits.rememberedBytes = 200
        let two = Hand.entry("a", "0") + Hand.entry("b", "0")
        #expect(Sieved(.load, two, limits: limits).refusal == nil)
        #expect(Sieved(.load, two + Hand.entry("c", "0"), limits: limits).rule == .size)
        let context = ArchiveSieve.Purpose.buildContext(dockerfile: "")
        let docker = Hand.entry("Dockerfile", "0")
        let links = Hand.entry("a", "2", link: "x") + Hand.entry("b", "2", link: "x")
        #expect(Sieved(context, docker + links + links, limits: limits).refusal == nil)
        #expect(
            Sieved(context, docker + links + Hand.entry("c", "2", link: "x"), limits: limits).rule == .size)
    }

    /// The engine looks at an archive's first bytes for a compression; what is sent never has one.
    @Test(arguments: ["BZh91AY&SY", "\u{1F}\u{8B}\u{8}", "(\u{B5}/\u{FD}", "P*M\u{18}aaaa", "\u{FD}7zXZ"])
    func theOutputNeverLooksCompressed(name: String) {
        let bytes = Hand.header(name, checksum: nil)
        let sieved = Sieved(.copyIn(devices: false), bytes)
        #expect(sieved.refusal == nil)
        #expect(sieved.output.starts(with: "PaxHeaders.0/entry".utf8))
        #expect(Sieved(.copyIn(devices: false), Hand.header("a")).output.starts(with: [0x61, 0]))
    }

    @Test func aRefusalStays() {
        var sieve = ArchiveSieve(.copyIn(devices: false))
        let bad = Hand.entry("../a", "0", "x")
        let good = Hand.entry("a", "0", "x")
        for bytes in [bad, good, good] {
            #expect(throws: ArchiveRefusal.self) { try sieve.receive(bytes[...]) }
        }
        #expect(throws: ArchiveRefusal.self) { try sieve.inputEnded() }
        #expect(sieve.finish() == [])
    }

    @Test func nothingComesAfterTheEnd() throws {
        var sieve = ArchiveSieve(.load)
        let bytes = Hand.entry("a", "0", "x")
        _ = try sieve.receive(bytes[...])
        try sieve.inputEnded()
        #expect(throws: ArchiveRefusal.self) { try sieve.receive(bytes[...]) }
        #expect(sieve.finish() == [])
        sieve = ArchiveSieve(.load)
        try sieve.inputEnded()
        #expect(sieve.finish() == Hand.end)
        #expect(sieve.finish() == [])
        #expect(sieve.imageFiles?.files == [])
    }

    /// A name of two thousand parts among two thousand links costs its length, not the square of it.
    @Test func deepNamesAreCheap() {
        let deep = String(repeating: "a/", count: 2000) + "b"
        let links = (0..<200).flatMap { Hand.entry("l\($0)", "2", link: "x") }
        let bytes = Hand.entry("Dockerfile", "0") + links + Hand.long("L", deep) + Hand.entry("x", "0")
        #expect(Sieved(.buildContext(dockerfile: ""), bytes).refusal == nil)
        let link = Hand.long("L", String(deep.dropLast(4))) + Hand.entry("x", "2", link: "x")
        let beneath = Hand.entry("Dockerfile", "0") + link + Hand.long("L", deep) + Hand.entry("x", "0")
        #expect(Sieved(.buildContext(dockerfile: ""), beneath).rule == .link)
        #expect(Sieved(.load, link + Hand.long("L", deep) + Hand.entry("x", "0")).rule == .link)
    }

    @Test func refusalsSayWhatAndShowNamesSafely() {
        let name = "../\u{1B}[2J\n\"" + String(repeating: "n", count: 60)
        #expect(
            Sieved(.copyIn(devices: false), Hand.entry(name, "0")).refusal
                == "the archive's entry \"../\\x1b[2J\\x0a\\\"" + String(repeating: "n", count: 60)
                + "\" has a .. in its name or target; names inside the archive are accepted; "
                + "rule archive.name")
        #expect(
            Sieved(.copyIn(devices: false), Array("not a tar".utf8)).refusal
                == "the archive ends too early: it was cut off; rule archive.format")
    }

    private func found(_ name: String, _ content: String) -> FoundFile? {
        FoundFile(name: name, content: Array(content.utf8))
    }
}
