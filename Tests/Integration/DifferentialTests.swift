import CreateBodies
import Foundation
import JSON
import Testing

extension Integration {
    /// What the engine has is what was judged: generated bodies go through a gateway, and the inspects
    /// of what they made are compared with what an independent reading of the client's own bytes says
    /// must be there.
    ///
    /// The number of bodies is QUAYMASTER_DIFFERENTIAL_CREATES, the seed QUAYMASTER_DIFFERENTIAL_SEED.
    @Suite(.serialized) struct DifferentialTests {
        private static let policy = """
            tenants: {local: {}}
            grants:
              - {to: ann, may: [run, view], in: local, level: baseline}
            """
        private static func setting(_ name: String, _ usual: Int) -> Int {
            ProcessInfo.processInfo.environment["QUAYMASTER_DIFFERENTIAL_" + name].flatMap { Int($0) }
                ?? usual
        }

        private static let bodies = setting("CREATES", 1600)
        private static let seed = UInt64(setting("SEED", 20_260_102))
        /// How many containers there must be at least.
        private static let containers = 300
        private static let versions = [41, 39, 24]

        /// A request and its answer.
        private struct Exchange {
            let version: Int
            let body: [UInt8]
            var status = 0
            var answer: JSONValue = .null

            var id: String? { status == 201 ? answer["Id"]?.string : nil }
            var message: String { answer["message"]?.string ?? "" }
        }

        @Test func containersAreWhatTheirRequestsMeant() throws {
            try withPlane(policy: Self.policy) { plane in
                let engine = try #require(Int(try plane.engine.version().prefix { $0 != "." }))
                let names = try Self.makeNeighbours(plane)
                defer { Self.removeAll(plane) }
                var exchanges = try Self.requests()
                try Self.create(plane, &exchanges)
                let made = exchanges.filter { $0.id != nil }
                #expect(made.count >= Self.containers, "\(Self.summary(exchanges))")
                let inspects = try Self.inspect(plane, made.compactMap(\.id))
                #expect(inspects.count == made.count)
                for (exchange, inspect) in zip(made, inspects) {
                    for problem in try Self.compare(exchange, inspect, names, engine: engine) {
                        Issue.record("seed \(Self.seed): \(problem)\n\(String(decoding: exchange.body, as: UTF8.self))")
                    }
                }
                print("differential: \(Self.summary(exchanges))")
            }
        }

        // MARK: What is compared

        /// What an inspect shows that it should not, or does not show that it should.
        private static func compare(
            _ exchange: Exchange, _ inspect: JSONValue, _ names: [String: String], engine: Int
        ) throws -> [String] {
            let id = try #require(exchange.id)
            let ids = Dictionary(names.map { ($1, $0) }, uniquingKeysWith: { $1 })
            let client = try #require(EngineView.read(exchange.body, by: .v20, forgivingly: true))
            let root = ProcessInfo.processInfo.environment["QM_ENGINE_CGROUP"] ?? "quaymaster"
            let cgroup = "/\(root)/local"
            // Names are pinned to ids where the gateway has looked them up, which it does only when it
            // must: both are the same thing here, so both sides are given in ids.
            let obliged = ObligedView(
                stamps: ["quaymaster.tenant": "local", "quaymaster.identity": "ann"], cgroup: cgroup,
                version: exchange.version, containers: ids, networks: ids)
            let warnings = (exchange.answer["Warnings"]?.array ?? []).compactMap(\.string)
            let model = InspectedView(
                id: id, warnings: warnings.joined(separator: "\n"), names: names, engine: engine)
            let expected = model.expected(of: obliged.of(client).asked(inVersion: exchange.version))
            var shown = try #require(InspectedView.shown(inspect))
            inIDs(&shown, ids)
            let own = EngineHarm.Own(
                containers: Set(names.keys).union(ids.keys).union(ids.keys.map { "/" + $0 }),
                networks: Set(names.keys).union(ids.keys), cgroup: cgroup)
            // A network that nobody has leads nowhere; the engine says so when the container starts.
            let harm = EngineHarm.all(in: shown, own: own).filter {
                $0.row != "EndpointsConfig" || $0.what.hasSuffix("host")
            }
            return expected.tree.differences(from: shown.tree) + harm.map { "made with \($0)" }
        }

        /// Names of what bodies refer to as ids.
        private static func inIDs(_ view: inout EngineView, _ ids: [String: String]) {
            for field in ["PidMode", "IpcMode", "NetworkMode"] {
                view.host.change(field) { mode in
                    let text = mode.string
                    let joined = text.hasPrefix("container:") ? String(text.dropFirst(10)) : ""
                    if let id = ids[joined] { mode = .text("container:" + id) }
                    if let id = ids[text] { mode = .text(id) }
                }
            }
            view.host.change("VolumesFrom.[]") { entry in
                let name = String(entry.string.prefix { $0 != ":" })
                if let id = ids[name] { entry = .text(id + entry.string.dropFirst(name.count)) }
            }
            view.networking.change("EndpointsConfig") { endpoints in
                let names = Dictionary(ids.map { ($1, $0) }, uniquingKeysWith: { $1 })
                let entries = endpoints.entries.map { (names[$0.key] ?? $0.key, $0.value) }
                endpoints = .members(Dictionary(entries, uniquingKeysWith: { $1 }))
            }
            let links = view.host["Links"].elements.map(\.string)
            if !links.isEmpty { view.host["Links"] = .list(links.sorted().map { .text($0) }) }
            view.networking.change("EndpointsConfig.*") { endpoint in
                if let id = ids[endpoint["NetworkID"].string] { endpoint["NetworkID"] = .text(id) }
            }
        }

        // MARK: What is sent

        private static func requests() throws -> [Exchange] {
            var generator = CreateBodyGenerator(try SeedBodies.load(), seed: seed)
            var exchanges: [Exchange] = []
            while exchanges.count < bodies {
                let body = generator.next().bytes
                // The largest are refused, or make hundreds of volumes.
                if body.count > 20_000 { continue }
                exchanges.append(
                    Exchange(version: versions[exchanges.count % versions.count], body: body))
            }
            return exchanges
        }

        /// Sends every body through the gateway, over a few connections that stay open.
        private static func create(_ plane: Plane, _ exchanges: inout [Exchange]) throws {
            let lines = exchanges.map { exchange in
                "/v1.\(exchange.version)/containers/create \(Data(exchange.body).base64EncodedString())"
            }
            let folder = try plane.certificates("ann")
            let answers = try exchange(
                ["POST", "tls", plane.address, folder], lines.joined(separator: "\n"))
            try #require(answers.count == exchanges.count)
            for (index, answer) in answers.enumerated() {
                exchanges[index].status = answer.status
                exchanges[index].answer = answer.body
            }
        }

        private static func inspect(_ plane: Plane, _ ids: [String]) throws -> [JSONValue] {
            let lines = ids.map { "/containers/\($0)/json" }
            return try exchange(
                ["GET", "unix", plane.engine.socket, ""], lines.joined(separator: "\n")
            ).map(\.body)
        }

        private static func exchange(
            _ arguments: [String], _ input: String
        ) throws -> [(status: Int, body: JSONValue)] {
            let outcome = try run(["python3", "-c", client] + arguments, input: input + "\n")
            try #require(outcome.status == 0, "\(outcome.errors)")
            return try outcome.output.split(separator: "\n").map { line in
                let parts = line.split(separator: " ", omittingEmptySubsequences: false)
                let status = try #require(Int(parts[0]))
                let data = try #require(Data(base64Encoded: String(parts[1])))
                return (status, try JSONReader.value(of: Array(data)))
            }
        }

        /// An HTTP client that sends what it reads, a target and a body in base64 per line, over four
        /// connections, and writes a status and an answer for each.
        private static let client = """
            import base64, http.client, socket, ssl, sys
            from concurrent.futures import ThreadPoolExecutor
            method, kind, address, folder = sys.argv[1:5]
            lines = [line.split() for line in sys.stdin]
            class Unix(http.client.HTTPConnection):
                def connect(self):
                    self.sock = socket.socket(socket.AF_UNIX)
                    self.sock.connect(address)
            def open_connection():
                if kind == 'unix': return Unix('docker')
                context = ssl.create_default_context(cafile=folder + '/ca.pem')
                context.load_cert_chain(folder + '/cert.pem', folder + '/key.pem')
                host, port = address.split(':')
                return http.client.HTTPSConnection(host, int(port), context=context)
            def serve(share):
                connection, answers = open_connection(), []
                for line in share:
                    body = base64.b64decode(line[1]) if len(line) > 1 else None
                    headers = {'Content-Type': 'application/json'} if body is not None else {}
                    connection.request(method, line[0], body, headers)
                    answer = connection.getresponse()
                    answers.append((answer.status, base64.b64encode(answer.read()).decode()))
                return answers
            count = 4
            with ThreadPoolExecutor(count) as pool:
                shares = list(pool.map(serve, [lines[i::count] for i in range(count)]))
            for i in range(len(lines)): print(*shares[i % count][i // count])
            """

        // MARK: What is there

        /// Makes what bodies refer to.
        ///
        /// - Returns: Names by id.
        private static func makeNeighbours(_ plane: Plane) throws -> [String: String] {
            var names: [String: String] = [:]
            func note(_ outcome: Outcome, _ name: String) throws {
                try #require(outcome.status == 0, "\(outcome)")
                names[outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)] = name
            }
            for name in SeedBodies.networks {
                try note(try plane.engine.docker("network", "create", name), name)
            }
            for name in SeedBodies.containers {
                try note(
                    try plane.engine.docker(
                        "create", "--name", name, "--security-opt", "no-new-privileges", "bb:1"), name)
            }
            return names
        }

        /// Removes every container, network and volume: nobody else uses this engine.
        private static func removeAll(_ plane: Plane) {
            for (list, remove) in [
                (["ps", "-aq"], ["rm", "-f", "-v"]), (["volume", "ls", "-q"], ["volume", "rm", "-f"]),
            ] {
                do {
                    let engine = ["docker", "-H", "unix://\(plane.engine.socket)"]
                    let found = try run(engine + list).output.split(separator: "\n").map(String.init)
                    if !found.isEmpty { try run(engine + remove + found) }
                } catch {
                    Issue.record(error)
                }
            }
            plane.engine.clean(["network", "rm"] + SeedBodies.networks)
        }

        private static func summary(_ exchanges: [Exchange]) -> String {
            let made = exchanges.filter { $0.id != nil }.count
            let refused = exchanges.filter { $0.message.hasPrefix("quaymaster: ") }
            let byEngine = exchanges.filter { $0.id == nil && !$0.message.hasPrefix("quaymaster: ") }
            let reasons = Dictionary(grouping: byEngine) { "\($0.status) \($0.message.prefix(60))" }
                .map { "\($1.count) × \($0)" }.sorted().joined(separator: "; ")
            return "\(exchanges.count) sent, \(made) made, \(refused.count) refused by the gateway, "
                + "\(byEngine.count) by the engine: \(reasons)"
        }
    }
}
