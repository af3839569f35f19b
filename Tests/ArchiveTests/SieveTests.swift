import Archive
import Testing

@Suite struct SieveTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let purpose: ArchiveSieve.Purpose
        let bytes: [UInt8]
        let rule: ArchiveRefusal.Rule?

        init(
            _ description: String, _ purpose: ArchiveSieve.Purpose, _ bytes: [UInt8],
            _ rule: ArchiveRefusal.Rule? = nil
        ) {
            testDescription = description
            self.purpose = purpose
            self.bytes = bytes
            self.rule = rule
        }
    }

    private static let copyIn = ArchiveSieve.Purpose.copyIn(devices: false)
    private static let root = ArchiveSieve.Purpose.importRoot(devices: false)
    private static let build = ArchiveSieve.Purpose.buildContext(dockerfile: "")

    private static func build(_ path: String) -> ArchiveSieve.Purpose {
        .buildContext(dockerfile: path)
    }

    private static func link(_ name: String, _ target: String) -> [UInt8] {
        Hand.entry(name, "2", link: target)
    }

    private static func hard(_ name: String, _ target: String) -> [UInt8] {
        Hand.entry(name, "1", link: target)
    }

    private static let docker = Hand.entry("Dockerfile", "0", "FROM a")

    static let names = [
        Row("nothing", copyIn, []),
        Row("a file", copyIn, Hand.entry("a", "0", "x")),
        Row("a name that climbs", copyIn, Hand.entry("../a", "0", "x"), .name),
        Row("a name that climbs inside", copyIn, Hand.entry("a/../b", "0", "x"), .name),
        Row("a name that ends in dots", copyIn, Hand.entry("a/..", "5"), .name),
        Row("dots in a name", copyIn, Hand.entry("a/..b/c..", "0", "x")),
        Row("the root", copyIn, Hand.entry("./", "5")),
        Row("the root by a slash", copyIn, Hand.entry("/", "5")),
        Row("the root as a file", copyIn, Hand.entry("./", "0", "x"), .name),
        Row("the root as a link", copyIn, link(".", "/etc"), .name),
        Row("no name", copyIn, Hand.entry("", "0", "x"), .name),
        Row("no name for a directory", copyIn, Hand.entry("", "5"), .name),
        Row("a file that is named like a directory", copyIn, Hand.entry("a/", "0", "x"), .name),
        Row("a link that is named like a directory", copyIn, link("a/", "b"), .name),
        Row("a symbolic link to anywhere", copyIn, link("a", "../../etc/passwd")),
        Row("a symbolic link to nothing", copyIn, link("a", ""), .link),
        Row("a hard link", copyIn, hard("a", "/./b//c")),
        Row("a hard link that climbs", copyIn, hard("a", "../b"), .link),
        Row("a hard link to nothing", copyIn, hard("a", "."), .link),
        Row("a pipe", copyIn, Hand.entry("a", "6")),
        Row("a device", copyIn, Hand.entry("a", "3"), .type),
        Row("a device where allowed", .copyIn(devices: true), Hand.entry("a", "3")),
        Row("a disk in an image", root, Hand.entry("a", "4"), .type),
        Row("a disk where allowed", .importRoot(devices: true), Hand.entry("a", "4")),
        Row("a name twice", copyIn, Hand.entry("a", "0", "x") + Hand.entry("a", "0", "y")),
        Row("a reserved name outside a context", copyIn, Hand.entry(".quaymaster-a", "0", "x")),
        Row(
            "an attribute", copyIn,
            Hand.records([("SCHILY.xattr.security.capability", "c")]) + Hand.entry("a")),
        Row(
            "the overlay's own attribute", copyIn,
            Hand.records([("SCHILY.xattr.trusted.overlay.redirect", "/")]) + Hand.entry("a"),
            .attribute),
    ]

    static let contexts = [
        Row("a Dockerfile", build, docker),
        Row("no Dockerfile", build, Hand.entry("a", "0", "x"), .dockerfile),
        Row("an empty archive", build, [], .dockerfile),
        Row("a Dockerfile twice", build, docker + docker, .twice),
        Row("another spelling of it", build, docker + Hand.entry(".//Dockerfile", "0", "FROM b"), .twice),
        Row("another name", build, docker + Hand.entry("sub/Dockerfile", "0", "FROM b")),
        Row("another file twice", build, docker + Hand.entry("a", "0") + Hand.entry("a", "0")),
        Row("a link in its place", build, link("Dockerfile", "a") + Hand.entry("a", "0", "FROM b"), .type),
        Row("a hard link in its place", build, Hand.entry("a", "0", "FROM b") + hard("Dockerfile", "a"), .type),
        Row("a hard link to it", build, docker + hard("a", "Dockerfile")),
        Row("a directory in its place", build, Hand.entry("Dockerfile/", "5"), .type),
        Row("something beneath its name", build, Hand.entry("Dockerfile/a", "0"), .type),
        Row("it and something beneath", build, docker + Hand.entry("Dockerfile/a", "0"), .type),
        Row("a pipe in its place", build, Hand.entry("Dockerfile", "6"), .type),
        Row("a link over it", build, docker + link("Dockerfile", "a"), .type),
        Row("a Dockerfile of the limit", build, Hand.header("Dockerfile", size: "4000000") + [UInt8](repeating: 0x23, count: 1 << 20)),
        Row("a Dockerfile beyond it", build, Hand.header("Dockerfile", size: "4000001"), .size),
        Row("the path that was given", build("./sub//x/../D"), Hand.entry("sub/D", "0", "FROM a")),
        Row("the path that was given, absolute", build("/sub/D"), Hand.entry("sub/D", "0", "FROM a")),
        Row("a path that leaves the context", build("../D"), Hand.entry("D", "0", "FROM a"), .dockerfile),
        Row("a path that leaves and returns", build("sub/../../D"), Hand.entry("D", "0", "FROM a"), .dockerfile),
        Row("the root as a path", build("."), docker, .dockerfile),
        Row("its folder is a link", build("sub/D"), link("sub", "other") + Hand.entry("other/D", "0", "FROM a"), .dockerfile),
        Row("its folder is a link, then more", build("sub/D"), link("sub", "other") + Hand.entry("sub/D", "0", "FROM a"), .link),
        Row("its folder becomes a link", build("sub/D"), Hand.entry("sub/D", "0", "FROM a") + link("sub", "other"), .link),
        Row("its folder becomes a hard link", build("sub/D"), Hand.entry("sub/D", "0", "FROM a") + hard("sub", "l"), .link),
        Row("the folder above becomes a link", build("a/b/D"), Hand.entry("a/b/D", "0", "FROM a") + link("a", "o"), .link),
        Row("another folder becomes a link", build("sub/D"), Hand.entry("sub/D", "0", "FROM a") + link("s", "o")),
        Row("written over through a link", build, docker + link("l", ".") + Hand.entry("l/Dockerfile", "0", "FROM b"), .link),
        Row(
            "written over through a hard link to a link", build,
            docker + link("l", ".") + hard("m", "l") + Hand.entry("m/Dockerfile", "0", "FROM b"), .link),
        Row("beneath a folder like a link", build, docker + link("l", ".") + Hand.entry("ll/Dockerfile", "0", "FROM b")),
        Row("the fallback", build, Hand.entry("dockerfile", "0", "FROM a")),
        Row("the fallback, named", build("Dockerfile"), Hand.entry("dockerfile", "0", "FROM a")),
        Row("no fallback for other spellings", build("./Dockerfile"), Hand.entry("dockerfile", "0", "FROM a"), .dockerfile),
        Row("the fallback twice", build, Hand.entry("dockerfile", "0") + Hand.entry("dockerfile", "0"), .twice),
        Row("the fallback twice beside the real one", build, docker + Hand.entry("dockerfile", "0") + Hand.entry("dockerfile", "0")),
        Row("a folder named like the fallback", build, docker + Hand.entry("dockerfile/a", "0")),
        Row("a folder in the fallback's place", build, Hand.entry("dockerfile/", "5"), .type),
        Row("a link in the fallback's place", build, link("dockerfile", "a"), .type),
        Row(
            "a fallback that is too large", build,
            Hand.header("dockerfile", size: "4000001") + [UInt8](repeating: 0x23, count: (1 << 20) + 1), .size),
        Row("a reserved name", build, docker + Hand.entry(".quaymaster-x", "0"), .name),
        Row("a reserved folder", build, docker + Hand.entry(".quaymaster-x/y", "0"), .name),
        Row("a reserved name in a folder", build, docker + Hand.entry("a/.quaymaster-x", "0")),
        Row("a device", build, docker + Hand.entry("a", "3"), .type),
        Row("a pipe", build, docker + Hand.entry("a", "6")),
        Row("an ignore list", build, Hand.entry(".dockerignore", "0", "a") + docker),
        Row(
            "an ignore list twice", build, Hand.entry(".dockerignore", "0", "a") + docker + Hand.entry("./.dockerignore", "0", "a"), .twice),
        Row("an ignore list as a link", build, docker + link(".dockerignore", "a"), .type),
        Row("an ignore list as a folder", build, docker + Hand.entry(".dockerignore/a", "0"), .type),
        Row("an ignore list as the Dockerfile", build(".dockerignore"), Hand.entry(".dockerignore", "0", "FROM a"), .dockerfile),
        Row("a hard link to the ignore list", build, docker + Hand.entry(".dockerignore", "0", "a") + hard("a", ".dockerignore"), .link),
        Row("an ignore list in a folder, twice", build, docker + Hand.entry("a/.dockerignore", "0") + Hand.entry("a/.dockerignore", "0")),
    ]

    static let images = [
        Row("an image", .load, Hand.entry("manifest.json", "0", "[]") + Hand.entry("a/layer.tar", "0", "x")),
        Row("a name twice", .load, Hand.entry("manifest.json", "0", "[]") + Hand.entry("./manifest.json", "0", "[]"), .twice),
        Row("a folder twice", .load, Hand.entry("a/", "5") + Hand.entry("a", "5"), .twice),
        Row("the root twice", .load, Hand.entry("./", "5") + Hand.entry("/", "5")),
        Row("a link as docker save makes it", .load, Hand.entry("b/layer.tar", "0", "x") + link("a/layer.tar", "../b/layer.tar")),
        Row("a link out of the archive", .load, link("a/layer.tar", "../../b/layer.tar"), .link),
        Row("a link from the root", .load, link("a", "/etc/passwd"), .link),
        Row("a link that climbs later", .load, link("a/l", "../b/../../c"), .link),
        Row("a link that climbs later, inside", .load, link("a/l", "b/.."), .link),
        Row("a link to a neighbour", .load, link("a/l", "./b")),
        Row("a hard link", .load, Hand.entry("b", "0", "x") + hard("a", "b")),
        Row("a hard link before its file", .load, hard("a", "b") + Hand.entry("b", "0", "x")),
        Row("a hard link to a link", .load, link("b", "c") + hard("a", "b"), .link),
        Row("a hard link to nothing here", .load, hard("a", "b"), .link),
        Row("something beneath a link", .load, link("a", "b") + Hand.entry("a/c", "0", "x"), .link),
        Row("a link above something", .load, Hand.entry("a/c", "0", "x") + link("a", "b"), .link),
        Row("something beneath a file", .load, Hand.entry("a/c", "0", "x") + Hand.entry("a", "0", "x"), .link),
        Row("something beneath a folder", .load, Hand.entry("a/c", "0", "x") + Hand.entry("a/", "5")),
        Row("a pipe", .load, Hand.entry("a", "6"), .type),
        Row("a device", .load, Hand.entry("a", "3"), .type),
        Row("a name beyond ASCII", .load, Hand.records([("path", "\u{E9}")]) + Hand.entry("a"), .name),
        Row("a name with a line's end", .load, Hand.records([("path", "a\nb")]) + Hand.entry("a"), .name),
    ]

    @Test(arguments: names + contexts + images)
    func refusesOrPasses(row: Row) {
        let sieved = Sieved(row.purpose, row.bytes)
        #expect(sieved.rule == row.rule, "\(sieved.refusal ?? "passed")")
        // What was sent on is taken again, and comes out the same.
        guard row.rule == nil else { return }
        let again = Sieved(row.purpose, sieved.finished)
        #expect(again.refusal == nil)
        #expect(again.finished == sieved.finished)
    }

    @Test(arguments: names + contexts + images)
    func everyCutComesToTheSame(row: Row) {
        let bytes = row.bytes
        guard bytes.count < 100_000 else { return }
        let whole = Sieved(row.purpose, bytes)
        for cut in stride(from: 0, through: bytes.count, by: 127) {
            #expect(Sieved(row.purpose, [bytes[..<cut], bytes[cut...]]) == whole, "cut at \(cut)")
        }
        #expect(Sieved(row.purpose, bytes.indices.map { bytes[$0...$0] }) == whole)
    }

    /// Of all entries that could be named in a refusal, it is always the same.
    @Test func refusalsDoNotDependOnHashes() {
        let letters = "tqkzbwa".map(String.init)
        let beneath = letters.flatMap { Hand.entry("l/" + $0, "0", "x") }
        let refusal = Sieved(.load, Self.link("l", "m") + beneath).refusal ?? "passed"
        #expect(refusal.contains(#""l/a""#), "\(refusal)")
    }

    /// An archive with something of everything, cut everywhere.
    @Test func everyCutOfOneComesToTheSame() {
        let bytes =
            Hand.records([("path", "a/\u{E9}"), ("mtime", "1.5")]) + Hand.entry("a", "0", "content")
            + Self.docker + Hand.entry(".dockerignore", "0", "b") + Self.link("l", "a") + Hand.end
        let whole = Sieved(Self.build, bytes)
        #expect(whole.refusal == nil)
        for cut in 0...bytes.count {
            #expect(Sieved(Self.build, [bytes[..<cut], bytes[cut...]]) == whole, "cut at \(cut)")
        }
    }

    @Test(arguments: Vector.all)
    func whatOthersWriteComesOutTheSame(vector: Vector) throws {
        let sieved = Sieved(.copyIn(devices: true), vector.bytes)
        #expect(sieved.refusal == nil)
        let clean = vector.expected.map { $0.replacing(" ./", with: " ") }
        #expect(listing([sieved.finished[...]]) == clean)
        let again = Sieved(.copyIn(devices: true), sieved.finished)
        #expect(again.finished == sieved.finished)
    }
}
