import Foundation
import Testing

extension Integration {
    /// Who gets in, what they may do, and how an authority ends.
    @Suite(.serialized) struct AuthorityTests {
        @Test func refusalsReachTheClientWithTheirReason() throws {
            try withPlane { plane in
                let asks: [([String], String)] = [
                    (["--privileged"], "level.privileged"), (["-v", "/:/h"], "level.bind"),
                    (["--mount", "type=bind,src=/,dst=/h"], "level.bind"), (["--pid=host"], "level.host-pid"),
                    (["--ipc=host"], "level.host-ipc"), (["--uts=host"], "level.host-uts"),
                    (["--network=host"], "level.host-network"), (["--cap-add=ALL"], "level.capability"),
                    (["--device=/dev/null"], "level.device"),
                    (["--security-opt", "seccomp=unconfined"], "level.security-option"),
                    (["--sysctl", "kernel.msgmax=1"], "level.sysctl"), (["--runtime=other"], "level.runtime"),
                    (["--cgroup-parent=/x"], "level.cgroup-parent"), (["-p", "22:22"], "level.port"),
                    (["--security-opt", "systempaths=unconfined"], "level."),
                ]
                for (options, rule) in asks {
                    let outcome = try run(
                        ["docker", "run", "--rm"] + options + ["bb:1", "true"], environment: plane.environment("alice"))
                    #expect(outcome.status == 125, "\(options): \(outcome)")
                    #expect(outcome.errors.contains("quaymaster: refused:"), "\(options): \(outcome)")
                    #expect(outcome.errors.contains(rule), "\(options): \(outcome)")
                }
                // Beside them, what ordinary containers ask for.
                let allowed = try plane.docker(
                    "alice", "run", "--rm", "--cap-drop=ALL", "--read-only", "--tmpfs", "/tmp", "--memory=64m",
                    "--pids-limit=50", "--security-opt", "no-new-privileges", "-u", "1000", "-e", "A=B", "bb:1", "id", "-u")
                #expect(allowed.output == "1000\n", "\(allowed)")
                try plane.docker("alice", "run", "-d", "--name", "target", "bb:1", "sleep", "100")
                defer { plane.engine.clean("rm", "-f", "target") }
                let exec = try plane.docker("alice", "exec", "--privileged", "target", "id")
                #expect(exec.status != 0 && exec.errors.contains("level.privileged"), "\(exec)")
            }
        }

        @Test func readOnlyRolesReadOnly() throws {
            try withPlane { plane in
                try plane.docker("alice", "run", "-d", "--name", "seen", "bb:1", "sh", "-c", "echo said; sleep 100")
                defer { plane.engine.clean("rm", "-f", "seen") }
                for allowed in [
                    ["ps"], ["inspect", "seen"], ["logs", "seen"], ["top", "seen"], ["images"], ["network", "ls"],
                    ["volume", "ls"], ["version"], ["info"], ["system", "df"], ["stats", "--no-stream", "seen"],
                ] {
                    let outcome = try run(["docker"] + allowed, environment: plane.environment("watcher"))
                    #expect(outcome.status == 0, "\(allowed): \(outcome)")
                }
                for denied in [
                    ["exec", "seen", "id"], ["cp", "seen:/etc/passwd", "/tmp/never"], ["stop", "seen"], ["rm", "-f", "seen"],
                    ["export", "seen"], ["save", "bb:1"], ["run", "bb:1"],
                    ["commit", "seen"], ["volume", "create"], ["network", "create", "n"], ["search", "x"],
                    ["system", "prune", "-f"], ["rename", "seen", "other"], ["kill", "seen"],
                ] {
                    let outcome = try run(["docker"] + denied, environment: plane.environment("watcher"))
                    #expect(outcome.status != 0, "\(denied): \(outcome)")
                    #expect(outcome.errors.contains("rule verb."), "\(denied): \(outcome)")
                }
            }
        }

        @Test func anotherTenantSeesNothing() throws {
            try withPlane { plane in
                try plane.docker("alice", "run", "-d", "--name", "mine", "-v", "mydata:/d", "bb:1", "sleep", "100")
                try plane.docker("alice", "network", "create", "mynet")
                defer {
                    plane.engine.clean("rm", "-f", "mine")
                    plane.engine.clean("volume", "rm", "mydata")
                    plane.engine.clean("network", "rm", "mynet")
                }
                for lists in [["ps", "-aq"], ["volume", "ls", "-q"], ["network", "ls", "-q"]] {
                    #expect(try run(["docker"] + lists, environment: plane.environment("bo")).output.isEmpty)
                    #expect(try !run(["docker"] + lists, environment: plane.environment("alice")).output.isEmpty)
                }
                for touch in [
                    ["exec", "mine", "id"], ["rm", "mine"], ["logs", "mine"], ["inspect", "mine"], ["start", "mine"],
                    ["cp", "mine:/etc/passwd", "-"], ["volume", "rm", "mydata"], ["network", "rm", "mynet"],
                    ["run", "--rm", "--network", "mynet", "bb:1", "true"],
                    ["run", "--rm", "--network", "container:mine", "bb:1", "true"],
                    ["run", "--rm", "--volumes-from", "mine", "bb:1", "true"],
                    ["network", "connect", "mynet", "mine"],
                ] {
                    let outcome = try run(["docker"] + touch, environment: plane.environment("bo"))
                    #expect(outcome.status != 0, "\(touch): \(outcome)")
                }
                // A volume of the same name is another one; what another has created is not made on the way.
                try plane.docker("alice", "exec", "mine", "touch", "/d/secret")
                let other = try plane.docker("bo", "run", "--rm", "-v", "mydata:/d", "bb:1", "ls", "/d")
                #expect(other.status == 0 && other.output.isEmpty, "\(other)")
                #expect(try plane.docker("alice", "exec", "mine", "ls", "/d").output == "secret\n")
                // Administrators see what everybody has.
                #expect(try plane.docker("admin", "ps", "--format", "{{.Names}}").output.contains("mine"))
            }
        }

        @Test func revocationEndsWhatRuns() throws {
            try withPlane { plane in
                try plane.docker("alice", "run", "-d", "--name", "cut", "bb:1", "sh", "-c", "while sleep 0.1; do echo x; done")
                defer { plane.engine.clean("rm", "-f", "cut") }
                let logs = try plane.start("alice", "logs", "-f", "cut")
                let exec = try plane.start("alice", "exec", "-i", "cut", "cat")
                #expect(logs.wait { $0.output.contains("x") })
                try exec.send("hello\n")
                #expect(exec.wait { $0.output.contains("hello") })
                let began = Date()
                #expect(try plane.quaymaster("identity", "revoke", "alice").status == 0)
                _ = logs.finish(seconds: 20)
                _ = exec.finish(seconds: 20)
                #expect(Date().timeIntervalSince(began) < 5)
                let later = try plane.docker("alice", "ps")
                #expect(later.status != 0 && later.errors.contains("revoked"), "\(later)")
                #expect(try plane.quaymaster("identity", "revoke", "alice").status == 1)
            }
        }

        @Test func expiryEndsWhatRuns() throws {
            try withPlane { plane in
                // Six seconds: enough to connect, and the stream then ends by itself.
                let folder = try plane.certificates("alice", ttl: "6s")
                let events = try plane.start("alice", "events")
                #expect(FileManager.default.fileExists(atPath: folder + "/cert.pem"))
                #expect(events.finish(seconds: 30).status != 0)
                let later = try plane.docker("alice", "ps")
                #expect(later.status != 0)
            }
        }

        /// A resumed handshake asks for no certificate: whoever was revoked stays out all the same.
        @Test func resumedSessionsAreJudgedAgain() throws {
            try withPlane { plane in
                let folder = try plane.certificates("alice")
                let session = plane.folder.appendingPathComponent("session").path
                func client(_ options: String...) throws -> String {
                    let command = try Command(
                        [
                            "openssl", "s_client", "-connect", plane.address, "-CAfile", "\(folder)/ca.pem", "-cert",
                            "\(folder)/cert.pem", "-key", "\(folder)/key.pem", "-ign_eof",
                        ] + options)
                    try command.send("GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n")
                    return command.finish(seconds: 20).output
                }
                #expect(try client("-sess_out", session).contains("HTTP/1.1 200 OK"))
                let resumed = try client("-sess_in", session)
                #expect(resumed.contains("Reused, TLSv1.3") && resumed.contains("HTTP/1.1 200 OK"), "\(resumed)")
                #expect(try plane.quaymaster("identity", "revoke", "alice").status == 0)
                // Issued anew, the identity has a valid certificate; the old session is still the old one.
                let new = plane.folder.appendingPathComponent("again").path
                #expect(try plane.quaymaster("identity", "issue", "alice", "--out", new).status == 0)
                let revoked = try client("-sess_in", session)
                #expect(revoked.contains("Reused, TLSv1.3"), "\(revoked)")
                #expect(revoked.contains("HTTP/1.1 403") && revoked.contains("revoked"), "\(revoked)")
            }
        }

        @Test func strangersDoNotGetIn() throws {
            try withPlane { plane in
                let none = try run(["curl", "-sk", "https://\(plane.address)/_ping"])
                #expect(none.status != 0 && none.output.isEmpty)
                let plain = try run(["curl", "-s", "http://\(plane.address)/_ping"])
                #expect(plain.output.isEmpty)
                // A certificate of our own authority that the registry does not know.
                let folder = try plane.certificates("alice")
                let registry = plane.folder.appendingPathComponent("state/certificates.jsonl")
                let text = try String(contentsOf: registry, encoding: .utf8)
                plane.stop()
                try text.split(separator: "\n").filter { !$0.contains("alice") }.joined(separator: "\n").appending("\n")
                    .write(to: registry, atomically: true, encoding: .utf8)
                try plane.restart()
                let unknown = try plane.request("alice", "/_ping")
                #expect(unknown.status == 403 && unknown.body.contains("not in the registry"), "\(unknown)")
                #expect(folder.hasSuffix("alice"))
                // A certificate of another authority ends in the handshake.
                let other = try Plane()
                defer { other.remove() }
                let foreign = try other.certificates("alice")
                let outcome = try run([
                    "curl", "-sk", "--cert", "\(foreign)/cert.pem", "--key", "\(foreign)/key.pem",
                    "https://\(plane.address)/_ping",
                ])
                #expect(outcome.output.isEmpty)
            }
        }

        @Test func reloadTakesAGoodPolicyAndKeepsTheOldOverABadOne() throws {
            try withPlane { plane in
                #expect(try plane.docker("alice", "ps").status == 0)
                let file = plane.folder.appendingPathComponent("policy.yaml")
                try "tenants: {red: {}}\ngrants:\n  - {to: alice, may: vieuw, in: red}\n"
                    .write(to: file, atomically: true, encoding: .utf8)
                let bad = try plane.quaymaster("policy", "reload")
                #expect(bad.status != 0 && bad.errors.contains("policy.yaml:3:"), "\(bad)")
                #expect(try plane.docker("alice", "ps").status == 0)
                plane.server.signal(SIGHUP)
                #expect(plane.server.wait { $0.errors.contains("the old policy stays in force") })
                #expect(try plane.docker("alice", "ps").status == 0)
                // A grant that goes ends the stream that it carried.
                let events = try plane.start("alice", "events", "--format", "{{.Action}}")
                try plane.docker("alice", "volume", "create", "seen")
                defer { plane.engine.clean("volume", "rm", "seen") }
                try "tenants: {red: {}, blue: {}}\ngrants:\n  - {to: bo, may: view, in: blue}\n"
                    .write(to: file, atomically: true, encoding: .utf8)
                #expect(try plane.quaymaster("policy", "reload").status == 0)
                _ = events.finish(seconds: 20)
                let later = try plane.docker("alice", "ps")
                #expect(later.status != 0 && later.errors.contains("no grant"), "\(later)")
                // The record says what the reload has changed.
                let said = try plane.record { $0.contains { $0["operation"] as? String == "PolicyChanged" } }
                    .filter { $0["operation"] as? String == "PolicyChanged" }.compactMap { $0["reason"] as? String }
                #expect(said.contains("added: {to: bo, may: view, in: blue}"), "\(said)")
                #expect(said.contains { $0.hasPrefix("removed: {to: [alice") }, "\(said)")
            }
        }
    }
}
