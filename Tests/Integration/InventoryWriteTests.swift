import Foundation
import Synchronization
import Testing

extension Integration {
    /// Whoever has done something sees it in the next list, and lists cost the engine nothing.
    @Suite(.serialized) struct InventoryWriteTests {
        private struct Listed: Decodable, Hashable {
            let Id: String
            let Names: [String]
            let State: String
        }

        private func list(_ client: Curl, _ query: String) throws -> [Listed] {
            let answer = try client("GET", "/v1.41/containers/json?\(query)")
            try #require(answer.status == 200, "\(answer)")
            return try JSONDecoder().decode([Listed].self, from: Data(answer.body.utf8))
        }

        /// One client's acts: each is followed by a list, in which it must have happened.
        private func work(_ client: Curl, _ other: Curl, _ number: Int, rounds: Int) throws {
            let query =
                "all=1&filters="
                + "{\"label\":[\"worker=\(number)\"]}"
                .utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            func act(_ method: String, _ path: String, _ body: String = "") throws -> (status: Int, body: String) {
                try client(method, "/v1.41" + path, body)
            }
            func expect(_ name: String, _ state: String?, after what: String) throws {
                let found = try list(client, query)
                let all = try list(other, "all=1").filter { row in
                    found.contains { $0.Id == row.Id }
                }
                // Administrators see the engine's names.
                #expect(found.map(\.Id) == all.map(\.Id) && found.map(\.State) == all.map(\.State), "\(what)")
                #expect(found.map(\.State) == (state.map { [$0] } ?? []), "\(what) of worker \(number)")
                if state != nil { #expect(found.map(\.Names) == [["/" + name]], "\(what)") }
            }
            for round in 0..<rounds {
                let name = "work-\(number)-\(round)"
                let body = #"{"Image":"bb:1","Cmd":["sleep","1000"],"Labels":{"worker":"\#(number)"}}"#
                #expect(try act("POST", "/containers/create?name=\(name)", body).status == 201)
                try expect(name, "created", after: "create")
                #expect(try act("POST", "/containers/\(name)/start").status == 204)
                try expect(name, "running", after: "start")
                #expect(try act("POST", "/containers/\(name)/rename?name=\(name)-b").status == 204)
                try expect(name + "-b", "running", after: "rename")
                #expect(try act("POST", "/containers/\(name)-b/pause").status == 204)
                try expect(name + "-b", "paused", after: "pause")
                #expect(try act("POST", "/containers/\(name)-b/unpause").status == 204)
                try expect(name + "-b", "running", after: "unpause")
                if round % 2 == 0 {
                    #expect(try act("POST", "/containers/\(name)-b/stop?t=0").status == 204)
                } else {
                    #expect(try act("POST", "/containers/\(name)-b/kill").status == 204)
                    #expect(try act("POST", "/containers/\(name)-b/wait").status == 200)
                }
                try expect(name + "-b", "exited", after: "stop")
                #expect(try act("DELETE", "/containers/\(name)-b?force=1").status == 204)
                try expect(name, nil, after: "rm")
            }
        }

        @Test func whoeverHasDoneSomethingSeesIt() throws {
            try withPlane { plane in
                defer {
                    for worker in 0..<4 {
                        for round in 0..<4 {
                            plane.engine.clean("rm", "-f", "work-\(worker)-\(round)", "work-\(worker)-\(round)-b")
                        }
                    }
                }
                try plane.awaitInventory()
                let clients = try ["alice", "bo", "admin", "alice"].map { try Curl(plane, $0) }
                let there = try plane.metric("container_lists_total{from=\"engine\"}")
                let problems = Mutex<[String]>([])
                DispatchQueue.concurrentPerform(iterations: clients.count) { number in
                    do {
                        try work(clients[number], clients[2], number, rounds: 3)
                    } catch {
                        problems.withLock { $0.append("\(error)") }
                    }
                }
                #expect(problems.withLock { $0 } == [])
                // However busy it was, hardly any list had to be asked for.
                let asked = try plane.metric("container_lists_total{from=\"engine\"}") - there
                #expect(asked < 40, "\(asked) of 168")
            }
        }

        @Test func pruningAndRunningIsSeen() throws {
            try withPlane { plane in
                defer { plane.engine.clean("rm", "-f", "gone1", "gone2") }
                try plane.awaitInventory()
                for name in ["gone1", "gone2"] {
                    #expect(try plane.docker("alice", "run", "--name", name, "bb:1", "true").status == 0)
                }
                let alice = try Curl(plane, "alice")
                #expect(try Set(list(alice, "all=1").map(\.State)) == ["exited"])
                #expect(try plane.docker("alice", "container", "prune", "-f").status == 0)
                #expect(try list(alice, "all=1").isEmpty)
                #expect(try plane.docker("alice", "run", "--rm", "bb:1", "true").status == 0)
                #expect(try list(alice, "all=1").isEmpty)
            }
        }

        /// 500 containers of 50 tenants when asked for; fewer otherwise.
        @Test func listsCostTheEngineNothing() throws {
            let counts = ProcessInfo.processInfo.environment["QM_INVENTORY_COUNTS"] ?? "60/6"
            let parts = counts.split(separator: "/").compactMap { Int($0) }
            let (containers, tenants) = (parts[0], parts[1])
            let engine = try PrivateEngine.find()
            let proxy = try EngineProxy(engine)
            defer { proxy.remove() }
            let named = (0..<tenants).map { "t\($0)" }
            let policy = """
                tenants: {\(named.map { "\($0): {}" }.joined(separator: ", "))}
                grants:
                  - {to: admin, may: "*", in: "*", level: privileged}
                \(named.map { "  - {to: \($0), may: [view, run, rm], in: \($0), level: baseline}" }.joined(separator: "\n"))
                """
            let plane = try Plane(policy: policy, socket: proxy.socket)
            defer { plane.remove() }
            defer { engine.clean(["network", "rm"] + named.map { "quaymaster-" + $0 }) }
            let all = (0..<containers).map { "cost-\($0)" }
            defer { engine.clean(["rm", "-f"] + all) }
            try plane.awaitInventory()
            for tenant in named { _ = try plane.certificates(tenant) }
            for (number, name) in all.enumerated() {
                let made = try Curl(plane, named[number % tenants])(
                    "POST", "/v1.41/containers/create?name=\(name)", #"{"Image":"bb:1"}"#)
                try #require(made.status == 201, "\(made)")
            }
            // What was made is looked at once more when its event comes.
            let admin = try Curl(plane, "admin")
            var before = 0
            let end = Date().addingTimeInterval(30)
            repeat {
                before = try proxy.requests().count
                for _ in 0..<3 { _ = try list(admin, "all=1") }
            } while try proxy.requests().count != before && Date() < end
            for (number, tenant) in named.enumerated() {
                let seen = try plane.docker(tenant, "ps", "-a", "--format", "{{.Names}}")
                #expect(seen.status == 0, "\(seen)")
                let own = Set((0..<containers).filter { $0 % tenants == number }.map { "cost-\($0)" })
                #expect(Set(seen.output.split(separator: "\n").map(String.init)) == own, "\(tenant)")
            }
            #expect(try list(admin, "all=1").count == containers)
            let lists = try proxy.requests().dropFirst(before).filter { $0.contains("/containers/json") }
            #expect(lists.isEmpty, "\(lists)")
        }
    }
}
