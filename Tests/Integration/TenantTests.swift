import Foundation
import Testing

extension Integration {
    /// Two tenants on one engine, where one tries to reach the other: each row once worked.
    @Suite(.serialized) struct TenantTests {
        @Test func namesOfOthersAreFree() throws {
            try withPlane { plane in
                let id = try plane.docker("alice", "run", "-d", "--name", "web", "bb:1", "sleep", "100")
                    .output.trimmingCharacters(in: .whitespacesAndNewlines)
                try plane.docker("bo", "create", "--name", "mine", "bb:1")
                let rename = try plane.docker("bo", "rename", "mine", "web")
                #expect(rename.status == 0, "\(rename)")
                #expect(try plane.docker("bo", "ps", "-a", "--format", "{{.Names}}").output == "web\n")
                let create = try plane.docker("bo", "create", "--name", "mine", "bb:1")
                #expect(create.status == 0, "\(create)")
                // Its own name is refused as engines do, with the id that its owner may know.
                let again = try plane.docker("bo", "create", "--name", "web", "bb:1")
                #expect(again.errors.contains("already in use") && !again.errors.contains(id), "\(again)")
                let taken = try plane.docker("bo", "rename", "mine", "web")
                #expect(taken.errors.contains("already in use") && !taken.errors.contains(id), "\(taken)")
                #expect(try plane.docker("bo", "ps", "-aq", "--filter", "name=^mine$").output.isEmpty == false)
                #expect(try plane.docker("bo", "rm", "web").status == 0)
                // A filter is no oracle.
                let foreign = try plane.docker("bo", "ps", "-a", "--filter", "before=\(id.prefix(12))")
                let absent = try plane.docker("bo", "ps", "-a", "--filter", "before=nothing")
                #expect(foreign.errors.replacing(id.prefix(12), with: "X") == absent.errors.replacing("nothing", with: "X"))
                #expect(try plane.docker("bo", "ps", "-a", "--filter", "before=mine").status == 0)
            }
        }

        /// A container's network is what was judged, also when it starts again later.
        @Test func networksAreJoinedByID() throws {
            try withPlane { plane in
                let id = try plane.docker("alice", "network", "create", "own").output
                    .trimmingCharacters(in: .whitespacesAndNewlines)
                defer {
                    plane.engine.clean("rm", "-f", "joined")
                    plane.engine.clean("network", "rm", "own")
                }
                let foreign = try plane.docker("bo", "run", "--rm", "--network", "own", "bb:1", "true")
                #expect(foreign.status != 0 && foreign.errors.contains("own"), "\(foreign)")
                try plane.docker("alice", "run", "-d", "--name", "joined", "--network", "own", "bb:1", "sleep", "100")
                let mode = try plane.docker("alice", "inspect", "-f", "{{.HostConfig.NetworkMode}}", "joined")
                #expect(mode.output == "own\n", "\(mode)")
                let raw = try plane.engine.docker(
                    "inspect", "-f", "{{.HostConfig.NetworkMode}}", plane.engine.id("joined"))
                #expect(raw.output == id + "\n", "\(raw)")
                let keys = try plane.docker(
                    "alice", "inspect", "-f", "{{range $k, $v := .NetworkSettings.Networks}}{{$k}} {{end}}", "joined")
                #expect(keys.output.contains("own"), "\(keys)")
                // Aliases and names still resolve inside.
                let found = try plane.docker(
                    "alice", "run", "--rm", "--network", "own", "bb:1", "ping", "-c", "1", "joined")
                #expect(found.status == 0, "\(found)")
            }
        }

        /// Volumes that come with a container are its owner's, whatever labels are asked for.
        @Test func labelsOfOthersAreNotGiven() throws {
            try withPlane { plane in
                let forged = "type=volume,dst=/d,volume-label=quaymaster.tenant=blue"
                let made = try plane.docker("alice", "create", "--name", "forger", "--mount", forged, "bb:1")
                defer { plane.engine.clean("rm", "-f", "-v", "forger") }
                #expect(made.status == 0, "\(made)")
                #expect(try plane.docker("bo", "volume", "ls", "-q").output.isEmpty)
                #expect(try !plane.docker("alice", "volume", "ls", "-q").output.isEmpty)
                // An administrator's container is nobody's, whatever its image says.
                try plane.docker("alice", "commit", "-c", "LABEL a=b", "forger", "forged:1")
                try plane.docker("admin", "create", "--name", "theirs", "forged:1")
                defer {
                    plane.engine.clean("rm", "-f", "theirs")
                    plane.engine.clean("rmi", "-f", "forged:1")
                }
                #expect(try plane.docker("alice", "inspect", "theirs").errors.contains("No such"))
            }
        }

        /// Thousands of references were a stack without an end.
        @Test func manyReferencesAreRefused() throws {
            try withPlane { plane in
                try plane.docker("alice", "run", "-d", "--name", "one", "bb:1", "sleep", "100")
                defer { plane.engine.clean("rm", "-f", "one") }
                let own = try plane.docker("alice", "inspect", "-f", "{{.Id}}", "one").output
                    .trimmingCharacters(in: .whitespacesAndNewlines)
                for count in [200, 8000] {
                    let entries = (0..<count).map { $0 % 2 == 0 ? "\"\(own)\"" : "\"none\($0)\"" }
                    let body = "{\"Image\":\"bb:1\",\"HostConfig\":{\"VolumesFrom\":[\(entries.joined(separator: ","))]}}"
                    let file = plane.folder.appendingPathComponent("body.json")
                    try body.write(to: file, atomically: true, encoding: .utf8)
                    let answer = try plane.request(
                        "alice", "-H", "Content-Type: application/json", "--data-binary", "@" + file.path,
                        "/containers/create")
                    #expect(answer.status == 403, "\(answer)")
                    #expect(answer.body.contains(count == 200 ? "No such container: none1" : "more than 256"))
                }
                #expect(try plane.docker("alice", "version").status == 0)
            }
        }

        /// What one tenant puts on the engine is no matter for the lists of another.
        @Test func labelsWithoutEndBreakNoLists() throws {
            try withPlane { plane in
                let names = (0..<11).map { "wide\($0)" }
                plane.engine.clean(["rm", "-f"] + names)
                defer { plane.engine.clean(["rm", "-f", "thin"] + names) }
                let file = plane.folder.appendingPathComponent("body.json")
                let label = String(repeating: "x", count: 3 << 20)
                try "{\"Image\":\"bb:1\",\"Labels\":{\"a\":\"\(label)\"}}".write(to: file, atomically: true, encoding: .utf8)
                for name in names {
                    let made = try plane.request(
                        "alice", "-H", "Content-Type: application/json", "--data-binary", "@" + file.path,
                        "/v1.41/containers/create?name=\(name)")
                    #expect(made.status == 201, "\(made)")
                }
                try plane.docker("bo", "create", "--name", "thin", "bb:1")
                let answer = try plane.request("bo", "/v1.41/system/df")
                #expect(answer.status == 200, "\(answer.status): \(answer.body.prefix(300))")
                let usage = try #require(
                    try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any])
                let containers = try #require(usage["Containers"] as? [[String: Any]])
                #expect(containers.compactMap { $0["Names"] as? [String] } == [["/thin"]])
                #expect((usage["Images"] as? [[String: Any]])?.isEmpty == false)
                let shown = try plane.docker("bo", "system", "df")
                #expect(shown.status == 0, "\(shown)")
                #expect(try plane.docker("bo", "ps", "-a", "--format", "{{.Names}}").output == "thin\n")
                #expect(try plane.docker("bo", "images", "-q").output.isEmpty == false)
            }
        }
    }
}
