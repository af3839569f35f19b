import Foundation
import Testing

extension Integration {
    /// Names of images whose making failed.
    @Suite(.serialized) struct ClaimTests {
        private func build(_ plane: Plane, _ who: String, _ name: String, _ text: String) throws -> Outcome {
            let folder = plane.folder.appendingPathComponent("context-\(UUID().uuidString.prefix(8))")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try text.write(to: folder.appendingPathComponent("Dockerfile"), atomically: true, encoding: .utf8)
            return try plane.docker(who, "build", "-t", name, folder.path)
        }

        /// Tries until the name is free; the gateway asks the engine within a second.
        private func tag(_ plane: Plane, _ who: String, _ name: String) throws -> Outcome {
            let end = Date().addingTimeInterval(15)
            while true {
                let outcome = try plane.docker(who, "tag", "bb:1", name)
                if outcome.status == 0 || Date() > end { return outcome }
                usleep(50_000)
            }
        }

        @Test func whatFailsKeepsNoName() throws {
            try withPlane { plane in
                defer { plane.engine.clean("rmi", "-f", "qm/built:1", "qm/imported:1", "qm/kept:1") }
                #expect(try build(plane, "alice", "qm/built:1", "FROM bb:1\nRUN false\n").status != 0)
                #expect(try tag(plane, "bo", "qm/built:1").status == 0)
                // It is its new owner's as any other.
                let back = try plane.docker("alice", "tag", "bb:1", "qm/built:1")
                #expect(back.errors.contains("tenant.own"), "\(back)")
                let garbage = try plane.docker("alice", "import", "-", "qm/imported:1", input: "no archive")
                #expect(garbage.status != 0, "\(garbage)")
                #expect(try tag(plane, "bo", "qm/imported:1").status == 0)
                // What was made keeps its name, also when a later attempt to make it anew fails.
                #expect(try build(plane, "alice", "qm/kept:1", "FROM bb:1\nRUN true\n").status == 0)
                #expect(try build(plane, "alice", "qm/kept:1", "FROM bb:1\nRUN false\n").status != 0)
                #expect(try build(plane, "alice", "qm/after:1", "FROM bb:1\nRUN false\n").status != 0)
                defer { plane.engine.clean("rmi", "-f", "qm/after:1") }
                #expect(try tag(plane, "bo", "qm/after:1").status == 0)
                let kept = try plane.docker("bo", "tag", "bb:1", "qm/kept:1")
                #expect(kept.errors.contains("tenant.own"), "\(kept)")
                #expect(try plane.docker("alice", "run", "--rm", "qm/kept:1", "true").status == 0)
            }
        }

        /// What went around the image's own name is found out too.
        @Test func whatIsPrunedIsNobodys() throws {
            try withPlane { plane in
                defer { plane.engine.clean("rmi", "-f", "qm/pruned:1") }
                #expect(try build(plane, "alice", "qm/pruned:1", "FROM bb:1\nRUN true\n").status == 0)
                let taken = try plane.docker("bo", "tag", "bb:1", "qm/pruned:1")
                #expect(taken.errors.contains("tenant.own"), "\(taken)")
                // A container keeps the image that all tests use.
                plane.engine.clean("create", "--name", "keeps", "bb:1")
                defer { plane.engine.clean("rm", "-f", "keeps") }
                let pruned = try plane.docker("admin", "image", "prune", "-af")
                #expect(pruned.status == 0 && pruned.output.contains("qm/pruned:1"), "\(pruned)")
                #expect(try tag(plane, "bo", "qm/pruned:1").status == 0)
            }
        }
    }
}
