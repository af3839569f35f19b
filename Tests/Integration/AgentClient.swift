import AgentMessages
import Foundation
import Testing

/// What a line of the guarded shell left behind.
struct LineOutcome: CustomStringConvertible {
    var output = Data()
    var errors = Data()
    var started: Started?
    var notices: [Sentence] = []
    var refused: Sentence?
    var ended: Ended?

    var text: String { String(decoding: output, as: UTF8.self) }
    var description: String {
        "\(text.prefix(2000))\n\(String(decoding: errors, as: UTF8.self)) \(String(describing: refused)) "
            + "\(String(describing: ended)) \(notices)"
    }
}

/// One line, as a gateway asks an agent for it.
final class AgentLine {
    private let descriptor: Int32
    private var reader = FrameReader(fromGateway: false)
    private(set) var outcome = LineOutcome()

    init(_ socket: String, _ request: Request) throws {
        descriptor = Foundation.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(socket.utf8)) }
        let descriptor = self.descriptor
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0, "nobody listens on \(socket)")
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        try send(request)
    }

    deinit { close(descriptor) }

    func send(_ request: Request) throws {
        let bytes = request.frame.bytes
        try #require(Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count)
    }

    /// Reads until something is true of the outcome, or nothing follows.
    @discardableResult
    func wait(for check: (LineOutcome) -> Bool) throws -> LineOutcome {
        while !check(outcome) {
            if let frame = try reader.next() {
                take(try Reply(frame))
                continue
            }
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &bytes, bytes.count, 0)
            guard count > 0 else { break }
            reader.receive(bytes.prefix(count))
        }
        return outcome
    }

    private func take(_ reply: Reply) {
        switch reply {
        case .started(let started): outcome.started = started
        case .output(let bytes): outcome.output.append(contentsOf: bytes)
        case .errors(let bytes): outcome.errors.append(contentsOf: bytes)
        case .notice(let sentence): outcome.notices.append(sentence)
        case .refused(let sentence): outcome.refused = sentence
        case .ended(let ended): outcome.ended = ended
        case .facts(let facts):
            outcome.started = Started(way: .outside, start: facts.start, user: facts.user, group: facts.group)
        }
    }
}

/// An agent beside the private engine, in the engine's own namespaces as on a host of its own.
final class RunningAgent {
    let engine: PrivateEngine
    let folder: URL
    let socket: String
    private let command: Command

    /// The static helper; `Scripts/test` builds it.
    static let helper =
        ProcessInfo.processInfo.environment["QM_ENTER"]
        ?? Plane.root.appendingPathComponent(".build-static/release/quaymaster-enter").path

    /// Starts an agent.
    ///
    /// - Parameter prefix: What stands before the program in a shell's line: variables, redirections.
    /// - Throws: When it does not listen.
    init(prefix: String = "") throws {
        engine = try PrivateEngine.find()
        try #require(
            FileManager.default.fileExists(atPath: Self.helper),
            "there is no \(Self.helper): Scripts/static-helpers builds it")
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("agent-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        socket = folder.appendingPathComponent("s").path
        let line = """
            \(prefix) exec \(Plane.program) agent --socket \(socket) --helper \(Self.helper) \
            --exec-root \(engine.folder.path)/exec
            """
        command = try Command(try Self.inside(engine) + ["sh", "-c", line])
        try #require(
            command.wait { $0.errors.contains("listens") }, "\(command.output)\(command.errors)")
    }

    /// What starts a command where the engine is.
    static func inside(_ engine: PrivateEngine) throws -> [String] {
        let outer = try String(contentsOf: engine.folder.appendingPathComponent("outer.pid"), encoding: .utf8)
        let pid = try Command.done(["pgrep", "-P", outer.trimmingCharacters(in: .whitespacesAndNewlines)]).output
            .split(separator: "\n").first
        return ["nsenter", "-t", String(try #require(pid)), "--mount", "--pid", "--net", "--wd=/"]
    }

    /// The agent's own number: nsenter has one child.
    func process() throws -> Int32 {
        let found = try Command.done(["pgrep", "-P", String(command.pid)]).output.split(separator: "\n").first
        return try #require(found.flatMap { Int32($0) })
    }

    func stop(_ signal: Int32 = SIGTERM) throws {
        kill(try process(), signal)
        _ = command.finish(seconds: 10)
    }

    deinit {
        do {
            if !command.hasEnded { try stop(SIGKILL) }
            try FileManager.default.removeItem(at: folder)
        } catch {
            Issue.record(error)
        }
    }

    func line(
        _ container: String, _ role: String, _ words: [String], terminal: TerminalSize? = nil,
        start: UInt64? = nil, pin: String? = nil
    ) throws -> AgentLine {
        let id = try #require(ContainerID(container), "\(container)")
        let request = try RunRequest(
            container: id, role: role, words: words, terminal: terminal, start: start, pin: pin)
        return try AgentLine(socket, .run(request))
    }

    /// Runs a line to its end.
    func run(
        _ container: String, _ role: String, _ words: String..., start: UInt64? = nil, pin: String? = nil
    ) throws -> LineOutcome {
        try line(container, role, words, start: start, pin: pin).wait { _ in false }
    }
}

/// Containers of the probe (Tests/Probe), each removed in the end.
final class ProbeContainers {
    let engine: PrivateEngine
    static let image = "probe:1"
    private var names: [String] = []

    init() throws {
        engine = try PrivateEngine.find()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("probe-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let bin = folder.appendingPathComponent("bin")
        try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
        let source = Plane.root.appendingPathComponent("Tests/Probe/probe.c").path
        let made = try Command.done(["cc", "-D_GNU_SOURCE", "-static", "-O1", "-w", "-o", bin.path + "/nginx", source])
        try #require(made.status == 0, "\(made)")
        let script = """
            set -e; cd "$1"; for name in redis-cli git idle php-fpm; do cp bin/nginx bin/$name; done
            cp "$(command -v busybox)" bin/busybox
            for name in sh sleep cat mkdir mkfifo ln mv cp seq gzip ls rm chmod touch true; do ln -s busybox bin/$name; done
            printf '#!/proc/self/exe\\n' >bin/supervisorctl; chmod +x bin/supervisorctl
            mkdir -p etc proc dev sys tmp var/log srv/app; chmod 1777 tmp
            echo 'root:x:0:0::/:/bin/sh' >etc/passwd
            seq 1 20000 >var/log/app.log
            tar -c . | docker -H "unix://$2" import -c 'CMD ["/bin/idle"]' -c 'ENV PATH=/bin' - \(Self.image)
            """
        let image = try Command.done(["bash", "-c", script, "image", folder.path, engine.socket])
        try #require(image.status == 0, "\(image)")
    }

    /// Starts a container; its full id.
    func start(_ options: String..., command: [String] = []) throws -> String {
        try start(options, command: command)
    }

    func start(_ options: [String], command: [String] = []) throws -> String {
        let outcome = try Command.done(
            ["docker", "-H", "unix://\(engine.socket)", "run", "-d"] + options + [Self.image] + command)
        try #require(outcome.status == 0, "\(outcome)")
        let id = outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
        names.append(id)
        return id
    }

    /// The number of a container's first process where the engine is.
    func process(_ id: String) throws -> String {
        try engine.docker("inspect", "-f", "{{.State.Pid}}", id).output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// What stands beside us: util-linux's nsenter with all namespaces.
    func nsenter(_ id: String, _ words: [String], before: [String] = []) throws -> [String] {
        try RunningAgent.inside(engine) + before + ["nsenter", "-t", try process(id), "-a"] + words
    }

    /// The commands of a container's processes, as the host sees them.
    func commands(_ id: String) throws -> [String] {
        try engine.docker("top", id, "-eo", "pid,stat,args").output.split(separator: "\n").dropFirst().map { String($0) }
    }

    deinit {
        engine.clean(["rm", "-f", "-v"] + names)
        engine.clean("rmi", "-f", Self.image)
    }
}

extension Command {
    /// Runs a command to its end, also where `run` means something else.
    static func done(_ arguments: [String], seconds: Double = 120) throws -> Outcome {
        let command = try Command(arguments)
        command.endInput()
        return command.finish(seconds: seconds)
    }
}
