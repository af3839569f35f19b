import Foundation
import Testing

extension Integration {
    /// The guarded shell on a host that is configured as having no agent.
    @Suite struct ShellExecTests {
        private static let policy =
            Plane.policy + """

                  - {to: [alice, erin], may: [enter], in: red, shell: [viewer, pager]}
                  - {to: carol, may: [watch, moderate], in: red}
                """

        /// Runs in the container `web`: the program that a line starts, told from the others.
        private static let follows = "tail -f /var/log/app.log"

        /// A container `web` of alice's in which a line has something to look at.
        private func web(_ plane: Plane) throws {
            let script = "mkdir -p /var/log; seq 1 30 >/var/log/app.log; touch /ready; exec sleep 1000"
            try plane.docker(
                "alice", "run", "-d", "--name", "web", "-e", "DB_PASSWORD=hunter2", "bb:1", "sh", "-c", script)
            try plane.docker("alice", "exec", "web", "sh", "-c", "until [ -e /ready ]; do sleep 0.1; done")
        }

        private func follow(_ plane: Plane, as who: String, json: Bool = false) throws -> Command {
            let words = json ? ["--format", "json"] : []
            let line = try Command(
                [Plane.program, "enter"] + words + ["web", "-c", Self.follows], environment: plane.environment(who))
            #expect(line.wait { $0.output.contains("30") }, "\(line.errors)")
            #expect(try lives(plane))
            return line
        }

        private func lives(_ plane: Plane) throws -> Bool {
            try plane.engine.docker("exec", plane.engine.id("web"), "ps", "-o", "args").output.contains(Self.follows)
        }

        /// False when a line's program lives three seconds from now.
        private func ends(_ plane: Plane) throws -> Bool {
            let end = Date().addingTimeInterval(3)
            while try lives(plane) {
                if Date() > end { return false }
            }
            return true
        }

        @Test func programsOfTheContainerAnswer() throws {
            try withPlane(policy: Self.policy, configuration: "agent: none\n") { plane in
                func enter(_ line: String, _ options: String...) throws -> Outcome {
                    try run(
                        [Plane.program, "enter"] + options + ["web", "-c", line],
                        environment: plane.environment("alice"))
                }
                try web(plane)
                let tail = try enter("tail -n 2 /var/log/app.log", "--format", "json")
                #expect(tail.status == 0 && tail.output.contains("{\"out\":\"29\\n30\\n\"}"), "\(tail)")
                // The session says which way is in use.
                #expect(tail.output.contains("\"way\":\"exec\""), "\(tail)")
                let environment = try enter("env")
                #expect(environment.output.contains("DB_PASSWORD=[masked]"), "\(environment)")
                let absent = try enter("ls /var/log/nothing")
                #expect(absent.status == 1 && absent.errors.contains("No such file"), "\(absent)")
                // What no program means in the same way is refused, and what no role accepts all the more.
                for (line, word) in [
                    ("tail -n 9 /var/log/app.log match 3", "exec.own"), ("less /var/log/app.log", "exec.own"),
                    ("net", "exec.own"), ("cat /etc/passwd", "path.tree"), ("sh", "verb.shell"),
                ] {
                    let refused = try enter(line)
                    #expect(refused.status != 0 && refused.output.isEmpty, "\(line): \(refused)")
                    #expect(refused.errors.contains(word), "\(line): \(refused)")
                }
                // A program that the image lacks: the engine's status for it.
                let lacking = try enter("supervisorctl status")
                #expect(lacking.status != 0 && lacking.output.isEmpty, "\(lacking)")
                // Nothing is left running.
                let left = try plane.docker("alice", "exec", "web", "ps", "-o", "args").output
                #expect(!left.contains("tail"), "\(left)")
            }
        }

        /// The engine ends no exec: whoever knows of it does, whatever has ended its line.
        @Test func aLineEndsWithWhoeverWaitsForIt() throws {
            try withPlane(policy: Self.policy, configuration: "agent: none\n") { plane in
                try web(plane)
                let killed = try follow(plane, as: "alice")
                killed.signal(SIGKILL)
                #expect(try ends(plane), "the client was killed")
                let moderated = try follow(plane, as: "alice", json: true)
                let id = try run(
                    [Plane.program, "sessions", "--format", "json"], environment: plane.environment("carol")
                ).output.split(separator: "\"").first { $0.count == 26 }
                let paused = try run(
                    [Plane.program, "moderate", String(try #require(id)), "--pause"],
                    environment: plane.environment("carol"))
                #expect(paused.status == 0, "\(paused)")
                #expect(try ends(plane), "the session was paused")
                // The person is told when it has ended, and not that it may go on.
                let told = moderated.finish(seconds: 20)
                #expect(told.output.contains("\"cause\":\"person\"") && !told.output.contains("unseen"), "\(told)")
                let revoked = try follow(plane, as: "erin")
                #expect(try plane.quaymaster("identity", "revoke", "erin").status == 0)
                #expect(try ends(plane), "the certificate was revoked")
                _ = revoked.finish(seconds: 20)
                let stopped = try follow(plane, as: "alice")
                plane.stop()
                #expect(try ends(plane), "the gateway has stopped")
                _ = stopped.finish(seconds: 20)
                let ended = try plane.record { _ in true }.filter { $0["operation"] as? String == "ExecEnded" }
                let reasons = ended.compactMap { $0["reason"] as? String }
                #expect(reasons.contains { $0.hasSuffix("nobody waits for its line any more") }, "\(reasons)")
                #expect(reasons.contains { $0.hasSuffix("its line was interrupted") }, "\(reasons)")
                #expect(!plane.server.errors.contains("lives on"))
            }
        }
    }
}
