import Foundation
import Testing

extension Integration {
    /// What one identity takes up is bounded, comes back, and is no matter for others.
    @Suite(.serialized) struct BoundTests {
        private static let policy =
            Plane.policy.replacing("{red: {}, blue: {}}", with: "{red: {}, blue: {limits: {streams: 2}}}")
            .replacing("socket: {unixUser: 0}", with: "socket: {unixUser: 0}\n  alice: {limits: {streams: 5}}")

        /// Opens connections as an identity and sends each what follows; then, by what it reads, says what
        /// came and ends them without a word.
        private static let client = """
            import socket, ssl, struct, sys
            host, port = sys.argv[1].split(':')
            context = ssl.create_default_context(cafile=sys.argv[2] + '/ca.pem')
            context.load_cert_chain(sys.argv[2] + '/cert.pem', sys.argv[2] + '/key.pem')
            request = sys.argv[4].encode().decode('unicode_escape').encode()
            held = []
            for _ in range(int(sys.argv[3])):
                c = context.wrap_socket(socket.create_connection((host, int(port))), server_hostname=host)
                c.sendall(request)
                if sys.argv[5]:
                    print(c.recv(4096).decode().replace('\\r\\n', ' '), flush=True)
                held.append(c)
            print('held', flush=True)
            sys.stdin.readline()
            for c in held:
                c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
                socket.socket.close(c)
            print('left', flush=True)
            sys.stdin.readline()
            """

        private func hold(
            _ plane: Plane, _ who: String, _ count: Int, _ request: String, answered: Bool = true
        ) throws -> Command {
            let client = try Command([
                "python3", "-c", Self.client, plane.address, try plane.certificates(who), "\(count)", request,
                answered ? "answered" : "",
            ])
            #expect(client.wait(seconds: 60) { $0.output.contains("held\n") }, "\(client.output) \(client.errors)")
            return client
        }

        /// What the gateway says is taken up.
        private func taken(_ plane: Plane, _ name: String = "taken") throws -> [String: Int] {
            let address = try #require(plane.server.errors.firstMatch(of: /operations address=(http:\S+)/)).1
            let text = try run(["curl", "-sS", address + "/metrics"]).output
            var values: [String: Int] = [:]
            for match in text.matches(of: /quaymaster_(\w+){means="(\w+)"} (\d+)/) where match.1 == name {
                values[String(match.2)] = Int(match.3)
            }
            return values
        }

        /// Waits until nothing is taken up any more.
        private func awaitNothing(_ plane: Plane) throws {
            let end = Date().addingTimeInterval(20)
            var left: [String: Int] = [:]
            repeat {
                left = try taken(plane)
                if left.count == 5, left.values.allSatisfy({ $0 == 0 }) { return }
                usleep(50_000)
            } while Date() < end
            Issue.record("\(left)")
        }

        private static let events = "GET /v1.41/events HTTP/1.1\\r\\nHost: docker\\r\\n\\r\\n"

        @Test func streamsAreBoundedForEach() throws {
            try withPlane(policy: Self.policy) { plane in
                let alice = try hold(plane, "alice", 7, Self.events)
                #expect(alice.output.ranges(of: "HTTP/1.1 200").count == 5, "\(alice.output)")
                #expect(alice.output.ranges(of: "HTTP/1.1 429").count == 2, "\(alice.output)")
                #expect(alice.output.contains("the identity alice has as many streams"), "\(alice.output)")
                #expect(alice.output.contains("rule limit.streams"), "\(alice.output)")
                // What is no stream goes on, and so does everybody else.
                #expect(try plane.docker("alice", "ps").status == 0)
                let run = try plane.docker("socket", "version")
                #expect(run.status == 0 || !run.errors.contains("limit."), "\(run)")
                let bo = try hold(plane, "bo", 3, Self.events)
                #expect(bo.output.ranges(of: "HTTP/1.1 200").count == 2, "\(bo.output)")
                #expect(bo.output.contains("the tenant blue has as many streams"), "\(bo.output)")
                #expect(try taken(plane)["streams"] == 7)
                #expect(try taken(plane, "limited_total")["streams"] == 3)
                for client in [alice, bo] {
                    try client.send("\n")
                    #expect(client.wait { $0.output.contains("left\n") })
                }
                try awaitNothing(plane)
                // There is room again.
                let again = try hold(plane, "alice", 5, Self.events)
                #expect(again.output.ranges(of: "HTTP/1.1 200").count == 5, "\(again.output)")
                again.signal(SIGKILL)
                _ = again.finish(seconds: 10)
                try awaitNothing(plane)
            }
        }

        /// Bodies that never become whole, connections and requests: one identity's fill up, another's work.
        @Test func nobodyHoldsUpAnother() throws {
            try withPlane(
                limits: "identityBytes: 200000, identityConnections: 20, identityRequests: 20"
            ) { plane in
                let slow =
                    "POST /v1.41/containers/create HTTP/1.1\\r\\nHost: docker\\r\\nContent-Type: application/json\\r\\n"
                    + "Content-Length: 90000\\r\\n\\r\\n" + String(repeating: " ", count: 60_000)
                let alice = try hold(plane, "alice", 3, slow, answered: false)
                let end = Date().addingTimeInterval(20)
                while try taken(plane)["bytes"] ?? 0 < 180_000, Date() < end { usleep(50_000) }
                // Three bodies are held; others are refused. At the same time with those, any three would be.
                let more = try hold(plane, "alice", 3, slow)
                #expect(more.output.ranges(of: "HTTP/1.1 429").count == 3, "\(more.output)")
                #expect(try taken(plane, "limited_total")["bytes"] == 3)
                #expect(try taken(plane)["bytes"] ?? 0 >= 180_000)
                let made = try plane.docker("bo", "create", "--name", "unhindered", "bb:1", seconds: 30)
                defer { plane.engine.clean("rm", "-f", "unhindered") }
                #expect(made.status == 0, "\(made)")
                let refused = try plane.docker("alice", "create", "-e", "A=" + String(repeating: "a", count: 60_000), "bb:1")
                #expect(refused.errors.contains("rule limit.bytes"), "\(refused)")
                for client in [alice, more] {
                    try client.send("\n")
                    #expect(client.wait { $0.output.contains("left\n") })
                }
                try awaitNothing(plane)

                let ping = "GET /_ping HTTP/1.1\\r\\nHost: docker\\r\\n\\r\\n"
                let many = try hold(plane, "alice", 24, ping)
                #expect(many.output.ranges(of: "HTTP/1.1 200").count == 20, "\(many.output)")
                #expect(many.output.ranges(of: "rule limit.connections").count == 4, "\(many.output)")
                #expect(try plane.docker("bo", "ps").status == 0)
                many.signal(SIGKILL)
                _ = many.finish(seconds: 10)
                try awaitNothing(plane)
            }
        }

        /// However exchanges are broken off, what they took up comes back.
        @Test func whatIsBrokenOffComesBack() throws {
            try withPlane { plane in
                try plane.docker("alice", "run", "-d", "--name", "cut", "bb:1", "sleep", "1000")
                defer { plane.engine.clean("rm", "-f", "cut") }
                let attach =
                    "POST /v1.41/containers/cut/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\\r\\nHost: docker\\r\\n"
                    + "Connection: Upgrade\\r\\nUpgrade: tcp\\r\\nContent-Length: 0\\r\\n\\r\\n"
                let requests = [
                    Self.events, attach, "GET /v1.41/containers/cut/logs?follow=1&stdout=1 HTTP/1.1\\r\\nHost: docker\\r\\n\\r\\n",
                    "POST /v1.41/containers/cut/wait HTTP/1.1\\r\\nHost: docker\\r\\n\\r\\n", "GET /v1.41/info HTTP/1.1\\r\\n",
                    "GET /v1.41/containers/json HTTP/1.1\\r\\nHost: docker\\r\\n\\r\\nGET /v1.41/events HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n",
                    "POST /v1.41/build HTTP/1.1\\r\\nHost: docker\\r\\nContent-Type: application/x-tar\\r\\n"
                        + "Transfer-Encoding: chunked\\r\\n\\r\\n200\\r\\n",
                    "POST /v1.41/containers/create HTTP/1.1\\r\\nHost: docker\\r\\nContent-Type: application/json\\r\\n"
                        + "Content-Length: 9000\\r\\n\\r\\n{",
                    "nonsense\\r\\n\\r\\n",
                ]
                let clients = try requests.map { try hold(plane, "alice", 12, $0, answered: false) }
                #expect(try taken(plane)["connections"] ?? 0 > 0)
                for (number, client) in clients.enumerated() {
                    if number % 2 == 0 { try client.send("\n") } else { client.signal(SIGKILL) }
                }
                for client in clients { client.endInput() }
                try awaitNothing(plane)
                for client in clients { _ = client.finish(seconds: 20) }
                #expect(try plane.docker("alice", "ps").status == 0)
            }
        }

        @Test func archivesAreBounded() throws {
            try withPlane(limits: "archiveBytes: 1000000") { plane in
                let folder = plane.folder.appendingPathComponent("context")
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                try "FROM bb:1\n".write(to: folder.appendingPathComponent("Dockerfile"), atomically: true, encoding: .utf8)
                let small = try plane.docker("alice", "build", "-t", "small:1", folder.path)
                defer { plane.engine.clean("rmi", "-f", "small:1") }
                #expect(small.status == 0, "\(small)")
                try Data(count: 2_000_000).write(to: folder.appendingPathComponent("zeros"))
                for option in ["--compress=false", "--compress=true"] {
                    let large = try plane.docker("alice", "build", option, folder.path)
                    #expect(large.errors.contains("larger than 1000000 bytes"), "\(large)")
                }
            }
        }
    }
}
