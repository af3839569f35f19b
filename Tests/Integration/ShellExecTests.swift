import Foundation
import Testing

extension Integration {
    /// The guarded shell on a host that is configured as having no agent.
    @Suite struct ShellExecTests {
        private static let policy =
            Plane.policy + "\n  - {to: alice, may: [enter], in: red, shell: [viewer, pager]}\n"

        @Test func programsOfTheContainerAnswer() throws {
            try withPlane(policy: Self.policy, configuration: "agent: none\n") { plane in
                func enter(_ line: String, _ options: String...) throws -> Outcome {
                    try run(
                        [Plane.program, "enter"] + options + ["web", "-c", line],
                        environment: plane.environment("alice"))
                }
                let script = "mkdir -p /var/log; seq 1 30 >/var/log/app.log; touch /ready; exec sleep 1000"
                try plane.docker(
                    "alice", "run", "-d", "--name", "web", "-e", "DB_PASSWORD=hunter2", "bb:1", "sh", "-c", script)
                try plane.docker("alice", "exec", "web", "sh", "-c", "until [ -e /ready ]; do sleep 0.1; done")
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
    }
}
