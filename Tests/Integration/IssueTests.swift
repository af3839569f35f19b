import Foundation
import Testing

extension Integration {
    /// A certificate stands for somebody only if its issue is in the record.
    @Suite(.serialized) struct IssueTests {
        @Test func whatWasNeverIssuedMeansNobody() throws {
            try withPlane { plane in
                let folder = plane.folder.appendingPathComponent("identities/forged")
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                // Whoever has the authority's key signs what they like.
                let steps = [
                    "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=admin"
                        + " -keyout key.pem -out request.pem",
                    "openssl x509 -req -in request.pem -CA ../../ca.pem -CAkey ../../ca-key.pem -days 1"
                        + " -extfile usage -out cert.pem",
                    "openssl x509 -in cert.pem -noout -fingerprint -sha256",
                ]
                try "extendedKeyUsage=clientAuth\nbasicConstraints=CA:FALSE\n".write(
                    to: folder.appendingPathComponent("usage"), atomically: true, encoding: .utf8)
                try FileManager.default.copyItem(
                    at: plane.folder.appendingPathComponent("ca.pem"), to: folder.appendingPathComponent("ca.pem"))
                var said = ""
                for step in steps {
                    let outcome = try run(["sh", "-c", "cd \(folder.path) && \(step)"])
                    #expect(outcome.status == 0, "\(outcome)")
                    said = outcome.output
                }
                let print = try #require(said.split(separator: "=").last).replacing(":", with: "")
                    .lowercased().trimmingCharacters(in: .whitespacesAndNewlines)
                let unknown = try plane.request("forged", "/_ping")
                #expect(
                    unknown.status == 403 && unknown.body.contains("has not issued the certificate \(print)"),
                    "\(unknown)")
                let lines = try plane.record { lines in
                    lines.contains { $0["rule"] as? String == "identity.valid" }
                }
                let refusal = try #require(lines.last { $0["rule"] as? String == "identity.valid" })
                #expect(refusal["phase"] as? String == "refused")
                #expect((refusal["reason"] as? String)?.contains(print) == true)

                // A line in the registry is no issue: the record has to know of it.
                plane.stop()
                let registry = plane.folder.appendingPathComponent("state/certificates.jsonl")
                let now = Int(Date().timeIntervalSince1970)
                let text = try String(contentsOf: registry, encoding: .utf8)
                try
                    (text + #"{"event":"issued","identity":"admin","fingerprint":"\#(print)","at":\#(now),"#
                    + "\"notAfter\":\(now + 3600)}\n").write(to: registry, atomically: true, encoding: .utf8)
                try plane.restart()
                let forged = try plane.request("forged", "/_ping")
                #expect(forged.status == 403 && forged.body.contains("knows of no issue"), "\(forged)")
                #expect(plane.server.errors.contains("the record knows of no issue of a certificate"))
                // What was issued before and after the restart stands in it.
                #expect(try plane.docker("alice", "ps").status == 0)
                #expect(try plane.docker("bo", "ps").status == 0)
                try plane.restart()
                #expect(try plane.docker("alice", "ps").status == 0)
            }
        }
    }
}
