import Testing

@testable import Policy

@Suite struct HostPathTests {
    /// The parts that count, as a list.
    private func parts(_ path: String) -> [String] {
        var parts = path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
        parts.removeAll { $0.utf8.elementsEqual(".".utf8) }
        if parts.starts(with: ["var", "run"]) { parts.removeFirst() }
        return parts
    }

    private func isWithin(_ path: String, _ other: String) -> Bool {
        parts(path).map { Array($0.utf8) }.starts(with: parts(other).map { Array($0.utf8) })
    }

    private static let paths = [
        "", "/", "//", ".", "/.", "./", "/..", "a", "/a", "/a/", "//a//", "/a/b", "/a/./b", "/a//b/.", "/ab", "/a/bc",
        "/var", "/run", "/var/run", "/var/run/", "/var/./run", "//var//run//x", "/var/run/x", "/run/x", "/run/xy", "/var/r",
        "/varx/run", "/var/runx", "/var/run/run", "/var/var/run", "run", "var/run", "/./var/run/docker.sock",
        "/run/docker.sock", "/var/lib/docker", "/var/lib/docker/volumes", "/\u{E9}", "/e\u{301}", "/\u{E9}/x", "/...", "/a/..",
    ]

    @Test(arguments: paths)
    func pathsAreComparedByTheirParts(path: String) {
        for other in Self.paths {
            #expect(HostPath.isWithin(path, other) == isWithin(path, other), "\(path) in \(other)")
        }
    }

    @Test(arguments: [
        ("/var/run/docker.sock", "/run/docker.sock", true), ("/run/docker.sock", "/var/run", true),
        ("/run/docker.sock", "/run/docker", false), ("/run", "/run/docker.sock", false),
        ("/srv/./x//y", "/srv/x", true), ("/srv", "/", true), ("/", "/srv", false),
        // Other bytes are another file.
        ("/\u{E9}", "/e\u{301}", false),
    ])
    func whatIsBeneathIsWithin(path: String, other: String, isWithin: Bool) {
        #expect(HostPath.isWithin(path, other) == isWithin)
    }
}
