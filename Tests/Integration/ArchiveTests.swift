import Foundation
import Testing

extension Integration {
    /// Builds, loads and imports on an engine that two tenants share.
    @Suite(.serialized) struct ArchiveTests {
        /// A folder with files, removed afterwards.
        private func withContext(_ files: [String: String], _ body: (String) throws -> Void) throws {
            let folder = FileManager.default.temporaryDirectory
                .appendingPathComponent("context-\(UUID().uuidString.prefix(8))")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            for (name, text) in files {
                try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
            }
            try body(folder.path)
        }

        /// No build of one tenant finds in the engine's cache what another made under other names of
        /// hosts or networks.
        @Test func buildCachesAreKeptApart() throws {
            try withPlane { plane in
                defer { plane.engine.clean("rmi", "-f", "qm/red:1", "qm/red:2", "qm/blue:1") }
                let steps = "FROM bb:1\nRUN grep poisoned /etc/hosts > /found || echo clean > /found\n"
                try withContext(["Dockerfile": steps]) { folder in
                    let poison = try plane.docker(
                        "alice", "build", "-t", "qm/red:1", "--add-host", "poisoned:6.6.6.6", folder)
                    #expect(poison.status == 0, "\(poison)")
                    let again = try plane.docker(
                        "alice", "build", "-t", "qm/red:2", "--add-host", "poisoned:6.6.6.6", folder)
                    #expect(again.output.contains("Using cache"), "a tenant's own is used: \(again)")
                    let other = try plane.docker("bo", "build", "-t", "qm/blue:1", folder)
                    #expect(other.status == 0 && !other.output.contains("Using cache"), "\(other)")
                    #expect(try plane.docker("bo", "run", "--rm", "qm/blue:1", "cat", "/found").output == "clean\n")
                }
            }
        }

        @Test func whatABuildAsksForIsJudged() throws {
            try withPlane { plane in
                defer { plane.engine.clean("rmi", "-f", "qm/on:1", "qm/mine:1", "qm/ok:1") }
                // An image of the tenant's own with an order for whoever builds on it.
                try withContext(["Dockerfile": "FROM bb:1\nONBUILD RUN id\n"]) { folder in
                    let order = try plane.docker("alice", "build", "-t", "qm/on:1", folder)
                    #expect(order.status == 0, "\(order)")
                    let mine = try plane.docker("alice", "build", "-t", "qm/mine:1", folder)
                    #expect(mine.status == 0, "\(mine)")
                }
                let refused: [(String, String)] = [
                    ("FROM qm/mine:1\n", "No such image"),
                    ("ARG B=qm/mine:1\nFROM $B\n", "No such image"),
                    ("FROM bb:1\nCOPY --from=qm/mine:1 /etc /e\n", "No such image"),
                    ("FROM bb:1\nADD https://127.0.0.1:1/x /x\n", "level.fetch"),
                    ("FROM bb:1\nRUN --mount=type=bind,target=/x true\n", "dockerfile.buildkit"),
                    ("FROM bb:1\nONBUILD COPY --from=x / /\n", "dockerfile.trigger"),
                    ("FROM nosuch.example.com/x:1\n", "No such image"), ("FROM bb:1\nMOUNT /\n", "dockerfile.instruction"),
                ]
                for (text, rule) in refused {
                    try withContext(["Dockerfile": text]) { folder in
                        let outcome = try plane.docker("bo", "build", folder, seconds: 60)
                        #expect(outcome.status != 0 && outcome.errors.contains(rule), "\(text): \(outcome)")
                    }
                }
                try withContext(["Dockerfile": "FROM qm/on:1\n"]) { folder in
                    let outcome = try plane.docker("alice", "build", folder)
                    #expect(outcome.errors.contains("dockerfile.trigger"), "\(outcome)")
                }
                // What is copied is what was sent, the gateway's own Dockerfile left out.
                let files = ["Dockerfile": "FROM bb:1 AS a\nCOPY . /c\nFROM bb:1\nCOPY --from=a /c /c\nRUN ls -a /c > /l\n", "x": "1"]
                try withContext(files) { folder in
                    let outcome = try plane.docker("alice", "build", "-t", "qm/ok:1", folder)
                    #expect(outcome.status == 0, "\(outcome)")
                    let list = try plane.docker("alice", "run", "--rm", "qm/ok:1", "cat", "/l").output
                    #expect(list.split(separator: "\n").map(String.init) == [".", "..", "Dockerfile", "x"], "\(list)")
                    #expect(
                        try plane.docker("alice", "inspect", "-f", "{{json .Config.Labels}}", "qm/ok:1").output
                            == "{\"quaymaster.tenant\":\"red\"}\n")
                }
            }
        }

        @Test func imagesAreTheirMakersOwn() throws {
            try withPlane { plane in
                defer { plane.engine.clean("rmi", "-f", "qm/mine:1", "qm/other:1", "qm/imp:1", "qm/snap:1") }
                #expect(try plane.docker("alice", "tag", "bb:1", "qm/mine:1").status == 0)
                for act in [
                    ["inspect", "qm/mine:1"], ["history", "qm/mine:1"], ["save", "qm/mine:1", "-o", "/dev/null"],
                    ["tag", "qm/mine:1", "qm/stolen:1"], ["rmi", "qm/mine:1"], ["run", "--rm", "qm/mine:1", "true"],
                ] {
                    let outcome = try run(["docker"] + act, environment: plane.environment("bo"))
                    #expect(outcome.status != 0 && !outcome.errors.contains("red"), "\(act): \(outcome)")
                }
                for act in [["tag", "bb:1", "qm/mine:1"], ["tag", "bb:1", "docker.io/qm/mine:1"]] {
                    // A tenant's own of the same name.
                    let outcome = try run(["docker"] + act, environment: plane.environment("bo"))
                    #expect(outcome.status == 0, "\(act): \(outcome)")
                }
                #expect(try plane.docker("bo", "rmi", "qm/mine:1").status == 0)
                let shared = try plane.engine.docker("inspect", "-f", "{{.Id}}", "bb:1").output
                for (act, isOwn) in [
                    (["rmi", "bb:1"], false), (["tag", "qm/mine:1", "bb:1"], false),
                    (["rmi", "-f", "bb:1"], false),
                ] {
                    let outcome = try run(["docker"] + act, environment: plane.environment("alice"))
                    #expect((outcome.status == 0) == isOwn, "\(act): \(outcome)")
                    #expect(isOwn || outcome.errors.contains("tenant.image"), "\(act): \(outcome)")
                    #expect(try plane.engine.docker("inspect", "-f", "{{.Id}}", "bb:1").output == shared)
                }
                func names(_ who: String) throws -> String {
                    try plane.docker(who, "images", "--format", "{{.Repository}}:{{.Tag}}").output
                }
                #expect(try names("alice").contains("qm/mine:1"))
                #expect(try !names("bo").contains("qm/mine:1") && names("bo").contains("bb:1"))
                // A name is its maker's also after a restart of the gateway, until it is removed.
                try plane.restart()
                #expect(try !names("bo").contains("qm/mine:1"))
                #expect(try plane.docker("alice", "rmi", "qm/mine:1").status == 0)
                let freed = try plane.docker("bo", "tag", "bb:1", "qm/mine:1")
                #expect(freed.status == 0, "\(freed)")
            }
        }

        @Test func archivesOfImagesAreJudged() throws {
            try withPlane { plane in
                let file = FileManager.default.temporaryDirectory
                    .appendingPathComponent("images-\(UUID().uuidString.prefix(8)).tar").path
                defer {
                    plane.engine.clean("rm", "-f", "src")
                    plane.engine.clean("rmi", "-f", "qm/snap:1", "qm/raw:1")
                    try? FileManager.default.removeItem(atPath: file)
                }
                try plane.docker("alice", "run", "-d", "--name", "src", "bb:1", "sleep", "100")
                #expect(try plane.docker("alice", "commit", "src", "qm/snap:1").status == 0)
                #expect(try plane.docker("alice", "save", "qm/snap:1", "-o", file).status == 0)
                let taken = try plane.docker("bo", "load", "-i", file)
                #expect(taken.status != 0 && !taken.errors.contains("red"), "\(taken)")
                #expect(try plane.docker("alice", "rmi", "qm/snap:1").status == 0)
                // Somebody else's label does not come in with an image.
                let foreign = try plane.docker("bo", "load", "-i", file)
                #expect(foreign.errors.contains("archive.label"), "\(foreign)")
                let own = try plane.docker("alice", "load", "-i", file)
                #expect(own.status == 0 && own.output.contains("qm/snap:1"), "\(own)")
                _ = try run(["xz", "-T1", "-0", "-k", "-f", file])
                defer { try? FileManager.default.removeItem(atPath: file + ".xz") }
                let packed = try plane.docker("alice", "load", "-i", file + ".xz")
                #expect(packed.status == 0, "\(packed)")
                // The shared image's name does not move.
                let bb = try plane.engine.docker("inspect", "-f", "{{.Id}} {{.RepoTags}}", "bb:1").output
                #expect(try plane.engine.docker("save", "bb:1", "-o", file).status == 0)
                let shared = try plane.docker("alice", "load", "-i", file)
                #expect(shared.errors.contains("tenant.image"), "\(shared)")
                #expect(try plane.engine.docker("inspect", "-f", "{{.Id}}", "bb:1").output.hasPrefix(bb.prefix(71)))
                #expect(try plane.docker("alice", "rmi", "qm/snap:1").status == 0)
                let garbage = try plane.request(
                    "alice", "-X", "POST", "--data-binary", "@/bin/busybox", "-H", "Content-Type: application/x-tar",
                    "/v1.41/images/load")
                #expect(garbage.status == 403 && garbage.body.contains("archive.format"), "\(garbage)")
            }
        }
    }
}
