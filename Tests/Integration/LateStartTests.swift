import Foundation
import Testing

extension Integration {
    /// An engine that takes a start up long after whoever sent it has gone.
    @Suite struct LateStartTests {
        /// Passes on what the engine is asked, but starts of execs only two seconds after who asks has left.
        private static let proxy = #"""
            import re, socket, sys, threading, time
            path, engine = sys.argv[1:3]
            start = re.compile(rb"POST /\S*exec/([0-9a-f]+)/start ")
            def pump(one, other, holds):
                try:
                    while data := one.recv(65536):
                        if holds and (found := start.search(data)):
                            print("held " + found[1].decode(), flush=True)
                            while one.recv(65536): pass
                            time.sleep(2)
                            other.sendall(data)
                            print("sent", flush=True)
                            time.sleep(60)
                        other.sendall(data)
                    other.shutdown(socket.SHUT_WR)
                except OSError: pass
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(path); listener.listen(512)
            print("ready", flush=True)
            while True:
                client, _ = listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(engine)
                for one, other, holds in ((client, server, True), (server, client, False)):
                    threading.Thread(target=pump, args=(one, other, holds), daemon=True).start()
            """#

        @Test func aStartThatComesLateIsEnded() throws {
            let engine = try PrivateEngine.find()
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("late-\(UUID().uuidString.prefix(8))")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let socket = folder.appendingPathComponent("s").path
            // Where the engine is: its processes are found beside whoever listens.
            let proxy = try Command(RunningAgent.inside(engine) + ["python3", "-c", Self.proxy, socket, engine.socket])
            defer {
                // nsenter has one child, which it waits for.
                _ = try? Command.done(["pkill", "-KILL", "-P", String(proxy.pid)])
                _ = proxy.finish(seconds: 10)
            }
            try #require(proxy.wait { $0.output.contains("ready") }, "\(proxy.errors)")
            let plane = try Plane(socket: socket)
            defer { plane.remove() }
            try plane.docker("alice", "run", "-d", "--name", "web", "bb:1", "sleep", "1000")
            let client = try Command(["docker", "exec", "web", "sleep", "997"], environment: plane.environment("alice"))
            try #require(proxy.wait { $0.output.contains("held") }, "\(client.errors)")
            #expect(try plane.quaymaster("identity", "revoke", "alice").status == 0)
            _ = client.finish(seconds: 20)
            try #require(proxy.wait { $0.output.contains("sent") })
            let exec = try #require(proxy.output.split(whereSeparator: \.isWhitespace).drop { $0 != "held" }.dropFirst().first)
            func state() throws -> String {
                try run(["curl", "-s", "--unix-socket", engine.socket, "http://e/v1.41/exec/\(exec)/json"]).output
            }
            let end = Date().addingTimeInterval(20)
            while try !state().contains("\"ExitCode\":137"), Date() < end {}
            let last = try state()
            #expect(last.contains("\"ExitCode\":137"), "\(last)")
        }
    }
}
