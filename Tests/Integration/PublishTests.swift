import Foundation
import Testing

extension Integration {
    /// Ports of the host: on which addresses they are bound, and what is said of those that are taken.
    @Suite(.serialized) struct PublishTests {
        private static let policy = """
            tenants: {red: {}, blue: {}}
            levels: {web: {extends: baseline, publish: [127.0.0.2, 127.0.0.3]}}
            grants:
              - {to: alice, may: [run, view, rm, start], in: red, level: web}
              - {to: bo, may: [run, view, rm, start], in: blue}

            """

        private func bound(_ plane: Plane, _ name: String) throws -> String {
            try plane.engine.docker(
                "inspect", "-f", "{{range .NetworkSettings.Ports}}{{range .}}{{.HostIp}}:{{.HostPort}} {{end}}{{end}}",
                plane.engine.id(name)
            ).output.trimmingCharacters(in: .whitespacesAndNewlines)
        }

        @Test func portsAreBoundWhereTheLevelSays() throws {
            try withPlane(policy: Self.policy) { plane in
                defer { plane.engine.clean("rm", "-f", "p1", "p2", "p3", "again") }
                for (name, port, expected) in [
                    ("p1", "18090:80", "127.0.0.2:18090"), ("p2", "0.0.0.0:18091:80", "127.0.0.2:18091"),
                    ("p3", "127.0.0.3:18090:80", "127.0.0.3:18090"),
                ] {
                    let made = try plane.docker(
                        "alice", "run", "-d", "--name", name, "-p", port, "bb:1", "sleep", "1000")
                    #expect(made.status == 0, "\(made)")
                    #expect(try bound(plane, name) == expected)
                }
                for port in ["127.0.0.1:18092:80", "[::1]:18092:80", "[::]:18092:80"] {
                    let refused = try plane.docker("alice", "create", "-p", port, "bb:1")
                    #expect(refused.status != 0 && refused.errors.contains("level.port"), "\(refused)")
                }
                // The record says what was changed.
                let lines = try plane.record { lines in
                    lines.contains { ($0["reason"] as? String)?.contains("ports on 127.0.0.2") == true }
                }
                #expect(lines.contains { ($0["reason"] as? String)?.contains("ports on 127.0.0.2") == true })
                // What is shown can be sent back.
                let shown = try plane.request("alice", "/containers/p1/json").body
                let object = try #require(try JSONSerialization.jsonObject(with: Data(shown.utf8)) as? [String: Any])
                let sent = ["Image": "bb:1", "HostConfig": try #require(object["HostConfig"])] as [String: Any]
                let body = String(decoding: try JSONSerialization.data(withJSONObject: sent), as: UTF8.self)
                let again = try plane.request(
                    "alice", "-X", "POST", "-H", "Content-Type: application/json", "-d", body,
                    "/containers/create?name=again")
                #expect(again.status == 201, "\(again)")
            }
        }

        /// That a port is taken cannot be hidden; whose it is can.
        @Test func whoHasAPortIsNotTold() throws {
            try withPlane { plane in
                defer { plane.engine.clean("rm", "-f", "redsecret", "bluetry") }
                let first = try plane.docker(
                    "alice", "run", "-d", "--name", "redsecret", "-p", "18095:80", "bb:1", "sleep", "1000")
                #expect(first.status == 0, "\(first)")
                let id = first.output.trimmingCharacters(in: .whitespacesAndNewlines)
                let second = try plane.docker(
                    "bo", "run", "-d", "--name", "bluetry", "-p", "18095:80", "bb:1", "sleep", "1000")
                #expect(second.status != 0 && second.errors.contains("18095"), "\(second)")
                for word in ["redsecret", String(id.prefix(12)), "quaymaster-red", "alice"] {
                    #expect(!second.errors.contains(word), "\(second)")
                }
            }
        }
    }
}
