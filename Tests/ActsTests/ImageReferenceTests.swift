import Acts
import Testing

@Suite struct ImageReferenceTests {
    private static let digest = "sha256:" + String(repeating: "0a", count: 32)
    private static let id = String(repeating: "0a", count: 32)

    struct Reads: CustomTestStringConvertible {
        let text: String
        let canonical: String
        let familiar: String
        var testDescription: String { text }

        init(_ text: String, _ canonical: String, _ familiar: String) {
            (self.text, self.canonical, self.familiar) = (text, canonical, familiar)
        }
    }

    @Test(arguments: [
        Reads("bb", "docker.io/library/bb:latest", "bb:latest"),
        Reads("bb:1", "docker.io/library/bb:1", "bb:1"),
        Reads("library/bb", "docker.io/library/bb:latest", "bb:latest"),
        Reads("docker.io/bb:1", "docker.io/library/bb:1", "bb:1"),
        Reads("docker.io/library/bb:1", "docker.io/library/bb:1", "bb:1"),
        Reads("index.docker.io/bb", "docker.io/library/bb:latest", "bb:latest"),
        Reads("index.docker.io/library/bb", "docker.io/library/bb:latest", "bb:latest"),
        Reads("a/b", "docker.io/a/b:latest", "a/b:latest"),
        Reads("library/a/b", "docker.io/library/a/b:latest", "library/a/b:latest"),
        Reads("bb:v1.0_x-Y", "docker.io/library/bb:v1.0_x-Y", "bb:v1.0_x-Y"),
        Reads(
            "bb:" + String(repeating: "t", count: 128), "docker.io/library/bb:" + String(repeating: "t", count: 128),
            "bb:" + String(repeating: "t", count: 128)),
        Reads("bb@\(digest)", "docker.io/library/bb@\(digest)", "bb@\(digest)"),
        Reads("bb:1@\(digest)", "docker.io/library/bb:1@\(digest)", "bb:1@\(digest)"),
        Reads("a.b/c", "a.b/c:latest", "a.b/c:latest"),
        Reads("localhost/a", "localhost/a:latest", "localhost/a:latest"),
        Reads("localhost:5000/a:1", "localhost:5000/a:1", "localhost:5000/a:1"),
        Reads("a:5000/b", "a:5000/b:latest", "a:5000/b:latest"),
        Reads("127.0.0.1:5000/b", "127.0.0.1:5000/b:latest", "127.0.0.1:5000/b:latest"),
        Reads("[::1]:5000/b:1", "[::1]:5000/b:1", "[::1]:5000/b:1"),
        Reads("[fe80::1]/b", "[fe80::1]/b:latest", "[fe80::1]/b:latest"),
        Reads(
            "Host.example.com:5000/a/b:t@\(digest)", "Host.example.com:5000/a/b:t@\(digest)",
            "Host.example.com:5000/a/b:t@\(digest)"),
        Reads("LOCALHOST:1/a", "LOCALHOST:1/a:latest", "LOCALHOST:1/a:latest"),
        Reads("docker.io", "docker.io/library/docker.io:latest", "docker.io:latest"),
        Reads("localhost", "docker.io/library/localhost:latest", "localhost:latest"),
        Reads("a.b:5000", "docker.io/library/a.b:5000", "a.b:5000"),
        Reads("docker.io:443/bb", "docker.io:443/bb:latest", "docker.io:443/bb:latest"),
        Reads("a__b/c-d--e/f.g/h_i", "docker.io/a__b/c-d--e/f.g/h_i:latest", "a__b/c-d--e/f.g/h_i:latest"),
        Reads("deadbeef", "docker.io/library/deadbeef:latest", "deadbeef:latest"),
        Reads("\(id):1", "docker.io/library/\(id):1", "\(id):1"),
        Reads("a/\(id)", "docker.io/a/\(id):latest", "a/\(id):latest"),
        Reads("bb:\(id)", "docker.io/library/bb:\(id)", "bb:\(id)"),
        Reads("bb:1/2", "bb:1/2:latest", "bb:1/2:latest"),
        Reads("x/sha256:1", "docker.io/x/sha256:1", "x/sha256:1"),
    ])
    func reads(row: Reads) throws {
        let reference = try ImageReference(parsing: row.text)
        #expect(reference.canonical == row.canonical)
        #expect(reference.familiar == row.familiar)
        #expect(row.canonical.hasPrefix(reference.name))
        // Whichever way it is written, it is the same.
        #expect(try ImageReference(parsing: reference.canonical) == reference)
        #expect(try ImageReference(parsing: reference.familiar) == reference)
    }

    struct Refused: CustomTestStringConvertible {
        let text: String
        let failure: ImageReference.Failure
        var testDescription: String { text }

        init(_ text: String, _ failure: ImageReference.Failure) { (self.text, self.failure) = (text, failure) }
    }

    @Test(arguments: [
        Refused("", .size),
        Refused(String(repeating: "a", count: 1025), .size),
        Refused("a/" + String(repeating: "a", count: 244), .size),
        Refused("Bb", .capitals),
        Refused("a/B", .capitals),
        Refused("docker.io/Library/bb", .capitals),
        // Engines would keep these as another registry's.
        Refused("docker.io/a.b/c", .alias), Refused("docker.io/localhost/a", .alias),
        Refused("index.docker.io/reg.example.com/base:1", .alias), Refused("docker.io/quaymaster.invalid/a:b", .alias),
        Refused("quay.io/A", .capitals),
        // A host to some engines, a path to others.
        Refused("Upper/a", .capitals),
        Refused(id, .id),
        Refused("bb@sha256:0a", .digest),
        Refused("bb@sha256:" + String(repeating: "0A", count: 32), .digest),
        Refused("bb@md5:" + String(repeating: "0a", count: 16), .digest),
        Refused("bb@sha512:" + String(repeating: "0a", count: 32), .digest),
        Refused("bb@", .digest),
        Refused("bb@\(digest)@\(digest)", .digest),
        Refused("bb@\(digest):1", .digest),
        Refused("sha256:1", .digest),
        Refused("library/sha512:1", .digest),
        Refused("docker.io/sha384", .digest),
        Refused(digest, .digest),
        Refused("bb:", .grammar),
        Refused("bb:-1", .grammar),
        Refused("bb:.1", .grammar),
        Refused("bb:1:2", .grammar),
        Refused("bb:" + String(repeating: "t", count: 129), .grammar),
        Refused("/bb", .grammar),
        Refused("bb/", .grammar),
        Refused("a//b", .grammar),
        Refused("-a", .grammar),
        Refused("a-", .grammar),
        Refused("a..b", .grammar),
        Refused("a___b", .grammar),
        Refused("a_.b", .grammar),
        Refused("a.-b", .grammar),
        Refused("..", .grammar),
        Refused("a/../b", .grammar),
        Refused("./a", .grammar),
        Refused("a b", .grammar),
        Refused(" a", .grammar),
        Refused("a\n", .grammar),
        Refused("a\u{0}", .grammar),
        Refused("caf\u{E9}", .grammar),
        Refused("cafe\u{301}", .grammar),
        Refused("\u{212A}.io/a", .grammar),
        Refused("https://a.b/c", .grammar),
        Refused("a_b.c/d", .grammar),
        Refused("-a.b/c", .grammar),
        Refused("a.b-/c", .grammar),
        Refused("a..b/c", .grammar),
        Refused("a.b:/c", .grammar),
        Refused("a.b:x/c", .grammar),
        Refused("a.b:1:2/c", .grammar),
        Refused("[::1/a", .grammar),
        Refused("[]:1/a", .grammar),
        Refused("[::g]/a", .grammar),
        Refused("[::1]x/a", .grammar),
        Refused("user@host/a", .digest),
    ])
    func refuses(row: Refused) {
        #expect(throws: row.failure) { try ImageReference(parsing: row.text) }
        #expect(!row.failure.words.isEmpty)
    }

    /// Whatever reads is the same image in all its spellings.
    @Test func everySpellingReadsTheSame() throws {
        var state: UInt64 = 7
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        let pieces = [
            "a", "b1", "library", "docker.io", "index.docker.io", "localhost", "A", "/", "/", ":", "1", ".", "-", "_",
            "@", Self.digest, "[", "]",
        ]
        var read = 0
        for _ in 0..<20_000 {
            let text = (0...random(7)).map { _ in pieces[random(pieces.count)] }.joined()
            guard let reference = try? ImageReference(parsing: text) else { continue }
            read += 1
            #expect(try ImageReference(parsing: reference.canonical) == reference, "\(text)")
            #expect(try ImageReference(parsing: reference.familiar) == reference, "\(text)")
            #expect(reference.tag != nil || reference.digest != nil)
        }
        #expect(read > 1000)
    }

    // MARK: Names of what exists

    @Test func idsAreToldFromNames() throws {
        func name(_ text: String) throws -> ImageName { try ImageName(parsing: text) }
        #expect(try name(Self.id) == .id(Self.id))
        #expect(try name(Self.digest) == .id(Self.id))
        #expect(try name("sha256:0a0a") == .beginning("0a0a"))
        #expect(try name("0a0a") == .reference(ImageReference(parsing: "0a0a"), beginning: "0a0a"))
        #expect(try name("web") == .reference(ImageReference(parsing: "web"), beginning: nil))
        #expect(try name("beef:1") == .reference(ImageReference(parsing: "beef:1"), beginning: nil))
        #expect(try name("bb@\(Self.digest)") == .reference(ImageReference(parsing: "bb@\(Self.digest)"), beginning: nil))
        // Digits of an id are small, and no more than 64.
        #expect(throws: ImageReference.Failure.capitals) { try name("0A0A") }
        #expect(throws: ImageReference.Failure.digest) { try name("sha256:0A0A") }
        #expect(throws: ImageReference.Failure.digest) { try name(Self.digest + "0") }
        #expect(throws: ImageReference.Failure.digest) { try name("sha512:" + Self.id + Self.id) }
        #expect(try name(Self.id + "0") == .reference(ImageReference(parsing: Self.id + "0"), beginning: nil))
        #expect(throws: ImageReference.Failure.grammar) { try name("sha256:") }
    }
}
