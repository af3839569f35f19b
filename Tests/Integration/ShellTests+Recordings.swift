import Foundation
import Testing

extension Integration.ShellTests {
    private func recordings(_ plane: Plane, _ who: String, _ arguments: String...) throws -> Outcome {
        try run([Plane.program, "recordings"] + arguments, environment: plane.environment(who))
    }

    /// Recordings are seen by whom the policy says, and each look is in the record.
    @Test func recordingsAreShownToWhomThePolicySays() throws {
        try withShell { plane in
            let done = try enter(
                plane, "alice", "web", reason: "5xx", input: "cat /var/log/app.log\ncat /etc/secret\n")
            #expect(done.status == 1, "\(done)")
            let list = try recordings(plane, "carol", "list", "--format", "json")
            let value = try #require(try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [String: Any])
            let id = try #require(value["id"] as? String)
            #expect(value["identity"] as? String == "alice" && value["reason"] as? String == "5xx", "\(list)")
            #expect(value["lines"] as? Int == 2 && value["ended"] as? String == "left", "\(list)")
            #expect(try recordings(plane, "alice", "list").output.contains(id))
            let played = try recordings(plane, "alice", "play", id, "--no-wait")
            #expect(played.output.contains("1> cat /var/log/app.log\nfirst\n2> (refused; rule"), "\(played)")
            let jumped = try recordings(plane, "carol", "play", id, "--no-wait", "--line", "2")
            #expect(jumped.output.hasPrefix("2> (refused;"), "\(jumped)")
            let text = try recordings(plane, "carol", "export", id, "--text")
            #expect(text.output == played.output, "\(text)")
            let cast = try recordings(plane, "carol", "export", id)
            let file = plane.folder.appendingPathComponent("state/recordings/\(id).cast")
            #expect(cast.output == (try String(contentsOf: file, encoding: .utf8)), "\(cast)")
            let found = try recordings(plane, "carol", "search", "APP.log", "--identity", "alice")
            #expect(found.status == 0 && found.output.contains("line 1 > cat /var/log/app.log"), "\(found)")
            // Another tenant's is told as what is not there; who may not look at all is refused.
            for who in ["dan", "bo"] {
                #expect(try recordings(plane, who, "list", "--format", "json").output.isEmpty)
                let foreign = try recordings(plane, who, "play", id)
                #expect(foreign.status == 1 && foreign.errors.contains("there is no recording \(id)"), "\(foreign)")
                #expect(try recordings(plane, who, "search", "first").status == 1)
            }
            let watcher = try recordings(plane, "watcher", "list")
            #expect(watcher.status == 1 && watcher.errors.contains("rule verb.review"), "\(watcher)")
            // On the host root sees all.
            let host = try plane.quaymaster("recordings", "play", id, "--no-wait")
            #expect(host.status == 0 && host.output == played.output, "\(host)")
            let lines = try plane.record { lines in
                lines.contains { $0["operation"] as? String == "RecordingSeen" }
            }
            let looks = lines.filter { $0["target"] as? String == "recording/\(id)" }
            #expect(looks.contains { $0["identity"] as? String == "carol" && $0["phase"] as? String == "intent" })
            #expect(looks.contains { $0["operation"] as? String == "RecordingSeen" && $0["reason"] as? String == "play" })
        }
    }
}
