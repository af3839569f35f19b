import Foundation
import Testing

extension Integration {
    /// What requests that end early, or come twice, leave to others.
    @Suite(.serialized) struct ImageRaceTests {
        /// An image that two tenants have, and nobody else.
        private func pack(_ plane: Plane, _ name: String) throws {
            let archive = plane.folder.appendingPathComponent("packed.tar").path
            try plane.engine.docker("create", "--name", "packing", "bb:1", "true")
            try plane.engine.docker("commit", "-m", UUID().uuidString, "packing", name)
            try plane.engine.docker("rm", "packing")
            try plane.engine.docker("save", "-o", archive, name)
            plane.engine.clean("rmi", name)
            for who in ["alice", "bo"] { #expect(try plane.docker(who, "load", "-i", archive).status == 0) }
        }

        private func atOnce(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
            DispatchQueue.concurrentPerform(iterations: count, execute: body)
        }

        /// The second of two removals of one name was sent with the image's id, which took every tenant's
        /// names.
        @Test func twoRemovalsAtOnceTakeNobodyElsesImage() throws {
            try withPlane { plane in
                let curl = try Curl(plane, "alice")
                for round in 0..<8 {
                    try pack(plane, "race:1")
                    atOnce(6) { _ in _ = try? curl("DELETE", "/v1.41/images/race:1?force=1") }
                    #expect(try plane.docker("alice", "inspect", "race:1").status != 0)
                    let left = try plane.docker("bo", "run", "--rm", "race:1", "true")
                    #expect(left.status == 0, "round \(round): \(left)")
                    #expect(try plane.docker("bo", "rmi", "race:1").status == 0)
                }
            }
        }

        /// What has no row of anybody's is removed all the same, with what has made it.
        @Test func anImageWithoutARowIsRemoved() throws {
            try withPlane { plane in
                try pack(plane, "used:1")
                let id = try plane.docker("alice", "inspect", "-f", "{{.Id}}", "used:1").output
                    .trimmingCharacters(in: .whitespacesAndNewlines)
                #expect(try plane.docker("bo", "create", "--name", "bos", "used:1", "true").status == 0)
                #expect(try plane.docker("alice", "create", "--name", "alices", "used:1", "true").status == 0)
                #expect(try plane.docker("alice", "rmi", "-f", "used:1").status == 0)
                #expect(try plane.docker("alice", "inspect", "--type", "image", id).status == 0)
                // Another tenant has it still.
                #expect(try plane.docker("alice", "rmi", "-f", id).status != 0)
                #expect(try plane.docker("bo", "start", "-a", "bos").status == 0)
                #expect(try plane.docker("bo", "run", "--rm", "used:1", "true").status == 0)
                for (who, name) in [("alice", "alices"), ("bo", "bos")] { _ = try plane.docker(who, "rm", name) }
                #expect(try plane.docker("bo", "rmi", "used:1").status == 0)
            }
        }

        /// Saves that end early: one untagged what the engine had before, another left its name behind.
        @Test(arguments: [true, false]) func aSaveThatEndsEarlyChangesNoName(isThere: Bool) throws {
            try withPlane { plane in
                #expect(try plane.docker("alice", "tag", "bb:1", "early:1").status == 0)
                if isThere { try plane.engine.docker("tag", "bb:1", "early:1") }
                let folder = try plane.certificates("alice")
                for milliseconds in stride(from: 6, to: 86, by: 2) {
                    _ = try run([
                        "curl", "-sS", "--cacert", "\(folder)/ca.pem", "--cert", "\(folder)/cert.pem",
                        "--key", "\(folder)/key.pem", "-o", "/dev/null", "-m", "\(Double(milliseconds) / 1000)",
                        "https://\(plane.address)/v1.41/images/early:1/get",
                    ])
                    if isThere { #expect(try plane.engine.docker("inspect", "early:1").status == 0) }
                }
                if !isThere {
                    let end = Date().addingTimeInterval(20)
                    while try plane.engine.docker("inspect", "early:1").status == 0, Date() < end {}
                    #expect(try plane.engine.docker("inspect", "early:1").status != 0)
                }
                let file = plane.folder.appendingPathComponent("early.tar").path
                #expect(try plane.docker("alice", "save", "-o", file, "early:1").status == 0)
                plane.engine.clean("rmi", "early:1")
                #expect(try plane.docker("alice", "rmi", "early:1").status == 0)
            }
        }
    }
}
