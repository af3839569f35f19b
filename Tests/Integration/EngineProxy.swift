import Foundation
import Testing

/// Stands between a gateway and the private engine: notes what the engine is asked, cuts streams of
/// events, and keeps events or the answers to what makes containers back.
final class EngineProxy {
    private static let program = #"""
        import os, re, signal, socket, sys, threading, time
        path, engine, log, late = sys.argv[1:5]
        events, keeps_back, makers = set(), [False], set()
        out = open(log, "a", buffering=1)
        request = re.compile(rb"(?:^|\n)((?:GET|HEAD|POST|PUT|DELETE) /\S+) HTTP/1\.1\r\n")
        def up(client, server):
            try:
                while True:
                    data = client.recv(65536)
                    if not data: break
                    for found in request.findall(data):
                        if b"/events" in found: events.add((client, server))
                        if late and b"/containers/create" in found: makers.add((client, server))
                        out.write(found.decode() + "\n")
                    server.sendall(data)
                server.shutdown(socket.SHUT_WR)
            except OSError: pass
        def down(client, server):
            try:
                while True:
                    data = server.recv(65536)
                    if not data: break
                    if keeps_back[0] and (client, server) in events: continue
                    if (client, server) in makers:
                        makers.discard((client, server))
                        time.sleep(0.3)
                    client.sendall(data)
                client.shutdown(socket.SHUT_WR)
            except OSError: pass
        def cut():
            for pair in list(events):
                for end in pair:
                    try: end.shutdown(socket.SHUT_RDWR)
                    except OSError: pass
            events.clear()
        def accept():
            while True:
                client, _ = listener.accept()
                server = socket.socket(socket.AF_UNIX)
                try: server.connect(engine)
                except OSError:
                    client.close(); continue
                for body in (up, down):
                    threading.Thread(target=body, args=(client, server), daemon=True).start()
        signals = {signal.SIGUSR1, signal.SIGUSR2}
        signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path); listener.listen(512)
        threading.Thread(target=accept, daemon=True).start()
        while True:
            print("ready", flush=True)
            if signal.sigwait(signals) == signal.SIGUSR1: cut()
            else: keeps_back[0] = not keeps_back[0]
        """#

    let socket: String
    private let log: String
    private let command: Command

    /// Starts a proxy in a folder. With `answersLate` a container's maker hears of it long after its
    /// events came.
    init(_ engine: PrivateEngine, answersLate: Bool = false) throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("qm-proxy-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        socket = folder.appendingPathComponent("engine.sock").path
        log = folder.appendingPathComponent("log").path
        command = try Command(["python3", "-c", Self.program, socket, engine.socket, log, answersLate ? "late" : ""])
        try #require(command.wait { $0.output.contains("ready") }, "\(command.errors)")
    }

    /// What the engine was asked since the start: `GET /v1.41/containers/json?all=1`.
    func requests() throws -> [String] {
        try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// Breaks off every stream of events.
    func cutEvents() throws { try send(SIGUSR1) }

    /// Keeps events back from now on, or no longer.
    func keepEventsBack() throws { try send(SIGUSR2) }

    private func send(_ signal: Int32) throws {
        let before = command.output.utf8.count
        command.signal(signal)
        try #require(command.wait { $0.output.utf8.count > before }, "\(command.errors)")
    }

    /// Stops it and removes what it made.
    func remove() {
        command.signal(SIGKILL)
        _ = command.finish(seconds: 10)
        try? FileManager.default.removeItem(
            at: URL(fileURLWithPath: socket).deletingLastPathComponent())
    }
}

extension Plane {
    /// A figure of the gateway's metrics; 0 before it is there.
    func metric(_ name: String) throws -> Int {
        let marker = "operations address=http://"
        let rest = try #require(server.errors.range(of: marker)).upperBound
        let address = String(server.errors[rest...].prefix { $0 != "\n" })
        let text = try run(["curl", "-s", "http://\(address)/metrics"]).output
        let line = text.split(separator: "\n").first { $0.hasPrefix("quaymaster_" + name + " ") }
        return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
    }

    /// Waits until a figure is what it should be; false when it is not after a while.
    func awaitMetric(_ name: String, seconds: Double = 20, _ check: (Int) -> Bool) throws -> Bool {
        let end = Date().addingTimeInterval(seconds)
        while try !check(metric(name)) {
            if Date() > end { return false }
        }
        return true
    }

    /// Waits until lists are answered without the engine.
    func awaitInventory() throws {
        let end = Date().addingTimeInterval(60)
        let name = "container_lists_total{from=\"inventory\"}"
        let before = try metric(name)
        repeat {
            _ = try request("admin", "/v1.41/containers/json?limit=1")
        } while try metric(name) == before && Date() < end
        #expect(try metric(name) > before, "the inventory is never right")
    }
}

/// An identity's way to a gateway, by curl; threads may share it.
struct Curl: Sendable {
    private let address: String
    private let folder: String

    init(_ plane: Plane, _ identity: String) throws {
        address = plane.address
        folder = try plane.certificates(identity)
    }

    /// One plain HTTP exchange: status and body.
    func callAsFunction(_ method: String, _ target: String, _ body: String = "") throws -> (status: Int, body: String) {
        let sent = body.isEmpty ? [] : ["-H", "Content-Type: application/json", "-d", body]
        let outcome = try run(
            [
                "curl", "-sS", "--cacert", "\(folder)/ca.pem", "--cert", "\(folder)/cert.pem",
                "--key", "\(folder)/key.pem", "-w", "\n%{http_code}", "-X", method,
            ] + sent + ["https://\(address)\(target)"])
        let parts = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
        return (Int(parts.last ?? "") ?? 0, parts.dropLast().joined(separator: "\n"))
    }
}
