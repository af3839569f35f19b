import Foundation
import Testing

extension Integration {
    /// Certificates that another authority has issued, and what the policy says they mean.
    @Suite(.serialized) struct MappingTests {
        private static func policy(_ identities: String) -> String {
            """
            tenants: {red: {}}
            identities: {\(identities)}
            grants:
              - {to: robot, may: [view, logs, volume], in: red}
              - {to: admin, may: "*", in: "*", level: privileged}
            """
        }

        private static let mapped = #"robot: {certificate: {spiffe: "spiffe://corp/robot", issuer: corp}}"#

        /// A plane that trusts another authority, whose folder the body gets.
        private func withCorporation(_ body: (Plane, _ corporation: String) throws -> Void) throws {
            let folder = FileManager.default.temporaryDirectory
                .appendingPathComponent("quaymaster-corp-\(UUID().uuidString.prefix(8))")
            defer { try? FileManager.default.removeItem(at: folder) }
            let made = try run([Plane.program, "init", folder.path])
            try #require(made.status == 0, "\(made)")
            try withPlane(
                policy: Self.policy(Self.mapped),
                configuration: "trust: [{name: corp, ca: \(folder.path)/ca.pem}]\n"
            ) { try body($0, folder.path) }
        }

        /// Issues a certificate of the corporation and puts it where the plane's clients look.
        private func issue(
            _ name: String, _ options: String..., by corporation: String, for plane: Plane,
            into folder: String? = nil
        ) throws -> String {
            let out = plane.folder.appendingPathComponent("identities/\(folder ?? name)")
            let issued = try run(
                [Plane.program, "identity", "issue", name, "--config", corporation, "--out", out.path] + options)
            try #require(issued.status == 0, "\(issued)")
            // They know our server, as its clients do.
            try FileManager.default.removeItem(at: out.appendingPathComponent("ca.pem"))
            try FileManager.default.copyItem(
                at: plane.folder.appendingPathComponent("ca.pem"), to: out.appendingPathComponent("ca.pem"))
            let digest = try run([
                "openssl", "x509", "-noout", "-fingerprint", "-sha256", "-in", out.path + "/cert.pem",
            ])
            return try #require(digest.output.split(separator: "=").last.map(String.init))
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }

        private func reload(_ plane: Plane, _ identities: String) throws {
            try Self.policy(identities).write(
                to: plane.folder.appendingPathComponent("policy.yaml"), atomically: true, encoding: .utf8)
            let outcome = try plane.quaymaster("policy", "reload")
            #expect(outcome.status == 0, "\(outcome)")
        }

        @Test func aMappingSaysWhomAForeignCertificateMeans() throws {
            try withCorporation { plane, corporation in
                _ = try issue("robot-17", "--spiffe", "spiffe://corp/robot", by: corporation, for: plane)
                let served = try plane.request("robot-17", "/containers/json")
                #expect(served.status == 200, "\(served)")
                let record = try plane.record { lines in lines.contains { $0["identity"] as? String == "robot" } }
                #expect(record.contains { $0["identity"] as? String == "robot" })
                // What the corporation calls an administrator is none here.
                _ = try issue("admin", by: corporation, for: plane, into: "theirs")
                let refused = try plane.request("theirs", "/containers/json")
                #expect(refused.status == 403 && refused.body.contains("no mapping says whom"), "\(refused)")
                // Ours is who it was, although there are mappings now.
                #expect(try plane.request("admin", "/containers/json").status == 200)
                // The same id in a certificate of ours is not what the mapping means.
                let own = plane.folder.appendingPathComponent("identities/own").path
                let issued = try plane.quaymaster(
                    "identity", "issue", "own", "--spiffe", "spiffe://corp/robot", "--out", own)
                #expect(issued.status == 0, "\(issued)")
                let ours = try plane.request("own", "/containers/json")
                #expect(ours.status == 403 && ours.body.contains("no grant"), "\(ours)")
            }
        }

        @Test func aReloadChangesOpenConnections() throws {
            try withCorporation { plane, corporation in
                _ = try issue("robot", "--spiffe", "spiffe://corp/robot", by: corporation, for: plane)
                try plane.docker("robot", "volume", "create", "seen")
                defer { plane.engine.clean("volume", "rm", "seen") }
                let events = try plane.start("robot", "events", "--since", "2m", "--format", "{{.Action}}")
                #expect(events.wait { $0.output.contains("create") })
                try reload(plane, #"other: {certificate: {spiffe: "spiffe://corp/robot", issuer: corp}}"#)
                _ = events.finish(seconds: 20)
                let other = try plane.request("robot", "/containers/json")
                #expect(other.status == 403 && other.body.contains("no grant"), "\(other)")
                try reload(plane, "")
                let nobody = try plane.request("robot", "/containers/json")
                #expect(nobody.status == 403 && nobody.body.contains("no mapping says whom"), "\(nobody)")
                try reload(plane, Self.mapped)
                #expect(try plane.request("robot", "/containers/json").status == 200)
                // A mapping that means two identities never gets in force.
                try Self.policy(Self.mapped + ", " + Self.mapped.replacing("robot:", with: "other:")).write(
                    to: plane.folder.appendingPathComponent("policy.yaml"), atomically: true, encoding: .utf8)
                let check = try plane.quaymaster("policy", "check")
                #expect(check.status == 1 && check.output.contains("both meant by the same"), "\(check)")
            }
        }

        @Test func aForeignCertificateIsRevokedByItsFingerprint() throws {
            try withCorporation { plane, corporation in
                let fingerprint = try issue(
                    "robot", "--spiffe", "spiffe://corp/robot", by: corporation, for: plane)
                let folder = try plane.certificates("robot")
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
                try plane.docker("robot", "volume", "create", "seen")
                defer { plane.engine.clean("volume", "rm", "seen") }
                let events = try plane.start("robot", "events", "--since", "2m", "--format", "{{.Action}}")
                #expect(events.wait { $0.output.contains("create") })
                #expect(try plane.quaymaster("identity", "revoke", "--fingerprint", "ab:cd").status == 2)
                let revoked = try plane.quaymaster("identity", "revoke", "--fingerprint", fingerprint)
                #expect(revoked.status == 0, "\(revoked)")
                _ = events.finish(seconds: 20)
                let resumed = try client("-sess_in", session)
                #expect(resumed.contains("Reused, TLSv1.3"), "\(resumed)")
                #expect(resumed.contains("HTTP/1.1 403") && resumed.contains("revoked"), "\(resumed)")
                #expect(try plane.quaymaster("identity", "list").output.contains("revoked"))
                #expect(try plane.quaymaster("identity", "revoke", "--fingerprint", fingerprint).status == 1)
                // Another certificate of the same holder is another certificate.
                try FileManager.default.removeItem(atPath: folder)
                _ = try issue("robot", "--spiffe", "spiffe://corp/robot", by: corporation, for: plane)
                #expect(try plane.request("robot", "/containers/json").status == 200)
            }
        }
    }
}
