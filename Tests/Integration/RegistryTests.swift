import Foundation
import Testing

extension Integration {
    /// Pulls, pushes and saves of two tenants with the same names.
    @Suite(.serialized) struct RegistryTests {
        private static let host = "127.0.0.1:5077"
        private static let policy =
            Plane.policy.replacing("level: baseline", with: "level: near")
            + "\nlevels: {near: {extends: baseline, registries: [\"\(host)\"]}}\n"

        /// A registry beside the engine, in its network.
        private func withRegistry(_ body: (Plane) throws -> Void) throws {
            try withPlane(policy: Self.policy) { plane in
                // The engine may have been restarted since the tests began.
                let outer = try String(
                    contentsOf: plane.engine.folder.appendingPathComponent("outer.pid"), encoding: .utf8)
                let inner = try run(["pgrep", "-P", outer.trimmingCharacters(in: .whitespacesAndNewlines)])
                let pid = try #require(inner.output.split(separator: "\n").first.map(String.init))
                let file = plane.folder.appendingPathComponent("registry.yml")
                let data = plane.folder.appendingPathComponent("registry").path
                try """
                version: 0.1
                storage: {filesystem: {rootdirectory: \(data)}, delete: {enabled: true}}
                http: {addr: "\(Self.host)"}
                """.write(to: file, atomically: true, encoding: .utf8)
                let registry = try Command([
                    "nsenter", "-t", pid, "-n", "docker-registry", "serve", file.path,
                ])
                defer {
                    registry.signal(SIGTERM)
                    _ = registry.finish(seconds: 10)
                }
                try #require(registry.wait { ($0.errors + $0.output).contains("listening on") }, "\(registry.errors)")
                try body(plane)
            }
        }

        private func build(_ plane: Plane, _ who: String, _ name: String, _ word: String) throws {
            let folder = plane.folder.appendingPathComponent("context-\(UUID().uuidString.prefix(8))")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try "FROM bb:1\nRUN echo \(word) > /word\n".write(
                to: folder.appendingPathComponent("Dockerfile"), atomically: true, encoding: .utf8)
            let made = try plane.docker(who, "build", "-t", name, folder.path)
            #expect(made.status == 0, "\(made)")
        }

        private func word(_ plane: Plane, _ who: String, _ name: String) throws -> String {
            try plane.docker(who, "run", "--rm", name, "cat", "/word").output
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }

        @Test func eachPushesAndPullsItsOwn() throws {
            try withRegistry { plane in
                let name = Self.host + "/app:1"
                func onEngine() throws -> String {
                    try plane.engine.docker("images", "--digests", "--format", "{{.Repository}}:{{.Tag}}@{{.Digest}}").output
                }
                try build(plane, "alice", name, "crimson")
                try build(plane, "bo", name, "azure")
                let pushed = try plane.docker("alice", "push", name)
                #expect(pushed.status == 0 && !pushed.output.contains("invalid"), "\(pushed)")
                // Nobody else's name was moved, and none is left.
                #expect(try word(plane, "bo", name) == "azure")
                #expect(try !onEngine().contains(Self.host))
                let digests = try plane.docker("alice", "inspect", "-f", "{{.RepoDigests}}", name)
                #expect(digests.output.contains(Self.host + "/app@sha256:"), "\(digests)")
                #expect(try plane.docker("alice", "rmi", name).status == 0)
                #expect(try plane.docker("alice", "inspect", name).status != 0)

                let pulled = try plane.docker("alice", "pull", name)
                #expect(pulled.status == 0 && pulled.output.contains("1: Pulling from app"), "\(pulled)")
                #expect(try word(plane, "alice", name) == "crimson" && word(plane, "bo", name) == "azure")
                #expect(try plane.docker("bo", "pull", name).status == 0)
                #expect(try word(plane, "bo", name) == "crimson")
                #expect(try !onEngine().contains(Self.host))

                let digest = try #require(
                    plane.docker("alice", "inspect", "-f", "{{index .RepoDigests 0}}", name).output
                        .split(separator: "\n").first.map(String.init))
                #expect(try plane.docker("bo", "rmi", name).status == 0)
                #expect(try plane.docker("bo", "pull", digest).status == 0)
                #expect(try word(plane, "bo", digest) == "crimson")
                let absent = try plane.docker("bo", "pull", Self.host + "/nothing:1")
                #expect(absent.status != 0 && absent.errors.contains("does not say what"), "\(absent)")
                #expect(try plane.docker("bo", "rmi", digest).status == 0)
                #expect(try plane.docker("alice", "rmi", name).status == 0)
            }
        }

        @Test func archivesHaveTheTenantsNames() throws {
            try withPlane { plane in
                let file = plane.folder.appendingPathComponent("saved.tar").path
                try build(plane, "alice", "saved:1", "crimson")
                try build(plane, "bo", "saved:1", "azure")
                #expect(try plane.docker("alice", "save", "-o", file, "saved:1").status == 0)
                let manifest = try run(["tar", "-xOf", file, "manifest.json"]).output
                #expect(manifest.contains("\"saved:1\"") && !manifest.contains("invalid"), "\(manifest)")
                #expect(try plane.engine.docker("inspect", "saved:1").status != 0)
                #expect(try plane.docker("alice", "rmi", "saved:1").status == 0)
                #expect(try plane.docker("alice", "load", "-i", file).output == "Loaded image: saved:1\n")
                #expect(try word(plane, "alice", "saved:1") == "crimson" && word(plane, "bo", "saved:1") == "azure")
                #expect(try plane.docker("alice", "rmi", "saved:1").status == 0)
                // What got everybody's name later is not moved for a save.
                try plane.engine.docker("tag", "bb:1", "saved:1")
                let refused = try plane.docker("bo", "save", "-o", file, "saved:1")
                #expect(refused.errors.contains("name.shared"), "\(refused)")
                plane.engine.clean("rmi", "saved:1")
                #expect(try plane.docker("bo", "rmi", "saved:1").status == 0)
            }
        }
    }
}
