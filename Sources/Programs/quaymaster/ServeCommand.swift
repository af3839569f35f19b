import Acts
import ArgumentParser
import Crypto
import Dispatch
import Engine
import Foundation
import Gateway
import GuardedShell
import Identity
import Ledger
import Logging
import NIOCore
import NIOPosix
import Policy
import PolicyFile
import Store

/// `quaymaster serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Runs the gateway.",
        discussion: """
            SIGTERM drains and stops; SIGHUP reads policy and server certificate anew.
            """)

    @Option(help: "How much is logged: debug, info, notice, warning or error.")
    var logLevel = "info"

    @Option(help: "How the log is written: text or json.")
    var logFormat: OutputFormat = .text

    @OptionGroup var config: ConfigOption

    func run() async throws {
        guard let level = Logger.Level(rawValue: logLevel) else {
            throw CommandError(
                "\"\(logLevel)\" is no log level",
                hint: "debug, info, notice, warning or error", code: 2)
        }
        signal(SIGPIPE, SIG_IGN)
        OpenFiles.raiseLimit()
        let format = logFormat
        var log = Logger(label: "quaymaster") { _ in LineLog(format: format) }
        log.logLevel = level
        let file = try ConfigurationFile(directory: config.directory)
        let lock = try StateDirectory.lock(file.state)
        defer { lock.closeFile() }
        try await GatewayProgram(file, log).run()
    }
}

/// Builds the gateway's parts and runs them until a signal ends it.
struct GatewayProgram {
    private let file: ConfigurationFile
    private let log: Logger

    init(_ file: ConfigurationFile, _ log: Logger) {
        self.file = file
        self.log = log
    }

    func run() async throws {
        let registry = try CertificateRegistry(
            file: file.state.appendingPathComponent(StateDirectory.registry))
        let issued = Set(registry.certificates.values.map(\.identity))
        let policy = try PolicyReader.read(
            file.policy, issued: issued, trusted: trusted, cgroup: file.cgroup,
            sockets: ListenSockets(file).own)
        for warning in policy.warnings { log.warning("\(warning)") }
        let addresses = try listenAddresses(policy)
        let needsTLS = addresses.contains { if case .tls = $0 { true } else { false } }
        let issuers = needsTLS ? try readIssuers() : Issuers()
        let remote = try file.agent.link.flatMap {
            $0.side == .gateway ? try RemoteAgent($0, of: file) : nil
        }
        if let warning = remote?.warning { log.warning("\(warning)") }
        let services = try services(policy, registry, issuers, remote)
        try believeRecorded(services)
        let authority = services.authority
        services.ledger.beginRetiring { authority.registry.issueSentences(at: Date()) }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: System.coreCount)
        let gateway = try await Gateway(
            services, tls: needsTLS ? try makeTLS(issuers) : nil, group: group)
        let administration = administration(gateway, services, remote, needsTLS: needsTLS)
        // Signals are awaited before anybody can connect, so that a stop is always orderly.
        let signals = Signals()
        try await listen(gateway, administration, services, addresses, group)
        for sentence in services.ledger.mended {
            log.warning("the record was mended", metadata: ["what": "\(sentence)"])
        }
        services.ledger.append(
            Entry.event(
                services.ledger.ids, "GatewayStarted",
                reason: "version \(Version.number), policy \(policy.policy.version)"))
        await serve(signals, administration)
        log.notice("stopping")
        let broken = await gateway.stop()
        services.ledger.append(
            Entry.event(
                services.ledger.ids, "GatewayStopped", reason: "\(broken) streams were broken off"))
        services.ledger.close()
        do throws(StoreError) {
            try services.store.close()
        } catch {
            // Nothing is lost: what stands in the log is read from there at the next start.
            log.error("the store is not closed in good order", metadata: ["error": "\(error)"])
        }
        try await group.shutdownGracefully()
        log.notice("stopped", metadata: ["brokenOff": "\(broken)"])
    }

    /// Of the certificates of the registry those are believed whose issue stands in the record.
    private func believeRecorded(_ services: Services) throws {
        let reader = try LedgerReader(
            directory: file.state.appendingPathComponent(StateDirectory.ledger))
        let wanted = services.authority.registry.issueSentences(at: Date())
        let recorded = try reader.issues(among: wanted)
        try services.authority.changeRegistry { $0.believe(only: recorded) }
        for sentence in wanted.subtracting(recorded).sorted() {
            log.warning(
                "the record knows of no issue of a certificate; it means nobody",
                metadata: ["certificate": "\(sentence)"])
        }
    }

    private func services(
        _ policy: PolicyFile, _ registry: CertificateRegistry, _ issuers: Issuers,
        _ remote: RemoteAgent?
    ) throws -> Services {
        guard let engine = EngineAddress(file.engine.text) else {
            throw CommandError(
                "quaymaster.yaml:\(file.engine.line): \"\(file.engine.text)\" is no engine's address",
                hint: "for example unix:///var/run/docker.sock", code: 2)
        }
        let ledger = try Ledger(
            directory: file.state.appendingPathComponent(StateDirectory.ledger),
            options: LedgerOptions(file.ledger))
        return Services(
            authority: Authority(policy: policy, registry: registry, issuers: issuers),
            ledger: ledger,
            store: try Store(directory: file.state), facts: EngineFacts(), engine: engine,
            agent: try remote?.door ?? agent(),
            recorder: Recorder(state: file.state, mostOfTenant: limits.recordingBytesOfTenant) {
                [log] in log.warning("\($0)")
            },
            limits: limits, log: log,
            digestKey: try StateKey.digest.load(file.state),
            sealer: Sealer(key: try StateKey.seal.load(file.state)),
            watch: EventWatch(
                file: file.state.appendingPathComponent(StateDirectory.events), ledger: ledger),
            paths: HostPaths(Self.pathThreads(), of: engine),
            protectedPaths: ProtectedPaths.usual + ListenSockets(file).paths + [
                engine.path, file.state.path, file.directory.path,
            ])
    }

    private func agent() throws -> EngineDoor? {
        if file.agent.isAbsent { return nil }
        guard let address = EngineAddress("unix://" + file.agent.socket) else {
            throw CommandError(
                "the agent's socket \(file.agent.socket) has too long a path", code: 2)
        }
        return .unix(address)
    }

    /// A dead mount holds up nobody but who asks for it.
    private static func pathThreads() -> NIOThreadPool {
        let threads = NIOThreadPool(numberOfThreads: 2)
        threads.start()
        return threads
    }

    private var limits: Limits {
        var limits = Limits()
        limits.subnets = file.subnets
        if let most = file.networksPerTenant { limits.networksPerTenant = most }
        let names: [String: WritableKeyPath<Limits, Int>] = [
            "bodyBytes": \.bodyBytes, "headSeconds": \.headSeconds,
            "bodySeconds": \.bodySeconds, "idleSeconds": \.idleSeconds,
            "drainSeconds": \.drainSeconds, "connections": \.connections,
            "archiveBytes": \.archiveBytes, "archiveRatio": \.archiveRatio,
            "tenantRecordingBytes": \.recordingBytesOfTenant,
        ]
        for (name, path) in names {
            if let value = file.limits[name] { limits[keyPath: path] = value }
        }
        for means in Means.allCases {
            if let most = file.limits[ConfigurationFile.limitName(means, "identity")] {
                limits.ofIdentity[means] = most
            }
            if let most = file.limits[ConfigurationFile.limitName(means, "tenant")] {
                limits.ofTenant[means] = most
            }
        }
        return limits
    }

    private func listenAddresses(_ policy: PolicyFile) throws -> [ListenAddress] {
        try file.listen.map { entry in
            let address: ListenAddress
            do throws(GatewayError) {
                address = try ListenAddress(entry.text)
            } catch {
                throw CommandError(
                    "quaymaster.yaml:\(entry.line): \(error.description)", hint: error.hint,
                    code: 2)
            }
            if case .unix(let listener) = address,
                policy.unixUsers[listener.identity]?.isEmpty ?? true
            {
                throw CommandError(
                    "quaymaster.yaml:\(entry.line): nobody may speak for the identity "
                        + "\"\(listener.identity)\" over a Unix socket",
                    hint: "say who in policy.yaml: identities: "
                        + "{\(listener.identity): {unixUser: 1000}}", code: 2)
            }
            return address
        }
    }

    /// The names of the authorities that mappings may name beside ours.
    private var trusted: Set<String> { Set(file.trust.map(\.name)) }

    private func readIssuers() throws -> Issuers {
        var issuers = try Issuers(ours: file.authority)
        for authority in file.trust { try issuers.add(authority.name, authority.file) }
        return issuers
    }

    private func makeTLS(_ issuers: Issuers) throws -> TLSContext {
        try TLSContext.make(
            certificate: file.certificate, key: file.key, issuers: issuers, names: file.names,
            allowsTLS12: file.allowsTLS12)
    }

    private func administration(
        _ gateway: Gateway, _ services: Services, _ remote: RemoteAgent?, needsTLS: Bool
    ) -> Administration {
        let program = self
        return Administration(
            gateway, services,
            readPolicy: {
                let issued = Set(services.authority.registry.certificates.values.map(\.identity))
                return try PolicyReader.read(
                    program.file.policy, issued: issued, trusted: program.trusted,
                    cgroup: program.file.cgroup, sockets: ListenSockets(program.file).own)
            },
            readIssuers: { needsTLS ? try program.readIssuers() : Issuers() },
            reloadTLS: { issuers in
                let fresh = needsTLS ? try program.makeTLS(issuers) : nil
                if let warning = try remote?.reload() {
                    program.log.warning("\(warning)")
                }
                if let fresh { gateway.replace(tls: fresh) }
            })
    }

    private func listen(
        _ gateway: Gateway, _ administration: Administration, _ services: Services,
        _ addresses: [ListenAddress], _ group: MultiThreadedEventLoopGroup
    ) async throws {
        let control = file.state.appendingPathComponent(ControlSocket.name).path
        _ = try await ControlSocket(administration, log: log).listen(control, group: group)
        if let metrics = file.metrics {
            let parts = metrics.text.split(separator: ":")
            guard parts.count == 2, let port = Int(parts[1]) else {
                throw CommandError(
                    "quaymaster.yaml:\(metrics.line): \"\(metrics.text)\" is no address",
                    hint: "for example metrics: 127.0.0.1:9276", code: 2)
            }
            let channel = try await OperationsServer(gateway, services).listen(
                host: String(parts[0]), port: port, group: group)
            let bound = channel.localAddress?.port ?? port
            log.notice("operations", metadata: ["address": "http://\(parts[0]):\(bound)"])
        }
        for address in addresses {
            let bound = try await gateway.listen(on: address)
            log.notice("listening", metadata: ["address": "\(bound)"])
        }
        if let problem = await gateway.engineProblem() {
            log.warning("the engine is not there yet", metadata: ["problem": "\(problem)"])
        }
        Notify.send("READY=1")
    }

    /// Waits for signals until one says to stop.
    private func serve(_ signals: Signals, _ administration: Administration) async {
        for await signal in signals.stream {
            guard signal == SIGHUP else { break }
            Notify.send("RELOADING=1")
            do {
                _ = try administration.reload(by: "signal")
            } catch {
                log.error("the old policy stays in force")
            }
            Notify.send("READY=1")
        }
        Notify.send("STOPPING=1")
    }
}
