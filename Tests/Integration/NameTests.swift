import Foundation
import Testing

extension Integration {
    /// Two tenants of one engine who call their things alike.
    @Suite(.serialized) struct NameTests {
        private func line(_ outcome: Outcome) -> String {
            outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }

        /// The containers, networks and volumes that both make, each what the other calls its own too.
        private func make(_ plane: Plane, _ identity: String) throws {
            for command in [
                ["network", "create", "front"], ["volume", "create", "data"],
                ["run", "-d", "--name", "web", "--network", "front", "-v", "data:/d", "bb:1", "sleep", "1000"],
                ["run", "-d", "--name", "db", "-v", "extra:/e", "bb:1", "sleep", "1000"],
                ["network", "connect", "front", "db"],
            ] {
                let outcome = try run(["docker"] + command, environment: plane.environment(identity))
                #expect(outcome.status == 0, "\(identity) \(command): \(outcome)")
            }
        }

        @Test func eachSeesItsOwnNamesEverywhere() throws {
            try withPlane { plane in
                for identity in ["alice", "bo"] { try make(plane, identity) }
                for identity in ["alice", "bo"] {
                    func ask(_ words: String...) throws -> String {
                        let outcome = try run(["docker"] + words, environment: plane.environment(identity))
                        #expect(outcome.status == 0, "\(words): \(outcome)")
                        return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
                    }
                    #expect(try ask("ps", "--format", "{{.Names}}") == "db\nweb")
                    #expect(try ask("ps", "--format", "{{.Networks}} {{.Mounts}}", "--filter", "name=web") == "front data")
                    #expect(try ask("volume", "ls", "-q") == "data\nextra")
                    #expect(try ask("network", "ls", "--format", "{{.Name}}").split(separator: "\n").contains("front"))
                    #expect(try ask("inspect", "-f", "{{.Name}} {{json .HostConfig.Binds}}", "web") == #"/web ["data:/d"]"#)
                    #expect(try ask("volume", "inspect", "-f", "{{.Name}}", "data") == "data")
                    let members = "{{range .Containers}}{{.Name}} {{end}}"
                    #expect(try ask("network", "inspect", "-f", members, "front").split(separator: " ").sorted() == ["db", "web"])
                    #expect(try ask("stats", "--no-stream", "--format", "{{.Name}}", "web") == "web")
                    for filter in ["volume=data", "name=^web$", "name=^/we"] {
                        #expect(try ask("ps", "--format", "{{.Names}}", "--filter", filter) == "web", "\(filter)")
                    }
                    #expect(try ask("ps", "--format", "{{.Names}}", "--filter", "network=front") == "db\nweb")
                    #expect(try ask("ps", "--format", "{{.Names}}", "--filter", "since=web") == "db")
                    #expect(try ask("ps", "-n", "1", "--filter", "name=web", "--format", "{{.Names}}") == "web")
                    #expect(try ask("volume", "ls", "-q", "--filter", "name=dat") == "data")
                    #expect(try ask("network", "ls", "--filter", "name=^front$", "--format", "{{.Name}}") == "front")
                    // Names resolve inside, also after a later connection.
                    for (from, to) in [("db", "web"), ("web", "db")] {
                        _ = try ask("exec", from, "ping", "-c", "1", "-W", "2", to)
                    }
                    let everything =
                        try ask("inspect", "web", "db") + ask("network", "inspect", "front")
                        + ask("volume", "inspect", "data") + ask("ps", "-a", "--no-trunc") + ask("system", "df", "-v")
                    #expect(!everything.contains("-qm"), "\(everything)")
                }
                // On the engine they end in the tenant's name and carry it for people.
                let raw = try plane.engine.docker("ps", "-a", "--format", #"{{.Names}} {{.Label "quaymaster.name"}}"#).output
                #expect(raw.split(separator: "\n").filter { $0.hasSuffix("-web web") }.count == 2, "\(raw)")
                // What one removes the other keeps.
                #expect(try plane.docker("alice", "rm", "-f", "web", "db").status == 0)
                #expect(try plane.docker("alice", "volume", "rm", "data", "extra").status == 0)
                #expect(try plane.docker("alice", "network", "rm", "front").status == 0)
                #expect(try plane.docker("bo", "exec", "web", "ping", "-c", "1", "db").status == 0)
                #expect(try line(plane.docker("bo", "volume", "ls", "-q")) == "data\nextra")
            }
        }

        @Test func aNameIsATenantsOnce() throws {
            try withPlane { plane in
                try make(plane, "alice")
                let id = line(try plane.docker("alice", "inspect", "-f", "{{.Id}}", "web"))
                for (command, words) in [
                    (["create", "--name", "web", "bb:1"], #"The container name "/web" is already in use by container "\#(id)""#),
                    (["rename", "db", "web"], "already in use"), (["rename", "web", "web"], "already in use"),
                    (["network", "create", "front"], "network with name front already exists"),
                ] {
                    let outcome = try run(["docker"] + command, environment: plane.environment("alice"))
                    #expect(outcome.status != 0 && outcome.errors.contains(words), "\(command): \(outcome)")
                }
                // A volume of the name is the one that is there.
                #expect(try line(plane.docker("alice", "volume", "create", "data")) == "data")
                #expect(try plane.owned().filter { $0.name == "data" }.count == 1)
                // A name that was given up is free; the id and its beginnings still mean the same.
                #expect(try plane.docker("alice", "rename", "web", "site").status == 0)
                #expect(try plane.docker("alice", "create", "--name", "web", "bb:1").status == 0)
                for word in ["site", id, String(id.prefix(12)), String(id.prefix(5))] {
                    #expect(try line(plane.docker("alice", "inspect", "-f", "{{.Name}} {{.Id}}", word)) == "/site \(id)")
                }
                // It outlives the gateway, and a container that is removed behind it frees its name.
                try plane.crash()
                #expect(try line(plane.docker("alice", "inspect", "-f", "{{.Id}}", "site")) == id)
                try plane.engine.docker("rm", "-f", id)
                let again = try plane.docker("alice", "create", "--name", "site", "bb:1")
                #expect(again.status == 0, "\(again)")
                // Whom nobody names has a name of the tenant's.
                let nameless = line(try plane.docker("alice", "create", "bb:1"))
                let given = line(try plane.docker("alice", "inspect", "-f", "{{.Name}}", nameless))
                #expect(given.dropFirst().split(separator: "_").count == 2, "\(given)")
                #expect(try plane.docker("alice", "rm", String(given.dropFirst())).status == 0)
            }
        }

        @Test func eventsSayTheTenantsNames() throws {
            try withPlane { plane in
                let format = "{{.Type}} {{.Action}} {{.Actor.Attributes.name}} {{.Actor.Attributes.oldName}} {{.Actor.ID}}"
                let events = try plane.start("alice", "events", "--since", "60s", "--format", format)
                let other = try plane.start("bo", "events", "--since", "60s", "--filter", "container=web", "--format", format)
                // What a container was made from, as its maker said it, with its tag or without.
                let made = try ["bb:1", "bb", "own"].map {
                    try plane.start("alice", "events", "--since", "60s", "--filter", "image=\($0)", "--format", format)
                }
                try make(plane, "alice")
                try make(plane, "bo")
                try plane.docker("alice", "tag", "bb:1", "own:1")
                try plane.docker("alice", "create", "--name", "owned", "own:1")
                try plane.docker("alice", "rename", "web", "site")
                try plane.docker("alice", "rm", "-f", "site")
                try plane.docker("bo", "rm", "-f", "db", "web")
                #expect(events.wait { $0.output.contains("container destroy site") })
                #expect(other.wait { $0.output.contains("container destroy web") })
                for (stream, words) in zip(made, ["container start db", "container start db", "container create owned"]) {
                    #expect(stream.wait { $0.output.contains(words) }, "\(stream.output)")
                    stream.signal(SIGTERM)
                    let shown = stream.finish().output
                    #expect(!shown.contains("-qm") && !shown.contains("network"), "\(shown)")
                    #expect(shown.contains("owned") == words.contains("owned"), "\(shown)")
                }
                for name in ["rm", "rmi"] { try plane.docker("alice", name, name == "rm" ? "owned" : "own:1") }
                for stream in [events, other] { stream.signal(SIGTERM) }
                let shown = events.finish().output, others = other.finish().output
                for event in [
                    "container create web", "container rename site /web", "volume create <no value> <no value> data",
                    "network create front", "network connect front", "container start db",
                ] {
                    #expect(shown.contains(event), "\(event) in \(shown)")
                }
                #expect(!shown.contains("-qm") && !others.contains("-qm"), "\(shown)")
                #expect(!others.contains(" db ") && !others.contains(" site "), "\(others)")
            }
        }

        /// Who filters by what only the tenant says hears of a container whose maker has no answer yet.
        @Test func eventsBeforeTheAnswerAreFilteredLater() throws {
            let proxy = try EngineProxy(PrivateEngine.find(), answersLate: true)
            defer { proxy.remove() }
            let plane = try Plane(socket: proxy.socket)
            defer { plane.remove() }
            try plane.docker("alice", "tag", "bb:1", "own:1")
            defer {
                _ = try? plane.docker("alice", "rm", "early")
                _ = try? plane.docker("alice", "rmi", "own:1")
            }
            let format = "{{.Action}} {{.Actor.Attributes.name}}"
            let streams = try ["container=early", "image=own", "image=own:1"].map {
                try plane.start("alice", "events", "--since", "60s", "--filter", "type=container", "--filter", $0, "--format", format)
            }
            try plane.docker("alice", "create", "--name", "early", "own:1")
            for stream in streams {
                #expect(stream.wait { $0.output.contains("create early") }, "\(stream.output)")
                stream.signal(SIGTERM)
                _ = stream.finish()
            }
        }

        /// A container that was renamed answers to its new name from its next start on, to its aliases
        /// as before, and to the old name no more.
        @Test func aNewNameIsAnsweredTo() throws {
            try withPlane { plane in
                try plane.docker("alice", "network", "create", "--subnet", "10.99.7.0/24", "front")
                let web = ["--network", "front", "--network-alias", "other", "--ip", "10.99.7.9"]
                func alice(_ words: [String]) throws -> Outcome {
                    try run(["docker"] + words, environment: plane.environment("alice"))
                }
                #expect(try alice(["run", "-d", "--name", "web"] + web + ["bb:1", "sleep", "1000"]).status == 0)
                try plane.docker("alice", "rename", "web", "site")
                func answers(_ name: String) throws -> Bool {
                    try alice(["run", "--rm", "--network", "front", "bb:1", "ping", "-c", "1", "-W", "2", "-q", name]).status == 0
                }
                // One that runs keeps its connections, and with them its old name.
                #expect(try answers("web"))
                try plane.docker("alice", "stop", "-t", "0", "site")
                #expect(try plane.docker("alice", "start", "site").status == 0)
                for name in ["site", "other", "10.99.7.9"] { #expect(try answers(name), "\(name)") }
                #expect(try plane.docker("alice", "start", "site").status == 0)
                // Who asks for a name that nobody has asks the host's resolver: the engine says it here.
                func aliases() throws -> [String] {
                    let id = line(try plane.docker("alice", "ps", "-aq", "--no-trunc"))
                    let said = try plane.engine.docker(
                        "inspect", "-f", "{{range .NetworkSettings.Networks}}{{join .Aliases \" \"}}{{end}}", id)
                    return line(said).split(separator: " ").map(String.init).filter { !id.hasPrefix($0) }.sorted()
                }
                #expect(try aliases() == ["other", "site"])
                // A name in between is given up too.
                try plane.docker("alice", "rename", "site", "shop")
                try plane.docker("alice", "stop", "-t", "0", "shop")
                #expect(try plane.docker("alice", "start", "shop").status == 0)
                #expect(try aliases() == ["other", "shop"])
            }
        }

        /// What is adopted keeps its name, which has to be free.
        @Test func whatIsAdoptedTakesNoName() throws {
            try withPlane { plane in
                defer { plane.engine.clean("rm", "-f", "given") }
                try plane.docker("alice", "create", "--name", "given", "bb:1")
                let raw = line(try plane.engine.docker("create", "--name", "given", "bb:1"))
                let adopt = ["tenant", "adopt", "--config", plane.folder.path]
                let taken = try run([Plane.program] + adopt + ["red", "container/\(raw)"])
                #expect(taken.status == 3 && taken.errors.contains("is taken"), "\(taken)")
                #expect(try line(plane.docker("alice", "ps", "-aq")).split(separator: "\n").count == 1)
                // Another tenant has none of the name.
                #expect(try run([Plane.program] + adopt + ["blue", "container/\(raw)"]).status == 0)
                #expect(try line(plane.docker("bo", "inspect", "-f", "{{.Id}}", "given")) == raw)
                try plane.docker("bo", "rename", "given", "mine")
                #expect(try line(plane.docker("bo", "ps", "-a", "--format", "{{.Names}}")) == "mine")
                try plane.docker("bo", "rm", "mine")
            }
        }

        /// A creation that nobody waited for blocks its name no longer than the engine takes.
        @Test func aCreationThatWasCutFreesItsName() throws {
            try withPlane { plane in
                try plane.docker("alice", "volume", "ls")
                plane.engine.pause()
                defer { plane.engine.resume() }
                let folder = try plane.certificates("alice")
                let cut = try run([
                    "curl", "-sS", "--max-time", "2", "--cacert", "\(folder)/ca.pem", "--cert", "\(folder)/cert.pem",
                    "--key", "\(folder)/key.pem", "-H", "Content-Type: application/json", "-d", #"{"Name":"cut"}"#,
                    "https://\(plane.address)/v1.41/volumes/create",
                ])
                #expect(cut.status == 28, "\(cut)")
                plane.engine.resume()
                let again = try plane.docker("alice", "volume", "create", "cut", seconds: 30)
                #expect(again.output == "cut\n", "\(again)")
                #expect(try plane.docker("alice", "run", "--rm", "-v", "cut:/d", "bb:1", "true").status == 0)
                #expect(try line(plane.docker("alice", "volume", "ls", "-q")) == "cut")
            }
        }

        /// A mount of what another has created is refused until one's own is there.
        @Test func anothersVolumeIsNotMeant() throws {
            try withPlane { plane in
                try plane.docker("bo", "volume", "create", "theirs")
                for words in [["-v", "theirs:/d"], ["--mount", "type=volume,src=theirs,dst=/d"]] {
                    let outcome = try run(
                        ["docker", "run", "--rm"] + words + ["bb:1", "true"], environment: plane.environment("alice"))
                    #expect(outcome.errors.contains("docker volume create theirs"), "\(outcome)")
                }
                #expect(try plane.docker("alice", "volume", "ls", "-q").output.isEmpty)
                #expect(try plane.docker("alice", "run", "--rm", "-v", "free:/d", "bb:1", "true").status == 0)
                #expect(try plane.docker("bo", "run", "--rm", "-v", "free:/d", "bb:1", "true").status == 0)
                #expect(try plane.docker("alice", "volume", "create", "theirs").status == 0)
                #expect(try plane.docker("alice", "run", "--rm", "-v", "theirs:/d", "bb:1", "true").status == 0)
            }
        }

        /// Both make and remove the same names at the same time: nothing becomes the other's.
        @Test func racesGiveNothingAway() throws {
            try withPlane { plane in
                let rounds = ProcessInfo.processInfo.environment["QM_RACES"].flatMap(Int.init) ?? 50
                let script = #"""
                    import http.client, json, ssl, sys, threading
                    address, rounds = sys.argv[1], int(sys.argv[2])
                    host, port = address.split(':')
                    made = {'red': set(), 'blue': set()}
                    def work(tenant, folder):
                        context = ssl.create_default_context(cafile=folder + '/ca.pem')
                        context.load_cert_chain(folder + '/cert.pem', folder + '/key.pem')
                        connection = http.client.HTTPSConnection(host, int(port), context=context)
                        def ask(method, path, body=None):
                            connection.request(method, path, json.dumps(body) if body else None,
                                               {'Content-Type': 'application/json'} if body else {})
                            answer = connection.getresponse()
                            text = answer.read()
                            return answer.status, json.loads(text) if text else None
                        for number in range(rounds):
                            name = 'race%d' % (number % 3)
                            status, answer = ask('POST', '/v1.41/containers/create?name=' + name, {'Image': 'bb:1'})
                            if status == 201: made[tenant].add(answer['Id'])
                            elif status != 409: print('create', status, answer)
                            status, answer = ask('POST', '/v1.41/volumes/create', {'Name': name})
                            if status != 201: print('volume', status, answer)
                            status, shown = ask('GET', '/v1.41/containers/%s/json' % name)
                            if status == 200 and shown['Name'] != '/' + name: print('name', shown['Name'])
                            if number % 2:
                                status, answer = ask('DELETE', '/v1.41/containers/%s?force=1' % name)
                                if status not in (204, 404, 409): print('remove', status, answer)
                                status, answer = ask('DELETE', '/v1.41/volumes/' + name)
                                if status not in (204, 404, 409): print('remove volume', status, answer)
                    threads = [threading.Thread(target=work, args=pair) for pair in
                               [('red', sys.argv[3]), ('red', sys.argv[3]), ('blue', sys.argv[4]), ('blue', sys.argv[4])]]
                    for thread in threads: thread.start()
                    for thread in threads: thread.join()
                    for tenant in made:
                        for identity in made[tenant]: print('made', tenant, identity)
                    """#
                let outcome = try run(
                    ["python3", "-c", script, plane.address, "\(rounds)", plane.certificates("alice"), plane.certificates("bo")],
                    seconds: 1200)
                #expect(outcome.status == 0, "\(outcome.errors)")
                let lines = outcome.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
                #expect(lines.allSatisfy { $0.first == "made" }, "\(lines.filter { $0.first != "made" })")
                var makers: [String: String] = [:]
                for words in lines where words.count == 3 { makers[words[2]] = words[1] }
                #expect(makers.count > rounds)
                for object in try plane.owned() where object.kind == "container" {
                    #expect(makers[object.id] == object.tenant, "\(object)")
                }
                // What is on the engine is whose its maker is, and nothing is nobody's.
                let owned = Set(try plane.owned().map(\.id))
                let there = try plane.engine.docker("ps", "-aq", "--no-trunc", "--filter", "label=quaymaster.identity").output
                for id in there.split(separator: "\n").map(String.init) where !owned.contains(id) {
                    let lines = try plane.recordText().split(separator: "\n").filter { $0.contains(id) }
                    let shown = try plane.engine.docker("inspect", id).output
                    Issue.record("\(id), made by \(makers[id] ?? "nobody"): \(lines) \(shown.prefix(1500))")
                }
                let volumes = try plane.engine.docker("volume", "ls", "-q", "--filter", "label=quaymaster.identity").output
                for name in volumes.split(separator: "\n").map(String.init) { #expect(owned.contains(name), "\(name)") }
                for identity in ["alice", "bo"] {
                    let names = try plane.docker(identity, "ps", "-a", "--format", "{{.Names}}").output.split(separator: "\n")
                    #expect(Set(names).count == names.count && names.allSatisfy { $0.hasPrefix("race") }, "\(names)")
                }
            }
        }
    }
}
