import Foundation
import Testing

extension Integration {
    /// What one tenant may learn of another, from every answer that there is.
    @Suite(.serialized) struct LeakTests {
        /// What stands for an object of each kind in a path, by whose it is.
        private struct Things {
            var container = "", exec = "", image = "", volume = "", network = ""
        }

        private func make(_ plane: Plane, _ identity: String, _ word: String) throws -> Things {
            var things = Things()
            func docker(_ words: [String], _ input: String = "") throws -> String {
                let outcome = try run(["docker"] + words, environment: plane.environment(identity), input: input)
                #expect(outcome.status == 0, "\(words): \(outcome)")
                return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            let label = ["--label", "word=\(word)-label"]
            things.network = try docker(["network", "create"] + label + ["\(word)-net"])
            things.volume = try docker(["volume", "create"] + label + ["\(word)-data"])
            _ = try docker(
                ["build", "-t", "\(word)-app:1", "-"], "FROM bb:1\nENV WORD=\(word)-image\nRUN echo \(word)-layer > /f\n")
            things.image = "\(word)-app:1"
            things.container = try docker(
                [
                    "run", "-d", "--name", "\(word)-web", "--network", "\(word)-net", "-v", "\(word)-data:/d", "-e",
                    "WORD=\(word)-env",
                ] + label + ["\(word)-app:1", "sleep", "1000"])
            _ = try docker(["create", "--name", "\(word)-stopped", "bb:1"])
            let made = try plane.request(
                identity, "-X", "POST", "-H", "Content-Type: application/json", "-d", #"{"Cmd":["true"]}"#,
                "/v1.41/containers/\(things.container)/exec")
            things.exec = try #require(made.body.split(separator: "\"").dropFirst(3).first.map(String.init))
            return things
        }

        /// Everything that only the tenant itself may know.
        private func secrets(_ plane: Plane, _ things: Things, _ word: String) throws -> [String] {
            let name = try plane.engine.docker("inspect", "-f", "{{.Name}}", things.container).output
            let image = try plane.engine.docker("inspect", "-f", "{{.Image}}", things.container).output
            let address = try plane.engine.docker(
                "inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{.MacAddress}}{{end}}",
                things.container
            ).output.split(whereSeparator: \.isWhitespace).map(String.init)
            let mark = try #require(name.split(separator: "-").first { $0.hasPrefix("qm") })
            let digest = image.trimmingCharacters(in: .whitespacesAndNewlines).dropFirst("sha256:".count)
            return [
                "\(word)-", String(things.container.prefix(12)), String(things.network.prefix(12)),
                String(things.exec.prefix(12)), String(digest.prefix(12)), String(mark),
            ] + address
        }

        /// The operations that a GET asks for, from the facts of the API; each is asked, or named here.
        private func targets(_ own: Things) throws -> [String] {
            let path = Plane.root.deletingLastPathComponent().appendingPathComponent("shared/engine-api/engine-api.json")
            let facts = try #require(
                try JSONSerialization.jsonObject(with: Data(contentsOf: path)) as? [String: Any])
            let operations = try #require(facts["operations"] as? [String: Any]).keys
            return operations.filter { $0.hasPrefix("GET ") }.sorted().map { operation in
                let template = String(operation.dropFirst(4))
                let subject =
                    switch template.split(separator: "/").first.map(String.init) {
                    case "containers": own.container
                    case "images", "distribution": own.image
                    case "volumes": own.volume
                    case "networks": own.network
                    case "exec": own.exec
                    default: "none"
                    }
                return template.replacing("{id}", with: subject).replacing("{name}", with: subject)
            }
        }

        private static let queries = [
            "/containers/json": ["?all=1", "?all=1&size=1", "?all=1&limit=50"],
            "/images/json": ["?all=1", "?all=1&digests=1", "?shared-size=1"], "/system/df": ["", "?verbose=1"],
            "/events": ["?since=0&until=9999999999"], "/images/search": ["?term=none.invalid/x"],
            "/images/get": ["?names=bb:1"], "/plugins/privileges": ["?remote=x"],
        ]

        @Test func noAnswerHoldsWhatIsAnothers() throws {
            try withPlane { plane in
                let own = try make(plane, "alice", "zred")
                let foreign = try make(plane, "bo", "zblue")
                defer { plane.engine.clean("rmi", "-f", "zred-app:1", "zblue-app:1") }
                let secrets = try secrets(plane, foreign, "zblue")
                #expect(secrets.count >= 8, "\(secrets)")
                var answered: Set<String> = []
                for target in try targets(own) {
                    let path = String(target)
                    for query in Self.queries[path] ?? [path.hasSuffix("/logs") ? "?stdout=1&stderr=1&timestamps=1" : ""] {
                        let full =
                            path.hasSuffix("/stats") ? path + "?stream=0" : path.hasSuffix("/archive") ? path + "?path=/etc" : path + query
                        for version in ["/v1.24", "/v1.41"] {
                            let answer = try plane.bytes("alice", version + full)
                            if answer.status == 200 { answered.insert(path) }
                            let text = String(decoding: answer.body, as: UTF8.self)
                            for secret in secrets {
                                #expect(!text.contains(secret), "\(secret) in \(answer.status) of \(version)\(full)")
                            }
                        }
                    }
                }
                // Had they been refused they would prove nothing.
                for path in [
                    "/containers/json", "/containers/\(own.container)/json", "/containers/\(own.container)/top",
                    "/containers/\(own.container)/logs", "/containers/\(own.container)/changes",
                    "/containers/\(own.container)/export", "/containers/\(own.container)/stats", "/images/json",
                    "/images/\(own.image)/json", "/images/\(own.image)/history", "/images/\(own.image)/get", "/info",
                    "/version", "/_ping", "/events", "/system/df", "/images/get", "/exec/\(own.exec)/json", "/volumes",
                    "/volumes/\(own.volume)", "/networks", "/networks/\(own.network)",
                ] {
                    #expect(answered.contains(path), "\(path)")
                }
                // And what is asked for of the other's is answered like what nobody has.
                for (kind, things, nothing) in [
                    ("containers", foreign.container, String(repeating: "0", count: 64)),
                    ("containers", "zblue-web", "none-web"), ("volumes", "zblue-data", "none-data"),
                    ("networks", foreign.network, String(repeating: "0", count: 64)), ("networks", "zblue-net", "none-net"),
                    ("images", "zblue-app:1", "none-app:1"), ("exec", foreign.exec, String(repeating: "0", count: 64)),
                ] {
                    let tail = ["containers", "images", "exec"].contains(kind) ? "/json" : ""
                    let foreign = try plane.request("alice", "/v1.41/\(kind)/\(things)\(tail)")
                    let absent = try plane.request("alice", "/v1.41/\(kind)/\(nothing)\(tail)")
                    #expect(foreign.status == 404 && absent.status == 404, "\(foreign) \(absent)")
                    #expect(foreign.body.replacing(things, with: "X") == absent.body.replacing(nothing, with: "X"))
                }
            }
        }

        /// Whether something is another's or nobody's cannot be told by how long the answer takes.
        @Test func timeTellsNothing() throws {
            try withPlane { plane in
                let id = try plane.docker("bo", "create", "--name", "timed", "--label", "x=" + String(repeating: "y", count: 4000), "bb:1")
                    .output.trimmingCharacters(in: .whitespacesAndNewlines)
                for kind in ["volume", "network"] { try plane.docker("bo", kind, "create", "timed") }
                let pairs = ProcessInfo.processInfo.environment["QM_TIMED_PAIRS"].flatMap(Int.init) ?? 2000
                let script = #"""
                    import http.client, random, ssl, sys, time
                    address, folder, pairs = sys.argv[1], sys.argv[2], int(sys.argv[3])
                    host, port = address.split(':')
                    context = ssl.create_default_context(cafile=folder + '/ca.pem')
                    context.load_cert_chain(folder + '/cert.pem', folder + '/key.pem')
                    connection = http.client.HTTPSConnection(host, int(port), context=context)
                    def ask(path):
                        begin = time.perf_counter_ns()
                        connection.request('GET', path)
                        answer = connection.getresponse(); answer.read()
                        assert answer.status == 404, answer.status
                        return time.perf_counter_ns() - begin
                    for number in range(200): ask('/v1.41/containers/warm%d/json' % number)
                    times = []
                    for _ in range(pairs):
                        pair = [(ask, sys.argv[4], 1), (ask, sys.argv[5], 0)]
                        random.shuffle(pair)
                        for function, path, foreign in pair: times.append((function(path), foreign))
                    # The threshold that is right most often, whichever side it calls foreign.
                    times.sort()
                    below, best = 0, 0
                    for index, (_, foreign) in enumerate(times):
                        below += foreign
                        right = below + (len(times) - pairs) - (index + 1 - below)
                        best = max(best, right, len(times) - right)
                    print('%.4f' % (best / len(times)))
                    """#
                let none = String(repeating: "ab", count: 32)
                for (foreign, absent) in [
                    ("/v1.41/containers/\(id)/json", "/v1.41/containers/\(none)/json"),
                    ("/v1.41/containers/timed/json", "/v1.41/containers/times/json"),
                    ("/v1.41/networks/timed", "/v1.41/networks/times"), ("/v1.41/volumes/timed", "/v1.41/volumes/times"),
                ] {
                    // What else runs on the machine can lean to one side once; what tells, tells each time.
                    var right = 1.0
                    for _ in 0..<3 where right > 0.55 {
                        let outcome = try run(
                            [
                                "python3", "-c", script, plane.address, plane.certificates("alice"), "\(pairs)", foreign,
                                absent,
                            ], seconds: 1200)
                        let text = outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
                        right = try #require(Double(text), "\(outcome)")
                    }
                    #expect(right <= 0.55, "\(foreign): the best threshold is right in \(right)")
                }
            }
        }
    }
}
