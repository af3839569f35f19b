import Foundation
import Testing

/// The private engine that `make test` has started; without one every test here fails.
struct PrivateEngine {
    /// Its folder, which holds the socket.
    let folder: URL

    static func find() throws -> PrivateEngine {
        let path = try #require(
            ProcessInfo.processInfo.environment["QM_ENGINE_DIR"],
            "these tests need a private engine: run them with `make test`")
        return PrivateEngine(folder: URL(fileURLWithPath: path))
    }

    var socket: String { folder.appendingPathComponent("docker.sock").path }

    /// The image that the engine holds.
    static let image = "bb:1"

    /// Runs the docker client against the engine itself.
    @discardableResult
    func docker(_ arguments: String..., input: String = "") throws -> Outcome {
        try run(["docker", "-H", "unix://\(socket)"] + arguments, input: input)
    }

    /// What starts a command in the engine's network.
    func entering() throws -> [String] {
        let outer = try String(contentsOf: folder.appendingPathComponent("outer.pid"), encoding: .utf8)
        let pid = try run(["pgrep", "-P", outer.trimmingCharacters(in: .whitespacesAndNewlines)]).output
            .split(separator: "\n").first
        return ["nsenter", "--net=/proc/\(try #require(pid))/ns/net"]
    }

    /// The engine's version: `20.10.24`.
    func version() throws -> String {
        try docker("version", "--format", "{{.Server.Version}}").output
    }

    /// Removes what a test has made; what is not there is no matter.
    func clean(_ arguments: String...) {
        clean(arguments)
    }

    /// Removes what a test has made; what is not there is no matter.
    func clean(_ arguments: [String]) {
        do {
            var words = arguments
            // Tenants' containers have other names on the engine.
            if words.first == "rm" { words = try words.map { $0.hasPrefix("-") ? $0 : try id($0) } }
            _ = try run(["docker", "-H", "unix://\(socket)"] + words)
        } catch {
            Issue.record(error)
        }
    }

    /// Stops the engine where it is; it answers nobody until `resume`.
    func pause() { signal(SIGSTOP) }

    /// Lets the engine go on.
    func resume() { signal(SIGCONT) }

    private func signal(_ number: Int32) {
        do {
            let found = try run(["pgrep", "-f", "^[^ ]*dockerd .*\(folder.path)/docker.sock"]).output
            for pid in found.split(separator: "\n").compactMap({ pid_t($0) }) { kill(pid, number) }
        } catch {
            Issue.record(error)
        }
    }

    /// What the engine calls a container that a tenant has named; the name itself when none has.
    func id(_ name: String) throws -> String {
        let found = try docker(
            "ps", "-aq", "--no-trunc", "--filter", "label=quaymaster.name=\(name)", "--filter",
            "label=quaymaster.identity"
        ).output.split(separator: "\n")
        return found.first.map(String.init) ?? name
    }

    /// What the engine calls a volume or network that a tenant has named.
    func name(_ kind: String, _ name: String) throws -> String {
        let format = kind == "volume" ? "{{.Name}}" : "{{.ID}}"
        let found = try docker(
            kind, "ls", "--filter", "label=quaymaster.name=\(name)", "--format", format
        ).output.split(separator: "\n")
        return found.first.map(String.init) ?? name
    }

    /// Removes everything that gateways have made for tenants.
    func cleanTenants() {
        do {
            for (list, remove) in [
                (["ps", "-aq"], ["rm", "-f", "-v"]), (["volume", "ls", "-q"], ["volume", "rm", "-f"]),
                (["network", "ls", "-q"], ["network", "rm"]),
            ] {
                let made = try run(
                    ["docker", "-H", "unix://\(socket)"] + list + ["--filter", "label=quaymaster.identity"])
                let names = made.output.split(separator: "\n").map(String.init)
                if !names.isEmpty { clean(remove + names) }
            }
        } catch {
            Issue.record(error)
        }
    }

    /// Kills the engine and starts it again.
    func restart() throws {
        let script = Plane.root.appendingPathComponent("Scripts/private-engine").path
        let outcome = try run([script, "restart", folder.path])
        #expect(outcome.status == 0, "\(outcome)")
    }
}

/// A gateway in front of the private engine, with a configuration of its own.
final class Plane {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The built program, beside the tests.
    static let program: String = {
        let folder =
            ProcessInfo.processInfo.environment["QM_BIN_DIR"]
            ?? root.appendingPathComponent(".build/debug").path
        return folder + "/quaymaster"
    }()

    static let policy = """
        tenants: {red: {}, blue: {}}
        roles:
          developer: [view, logs, search, run, start, stop, restart, kill, pause, wait, rename, update,
            rm, attach, exec, cp, export, commit, pull, push, build, tag, rmi, load, save, import,
            login, network, volume, prune]
          observer: [view, logs]
        identities:
          socket: {unixUser: 0}
        grants:
          - {to: admin, may: "*", in: "*", level: privileged}
          - {to: [alice, socket], may: developer, in: red, level: baseline}
          - {to: bo, may: developer, in: blue, level: baseline}
          - {to: watcher, may: observer, in: red}
        """

    let engine: PrivateEngine
    let folder: URL
    /// What the gateway and its clients are started by.
    let launcher: [String]
    private(set) var server: Command
    private(set) var address = ""

    /// Makes a configuration and starts a gateway on it.
    ///
    /// - Parameters:
    ///   - policy: The text of `policy.yaml`.
    ///   - socket: The engine's socket; the private engine's when nil.
    ///   - unix: Also listens on a Unix socket of the identity `socket` in the plane's folder.
    ///   - limits: Entries of `limits` in `quaymaster.yaml`.
    ///   - configuration: Further lines of `quaymaster.yaml`.
    ///   - inside: Runs the gateway and its clients in the engine's network; it also listens on the port
    ///     23760 of every address there.
    /// - Throws: When the gateway does not start.
    init(
        policy: String = Plane.policy, socket: String? = nil, unix: Bool = false, limits: String = "",
        configuration: String = "", inside: Bool = false
    ) throws {
        engine = try PrivateEngine.find()
        launcher = inside ? try engine.entering() : []
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("quaymaster-\(UUID().uuidString.prefix(8))")
        let made = try run([
            Self.program, "init", folder.path, "--in-front-of", "unix://\(socket ?? engine.socket)",
            "--listen", "tls://127.0.0.1:0",
        ])
        try #require(made.status == 0, "\(made)")
        try policy.write(
            to: folder.appendingPathComponent("policy.yaml"), atomically: true, encoding: .utf8)
        var more = limits.isEmpty ? "" : "limits: {\(limits)}\n"
        more += "metrics: 127.0.0.1:0\n" + configuration
        if let cgroup = ProcessInfo.processInfo.environment["QM_ENGINE_CGROUP"] {
            more += "cgroup: \(cgroup)\n"
        }
        var text = try String(
            contentsOf: folder.appendingPathComponent("quaymaster.yaml"), encoding: .utf8)
        if inside {
            text = text.replacing(
                "tls://127.0.0.1:0\n", with: "tls://127.0.0.1:0\n  - tls://0.0.0.0:23760\n")
        }
        if unix {
            let path = folder.appendingPathComponent("sockets/docker.sock").path
            text = text.replacing(
                "listen:\n", with: "listen:\n  - unix://\(path)?identity=socket&mode=0666\n")
        }
        try (text + more).write(
            to: folder.appendingPathComponent("quaymaster.yaml"), atomically: true, encoding: .utf8)
        server = try Self.start(folder, launcher)
        try awaitListening()
    }

    private static func start(_ folder: URL, _ launcher: [String]) throws -> Command {
        try Command(launcher + [program, "serve", "--config", folder.path, "--log-level", "debug"])
    }

    private func awaitListening() throws {
        let marker = "listening address=tls://"
        try #require(server.wait { $0.errors.contains(marker) }, "\(server.errors)")
        let rest = try #require(server.errors.range(of: marker)).upperBound
        address = String(server.errors[rest...].prefix { $0 != "\n" })
    }

    /// Stops the gateway and starts another on the same configuration; the port changes.
    func restart() throws {
        stop()
        server = try Self.start(folder, launcher)
        try awaitListening()
    }

    /// Kills the gateway and starts another on the same configuration; the port changes.
    func crash() throws {
        server.signal(SIGKILL)
        _ = server.finish(seconds: 30)
        server = try Self.start(folder, launcher)
        try awaitListening()
    }

    /// An object that stands in the store as a tenant's.
    struct Owned: Hashable {
        let tenant: String
        let kind: String
        let id: String
        let name: String
    }

    /// What stands in the store, as `quaymaster tenant list` tells it.
    func owned() throws -> [Owned] {
        let outcome = try quaymaster("tenant", "list", "--format", "json")
        try #require(outcome.status == 0, "\(outcome)")
        return try outcome.output.split(separator: "\n").map { line in
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            func text(_ name: String) -> String { object[name] as? String ?? "" }
            return Owned(tenant: text("tenant"), kind: text("kind"), id: text("id"), name: text("name"))
        }
    }

    /// Stops the gateway in good order.
    @discardableResult
    func stop() -> Outcome {
        server.signal(SIGTERM)
        return server.finish(seconds: 30)
    }

    /// Stops everything and removes what was made.
    func remove() {
        stop()
        engine.cleanTenants()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Runs quaymaster on this configuration.
    @discardableResult
    func quaymaster(_ arguments: String...) throws -> Outcome {
        try quaymaster(arguments)
    }

    func quaymaster(_ arguments: [String]) throws -> Outcome {
        try run([Self.program] + arguments + ["--config", folder.path])
    }

    /// The certificate folder of an identity, which is made at the first call.
    func certificates(_ identity: String, ttl: String = "1h") throws -> String {
        let out = folder.appendingPathComponent("identities/\(identity)").path
        if !FileManager.default.fileExists(atPath: out) {
            let outcome = try quaymaster("identity", "issue", identity, "--ttl", ttl, "--out", out)
            try #require(outcome.status == 0, "\(outcome)")
        }
        return out
    }

    /// The environment of the stock docker client for an identity.
    func environment(_ identity: String) throws -> [String: String] {
        [
            "DOCKER_HOST": "tcp://\(address)", "DOCKER_TLS_VERIFY": "1", "DOCKER_BUILDKIT": "0",
            "DOCKER_CERT_PATH": try certificates(identity),
        ]
    }

    /// Runs the stock docker client as an identity.
    @discardableResult
    func docker(
        _ identity: String, _ arguments: String..., input: String = "", seconds: Double = 120
    ) throws -> Outcome {
        try run(
            launcher + ["docker"] + arguments, environment: environment(identity), input: input,
            seconds: seconds)
    }

    /// Starts the stock docker client as an identity.
    func start(_ identity: String, _ arguments: String...) throws -> Command {
        try Command(["docker"] + arguments, environment: environment(identity))
    }

    /// One plain HTTP exchange as an identity, with curl: status and body.
    func request(
        _ identity: String, _ arguments: String...
    ) throws -> (status: Int, body: String) {
        let folder = try certificates(identity)
        let last = try #require(arguments.last)
        let outcome = try run(
            [
                "curl", "-sS", "--cacert", "\(folder)/ca.pem", "--cert", "\(folder)/cert.pem",
                "--key", "\(folder)/key.pem", "-w", "\n%{http_code}",
            ] + arguments.dropLast() + ["https://\(address)\(last)"])
        let parts = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
        return (Int(parts.last ?? "") ?? 0, parts.dropLast().joined(separator: "\n"))
    }

    /// One GET as an identity, with what came within five seconds: streams do not end.
    func bytes(_ identity: String, _ target: String) throws -> (status: Int, body: Data) {
        let folder = try certificates(identity)
        let file = self.folder.appendingPathComponent("answer")
        try Data().write(to: file)
        let outcome = try run([
            "curl", "-sS", "--max-time", "5", "--cacert", "\(folder)/ca.pem", "--cert", "\(folder)/cert.pem",
            "--key", "\(folder)/key.pem", "-o", file.path, "-w", "%{http_code}", "https://\(address)\(target)",
        ])
        return (Int(outcome.output) ?? 0, try Data(contentsOf: file))
    }

    /// The record's folder.
    var ledger: URL { folder.appendingPathComponent("state/ledger") }

    /// The record's segments, one behind the other.
    func recordText() throws -> String {
        try FileManager.default.contentsOfDirectory(at: ledger, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "jsonl" && $0.lastPathComponent != "record.jsonl" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
            .map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }.joined()
    }

    /// The record's lines, once one of them satisfies a check.
    ///
    /// Lines of acts that change nothing follow within a tenth of a second, so this waits.
    func record(until check: ([[String: Any]]) -> Bool) throws -> [[String: Any]] {
        let end = Date().addingTimeInterval(10)
        while true {
            // What a writer is in the middle of is no line yet.
            let text = try recordText()
            let whole = text.lastIndex(of: "\n").map { text[...$0] } ?? ""
            let lines = try whole.split(separator: "\n").map { line in
                try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            }.filter { $0["id"] != nil }
            if check(lines) || Date() > end { return lines }
            usleep(20_000)
        }
    }

    /// Memory of the gateway, in KiB.
    var residentMemory: Int {
        let text = (try? String(contentsOfFile: "/proc/\(server.pid)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return line.split(separator: " ").compactMap { Int($0) }.first ?? 0
    }

    /// The number of open files of the gateway.
    var openFiles: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(server.pid)/fd").count) ?? 0
    }
}

/// Every test of this target: one after the other, since they share an engine and two cores.
@Suite(.serialized) enum Integration {}

/// Makes a plane, runs a body, removes the plane.
func withPlane(
    policy: String = Plane.policy, unix: Bool = false, limits: String = "", configuration: String = "",
    _ body: (Plane) throws -> Void
) throws {
    let plane = try Plane(policy: policy, unix: unix, limits: limits, configuration: configuration)
    defer { plane.remove() }
    try body(plane)
}
