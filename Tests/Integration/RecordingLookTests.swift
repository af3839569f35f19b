import Foundation
import Testing

extension Integration {
    /// Looks at recordings.
    @Suite(.serialized) struct RecordingLookTests {
        /// Who reads a long recording and may not see it any more reads no further.
        @Test(arguments: ["carol", "alice"]) func aLookEndsWithItsGrant(who: String) throws {
            let grants = "\n  - {to: alice, may: [recall], in: red}\n"
            let review = "  - {to: [carol, alice], may: [review], in: red}\n"
            try withPlane(policy: Plane.policy + grants + review) { plane in
                let folder = plane.folder.appendingPathComponent("state/recordings")
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                let header = """
                    {"version":3,"term":{"cols":80,"rows":24},"timestamp":1795478400,"title":"bo in web",\
                    "tags":["identity=bo","container=abc","name=web","tenant=red","roles=viewer","reason="]}

                    """
                let size = 64 << 20
                try (Data(header.utf8) + Data(repeating: 0x0A, count: size))
                    .write(to: folder.appendingPathComponent("ID0.cast"))
                let home = try plane.certificates(who)
                let got = plane.folder.appendingPathComponent("got")
                let reading = try Command([
                    "curl", "-sS", "--limit-rate", "1M", "--cacert", "\(home)/ca.pem", "--cert", "\(home)/cert.pem",
                    "--key", "\(home)/key.pem", "-o", got.path, "https://\(plane.address)/quaymaster/recordings/ID0",
                ])
                let end = Date().addingTimeInterval(20)
                func read() throws -> Int {
                    guard FileManager.default.fileExists(atPath: got.path) else { return 0 }
                    return try FileManager.default.attributesOfItem(atPath: got.path)[.size] as? Int ?? 0
                }
                while try read() < 1 << 20, Date() < end { usleep(20_000) }
                #expect(try read() >= 1 << 20 && !reading.hasEnded)
                try (Plane.policy + grants).write(
                    to: plane.folder.appendingPathComponent("policy.yaml"), atomically: true, encoding: .utf8)
                #expect(try plane.quaymaster("policy", "reload").status == 0)
                let cut = reading.finish(seconds: 40)
                let shown = try read()
                #expect(cut.status > 0 && shown < size / 2, "\(cut)")
                let lines = try plane.record { lines in
                    lines.contains { ($0["reason"] as? String)?.contains("grant") == true }
                }
                let ends = lines.filter { $0["operation"] as? String == "RecordingGet" && $0["phase"] as? String == "outcome" }
                #expect(ends.allSatisfy { $0["outcome"] as? String == "aborted" } && ends.count == 1, "\(ends)")
            }
        }
    }
}
