import Foundation
import Testing

extension Integration {
    /// What execs leave behind, and who sees them.
    @Suite(.serialized) struct ExecTests {
        /// A tenant with two developers, and another.
        private static let policy = """
            tenants: {red: {}, blue: {}}
            roles:
              developer: [view, logs, run, start, stop, rm, exec]
            grants:
              - {to: admin, may: "*", in: "*", level: privileged}
              - {to: [alice, carol], may: developer, in: red, level: baseline}
              - {to: bo, may: developer, in: blue, level: baseline}
            """

        /// Which of some words stand in the arguments of a container's processes.
        private func alive(_ words: [String], in name: String, _ plane: Plane) throws -> [String] {
            let text = try plane.engine.docker("exec", plane.engine.id(name), "ps", "-o", "args").output
            return words.filter(text.contains)
        }

        private func wait(
            until expected: [String], of words: [String], in name: String, _ plane: Plane
        ) throws -> [String] {
            let end = Date().addingTimeInterval(30)
            while true {
                let found = try alive(words, in: name, plane)
                if found == expected || Date() > end { return found }
                usleep(20_000)
            }
        }

        /// Programs without a parent end with the authority whose exec has started them.
        @Test func whatAnExecLeavesBehindEndsWithItsAuthority() throws {
            try withPlane(policy: Self.policy) { plane in
                try plane.docker("carol", "run", "-d", "--name", "left", "bb:1", "sleep", "1000")
                defer { plane.engine.clean("rm", "-f", "left") }
                let words = ["sleep 781", "sleep 782", "sleep 783", "sleep 784", "sleep 785", "sleep 1000"]
                // The exec, its shell and its stream have ended; a session is left.
                try plane.docker("alice", "exec", "left", "sh", "-c", "sleep 781 >/dev/null 2>&1 </dev/null &")
                try plane.docker("alice", "exec", "-d", "left", "sh", "-c", "trap '' HUP; sleep 782 & true")
                // One that leaves its session while its parent lives, and loses it then.
                try plane.docker("alice", "exec", "-d", "left", "sh", "-c", "setsid sleep 783 & sleep 784 & sleep 4")
                try plane.docker("alice", "exec", "left", "true")
                try plane.docker("carol", "exec", "left", "sh", "-c", "sleep 785 >/dev/null 2>&1 </dev/null &")
                #expect(try wait(until: words, of: words + ["sleep 4"], in: "left", plane) == words)
                #expect(try plane.quaymaster("identity", "revoke", "alice").status == 0)
                let others = ["sleep 785", "sleep 1000"]
                #expect(try wait(until: others, of: words, in: "left", plane) == others)
                let lines = try plane.record { lines in
                    lines.filter { $0["operation"] as? String == "ExecEnded" }.count >= 3
                }
                let ended = lines.filter { $0["operation"] as? String == "ExecEnded" }
                #expect(ended.count == 3 && ended.allSatisfy { $0["identity"] as? String == "alice" }, "\(ended)")
                #expect(!plane.server.errors.contains("lives on"))
            }
        }

        /// Events of execs tell command lines: only their makers see them.
        @Test func execsOfOthersAreInNoEvents() throws {
            try withPlane(policy: Self.policy) { plane in
                for name in ["told", "posing"] { plane.engine.clean("rm", "-f", name) }
                defer { plane.engine.clean("rm", "-f", "told", "posing") }
                let began = Int(Date().timeIntervalSince1970) - 1
                try plane.docker("alice", "run", "-d", "--name", "told", "bb:1", "sleep", "1000")
                let live = try plane.start("alice", "events", "--since", "\(began)", "--format", "{{json .}}")
                #expect(live.wait { $0.output.contains("\"start\"") })
                for _ in 0..<10 { try plane.docker("alice", "exec", "told", "echo", "alices") }
                try plane.docker("carol", "exec", "told", "echo", "carols")
                try plane.engine.docker("exec", plane.engine.id("told"), "echo", "nobodys")
                // A label takes the place of an exec's id in the events of its container.
                let id = try #require(
                    live.output.components(separatedBy: "\"execID\":\"").dropFirst().first?.prefix { $0 != "\"" })
                try plane.docker(
                    "alice", "run", "-d", "--name", "posing", "--label", "execID=\(id)", "bb:1", "sleep", "1000")
                try plane.docker("carol", "exec", "posing", "echo", "labelled")
                try plane.docker("alice", "rm", "-f", "posing")
                #expect(live.wait { $0.output.contains("\"destroy\"") })
                // What was told while it happened: each exec's three events, and no other's.
                #expect(live.output.components(separatedBy: "exec_create: echo alices").count == 21, "\(live.output)")
                #expect(live.output.components(separatedBy: "\"exec_die\"").count == 21, "\(live.output)")
                live.signal(SIGTERM)
                let until = Int(Date().timeIntervalSince1970) + 1
                func told(_ who: String) throws -> String {
                    try plane.docker(who, "events", "--since", "\(began)", "--until", "\(until)").output
                }
                let all = ["echo alices", "echo carols", "echo nobodys", "echo labelled"]
                for (who, own) in [
                    ("alice", ["echo alices"]), ("carol", ["echo carols"]), ("bo", []),
                    ("admin", ["echo nobodys"]),
                ] {
                    let text = try told(who)
                    #expect(all.filter(text.contains) == own, "\(who): \(text)")
                    #expect(text.contains("container start") == (who != "bo"), "\(who): \(text)")
                }
                _ = live.finish(seconds: 10)
            }
        }
    }
}
