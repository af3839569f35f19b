import Foundation
import Synchronization
import Testing

extension Integration {
    /// Lists of containers are answered from what the gateway knows, and are the engine's all the same.
    @Suite(.serialized) struct InventoryTests {
        /// A list without what engines say in any order.
        private func list(_ body: String) throws -> [String] {
            let items = try #require(
                try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [[String: Any]], "\(body)")
            return try items.map { item in
                var item = item
                let ports = (item["Ports"] as? [[String: Any]] ?? []).map { port in
                    ["IP", "PrivatePort", "PublicPort", "Type"].map { "\(port[$0] ?? "")" }.joined(separator: " ")
                }
                item["Ports"] = ports.sorted()
                let data = try JSONSerialization.data(withJSONObject: item, options: .sortedKeys)
                return String(decoding: data, as: UTF8.self)
            }
        }

        private func engineList(_ plane: Plane, _ target: String) throws -> (status: Int, body: String) {
            let outcome = try run([
                "curl", "-sS", "--unix-socket", plane.engine.socket, "-w", "\n%{http_code}",
                "http://docker\(target)",
            ])
            let parts = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
            return (Int(parts.last ?? "") ?? 0, parts.dropLast().joined(separator: "\n"))
        }

        /// Compares a list with the engine's; times in words may move on in between.
        private func compare(_ plane: Plane, _ target: String, as identity: String = "admin") throws {
            var last: ([String], [String]) = ([], [])
            for _ in 0..<5 {
                let own = try plane.request(identity, target)
                let engines = try engineList(plane, target)
                try #require(own.status == 200 && engines.status == 200, "\(target) \(own) \(engines)")
                last = (try list(own.body), try list(engines.body))
                if last.0 == last.1 { return }
            }
            #expect(last.0 == last.1, "\(target)")
        }

        private func filters(_ text: String) -> String {
            "filters=" + (text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
        }

        private let names = (0..<11).map { "inv\($0)" }

        /// Containers in many states, made behind the gateway's back.
        private func makeMany(_ plane: Plane) throws {
            let engine = plane.engine
            try engine.docker("network", "create", "inv-net")
            try engine.docker("create", "--name", "inv0", "--label", "a=b", "--label", "c", "bb:1", "echo", "a b", "<&>")
            try engine.docker(
                "run", "-d", "--name", "inv1", "-p", "127.0.0.1:18080:80", "-p", "127.0.0.1:18081:81/udp", "--label", "a=x", "bb:1",
                "sleep", "1000")
            try engine.docker("run", "--name", "inv2", "bb:1", "true")
            try engine.docker("run", "--name", "inv3", "--label", "a=b=c", "bb:1", "sh", "-c", "exit 3")
            try engine.docker("run", "-d", "--name", "inv4", "--network", "inv-net", "bb:1", "sleep", "1000")
            try engine.docker("pause", "inv4")
            try engine.docker("run", "-d", "--name", "inv5", "--restart", "always", "bb:1", "false")
            try engine.docker(
                "run", "-d", "--name", "inv6", "-v", "inv-vol:/data", "--health-cmd", "true", "--health-interval", "1s", "bb:1", "sleep",
                "1000")
            try engine.docker(
                "run", "-d", "--name", "inv7", "-v", "/tmp:/host:ro", "--health-cmd", "false", "--health-interval", "1s",
                "--health-retries", "1", "bb:1", "sleep", "1000")
            try engine.docker("create", "--name", "inv8", "--expose", "90", "--link", "inv1:alias", "bb:1")
            try engine.docker("tag", "bb:1", "inv:1")
            try engine.docker("create", "--name", "inv9", "--network", "inv-net", "inv:1")
            // What older versions of newer engines leave out.
            try run([
                "curl", "-sS", "--unix-socket", engine.socket, "-H", "Content-Type: application/json", "-d",
                #"{"Image":"bb:1","HostConfig":{"Annotations":{"x":"y"}}}"#,
                "http://docker/containers/create?name=inv10",
            ])
        }

        private func removeMany(_ plane: Plane) {
            plane.engine.clean(["rm", "-f", "-v"] + names)
            plane.engine.clean("network", "rm", "inv-net")
            plane.engine.clean("volume", "rm", "inv-vol")
            plane.engine.clean("rmi", "inv:1", "inv:2")
        }

        @Test func listsAreTheEngines() throws {
            try withPlane { plane in
                defer { removeMany(plane) }
                try makeMany(plane)
                try plane.awaitInventory()
                let end = Date().addingTimeInterval(20)
                while Date() < end {
                    let text = try plane.engine.docker("ps", "--format", "{{.Status}}").output
                    if text.contains("(healthy)"), text.contains("(unhealthy)"), text.contains("Restarting") { break }
                }
                let net = try plane.engine.docker("network", "inspect", "-f", "{{.Id}}", "inv-net").output.prefix(12)
                let id = try plane.engine.docker("inspect", "-f", "{{.Id}}", "inv3").output.prefix(64)
                let here = try plane.metric("container_lists_total{from=\"inventory\"}")
                let there = try plane.metric("container_lists_total{from=\"engine\"}")
                let queries: [String] =
                    [
                        "", "all=1", "all=0&limit=3", "limit=1", "limit=-1",
                    ]
                    + [
                        #"{"label":["a"]}"#, #"{"label":["a=b"]}"#, #"{"label":["a=b","c"]}"#, #"{"label":["c="]}"#,
                        #"{"label":["none"]}"#, #"{"name":["inv1"]}"#, #"{"name":["^/inv[", "inv2"]}"#, #"{"name":["v3$","/inv4"]}"#,
                        #"{"name":["alias"]}"#, #"{"id":["\#(id)"]}"#, #"{"id":["\#(id.prefix(9))","0"]}"#,
                        #"{"id":["\#(id)"],"name":["inv2"]}"#,
                        #"{"status":["exited"]}"#, #"{"status":["running","created"]}"#, #"{"status":["paused"]}"#,
                        #"{"status":["restarting"]}"#, #"{"network":["inv-net"]}"#, #"{"network":["\#(net)"]}"#, #"{"network":["nv"]}"#,
                        #"{"volume":["inv-vol"]}"#, #"{"volume":["/host"]}"#, #"{"volume":["/tmp"]}"#, #"{"volume":["no"]}"#,
                        #"{"exited":["0"]}"#, #"{"exited":["3","7"]}"#, #"{"health":["healthy"]}"#, #"{"health":["unhealthy","none"]}"#,
                        #"{"before":["inv5"]}"#, #"{"since":["inv5"]}"#, #"{"since":["inv2"],"before":["inv6"],"label":["a"]}"#,
                        #"{"publish":["18080"]}"#, #"{"publish":["18000-18090/udp"]}"#, #"{"expose":["80/tcp"]}"#, #"{"expose":["90"]}"#,
                    ].flatMap { ["all=1&" + filters($0), filters($0), "limit=2&" + filters($0)] }
                for query in queries { try compare(plane, "/v1.41/containers/json?\(query)") }
                // Hardly one of them was asked of the engine: those with a pattern that is none for us, and what a
                // slow machine made wait too long.
                #expect(try plane.metric("container_lists_total{from=\"inventory\"}") >= here + queries.count - 15)
                #expect(try plane.metric("container_lists_total{from=\"engine\"}") <= there + 15)
                for query in [#"{"ancestor":["bb:1"]}"#, #"{"is-task":["false"]}"#] {
                    try compare(plane, "/v1.41/containers/json?all=1&\(filters(query))")
                }
                try compare(plane, "/v1.41/containers/json?all=1&size=1")
                // What the engine refuses, it refuses in its own words.
                for query in [#"{"label!":["a"]}"#, #"{"status":["odd"]}"#, #"{"exited":["x"]}"#] {
                    let target = "/v1.41/containers/json?\(filters(query))"
                    #expect(try plane.request("admin", target).status == engineList(plane, target).status)
                }
            }
        }

        @Test func listsAreTheEnginesInEachVersion() throws {
            try withPlane { plane in
                defer { removeMany(plane) }
                try makeMany(plane)
                try plane.awaitInventory()
                let version = try plane.engine.docker("version", "--format", "{{.Server.APIVersion}}").output
                let newest = try #require(Int(version.dropFirst(2).filter { $0.isNumber }))
                for minor in 24...min(newest, 55) {
                    try compare(plane, "/v1.\(minor)/containers/json?all=1")
                }
            }
        }

        @Test func changesBehindTheGatewaysBackAreSeen() throws {
            try withPlane { plane in
                defer { removeMany(plane) }
                try plane.awaitInventory()
                try makeMany(plane)
                let steps: [[String]] = [
                    ["rename", "inv0", "inv0b"], ["start", "inv0b"], ["unpause", "inv4"], ["stop", "-t", "0", "inv4"],
                    ["network", "connect", "inv-net", "inv1"], ["network", "disconnect", "bridge", "inv1"],
                    ["kill", "inv1"], ["start", "inv2"], ["rm", "-f", "inv7"], ["update", "--restart", "no", "inv5"],
                    ["tag", "inv:1", "inv:2"], ["rmi", "inv:1"], ["rename", "inv0b", "inv0"], ["restart", "-t", "0", "inv6"],
                ]
                for step in steps {
                    let command = ["docker", "-H", "unix://\(plane.engine.socket)"] + step
                    var outcome = try run(command)
                    // One that starts again and again is for a moment neither stopped nor running.
                    let end = Date().addingTimeInterval(20)
                    while outcome.errors.contains("cannot update a stopped container"), Date() < end {
                        outcome = try run(command)
                    }
                    #expect(outcome.status == 0, "\(step) \(outcome)")
                    try awaitSame(plane, "\(step)")
                }
            }
        }

        /// Waits until the inventory says what the engine does.
        private func awaitSame(_ plane: Plane, _ what: String, seconds: Double = 20) throws {
            let target = "/v1.41/containers/json?all=1"
            let end = Date().addingTimeInterval(seconds)
            var last: ([String], [String]) = ([], [])
            repeat {
                let own = try plane.request("admin", target)
                guard own.status == 200 else { continue }
                last = (try list(own.body), try list(engineList(plane, target).body))
            } while last.0 != last.1 && Date() < end
            #expect(last.0 == last.1, "\(what)")
        }

        /// The store forgets at once what has gone, not when it is compared next.
        @Test func whatHasGoneIsNobodys() throws {
            try withPlane { plane in
                defer {
                    plane.engine.clean("rm", "-f", "inv-own")
                    plane.engine.clean("network", "rm", "inv-own")
                }
                try plane.awaitInventory()
                try plane.docker("alice", "create", "--name", "inv-own", "bb:1")
                try plane.docker("alice", "network", "create", "inv-own")
                func kinds() throws -> Set<String> { try Set(plane.owned().filter { $0.name == "inv-own" }.map(\.kind)) }
                #expect(try kinds() == ["container", "network"])
                try plane.engine.docker("rm", plane.engine.id("inv-own"))
                try plane.engine.docker("network", "rm", plane.engine.name("network", "inv-own"))
                let end = Date().addingTimeInterval(20)
                while try !kinds().isEmpty, Date() < end {}
                #expect(try kinds().isEmpty)
            }
        }

        /// Labels may have any name: of an image and of a container two that look alike.
        @Test func labelsThatLookAlikeBlindNobody() throws {
            try withPlane { plane in
                defer {
                    for name in ["inv-odd", "inv-odd2"] { plane.engine.clean("rm", "-f", name) }
                    plane.engine.clean("rmi", "inv-odd:1")
                    plane.engine.clean("rmi", "inv-odd:2")
                }
                try plane.awaitInventory()
                try plane.engine.docker("create", "--name", "inv-odd", "bb:1")
                try plane.engine.docker("commit", "--change", "LABEL \u{E9}=1", "inv-odd", "inv-odd:1")
                try plane.engine.docker(
                    "commit", "--change", "LABEL \u{E9}=1", "--change", "LABEL e\u{301}=2", "inv-odd", "inv-odd:2")
                let events = try plane.start("admin", "events", "--filter", "type=container")
                #expect(try plane.awaitMetric("event_listeners") { $0 == 1 })
                try plane.docker("alice", "create", "--name", "inv-own", "--label", "e\u{301}=2", "inv-odd:1")
                try plane.engine.docker("create", "--name", "inv-odd2", "inv-odd:2")
                try awaitSame(plane, "odd labels")
                #expect(try plane.docker("alice", "ps", "-a", "--format", "{{.Names}}").output == "inv-own\n")
                let both = try plane.docker("alice", "inspect", "-f", "{{len .Config.Labels}}", "inv-own")
                #expect(both.status == 0, "\(both)")
                try plane.docker("alice", "start", "inv-own")
                try plane.docker("alice", "rm", "-f", "inv-own")
                let left = try plane.owned().filter { $0.name == "inv-own" }
                #expect(left.isEmpty)
                let all = events.wait(seconds: 10) { $0.output.contains("container destroy") }
                #expect(all && !events.hasEnded, "\(events.output) \(events.errors)")
                events.signal(SIGTERM)
                _ = events.finish()
                // The inventory goes on.
                try plane.awaitInventory()
                #expect(!plane.server.errors.contains("the inventory is not kept"), "\(plane.server.errors)")
            }
        }

        @Test func anEngineThatRestartsIsLookedAtAnew() throws {
            try withPlane { plane in
                defer { removeMany(plane) }
                try makeMany(plane)
                try plane.awaitInventory()
                try plane.engine.restart()
                try awaitSame(plane, "restart", seconds: 60)
                try plane.awaitInventory()
                try awaitSame(plane, "restart")
                try plane.engine.docker("rm", "-f", "inv0")
                try awaitSame(plane, "after the restart")
            }
        }

        @Test func aLostStreamOfEventsIsMadeUpFor() throws {
            let engine = try PrivateEngine.find()
            let proxy = try EngineProxy(engine)
            defer { proxy.remove() }
            let plane = try Plane(socket: proxy.socket)
            defer { plane.remove() }
            defer { engine.clean("rm", "-f", "lost1", "lost2", "lost3") }
            try engine.docker("create", "--name", "lost1", "bb:1")
            try plane.awaitInventory()
            // Nobody tells of these: the events are kept back until the stream has gone.
            try proxy.keepEventsBack()
            try engine.docker("create", "--name", "lost2", "bb:1")
            try engine.docker("rm", "lost1")
            let client = try plane.start("admin", "events")
            #expect(try plane.awaitMetric("event_listeners") { $0 == 1 })
            try proxy.cutEvents()
            try proxy.keepEventsBack()
            try awaitSame(plane, "cut")
            // Who listened is told by an end that there may be a gap.
            #expect(client.wait(seconds: 20) { $0.hasEnded })
            client.signal(SIGTERM)
            _ = client.finish()
            try plane.awaitInventory()
            try engine.docker("create", "--name", "lost3", "bb:1")
            try awaitSame(plane, "after the cut")
            #expect(try plane.docker("admin", "ps", "-a", "--format", "{{.Names}}").output.contains("lost3"))
        }
    }
}
