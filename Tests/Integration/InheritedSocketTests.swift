import Foundation
import Testing

extension Integration {
    /// Sockets whose files outlive the gateway, as containers that have mounted them need.
    @Suite(.serialized) struct InheritedSocketTests {
        /// Holds a listening socket, as a service manager does; says its descriptor.
        private static let manager = """
            import os, socket, sys
            held = socket.socket(socket.AF_UNIX)
            held.bind(sys.argv[1]); os.chmod(sys.argv[1], 0o666); held.listen()
            print(held.fileno(), flush=True)
            sys.stdin.read()
            """

        /// Becomes a program that finds the manager's socket as sd_listen_fds(3) says it.
        private static let starter = """
            import ctypes, os, sys
            manager = os.pidfd_open(int(sys.argv[1]))
            held = ctypes.CDLL(None).syscall(438, manager, int(sys.argv[2]), 0)  # pidfd_getfd(2)
            assert held >= 0
            os.dup2(held, 3); os.set_inheritable(3, True)
            os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1')
            os.execv(sys.argv[3], sys.argv[3:])
            """

        private func start(_ launcher: [String], _ folder: URL) throws -> Command {
            let server = try Command(launcher + [Plane.program, "serve", "--config", folder.path])
            try #require(server.wait { $0.errors.contains("listening address=unix") }, "\(server.errors)")
            return server
        }

        private func withConfiguration(_ body: (PrivateEngine, URL, String) throws -> Void) throws {
            let engine = try PrivateEngine.find()
            let folder = FileManager.default.temporaryDirectory
                .appendingPathComponent("quaymaster-\(UUID().uuidString.prefix(8))")
            defer { try? FileManager.default.removeItem(at: folder) }
            let made = try run([
                Plane.program, "init", folder.path, "--in-front-of", "unix://\(engine.socket)", "--listen",
                "tls://127.0.0.1:0",
            ])
            try #require(made.status == 0, "\(made)")
            let directory = folder.appendingPathComponent("sockets")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
            let socket = directory.appendingPathComponent("docker.sock").path
            let file = folder.appendingPathComponent("quaymaster.yaml")
            let text = try String(contentsOf: file, encoding: .utf8)
            try text.replacing("listen:\n", with: "listen:\n  - unix://\(socket)?identity=socket\n")
                .write(to: file, atomically: true, encoding: .utf8)
            try Plane.policy.write(
                to: folder.appendingPathComponent("policy.yaml"), atomically: true, encoding: .utf8)
            try body(engine, folder, socket)
        }

        private func pings(_ socket: String, _ seconds: Int = 10) throws -> Bool {
            try run(["curl", "-s", "-m", "\(seconds)", "--unix-socket", socket, "http://docker/_ping"]).output == "OK"
        }

        @Test func aSocketOfTheServiceManagerOutlivesTheGateway() throws {
            try withConfiguration { _, folder, socket in
                let manager = try Command(["python3", "-c", Self.manager, socket])
                defer {
                    manager.endInput()
                    _ = manager.finish(seconds: 10)
                }
                try #require(manager.wait { $0.output.contains("\n") }, "\(manager.errors)")
                let descriptor = manager.output.trimmingCharacters(in: .whitespacesAndNewlines)
                let launcher = ["python3", "-c", Self.starter, "\(manager.pid)", descriptor]
                func inode() throws -> Int? {
                    try FileManager.default.attributesOfItem(atPath: socket)[.systemFileNumber] as? Int
                }
                let before = try inode()
                let first = try start(launcher, folder)
                #expect(try pings(socket))
                first.signal(SIGTERM)
                #expect(first.finish(seconds: 30).status == 0)
                // Who connects meanwhile waits for the next one.
                let waiting = try Command([
                    "curl", "-s", "-m", "60", "--unix-socket", socket, "http://docker/_ping",
                ])
                let second = try start(launcher, folder)
                #expect(waiting.finish(seconds: 60).output == "OK")
                #expect(try inode() == before)
                second.signal(SIGKILL)
                _ = second.finish(seconds: 30)
                let third = try start(launcher, folder)
                #expect(try pings(socket))
                #expect(try inode() == before)
                third.signal(SIGTERM)
                _ = third.finish(seconds: 30)
            }
        }

        /// An engine that starts a container while the gateway is away makes a folder where the socket was.
        @Test func whatAnEngineMakesInItsPlaceIsNoHindrance() throws {
            try withConfiguration { _, folder, socket in
                for (file, starts) in [(nil as String?, true), ("kept", false)] {
                    try? FileManager.default.removeItem(atPath: socket)
                    try FileManager.default.createDirectory(atPath: socket, withIntermediateDirectories: false)
                    if let file { try "x".write(toFile: socket + "/" + file, atomically: false, encoding: .utf8) }
                    let server = try Command([Plane.program, "serve", "--config", folder.path])
                    defer {
                        server.signal(SIGTERM)
                        _ = server.finish(seconds: 30)
                    }
                    if starts {
                        #expect(server.wait { $0.errors.contains("listening address=unix") }, "\(server.errors)")
                        #expect(try pings(socket))
                    } else {
                        #expect(server.wait { $0.errors.contains("exists and is no socket") }, "\(server.errors)")
                    }
                }
            }
        }
    }
}
