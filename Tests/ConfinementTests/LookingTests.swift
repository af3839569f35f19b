import Foundation
import Testing

@testable import Confinement

@Suite struct LookingTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1000),
            "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"
        ),
    ])
    func digests(text: String, digest: String) {
        var sha = SHA256()
        sha.update(text.utf8)
        #expect(sha.hexadecimal() == digest)
    }

    @Test(arguments: [
        ("a.log", "*.log", true), ("a.log.1", "*.log", false), ("", "*", true), ("abc", "a?c", true),
        ("ac", "a?c", false), ("aXbXc", "a*X*c", true), ("A.LOG", "*.log", false), ("x", "", false),
        (String(repeating: "a", count: 200), "a*a*a*a*a*b", false),
    ])
    func namesFit(name: String, pattern: String, fits: Bool) {
        #expect(NamePattern.fits(Array(name.utf8), Array(pattern.utf8), isFolded: false) == fits)
    }

    @Test func patternsFit() throws {
        let line = Array("2026 ERROR (x) done".utf8)[...]
        let rows: [(String, Bool, Bool, Bool, Bool)] = [
            ("error", true, false, false, false), ("error", true, false, true, true),
            ("ERR.*x", false, false, false, true), ("ERR.*x", true, false, false, false),
            ("(x)", true, false, false, true), ("ERROR|WARN", false, true, false, true),
            ("ERROR|WARN", false, false, false, false),
        ]
        for (text, isLiteral, isExtended, isFolded, fits) in rows {
            let pattern = try LinePattern(
                text, isLiteral: isLiteral, isExtended: isExtended, isFolded: isFolded)
            #expect(pattern.fits(line) == fits, "\(text)")
        }
        #expect(throws: Refusal.self) {
            try LinePattern("a[", isLiteral: false, isExtended: false, isFolded: false)
        }
    }

    /// A name that holds a line's end or an escape is shown on one line.
    @Test func namesAreShown() {
        #expect(Shown.name(Array("a\nb\u{1B}[31m\\".utf8)) == #"a\x0ab\x1b[31m\x5c"#)
        #expect(Shown.name(Array("Ä b".utf8)) == "Ä b")
        #expect(Shown.size(999) == "999")
        #expect(Shown.size(1536) == "1.5K")
        #expect(Shown.size(252 << 30) == "252G")
        #expect(Shown.size(3 << 60) == "3.0E")
        #expect(Shown.size(.max) == "16E")
        #expect(Shown.time(1_767_225_600) == "2026-01-01 00:00")
    }

    /// Filters see what a person may see: found and counted is no secret.
    @Test(arguments: [
        ("PASSWORD=hunter2", "hunter2", "0\n"), ("PASSWORD=hunter2", "masked", "1\n"),
        ("user=hunter2", "hunter2", "1\n"), ("PASS\u{1B}[1mWORD=hunter2", "=h", "0\n"),
    ])
    func filtersSeeNoSecret(line: String, text: String, expected: String) throws {
        let pipe = try Confinement.Pipe()
        defer { close(pipe.read) }
        var answer = Answer([["match", text], ["count"]], to: pipe.write)
        try answer.write(Array((line + "\nother\n").utf8))
        try answer.finish()
        close(pipe.write)
        #expect(Bytes.all(of: pipe.read) == Array(expected.utf8))
    }

    @Test(arguments: [
        ("0100007F:1F90", String?.some("127.0.0.1:8080")), ("00000000:0000", "0.0.0.0:*"),
        ("00000000000000000000000001000000:0016", "[::1]:22"), ("0100007F", nil), ("01:1", nil),
        ("0100007G:1F90", nil),
    ])
    func addressesAreRead(text: String, address: String?) {
        #expect(SocketList.address(text[...]) == address)
    }

    @Test(arguments: [
        ("/var/log/a", "/var/log", true), ("/var/log", "/var/log", true), ("/var/logs", "/var/log", false),
        ("/var", "/var/log", false), ("/", "/", true), ("/a", "/", true),
    ])
    func pathsAreBeneath(path: String, tree: String, isBeneath: Bool) {
        #expect(SafeTree.isBeneath(path, tree) == isBeneath)
    }

    /// What gzip makes of texts of all kinds is read back: stored, fixed and dynamic blocks.
    @Test(arguments: ["-1", "-6", "-9"]) func gzipIsRead(level: String) throws {
        var generator = SystemRandomNumberGenerator()
        let texts = [
            Data(), Data("a".utf8), Data(String(repeating: "abc", count: 100_000).utf8),
            Data((0..<200_000).map { _ in UInt8.random(in: 0...255, using: &generator) }),
            Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 7) }),
        ]
        for text in texts {
            let folder = FileManager.default.temporaryDirectory
                .appendingPathComponent("gzip-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let file = folder.appendingPathComponent("text")
            try text.write(to: file)
            #expect(system("gzip \(level) \(file.path)") == 0)
            #expect(try Self.unzipped(file.path + ".gz") == Array(text))
            // Cut off, it is refused and not believed.
            let whole = try Data(contentsOf: URL(fileURLWithPath: file.path + ".gz"))
            try whole.dropLast(9).write(to: file)
            #expect(throws: Refusal.self) { try Self.unzipped(file.path) }
        }
    }

    private static func unzipped(_ path: String) throws -> [UInt8] {
        guard let descriptor = OwnedDescriptor(path, O_RDONLY) else {
            throw Refusal.system("test", path)
        }
        var found: [UInt8] = []
        try Gunzip.decompress(FileText(descriptor)) { found += $0 }
        return found
    }
}
