import Foundation
import Testing

extension Integration {
    /// All clients' events come from one stream of the engine's.
    @Suite(.serialized) struct EventTests {
        /// What a client of the engine's own gets of the same events.
        private func listen(_ plane: Plane, _ words: [String], engine: Bool) throws -> Command {
            let host = engine ? ["-H", "unix://\(plane.engine.socket)"] : []
            let environment = engine ? [:] : try plane.environment("admin")
            return try Command(["docker"] + host + ["events", "--format", "{{json .}}"] + words, environment: environment)
        }

        @Test func eventsAreTheEngines() throws {
            let engine = try PrivateEngine.find()
            let proxy = try EngineProxy(engine)
            defer { proxy.remove() }
            let plane = try Plane(socket: proxy.socket)
            defer { plane.remove() }
            defer {
                engine.clean("rm", "-f", "ev-a", "ev-b")
                engine.clean("network", "rm", "ev-net")
                engine.clean("volume", "rm", "ev-vol")
                engine.clean("rmi", "ev:1")
            }
            try plane.awaitInventory()
            let filters: [[String]] = [
                [], ["type=container"], ["type=network", "type=volume"], ["event=start"], ["event=exec_create"],
                ["event=start", "event=die", "type=container"], ["container=ev-a"], ["container=ev"], ["label=x"],
                ["label=x=y"], ["label=x=z"], ["network=ev-net"], ["volume=ev-vol"], ["scope=local"], ["daemon=none"],
                ["image=ev:1"], ["image=bb"], ["plugin=p"],
            ]
            let asked = try proxy.requests().filter { $0.contains("/events") }.count
            #expect(asked == 1)
            var pairs: [([String], Command, Command)] = []
            for filter in filters {
                let words = filter.flatMap { ["--filter", $0] }
                pairs.append((filter, try listen(plane, words, engine: false), try listen(plane, words, engine: true)))
            }
            #expect(try plane.awaitMetric("event_listeners") { $0 == filters.count - 2 })
            // Clients of the engine's own are there once they have seen something of the sort.
            for _ in 0..<3 { try run(["sleep", "0.3"]) }
            try engine.docker("network", "create", "ev-net")
            try engine.docker("tag", "bb:1", "ev:1")
            try engine.docker("run", "-d", "--name", "ev-a", "--label", "x=y", "-v", "ev-vol:/d", "bb:1", "sleep", "100")
            try engine.docker("network", "connect", "ev-net", "ev-a")
            try engine.docker("exec", "ev-a", "true")
            try engine.docker("create", "--name", "ev-b", "--label", "x=z", "ev:1")
            try engine.docker("kill", "ev-a")
            try engine.docker("rm", "ev-a")
            try engine.docker("rm", "ev-b")
            try engine.docker("rmi", "ev:1")
            try engine.docker("network", "rm", "ev-net")
            try engine.docker("volume", "rm", "ev-vol")
            for (filter, own, engines) in pairs {
                let same = own.wait(seconds: 10) { $0.output == engines.output }
                #expect(same, "\(filter)\n\(own.output)\n\(engines.output)")
                for client in [own, engines] {
                    client.signal(SIGTERM)
                    _ = client.finish()
                }
                if filter.isEmpty { #expect(own.output.contains("ev-vol") && own.output.contains("exec_die")) }
            }
            // Two filters are the engine's matter: a stream each; the others share one.
            #expect(try proxy.requests().filter { $0.contains("/events") }.count == 3)
        }

        /// What one tenant calls its things, however long, ends nobody else's events.
        @Test func longEventsEndNobody() throws {
            try withPlane { plane in
                let names = ["ev-long", "ev-longer"]
                let labels = plane.folder.appendingPathComponent("labels")
                defer { for name in names { plane.engine.clean("rm", "-f", name) } }
                try plane.awaitInventory()
                let alice = try plane.start("alice", "events", "--filter", "event=create")
                let admin = try plane.start("admin", "events", "--filter", "event=create")
                #expect(try plane.awaitMetric("event_listeners") { $0 == 2 })
                // More than 1 MiB, and more than 4 when the engine has quoted it.
                for (name, letter) in zip(names, ["x", "<"]) {
                    let lines = (0..<30).map { "l\($0)=" + String(repeating: letter, count: 50_000) }
                    try Data(lines.joined(separator: "\n").utf8).write(to: labels)
                    try plane.engine.docker("create", "--name", name, "--label-file", labels.path, "bb:1")
                    // The next list is asked of the engine, or waits.
                    _ = try plane.docker("admin", "ps", "-a")
                    #expect(admin.wait(seconds: 60) { $0.output.contains("l0=") })
                }
                try plane.docker("alice", "create", "--name", "ev-own", "bb:1")
                for client in [alice, admin] {
                    #expect(client.wait(seconds: 60) { $0.output.contains("name=") && $0.output.contains("ev-own") })
                    #expect(!client.hasEnded, "\(client.errors)")
                    client.signal(SIGTERM)
                    _ = client.finish()
                }
                #expect(admin.output.contains("ev-long") && !alice.output.contains("ev-long"))
                #expect(!plane.server.errors.contains("the inventory is not kept"), "\(plane.server.errors)")
            }
        }

        /// A client that does not read is ended, and nobody waits for it.
        @Test func whoDoesNotReadIsEnded() throws {
            try withPlane { plane in
                defer { plane.engine.clean("rm", "-f", "flood") }
                try plane.awaitInventory()
                let folder = try plane.certificates("admin")
                let port = plane.address.split(separator: ":").last ?? ""
                let script = """
                    import socket, ssl, sys, time
                    context = ssl.create_default_context(cafile="\(folder)/ca.pem")
                    context.load_cert_chain("\(folder)/cert.pem", "\(folder)/key.pem")
                    raw = socket.socket()
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                    raw.connect(("127.0.0.1", \(port)))
                    s = context.wrap_socket(raw, server_hostname="127.0.0.1")
                    s.sendall(b"GET /v1.41/events HTTP/1.1\\r\\nHost: 127.0.0.1:\(port)\\r\\n\\r\\n")
                    print(s.recv(64)[:15].decode(), flush=True)
                    sys.stdin.read()
                    """
                let sleeper = try Command(["python3", "-c", script])
                #expect(sleeper.wait { $0.output.contains("200") }, "\(sleeper.errors)")
                let reader = try plane.start("admin", "events", "--filter", "event=rename", "--format", "{{.Action}}")
                #expect(try plane.awaitMetric("event_listeners") { $0 == 2 })
                let label = String(repeating: "x", count: 60_000)
                try plane.engine.docker("create", "--name", "flood", "--label", "l=\(label)", "bb:1")
                var count = 0
                let end = Date().addingTimeInterval(300)
                let words = "it does not read its events"
                func read(_ most: Int) -> Bool {
                    reader.wait(seconds: 60) { $0.output.utf8.count { $0 == 0x0A } >= most }
                }
                // The reader is never far behind, however busy the machine is: only who does not read is.
                while !plane.server.errors.contains(words), Date() < end, read(count - 8) {
                    try plane.engine.docker("rename", "flood", "flood\(count)")
                    try plane.engine.docker("rename", "flood\(count)", "flood")
                    count += 2
                }
                #expect(plane.server.errors.contains(words))
                // Who reads has missed nothing.
                #expect(read(count), "\(reader.output.count) of \(count): \(reader.hasEnded) \(reader.errors)")
                reader.signal(SIGTERM)
                _ = reader.finish()
                sleeper.endInput()
                _ = sleeper.finish()
                let lines = try plane.record { lines in
                    lines.contains { ($0["reason"] as? String)?.contains(words) == true }
                }
                #expect(lines.contains { ($0["reason"] as? String)?.contains(words) == true })
            }
        }
    }
}
