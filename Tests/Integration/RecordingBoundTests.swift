import Foundation
import Testing

extension Integration {
    /// Recordings on the disk end where they have to.
    @Suite struct RecordingBoundTests {
        /// What a tenant's recordings take has a bound, at which what would be recorded is refused.
        @Test func aTenantFillsNoDisk() throws {
            let policy =
                Plane.policy + """

                      - {to: alice, may: [enter], in: red, shell: [viewer]}
                      - {to: erin, may: [view, exec], in: red, level: baseline, record: true}
                      - {to: root, may: "*", in: "*", level: privileged}
                    """
            try withPlane(policy: policy, limits: "tenantRecordingBytes: 2500", configuration: "agent: none\n") { plane in
                try plane.docker("alice", "run", "-d", "--name", "web", "bb:1", "sleep", "1000")
                func enter(_ who: String, _ name: String = "web") throws -> Outcome {
                    try run([Plane.program, "enter", name, "-c", "env"], environment: plane.environment(who))
                }
                #expect(try enter("alice").status == 0)
                #expect(try plane.docker("erin", "exec", "web", "true").status == 0)
                var full = try enter("alice")
                for _ in 0..<8 where full.status == 0 { full = try enter("alice") }
                #expect(full.status != 0 && full.errors.contains("rule limit.recordings; an operator"), "\(full)")
                // One that was full on its way has ended in a sentence; the next does not begin.
                let refused = try enter("alice")
                #expect(refused.status == 1 && refused.errors.contains("tenant red have all of the 2500 bytes"), "\(refused)")
                let exec = try plane.docker("erin", "exec", "web", "true")
                #expect(exec.status != 0 && exec.errors.contains("429"), "\(exec)")
                // Administrators look on.
                let administrator = try enter("root", plane.engine.id("web"))
                #expect(administrator.status == 0, "\(administrator)")
                let absent = try enter("root", "nothing")
                #expect(absent.status == 1 && absent.errors.contains("no container nothing"), "\(absent)")
                let lines = try plane.record { lines in
                    lines.filter { $0["rule"] as? String == "limit.recordings" }.count >= 2
                }
                let noted = lines.filter { $0["rule"] as? String == "limit.recordings" }
                #expect(noted.allSatisfy { $0["phase"] as? String == "refused" }, "\(noted)")
                let folder = plane.folder.appendingPathComponent("state/recordings")
                for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
                    try FileManager.default.removeItem(at: folder.appendingPathComponent(name))
                }
                let end = Date().addingTimeInterval(20)
                while try enter("alice").status != 0, Date() < end {}
                #expect(Date() < end, "there is room again")
            }
        }

        /// A program that says nothing does not run when its recording cannot begin, nor on when it has ended.
        @Test func aSilentExecIsNotUnrecorded() throws {
            let policy =
                Plane.policy + """

                      - {to: erin, may: [view, exec], in: red, level: baseline, record: true}
                    """
            try withPlane(policy: policy, limits: "tenantRecordingBytes: 1500", configuration: "agent: none\n") { plane in
                try plane.docker("alice", "run", "-d", "--name", "web", "bb:1", "sleep", "1000")
                let id = try plane.engine.id("web")
                // Its words, which stand in the first line, are more than the tenant may have.
                let long = String(repeating: "w", count: 1600)
                let refused = try plane.docker("erin", "exec", "web", "sh", "-c", "touch /ran", long)
                #expect(refused.status != 0 && refused.errors.contains("429"), "\(refused)")
                #expect(try plane.engine.docker("exec", id, "ls", "/ran").status != 0)
                let fits = try plane.docker("erin", "exec", "web", "sh", "-c", "touch /ran")
                #expect(fits.status == 0, "\(fits)")
                #expect(try plane.engine.docker("exec", id, "ls", "/ran").status == 0)
                let much = "head -c 3000 /dev/zero | tr '\\0' x; echo; exec sleep 998"
                _ = try plane.docker("erin", "exec", "web", "sh", "-c", much)
                let end = Date().addingTimeInterval(20)
                func lives() throws -> Bool {
                    try plane.engine.docker("exec", id, "ps", "-o", "args").output.contains("sleep 998")
                }
                while try lives(), Date() < end {}
                #expect(try !lives(), "what was recorded has ended, and the program has not")
            }
        }
    }
}
