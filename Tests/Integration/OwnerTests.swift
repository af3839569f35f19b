import Foundation
import Testing

extension Integration {
    /// Whose objects are stands in the gateway's store: what labels say, and whoever reaches the engine's
    /// own socket, changes nothing.
    @Suite(.serialized) struct OwnerTests {
        private func line(_ outcome: Outcome) -> String {
            outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }

        private func seal(_ plane: Plane, _ container: String) throws -> String {
            line(try plane.engine.docker("inspect", "-f", #"{{index .Config.Labels "quaymaster.seal"}}"#, plane.engine.id(container)))
        }

        @Test func forgedLabelsGiveNothing() throws {
            try withPlane { plane in
                defer {
                    plane.engine.clean("rm", "-f", "own", "forged", "copied")
                    plane.engine.clean("volume", "rm", "-f", "forged", "own")
                    plane.engine.clean("network", "rm", "forged", "own")
                }
                let events = try plane.start("alice", "events", "--since", "60s", "--format", "{{.Type}} {{.Action}} {{.Actor.ID}}")
                try plane.docker("alice", "run", "-d", "--name", "own", "-v", "own:/d", "bb:1", "sleep", "100")
                try plane.docker("alice", "network", "create", "own")
                let genuine = try seal(plane, "own")
                #expect(genuine.hasPrefix("v1."))
                func labels(_ seal: String) -> [String] {
                    let all = ["quaymaster.tenant=red", "quaymaster.identity=alice", "quaymaster.seal=" + seal]
                    return all.flatMap { ["--label", $0] }
                }
                let forged = labels(genuine.prefix(36) + String(repeating: "0", count: 64))
                let copied = labels(genuine)
                let commands: [[String]] = [
                    ["create", "--name", "forged"] + forged + ["bb:1"],
                    ["create", "--name", "copied"] + copied + ["bb:1"],
                    ["volume", "create"] + copied + ["forged"],
                    ["network", "create"] + forged + ["forged"],
                ]
                for command in commands {
                    #expect(try run(["docker", "-H", "unix://\(plane.engine.socket)"] + command).status == 0)
                }
                let foreign = try ["forged", "copied"].map {
                    line(try plane.engine.docker("inspect", "-f", "{{.Id}}", $0))
                }
                #expect(try line(plane.docker("alice", "ps", "-a", "--format", "{{.Names}}")) == "own")
                #expect(try line(plane.docker("alice", "volume", "ls", "-q")) == "own")
                let networks = try plane.docker("alice", "network", "ls", "--format", "{{.Name}}").output
                // Beside the tenant's own default network.
                #expect(Set(networks.split(separator: "\n")).subtracting(["quaymaster-red"]) == ["own"])
                #expect(try line(plane.docker("alice", "system", "df", "--format", "{{.TotalCount}}")).contains("1"))
                for name in ["forged", "copied"] {
                    for words in [["container", "inspect", name], ["rm", name], ["start", name], ["logs", name]] {
                        let outcome = try run(["docker"] + words, environment: plane.environment("alice"))
                        #expect(outcome.status != 0 && outcome.errors.contains("No such"), "\(words) \(outcome)")
                    }
                }
                #expect(try plane.docker("alice", "volume", "rm", "forged").status != 0)
                #expect(try plane.docker("alice", "network", "rm", "forged").status != 0)
                // A volume of that name would be another one.
                #expect(try plane.docker("alice", "run", "--rm", "-v", "forged:/d", "bb:1", "true").status == 0)
                #expect(try line(plane.docker("alice", "volume", "ls", "-q")) == "forged\nown")
                #expect(try plane.docker("alice", "volume", "rm", "forged").status == 0)
                // Nor is it pruned with what is the tenant's.
                try plane.docker("alice", "create", "--name", "stopped", "bb:1")
                let refused = try plane.docker("alice", "container", "prune", "-f")
                #expect(refused.status != 0 && refused.errors.contains("rule prune.foreign"), "\(refused)")
                try plane.engine.docker("rm", "copied")
                #expect(try plane.docker("alice", "container", "prune", "-f").status == 0)
                #expect(try plane.docker("alice", "inspect", "stopped").status != 0)
                for kind in ["network", "volume"] { try plane.docker("alice", kind, "prune", "-f") }
                let left = try plane.engine.docker("ps", "-a", "--format", "{{.Names}}").output.split(separator: "\n")
                #expect(Set(left).contains("forged"))
                #expect(try plane.engine.docker("volume", "inspect", "forged").status == 0)
                #expect(try plane.engine.docker("network", "inspect", "forged").status == 0)
                // What is the tenant's own it still removes.
                let id = line(try plane.docker("alice", "inspect", "-f", "{{.Id}}", "own"))
                #expect(try plane.docker("alice", "rm", "-f", "own").status == 0)
                // The stream has its own events, and not one of the others.
                let seen = events.wait { $0.output.contains("container destroy \(id)") }
                events.signal(SIGTERM)
                let shown = events.finish().output
                #expect(seen, "\(shown)")
                for event in ["container create \(id)", "volume create own", "network create "] {
                    #expect(shown.contains(event), "\(event) in \(shown)")
                }
                #expect(!shown.contains(foreign[0]) && !shown.contains(foreign[1]))
                // What was pruned is compared with the engine.
                let end = Date().addingTimeInterval(30)
                while try plane.owned().contains(where: { $0.kind == "container" }), Date() < end {}
                #expect(try !plane.owned().contains { $0.kind == "container" })
            }
        }

        /// An engine's name comes again; who has had it does not have the next one.
        @Test func aNameThatComesAgainIsNobodys() throws {
            try withPlane { plane in
                defer { plane.engine.clean("volume", "rm", "-f", "data") }
                for identity in ["alice", "bo"] {
                    #expect(try plane.docker(identity, "volume", "create", "data").status == 0)
                    #expect(try line(plane.docker(identity, "volume", "ls", "-q")) == "data")
                }
                let owned = try plane.owned().filter { $0.name == "data" }
                #expect(owned.map(\.tenant).sorted() == ["blue", "red"] && Set(owned.map(\.id)).count == 2)
                let name = try #require(owned.first { $0.tenant == "red" }).id
                try plane.engine.docker("volume", "rm", name)
                try plane.engine.docker("volume", "create", "--label", "quaymaster.tenant=red", name)
                defer { plane.engine.clean("volume", "rm", "-f", name) }
                #expect(try plane.docker("alice", "volume", "inspect", "data").status != 0)
                #expect(try plane.docker("alice", "volume", "ls", "-q").output.isEmpty)
                // What the tenant makes next is another one.
                #expect(try plane.docker("alice", "volume", "create", "data").status == 0)
                #expect(try plane.docker("alice", "run", "--rm", "-v", "data:/d", "bb:1", "true").status == 0)
                let next = try plane.owned().filter { $0.name == "data" && $0.tenant == "red" }
                #expect(next.count == 1 && next[0].id != name)
                #expect(try plane.engine.docker("volume", "inspect", name).status == 0)
            }
        }

        /// Volumes that nobody has named are whose the container is.
        @Test func volumesThatComeWithAContainerAreItsTenants() throws {
            try withPlane { plane in
                defer { plane.engine.clean("rm", "-f", "-v", "one", "two") }
                try plane.docker("alice", "create", "--name", "one", "-v", "/d", "--mount", "type=volume,dst=/e", "bb:1")
                try plane.docker("bo", "create", "--name", "two", "-v", "/d", "bb:1")
                let own = line(try plane.docker("alice", "volume", "ls", "-q")).split(separator: "\n").map(String.init)
                #expect(own.count == 2)
                let theirs = line(try plane.docker("bo", "volume", "ls", "-q"))
                #expect(theirs.utf8.count == 64 && !own.contains(theirs))
                #expect(try plane.docker("alice", "volume", "inspect", own[0]).status == 0)
                #expect(try plane.docker("alice", "volume", "inspect", theirs).status != 0)
                // Said by her it is a name like any other.
                #expect(try plane.docker("alice", "run", "--rm", "-v", "\(theirs):/d", "bb:1", "true").status == 0)
                #expect(try plane.owned().contains { $0.tenant == "blue" && $0.id == theirs })
                #expect(try plane.docker("alice", "volume", "rm", theirs).status == 0)
                // They outlive the gateway, and end with the container.
                try plane.crash()
                #expect(try plane.docker("alice", "volume", "inspect", own[1]).status == 0)
                #expect(try plane.docker("alice", "rm", "-v", "one").status == 0)
                #expect(try plane.docker("alice", "volume", "ls", "-q").output.isEmpty)
            }
        }

        @Test func ownersAreGivenAndTaken() throws {
            try withPlane { plane in
                defer {
                    plane.engine.clean("rm", "-f", "-v", "old", "labelled", "mine")
                    plane.engine.clean("volume", "rm", "-f", "old")
                }
                try plane.engine.docker("run", "-d", "--name", "old", "-v", "/d", "bb:1", "sleep", "100")
                try plane.engine.docker("volume", "create", "old")
                try plane.engine.docker("create", "--name", "labelled", "--label", "quaymaster.tenant=red", "bb:1")
                let mine = line(try plane.docker("bo", "create", "--name", "mine", "bb:1"))
                // What is beside is refused, and nothing is given.
                for (words, message) in [
                    (["adopt", "red", "container/none", "container/old"], "there is no container/none"),
                    (["adopt", "red", "container/old", "container/\(mine)"], "is blue's"),
                    (["adopt", "green", "container/old"], "no tenant"), (["adopt", "red", "node/old"], "is no object"),
                    (["release", "red", "container/old"], "is not red's"), (["adopt", "red", "old"], "is no object"),
                ] {
                    let outcome = try run([Plane.program, "tenant"] + words + ["--config", plane.folder.path])
                    #expect(outcome.status == 3 && outcome.errors.contains(message), "\(words) \(outcome)")
                }
                #expect(try plane.docker("alice", "inspect", "old").status != 0)
                let dry = try plane.quaymaster("tenant", "adopt", "red", "--labelled", "--dry-run", "container/old", "volume/old")
                #expect(dry.output.components(separatedBy: "would be adopted").count == 4, "\(dry)")
                #expect(try plane.docker("alice", "inspect", "old").status != 0)
                let given = try plane.quaymaster("tenant", "adopt", "red", "--labelled", "container/old", "volume/old")
                #expect(given.status == 0 && given.output.contains("adopted volume/old"), "\(given)")
                #expect(
                    try line(plane.docker("alice", "ps", "-a", "--format", "{{.Names}}")).split(separator: "\n").sorted() == [
                        "labelled", "old",
                    ])
                #expect(try line(plane.docker("alice", "ps", "-a", "-n", "1", "--format", "{{.Names}}")) == "labelled")
                // With the container comes what came with it.
                #expect(try line(plane.docker("alice", "volume", "ls", "-q")).split(separator: "\n").count == 2)
                #expect(try plane.docker("alice", "exec", "old", "true").status == 0)
                #expect(try plane.docker("bo", "inspect", "old").status != 0)
                try plane.restart()
                let logs = try plane.start("alice", "logs", "-f", "old")
                let attached = try plane.start("alice", "exec", "old", "sh", "-c", "echo inside; sleep 1000")
                #expect(attached.wait { $0.output.contains("inside") })
                let taken = try plane.quaymaster("tenant", "release", "red", "container/old")
                #expect(taken.status == 0 && taken.output.contains("released container/"), "\(taken)")
                // What reaches into it ends.
                _ = logs.finish(seconds: 30)
                #expect(attached.finish(seconds: 30).status > 0)
                #expect(try plane.docker("alice", "container", "inspect", "old").status != 0)
                #expect(try line(plane.docker("alice", "ps", "-a", "--format", "{{.Names}}")) == "labelled")
                let lines = try plane.record { lines in lines.contains { $0["operation"] as? String == "ObjectReleased" } }
                let events = lines.filter { ($0["operation"] as? String ?? "").hasPrefix("Object") }
                #expect(events.count == 4 && events.allSatisfy { $0["tenant"] as? String == "red" })
                // Without a gateway the store is read, and changed by nobody.
                plane.stop()
                #expect(try plane.owned().filter { $0.kind != "network" }.count == 4)
                let offline = try plane.quaymaster("tenant", "release", "red", "volume/old")
                #expect(offline.status == 3 && offline.errors.contains("no gateway runs"), "\(offline)")
                try plane.restart()
            }
        }

        /// What was adopted is known by its id: inspect's configuration can be sent back, and the copy is
        /// its maker's.
        @Test func whatIsRecreatedFromInspectKeepsItsTenant() throws {
            try withPlane { plane in
                defer { plane.engine.clean("rm", "-f", "first", "second") }
                try plane.docker("alice", "create", "--name", "first", "bb:1")
                let shown = try plane.request("alice", "/containers/first/json")
                let object = try #require(
                    try JSONSerialization.jsonObject(with: Data(shown.body.utf8)) as? [String: Any])
                var body = try #require(object["Config"] as? [String: Any])
                body["HostConfig"] = object["HostConfig"]
                let file = plane.folder.appendingPathComponent("body.json")
                try JSONSerialization.data(withJSONObject: body).write(to: file)
                #expect(try plane.docker("alice", "rm", "first").status == 0)
                let answer = try plane.request(
                    "alice", "-H", "Content-Type: application/json", "--data-binary", "@" + file.path,
                    "/containers/create?name=second")
                #expect(answer.status == 201, "\(answer)")
                #expect(try Set(plane.owned().map(\.tenant)) == ["red"])
                #expect(try plane.docker("bo", "inspect", "second").status != 0)
            }
        }
    }
}
