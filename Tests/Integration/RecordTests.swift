import Foundation
import Testing

extension Integration {
    /// What the record says.
    @Suite(.serialized) struct RecordTests {
        @Test func everyActIsThereAndNoSecretIs() throws {
            try withPlane { plane in
                let secret = "hunter2-\(UUID().uuidString)"
                try plane.docker("alice", "run", "--rm", "--name", "told", "-e", "PASSWORD=\(secret)", "bb:1", "echo", secret)
                try plane.docker("alice", "run", "--rm", "--privileged", "-e", "PASSWORD=\(secret)", "bb:1")
                let lines = try plane.record { lines in
                    lines.contains { $0["rule"] as? String == "level.privileged" }
                }
                let create = lines.filter {
                    $0["operation"] as? String == "ContainerCreate" && $0["decision"] as? String == "permit"
                }
                #expect(create.map { $0["phase"] as? String } == ["intent", "outcome"])
                #expect(Set(create.compactMap { $0["id"] as? String }).count == 1)
                let outcome = try #require(create.last)
                #expect(outcome["identity"] as? String == "alice")
                #expect(outcome["tenant"] as? String == "red")
                #expect(outcome["target"] as? String == "container/told from image/bb:1")
                #expect(outcome["status"] as? Int == 201)
                #expect((outcome["digest"] as? String)?.count == 64)
                #expect((outcome["rule"] as? String)?.hasPrefix("policy.yaml:") == true)
                #expect((outcome["from"] as? String)?.hasPrefix("127.0.0.1:") == true)
                #expect((outcome["microseconds"] as? Int ?? 0) > 0)
                let refused = try #require(lines.first { $0["rule"] as? String == "level.privileged" })
                #expect(refused["phase"] as? String == "refused" && refused["status"] as? Int == 403)
                #expect(try !plane.recordText().contains(secret))
                #expect(!plane.server.errors.contains(secret))
            }
        }

        /// What changes state waits for its record: a disk that refuses means nothing is done.
        @Test func withoutARecordNothingHappens() throws {
            try withPlane { plane in
                #expect(try plane.docker("alice", "ps").status == 0)
                try plane.engine.docker("run", "-d", "--name", "heavy", "bb:1", "sleep", "600")
                defer { plane.engine.clean("rm", "-f", "heavy") }
                plane.stop()
                // A disk of its own, that is full.
                let disk = plane.folder.appendingPathComponent("disk")
                try FileManager.default.moveItem(at: plane.ledger, to: disk)
                try FileManager.default.createDirectory(at: plane.ledger, withIntermediateDirectories: true)
                #expect(try run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", plane.ledger.path]).status == 0)
                defer { _ = try? run(["umount", "-l", plane.ledger.path]) }
                #expect(try run(["cp", "-a", "\(disk.path)/.", plane.ledger.path]).status == 0)
                try plane.restart()
                let filler = plane.ledger.appendingPathComponent("filler")
                _ = try run(["dd", "if=/dev/zero", "of=\(filler.path)", "bs=64k"])
                let refused = try plane.docker("alice", "run", "--name", "never", "bb:1")
                #expect(refused.status != 0 && refused.errors.contains("cannot be recorded"), "\(refused)")
                #expect(try plane.engine.docker("ps", "-aq", "--filter", "name=never").output.isEmpty)
                // Reading goes on, and administrators can make room.
                #expect(try plane.docker("alice", "ps").status == 0)
                let removed = try plane.docker("admin", "rm", "-f", "heavy")
                #expect(removed.status == 0, "\(removed)")
                // When there is room again it goes on by itself, a second after the disk has refused last.
                try FileManager.default.removeItem(at: filler)
                let end = Date().addingTimeInterval(20)
                var after = refused
                while after.status != 0, Date() < end {
                    after = try plane.docker("alice", "run", "--rm", "bb:1", "true")
                }
                #expect(after.status == 0, "\(after)")
                plane.stop()
                let verified = try plane.quaymaster("ledger", "verify")
                #expect(verified.status == 3 && verified.output.contains("consistent with itself only"), "\(verified)")
            }
        }

        @Test func initNeverOverwritesAndKeysAreClosed() throws {
            try withPlane { plane in
                let again = try run([Plane.program, "init", plane.folder.path])
                #expect(again.status == 1 && again.errors.contains("nothing was changed"), "\(again)")
                for key in ["ca-key.pem", "server-key.pem", "identities/admin/key.pem"] {
                    let path = plane.folder.appendingPathComponent(key).path
                    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                    #expect(mode == 0o600, "\(key)")
                }
                // The folder works for the stock client, and so does the context line.
                let out = plane.folder.appendingPathComponent("ctx").path
                let issued = try plane.quaymaster(
                    "identity", "issue", "alice2", "--ttl", "8h", "--out", out, "--context", "--format", "json")
                let json = try #require(
                    try JSONSerialization.jsonObject(with: Data(issued.output.utf8)) as? [String: Any])
                #expect((json["context"] as? String)?.hasPrefix("docker context create alice2 --docker \"host=tcp://") == true)
                #expect(try plane.quaymaster("identity", "issue", "alice2", "--out", out).status == 1)
                let list = try plane.quaymaster("identity", "list", "--format", "json")
                #expect(list.output.contains("\"identity\":\"alice2\",\"state\":\"valid\""))
                #expect(try plane.quaymaster("identity", "issue", "../x").status == 2)
                #expect(try run([Plane.program, "frobnicate"]).status == 2)
                #expect(try run([Plane.program, "--help"]).status == 0)
            }
        }
    }
}
