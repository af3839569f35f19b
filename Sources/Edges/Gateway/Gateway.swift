import Dispatch
import Engine
import Exchange
import Foundation
import Logging
import NIOCore
package import NIOPosix
import NIOSSL
import Synchronization
import Wire

/// The gateway: its listeners and the connections behind them.
package final class Gateway: Sendable {
    private let services: Services
    private let group: MultiThreadedEventLoopGroup
    private let contexts: [NIOLoopBound<LoopContext>]
    private let byLoop: [ObjectIdentifier: NIOLoopBound<LoopContext>]
    private let tls: TLSHolder
    private let inherited = InheritedSockets(ProcessInfo.processInfo.environment)
    // Guards the open listeners; held for an append or a copy.
    private let listeners = Mutex<[Listener]>([])

    private struct Listener {
        let channel: any Channel
        /// The file of a Unix socket.
        let path: String?
    }

    /// Holds the TLS context of new connections; it is replaced when certificates are reloaded.
    private final class TLSHolder: Sendable {
        // Guards the context; held for a copy.
        private let context: Mutex<TLSContext?>

        init(_ context: TLSContext?) {
            self.context = Mutex(context)
        }

        var current: TLSContext? {
            get { context.withLock { $0 } }
            set { context.withLock { $0 = newValue } }
        }
    }

    /// Makes a gateway that listens nowhere yet.
    ///
    /// - Parameters:
    ///   - services: What its connections use.
    ///   - tls: The TLS context; nil when only Unix sockets are listened on.
    ///   - group: Its event loops.
    /// - Throws: When the event loops are shut down.
    package init(
        _ services: Services, tls: TLSContext?, group: MultiThreadedEventLoopGroup
    ) async throws {
        self.services = services
        self.group = group
        self.tls = TLSHolder(tls)
        var contexts: [NIOLoopBound<LoopContext>] = []
        let loops = group.makeIterator().reduce(0) { count, _ in count + 1 }
        for loop in group.makeIterator() {
            let isFirst = contexts.isEmpty
            let context = try await loop.submit {
                let context = LoopContext(loop, services, loops: loops)
                if isFirst { context.reap() }
                context.start()
                return NIOLoopBound(context, eventLoop: loop)
            }.get()
            contexts.append(context)
        }
        self.contexts = contexts
        byLoop = Dictionary(
            uniqueKeysWithValues: zip(group.makeIterator().map { ObjectIdentifier($0) }, contexts))
    }

    /// Listens on an address.
    ///
    /// - Returns: The address that was bound, with the port when port 0 was asked for.
    /// - Throws: `GatewayError` naming the address.
    package func listen(on address: ListenAddress) async throws -> ListenAddress {
        do {
            switch address {
            case .tls(let host, let port):
                let channel = try await bootstrap { channel in
                    self.initialize(tls: channel)
                }
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(.socketOption(.so_keepalive), value: 1)
                .bind(host: host, port: port).get()
                listeners.withLock { $0.append(Listener(channel: channel, path: nil)) }
                return .tls(host: host, port: channel.localAddress?.port ?? port)
            case .unix(let listener):
                if let descriptor = inherited.descriptors[listener.path] {
                    return try await listen(on: descriptor, listener)
                }
                try UnixSocketFile.prepare(listener.path)
                let channel = try await bootstrap { channel in
                    self.initialize(unix: channel, listener)
                }
                .bind(unixDomainSocketPath: listener.path).get()
                try UnixSocketFile.own(listener)
                listeners.withLock { $0.append(Listener(channel: channel, path: listener.path)) }
                return address
            }
        } catch let error as GatewayError {
            throw error
        } catch {
            throw GatewayError("cannot listen on \(address): \(error)")
        }
    }

    /// Listens on a socket that the service manager holds, and whose file is the manager's.
    private func listen(
        on descriptor: Int32, _ listener: UnixListener
    ) async throws -> ListenAddress {
        let channel = try await bootstrap { channel in
            self.initialize(unix: channel, listener)
        }
        .withBoundSocket(descriptor).get()
        listeners.withLock { $0.append(Listener(channel: channel, path: nil)) }
        return .unix(listener)
    }

    private func bootstrap(
        _ initialize: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer(initialize)
    }

    private func initialize(tls channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            guard let tls = tls.current, let loop = byLoop[ObjectIdentifier(channel.eventLoop)]
            else { throw GatewayError("TLS is not set up") }
            var configuration = NIOSSLHandler.Configuration()
            configuration.maximumPreservedOutboundBufferCapacity = 64 << 10
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(
                NIOSSLServerHandler(context: tls.context, configuration: configuration))
            try pipeline.addHandler(ClientConnection(loop.value, .unknown, tls.hosts))
        }
    }

    private func initialize(
        unix channel: any Channel, _ listener: UnixListener
    ) -> EventLoopFuture<Void> {
        let loop = byLoop[ObjectIdentifier(channel.eventLoop)]
        return PeerCredentials.of(channel).flatMapThrowing { credentials in
            guard let loop else { throw GatewayError("this loop is not the gateway's") }
            let peer = Peer.unixUser(credentials.user, identity: listener.identity)
            try channel.pipeline.syncOperations.addHandler(
                ClientConnection(loop.value, peer, .local))
        }
    }

    // MARK: Changes while it runs

    /// Uses another certificate for connections from now on.
    package func replace(tls context: TLSContext) {
        tls.current = context
    }

    /// Looks at every connection: somebody was revoked, or the policy has changed.
    package func authorityChanged() {
        for context in contexts {
            context.eventLoop.execute { context.value.reconsider() }
        }
    }

    /// Looks at every connection: these objects are another's now.
    ///
    /// - Parameter ids: Their full ids.
    func ownersChanged(_ ids: Set<String>) {
        for context in contexts {
            context.eventLoop.execute { context.value.ownersChanged(ids) }
        }
    }

    /// One of the loops.
    var anyLoop: any EventLoop { group.any() }

    /// Asks something on a loop and waits; never to be called on one.
    func ask<Answer: Sendable>(
        _ body: @escaping @Sendable (LoopContext, @escaping @Sendable (Answer) -> Void) -> Void
    ) throws -> Answer {
        guard let context = contexts.first else { throw GatewayError("there is no event loop") }
        let promise = context.eventLoop.makePromise(of: Answer.self)
        context.eventLoop.execute { body(context.value) { promise.succeed($0) } }
        return try promise.futureResult.wait()
    }

    /// Adds up what all loops have counted.
    func counters() async throws -> Counters {
        var sum = Counters()
        for context in contexts {
            sum = sum + (try await context.eventLoop.submit { context.value.counters }.get())
        }
        return sum
    }

    /// Asks the engine, for readiness.
    ///
    /// - Returns: What is wrong, or nil.
    package func engineProblem() async -> String? {
        guard let context = contexts.first else { return "there is no event loop" }
        let promise = context.eventLoop.makePromise(of: String?.self)
        context.eventLoop.execute {
            EngineCall.make(
                context.value.pool, .get, "/_ping", limit: 1 << 16, timeout: .seconds(5)
            ) { result in
                switch result {
                case .success(let answer):
                    let status = answer.head.status
                    promise.succeed(status == 200 ? nil : "the engine answers \(status)")
                case .failure(let failure): promise.succeed(failure.description)
                }
            }
        }
        do {
            return try await promise.futureResult.get()
        } catch {
            return "\(error)"
        }
    }

    /// Stops: no new connections, exchanges may end, then everything does.
    ///
    /// - Returns: How many connections had to be broken off.
    package func stop() async -> Int {
        for listener in listeners.withLock({ $0 }) {
            do {
                try await listener.channel.close().get()
            } catch {
                services.log.debug("a listener was closed already")
            }
            if let path = listener.path { UnixSocketFile.remove(path) }
        }
        for context in contexts { context.eventLoop.execute { context.value.drain() } }
        let end = DispatchTime.now() + .seconds(services.limits.drainSeconds)
        while await openConnections() > 0, DispatchTime.now() < end {
            do {
                try await Task.sleep(for: .milliseconds(50))
            } catch {
                break
            }
        }
        let left = await openConnections()
        for context in contexts { context.eventLoop.execute { context.value.closeAll() } }
        // Each connection gets the time of a TLS shutdown, and what their lines still run a little more:
        // nobody knows of it afterwards.
        let last = DispatchTime.now() + .seconds(1)
        let latest = last + .seconds(2)
        while DispatchTime.now() < (services.execs.hasAbandoned ? latest : last) {
            if await openConnections() == 0, !services.execs.hasAbandoned { break }
            do {
                try await Task.sleep(for: .milliseconds(20))
            } catch {
                break
            }
        }
        for context in contexts { context.eventLoop.execute { context.value.stop() } }
        return left
    }

    private func openConnections() async -> Int {
        do {
            return try await counters().open
        } catch {
            return 0
        }
    }
}
