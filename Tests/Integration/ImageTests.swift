import Foundation
import Testing

extension Integration {
    /// Two tenants with the same names of images, each of which has its own.
    @Suite(.serialized) struct ImageTests {
        private func build(_ plane: Plane, _ who: String, _ name: String?, _ text: String) throws -> Outcome {
            let folder = plane.folder.appendingPathComponent("context-\(UUID().uuidString.prefix(8))")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try text.write(to: folder.appendingPathComponent("Dockerfile"), atomically: true, encoding: .utf8)
            guard let name else { return try plane.docker(who, "build", folder.path) }
            return try plane.docker(who, "build", "-t", name, folder.path)
        }

        /// The engine's names that are the gateway's own.
        private func anchors(_ plane: Plane) throws -> Set<String> {
            let all = try plane.engine.docker("images", "--format", "{{.Repository}}:{{.Tag}}").output
            return Set(all.split(separator: "\n").map(String.init).filter { $0.hasPrefix("quaymaster.invalid/") })
        }

        private func trimmed(_ outcome: Outcome) -> String {
            outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }

        @Test func twoTenantsHaveTheSameNames() throws {
            try withPlane { plane in
                let before = try anchors(plane)
                for (who, word) in [("alice", "crimson"), ("bo", "azure")] {
                    let made = try build(plane, who, "app:1", "FROM bb:1\nRUN echo \(word) > /word\n")
                    #expect(made.status == 0 && made.output.contains("Successfully tagged app:1"), "\(made)")
                    #expect(!made.output.contains("quaymaster.invalid"), "\(made)")
                }
                for (who, word, other) in [("alice", "crimson", "azure"), ("bo", "azure", "crimson")] {
                    #expect(try trimmed(plane.docker(who, "run", "--rm", "app:1", "cat", "/word")) == word)
                    let list = try plane.docker(who, "images", "--format", "{{.Repository}}:{{.Tag}}")
                    #expect(list.output.contains("app:1") && !list.output.contains("quaymaster"), "\(list)")
                    let tags = try plane.docker(who, "inspect", "-f", "{{.RepoTags}}", "app:1")
                    #expect(trimmed(tags) == "[app:1]", "\(tags)")
                    let filtered = try plane.docker(who, "images", "-q", "--filter", "reference=app*")
                    #expect(trimmed(filtered).split(separator: "\n").count == 1, "\(filtered)")
                    // What a container was made from reads back as it was said.
                    try plane.docker(who, "create", "--name", "made-\(who)", "app:1")
                    let from = try plane.docker(who, "inspect", "-f", "{{.Config.Image}}", "made-\(who)")
                    #expect(trimmed(from) == "app:1", "\(from)")
                    let shown = try plane.docker(who, "ps", "-a", "--filter", "ancestor=app:1", "--format", "{{.Names}} {{.Image}}")
                    #expect(trimmed(shown) == "made-\(who) app:1", "\(shown)")
                    let none = try plane.docker(who, "ps", "-aq", "--filter", "ancestor=nothing:1")
                    #expect(none.status == 0 && none.output.isEmpty, "\(none)")
                    // A build on it takes the tenant's own.
                    let next = try build(plane, who, "next:1", "FROM app:1\nRUN cat /word\n")
                    #expect(next.output.contains(word) && !next.output.contains(other), "\(next)")
                }
                let foreign = try trimmed(plane.docker("alice", "inspect", "-f", "{{.Id}}", "app:1"))
                let seen = try plane.docker("bo", "inspect", foreign)
                #expect(seen.status != 0 && seen.errors.contains("No such"), "\(seen)")
                for who in ["alice", "bo"] {
                    #expect(try plane.docker(who, "rm", "made-\(who)").status == 0)
                    let gone = try plane.docker(who, "rmi", "next:1", "app:1")
                    #expect(gone.status == 0 && gone.output.contains("Untagged: app:1"), "\(gone)")
                    #expect(!gone.output.contains("quaymaster"), "\(gone)")
                    #expect(try plane.docker(who, "inspect", "app:1").status != 0)
                    if who == "alice" {
                        #expect(try trimmed(plane.docker("bo", "run", "--rm", "app:1", "cat", "/word")) == "azure")
                    }
                }
                #expect(try anchors(plane) == before)
            }
        }

        @Test func namesAreGivenMovedAndTaken() throws {
            try withPlane { plane in
                let before = try anchors(plane)
                #expect(try plane.docker("alice", "tag", "bb:1", "own:1").status == 0)
                #expect(try plane.docker("bo", "inspect", "own:1").status != 0)
                #expect(try plane.docker("bo", "tag", "bb:1", "own:1").status == 0)
                // What is everybody's stays so.
                let changed = try build(plane, "alice", "bb:1", "FROM bb:1\nRUN echo own > /word\n")
                #expect(changed.errors.contains("tenant.image"), "\(changed)")
                let shared = try plane.docker("alice", "rmi", "bb:1")
                #expect(shared.errors.contains("tenant.image"), "\(shared)")
                // What is committed is named, and what moves on leaves the old image without a name.
                #expect(try plane.docker("alice", "rmi", "own:1").status == 0)
                // The beginning of an id means everybody's image too.
                let all = try trimmed(plane.engine.docker("inspect", "-f", "{{.Id}}", "bb:1"))
                for length in [2, 11, 12] {
                    let beginning = String(all.dropFirst(7).prefix(length))
                    let direct = try trimmed(plane.engine.docker("inspect", "--type", "image", "-f", "{{.Id}}", beginning))
                    guard direct == all else { continue }
                    let found = try plane.docker("alice", "inspect", "--type", "image", "-f", "{{.Id}}", beginning)
                    #expect(trimmed(found) == all, "\(beginning): \(found)")
                }
                try plane.docker("alice", "create", "--name", "source", "bb:1", "true")
                #expect(try plane.docker("alice", "commit", "source", "own:1").status == 0)
                let first = try trimmed(plane.docker("alice", "inspect", "-f", "{{.Id}}", "own:1"))
                #expect(try plane.docker("alice", "commit", "-m", "again", "source", "own:1").status == 0)
                let dangling = try plane.docker("alice", "images", "-q", "--no-trunc", "--filter", "dangling=true")
                #expect(dangling.output.contains(first), "\(dangling)")
                #expect(try plane.docker("bo", "images", "-q", "--no-trunc").output.contains(first) == false)
                #expect(try plane.docker("alice", "rmi", first).status == 0)
                #expect(try plane.docker("alice", "inspect", first).status != 0)
                try plane.docker("alice", "rm", "source")
                #expect(try plane.docker("alice", "rmi", "own:1").status == 0)
                let last = try plane.docker("bo", "rmi", "own:1")
                #expect(last.status == 0, "\(last)")
                #expect(try anchors(plane) == before)
            }
        }

        @Test func archivesAreLoadedUnderOwnNames() throws {
            try withPlane { plane in
                let before = try anchors(plane)
                let archive = plane.folder.appendingPathComponent("bb.tar").path
                try plane.engine.docker("tag", "bb:1", "packed:1")
                try plane.engine.docker("save", "-o", archive, "packed:1")
                plane.engine.clean("rmi", "packed:1")
                for who in ["alice", "bo"] {
                    let loaded = try plane.docker(who, "load", "-i", archive)
                    #expect(trimmed(loaded) == "Loaded image: packed:1", "\(loaded)")
                    #expect(try plane.docker(who, "run", "--rm", "packed:1", "true").status == 0)
                }
                #expect(try plane.engine.docker("inspect", "packed:1").status != 0)
                let events = try plane.docker(
                    "alice", "events", "--since", "1m", "--until", "0s", "--filter", "type=image")
                #expect(!events.output.contains("quaymaster.invalid"), "\(events)")
                for who in ["alice", "bo"] {
                    let gone = try plane.docker(who, "rmi", "packed:1")
                    #expect(gone.status == 0, "\(gone)")
                }
                #expect(try anchors(plane) == before)
            }
        }

        /// A prune takes what the tenant has without a name, or has made nothing from, and nothing of others.
        @Test func onesOwnAreTidiedUp() throws {
            try withPlane { plane in
                let before = try anchors(plane)
                func ids(_ who: String, _ arguments: String...) throws -> Set<String> {
                    let listed = try run(
                        ["docker", "images", "-q", "--no-trunc"] + arguments, environment: plane.environment(who))
                    return Set(listed.output.split(separator: "\n").map(String.init))
                }
                for who in ["alice", "bo"] {
                    #expect(try build(plane, who, nil, "FROM bb:1\nRUN echo \(who) > /w\n").status == 0)
                    #expect(try build(plane, who, "kept:1", "FROM bb:1\nRUN echo \(who) kept > /w\n").status == 0)
                    #expect(try build(plane, who, "used:1", "FROM bb:1\nRUN echo \(who) used > /w\n").status == 0)
                    try plane.docker(who, "create", "--name", "user", "used:1")
                }
                // A name that moves on leaves an image behind.
                #expect(try build(plane, "alice", "kept:1", "FROM bb:1\nRUN echo moved > /w\n").status == 0)
                let dangling = try ids("alice", "--filter", "dangling=true")
                #expect(dangling.count == 2, "\(dangling)")
                let pruned = try plane.docker("alice", "image", "prune", "-f")
                #expect(pruned.status == 0 && pruned.output.contains("Total reclaimed space"), "\(pruned)")
                for id in dangling { #expect(pruned.output.contains("deleted: \(id)"), "\(pruned)") }
                #expect(!pruned.output.contains("quaymaster"), "\(pruned)")
                #expect(try ids("alice", "--filter", "dangling=true").isEmpty)
                #expect(try ids("bo", "--filter", "dangling=true").count == 1)
                #expect(try trimmed(plane.docker("alice", "run", "--rm", "kept:1", "cat", "/w")) == "moved")
                // Everything that nothing is made from, what is everybody's left out.
                let recent = try plane.docker("alice", "image", "prune", "-a", "-f", "--filter", "until=1h")
                #expect(recent.status == 0 && recent.output == "Total reclaimed space: 0B\n", "\(recent)")
                let all = try plane.docker("alice", "image", "prune", "-a", "-f")
                #expect(all.output.contains("untagged: kept:1") && !all.output.contains("used:1"), "\(all)")
                #expect(try plane.docker("alice", "inspect", "kept:1").status != 0)
                #expect(try plane.docker("alice", "inspect", "used:1").status == 0)
                #expect(try plane.docker("alice", "run", "--rm", "bb:1", "true").status == 0)
                #expect(try trimmed(plane.docker("bo", "run", "--rm", "kept:1", "cat", "/w")) == "bo kept")
                let odd = try plane.docker("alice", "image", "prune", "-f", "--filter", "until=soon")
                #expect(odd.status != 0 && odd.errors.contains("such as 24h"), "\(odd)")
                for who in ["alice", "bo"] {
                    try plane.docker(who, "rm", "user")
                    #expect(try plane.docker(who, "image", "prune", "-a", "-f").status == 0)
                    #expect(try ids(who, "--filter", "reference=kept").isEmpty)
                }
                #expect(try anchors(plane) == before)
            }
        }

        @Test func whatFailsLeavesNothing() throws {
            try withPlane { plane in
                let before = try anchors(plane)
                #expect(try build(plane, "alice", "broken:1", "FROM bb:1\nRUN false\n").status != 0)
                #expect(try plane.docker("alice", "inspect", "broken:1").status != 0)
                let nameless = try build(plane, "alice", nil, "FROM bb:1\nRUN echo nameless\n")
                #expect(nameless.status == 0 && !nameless.output.contains("tagged"), "\(nameless)")
                let id = try trimmed(plane.docker("alice", "images", "-q", "--filter", "dangling=true"))
                #expect(id.count == 12, "\(id)")
                // The gateway's own names are nobody's to use.
                let name = try #require(try anchors(plane).subtracting(before).first)
                for arguments in [["inspect", name], ["run", "--rm", name], ["rmi", name]] {
                    let outcome = try run(["docker"] + arguments, environment: plane.environment("alice"))
                    let isRefused = ["No such", "name.reserved"].contains { outcome.errors.contains($0) }
                    #expect(outcome.status != 0 && isRefused, "\(outcome)")
                }
                let made = try plane.docker("alice", "tag", "bb:1", name)
                #expect(made.errors.contains("name.reserved"), "\(made)")
                #expect(try plane.docker("alice", "rmi", id).status == 0)
                #expect(try anchors(plane) == before)
            }
        }
    }
}
