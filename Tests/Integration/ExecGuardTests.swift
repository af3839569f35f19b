import Foundation
import Testing

extension Integration {
    /// Execs behind the guarded judge, and their recordings.
    @Suite(.serialized) struct ExecGuardTests {
        private static let policy = """
            tenants: {red: {}}
            grants:
              - {to: admin, may: "*", in: "*", level: privileged}
              - {to: looker, may: [view, exec], in: red, level: baseline, exec: [viewer, ops], record: true}
              - {to: worker, may: [view, run, rm, exec], in: red, level: baseline, record: true}
            """

        private func casts(_ plane: Plane) throws -> [String] {
            let folder = plane.folder.appendingPathComponent("state/recordings")
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            return try names.sorted().map {
                try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)
            }
        }

        @Test func whatIsRunIsJudgedAndRecorded() throws {
            try withPlane(policy: Self.policy) { plane in
                plane.engine.clean("rm", "-f", "kept")
                try plane.docker(
                    "worker", "run", "-d", "--name", "kept", "bb:1", "sh",
                    "-c", "mkdir -p /var/log; echo DB_PASSWORD=hunter2 > /var/log/app.log; exec sleep 1000")
                defer { plane.engine.clean("rm", "-f", "kept") }
                for words in [
                    ["sh"], ["cat", "/etc/passwd"], ["tail", "/var/log/app.log", "match", "/etc/passwd"],
                    ["less", "/var/log/app.log"],
                ] {
                    let outcome = try run(["docker", "exec", "kept"] + words, environment: plane.environment("looker"))
                    #expect(outcome.status != 0 && outcome.errors.contains("rule exec.guard"), "\(words): \(outcome)")
                }
                for options in [["-i"], ["-it"], ["-u", "0"], ["-e", "A=b"], ["-w", "/"], ["--privileged"]] {
                    let outcome = try run(
                        ["docker", "exec"] + options + ["kept", "ls", "/var/log"],
                        environment: plane.environment("looker"))
                    #expect(outcome.status != 0 && !outcome.output.contains("app.log"), "\(options): \(outcome)")
                }
                #expect(try casts(plane).isEmpty)
                // What is accepted runs as it is, and its recording masks what the client sees.
                let shown = try plane.docker("looker", "exec", "kept", "cat", "/var/log/app.log")
                #expect(shown.status == 0 && shown.output == "DB_PASSWORD=hunter2\n", "\(shown)")
                #expect(try plane.docker("looker", "exec", "-d", "kept", "ls", "/var/log").errors.contains("exec.record"))
                let ended = try plane.record { lines in
                    lines.contains { $0["operation"] as? String == "ExecStart" && $0["phase"] as? String == "outcome" }
                }
                let runs = ended.filter { $0["operation"] as? String == "ContainerExec" }
                #expect(runs.contains { ($0["reason"] as? String)?.hasPrefix("runs: cat /var/log/app.log") == true }, "\(runs)")
                var cast = try #require(try casts(plane).first)
                #expect(cast.contains("looker: cat /var/log/app.log") && cast.contains("DB_PASSWORD=[masked]"), "\(cast)")
                #expect(!cast.contains("hunter2"))
                // Without a role anything runs, and what goes in is recorded too.
                let echoed = try plane.docker("worker", "exec", "-i", "kept", "sh", "-c", "cat; echo err >&2", input: "typed\n")
                #expect(echoed.output == "typed\n" && echoed.errors.contains("err"), "\(echoed)")
                let id = try #require(
                    try plane.record { $0.filter { $0["identity"] as? String == "worker" }.count >= 4 }
                        .last { $0["operation"] as? String == "ExecStart" }?["id"] as? String)
                let file = plane.folder.appendingPathComponent("state/recordings/\(id).cast")
                // It ends soon after the client has.
                let end = Date().addingTimeInterval(10)
                repeat { cast = try String(contentsOf: file, encoding: .utf8) } while !cast.contains("err\\n") && Date() < end
                for piece in ["\"i\",\"typed\\n\"", "\"o\",\"typed\\n\"", "\"o\",\"err\\n\""] {
                    #expect(cast.contains(piece), "\(cast)")
                }
            }
        }

        /// A recording that cannot be written: nothing runs.
        @Test func nothingRunsUnrecorded() throws {
            try withPlane(policy: Self.policy) { plane in
                plane.engine.clean("rm", "-f", "unkept")
                try plane.docker(
                    "worker", "run", "-d", "--name", "unkept", "bb:1", "sleep", "1000")
                defer { plane.engine.clean("rm", "-f", "unkept") }
                let folder = plane.folder.appendingPathComponent("state/recordings")
                try? FileManager.default.removeItem(at: folder)
                try Data().write(to: folder)
                let outcome = try plane.docker("worker", "exec", "unkept", "touch", "/ran")
                // The client says the status of a refused upgrade, and no more.
                #expect(outcome.status != 0 && outcome.errors.contains("507"), "\(outcome)")
                #expect(try plane.docker("admin", "exec", "unkept", "ls", "/ran").status != 0)
            }
        }
    }
}
