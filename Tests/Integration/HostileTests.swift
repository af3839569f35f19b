import Foundation
import Testing

extension Integration {
    /// Bad input gets a clear error or a closed connection, and leaves nothing behind.
    @Suite(.serialized) struct HostileTests {
        /// Sends bytes over TLS as an identity and returns what comes back until the end.
        private func send(_ plane: Plane, _ bytes: String, half: Bool = false) throws -> String {
            let folder = try plane.certificates("alice")
            return try run(
                ["python3", "-c", Self.client, plane.address, folder, half ? "half" : ""], input: bytes, seconds: 30
            ).output
        }

        /// A TLS client that sends what it reads.
        private static let client = """
            import socket, ssl, sys
            host, port = sys.argv[1].split(':')
            context = ssl.create_default_context(cafile=sys.argv[2] + '/ca.pem')
            context.load_cert_chain(sys.argv[2] + '/cert.pem', sys.argv[2] + '/key.pem')
            c = context.wrap_socket(socket.create_connection((host, int(port))), server_hostname=host)
            try: c.sendall(sys.stdin.buffer.read())
            except OSError: pass
            if sys.argv[3]:
                try: c.unwrap()
                except OSError: pass
            c.settimeout(8)
            try:
                while True:
                    data = c.recv(65536)
                    if not data: break
                    sys.stdout.buffer.write(data)
            except OSError: pass
            """

        struct Row: CustomTestStringConvertible {
            let testDescription: String
            let bytes: String
            let status: String
        }

        @Test func malformedRequestsGetDockerShapedErrors() throws {
            let json = "POST /containers/create HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\n"
            let rows = [
                Row(testDescription: "no HTTP", bytes: "\u{16}\u{3}\u{1}garbage", status: "400"),
                Row(testDescription: "HTTP/1.0", bytes: "GET /_ping HTTP/1.0\r\n\r\n", status: "505"),
                Row(
                    testDescription: "smuggling",
                    bytes: "POST /_ping HTTP/1.1\r\nHost: docker\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
                    status: "400"),
                Row(
                    testDescription: "a head without end",
                    bytes: "GET /_ping HTTP/1.1\r\nHost: docker\r\nX: " + String(repeating: "a", count: 140_000), status: "431"),
                Row(
                    testDescription: "a body that is too long",
                    bytes: json + "Content-Length: 99999999\r\n\r\n" + String(repeating: "{", count: 3000), status: "413"),
                // Slow loris: a head, and a body, that never end.
                Row(testDescription: "a slow head", bytes: "GET /_ping HTTP/1.1\r\nHost", status: "408"),
                Row(testDescription: "a slow body", bytes: json + "Content-Length: 50\r\n\r\n{", status: "408"),
            ]
            try withPlane(limits: "bodyBytes: 1000, bodySeconds: 2, headSeconds: 2") { plane in
                for row in rows {
                    let answer = try send(plane, row.bytes)
                    #expect(answer.hasPrefix("HTTP/1.1 \(row.status) "), "\(row.testDescription): \(answer.prefix(300))")
                    #expect(answer.contains("{\"message\":\"quaymaster: "), "\(row.testDescription)")
                    #expect(!answer.lowercased().contains("<html"))
                }
                // Archives stream: the engine gets no end of them, the client an answer.
                for path in ["POST /images/load", "POST /build", "POST /images/create?fromSrc=-&repo=a"] {
                    let answer = try send(
                        plane,
                        "\(path) HTTP/1.1\r\nHost: docker\r\nContent-Type: application/x-tar\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n4\r\n\0\0\0\0\r\nzz\r\n")
                    #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(path): \(answer.prefix(300))")
                    #expect(answer.contains("{\"message\":\"quaymaster: refused: a chunk"), "\(path): \(answer)")
                }
                let nothing = try plane.request("alice", "-X", "POST", "/v1.41/commit?container=")
                #expect(nothing.status == 404 && nothing.body.contains("No such container"), "\(nothing)")
                for path in ["/v1.41/images/get?names=", "/v1.41/images/get?names=bb:1&names="] {
                    let answer = try plane.request("alice", path)
                    #expect(answer.status == 400 && answer.body.contains("names must name an image"), "\(answer)")
                }
                // A page whose name was bound to our address is of our origin, and still names itself.
                for (host, status) in [
                    ("evil.example", "403"), ("evil.example:2376", "403"), ("docker", "200"),
                    (plane.address, "200"), ("localhost:2376", "200"), ("LOCALHOST", "200"),
                ] {
                    let answer = try send(
                        plane, "GET /_ping HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
                    #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(host): \(answer.prefix(300))")
                    #expect(answer.contains("wire.host") == (status == "403"), "\(host)")
                }
                // Pipelined requests are answered one after the other.
                let pipelined = try send(
                    plane,
                    "GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\nGET /version HTTP/1.1\r\nHost: docker\r\n\r\n"
                        + "GET /debug/vars HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n")
                #expect(pipelined.components(separatedBy: "HTTP/1.1 200 OK").count == 3, "\(pipelined)")
                #expect(pipelined.contains("HTTP/1.1 403 Forbidden"))
            }
        }

        /// An engine locks a container while an archive goes into it.
        @Test func anUploadThatIsCutLocksNothing() throws {
            try withPlane { plane in
                let name = "cut"
                defer { plane.engine.clean("rm", "-f", name) }
                #expect(try plane.docker("alice", "create", "--name", name, "bb:1").status == 0)
                for path in ["/containers/\(name)/archive?path=/tmp", "/images/load", "/build"] {
                    let method = path.hasPrefix("/containers") ? "PUT" : "POST"
                    _ = try send(
                        plane,
                        "\(method) \(path) HTTP/1.1\r\nHost: docker\r\nContent-Type: application/x-tar\r\n"
                            + "Content-Length: 100000\r\n\r\n" + String(repeating: "\0", count: 300), half: true)
                }
                let state = try run(
                    ["docker", "inspect", "-f", "{{.State.Status}}", try plane.engine.id(name)],
                    environment: plane.environment("admin"), seconds: 15)
                #expect(state.output == "created\n", "\(state)")
            }
        }

        /// Ten thousand connections of garbage: memory stays flat and no file stays open.
        @Test func garbageLeavesNothingBehind() throws {
            try withPlane { plane in
                try plane.docker("alice", "version")
                let storm = """
                    import os, random, socket, sys
                    host, port = sys.argv[1].split(':')
                    random.seed(7)
                    def settle():
                        # The gateway ends each of these: every loop has dealt with what came before.
                        for c in [socket.create_connection((host, int(port))) for _ in range(8)]:
                            try:
                                c.sendall(b'GET / HTTP/1.1\\r\\n\\r\\n')
                                while c.recv(4096): pass
                            except OSError: pass
                            c.close()
                    for i in range(int(sys.argv[2])):
                        if i % 100 == 0: settle()
                        c = socket.create_connection((host, int(port)))
                        kind = i % 4
                        try:
                            if kind == 0: c.sendall(os.urandom(random.randrange(1, 400)))
                            elif kind == 1: c.sendall(b'GET / HTTP/1.1\\r\\n\\r\\n')
                            elif kind == 2: c.sendall(b'\\x16\\x03\\x01\\x02\\x00\\x01\\x00\\x01\\xfc\\x03\\x03' + os.urandom(200))
                        except OSError: pass
                        if kind == 3: c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b'\\x01\\0\\0\\0\\0\\0\\0\\0')
                        c.close()
                    settle()
                    """
                func rage(_ count: Int) throws {
                    let outcome = try run(["python3", "-c", storm, plane.address, "\(count)"], seconds: 300)
                    #expect(outcome.status == 0, "\(outcome)")
                    #expect(try plane.docker("alice", "version").status == 0)
                }
                try rage(2000)
                let memory = plane.residentMemory
                let files = plane.openFiles
                try rage(10_000)
                #expect(plane.residentMemory - memory < 8 << 10, "\(memory) -> \(plane.residentMemory) KiB")
                #expect(plane.openFiles <= files + 8, "\(files) -> \(plane.openFiles)")
            }
        }
    }
}
