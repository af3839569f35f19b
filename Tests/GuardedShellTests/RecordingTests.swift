import Acts
import Foundation
import JSON
import Testing

@testable import GuardedShell

/// Recordings are read back as they were written, and by nobody's path.
@Suite struct RecordingTests {
    private static let second: Int64 = 1_000_000_000

    /// A state directory with a recording of each identity.
    private func withRecordings(_ body: (RecordingLibrary, URL) throws -> Void) throws {
        let state = FileManager.default.temporaryDirectory
            .appendingPathComponent("recordings-\(UUID().uuidString)")
        let folder = state.appendingPathComponent("recordings")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (number, who) in ["alice", "bo"].enumerated() {
            var cast = Cast(at: 0)
            var bytes = Cast.header(
                time: Int64(number) * 86_400, title: "\(who) in web",
                tags: [
                    "identity=\(who)", "container=abc\(number)", "name=web", "tenant=red", "roles=viewer+net",
                    "reason=a=b",
                ])
            bytes += cast.marker(
                JSONObject([
                    ("line", .integer(1)), ("argv", .array([.string("cat"), .string("/var/log/App.log")])),
                    ("rule", .string("shell.viewer")), ("entry", .string("E")),
                ]), at: Self.second)
            bytes += cast.output("first of \(who)\nsecond\n", at: Self.second * 2)
            bytes += cast.exit(0, at: Self.second * 2)
            if who == "alice" { bytes += cast.end("left", lines: 1, at: Self.second * 3) }
            try Data(bytes).write(to: folder.appendingPathComponent("ID\(number).cast"))
        }
        try Data("no recording\n".utf8).write(to: folder.appendingPathComponent("ID9.cast"))
        try body(RecordingLibrary(state: state), folder)
        try FileManager.default.removeItem(at: state)
    }

    @Test func aListTellsWhatStandsInBeginningAndEnd() throws {
        try withRecordings { library, _ in
            let all = try library.list(RecordingWish()) { _ in true }
            #expect(all.map(\.id) == ["ID1", "ID0"])
            let ended = try #require(all.last)
            #expect(ended.identity == "alice" && ended.tenant == "red" && ended.reason == "a=b")
            #expect(ended.roles == ["viewer", "net"] && ended.started == "1970-01-01T00:00:00.000Z")
            #expect(ended.lines == 1 && ended.length == 3_000_000 && ended.end == "left")
            // What goes on, or was broken off, has no end.
            #expect(all.first?.end == nil && all.first?.lines == nil)
            let own = try library.list(RecordingWish()) { $0.identity == "bo" }
            #expect(own.map(\.id) == ["ID1"])
        }
    }

    @Test(
        arguments: [
            ("alice", nil, nil, nil, ["ID0"]), (nil, "web", nil, nil, ["ID1", "ID0"]), (nil, "ABC1", nil, nil, ["ID1"]),
            (nil, "we", nil, nil, []), (nil, nil, "1970-01-02", nil, ["ID1"]), (nil, nil, nil, "1970-01-02", ["ID0"]),
            ("carol", nil, nil, nil, []),
        ] as [(String?, String?, String?, String?, [String])])
    func onlyWhatIsWantedIsListed(
        _ identity: String?, _ container: String?, _ since: String?, _ until: String?, _ expected: [String]
    ) throws {
        try withRecordings { library, _ in
            var wish = RecordingWish()
            wish.identity = identity
            wish.container = container
            wish.since = since
            wish.until = until
            let found = try library.list(wish) { _ in true }
            #expect(found.map(\.id) == expected)
        }
    }

    @Test func aTextIsFoundInLinesAndOutput() throws {
        try withRecordings { library, _ in
            var wish = RecordingWish()
            wish.text = "APP.LOG"
            let typed = try library.search(wish) { $0.identity == "alice" }
            #expect(typed.map(\.text) == ["cat /var/log/App.log"] && typed.first?.isTyped == true)
            wish.text = "of bo"
            let shown = try library.search(wish) { _ in true }
            #expect(shown.map(\.text) == ["first of bo"] && shown.first?.line == 1 && shown.first?.isTyped == false)
            let foreign = try library.search(wish) { $0.identity == "alice" }
            #expect(foreign.isEmpty)
        }
    }

    @Test func noPathLeadsOutOfTheFolder() throws {
        try withRecordings { library, folder in
            let outside = folder.deletingLastPathComponent().appendingPathComponent("X.cast")
            try FileManager.default.copyItem(at: folder.appendingPathComponent("ID0.cast"), to: outside)
            let link = folder.appendingPathComponent("LINK.cast").path
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: outside.path)
            for id in ["../X", "", ".", "ID0.cast", "id0", "LINK", "ID0/../ID0", "ID9"] {
                #expect(library.find(id) == nil, "\(id)")
            }
            #expect(library.find("ID0") != nil)
        }
    }

    @Test(
        arguments: [
            (#"[1.5, "o", "a\n"]"#, CastEvent(interval: 1_500_000, code: "o", data: "a\n")),
            (#"[0.000001,"x","0"]"#, CastEvent(interval: 1, code: "x", data: "0")), ("# a comment", nil), ("", nil),
            (#"{"version":3}"#, nil), (#"[-1,"o",""]"#, nil), (#"["1","o",""]"#, nil), (#"[1,"o"]"#, nil),
            (#"[1e300,"o",""]"#, nil), (#"[1,"o","a"] x"#, nil),
        ] as [(String, CastEvent?)])
    func eventsAreRead(_ line: String, _ expected: CastEvent?) {
        #expect(CastEvent(Array(line.utf8)) == expected)
    }

    /// Where a recording is cut into pieces makes no difference.
    @Test func piecesAreCutAnywhere() {
        let text = Array("{}\n[1,\"o\",\"a\"]\n# x\n[2,\"o\",\"b\"]\n[3,".utf8)
        for cut in text.indices {
            var lines = CastLines()
            let events = lines.receive(text[..<cut]) + lines.receive(text[cut...])
            #expect(events.map(\.data) == ["a", "b"])
        }
    }
}
