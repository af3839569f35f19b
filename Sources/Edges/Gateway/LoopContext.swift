import Engine
import EngineAPI
import Foundation
import GuardedShell
import Identity
import Ledger
import Logging
import NIOCore
import NIOSSL
import Store

/// Everything of the gateway that belongs to one event loop: no lock is needed on it.
final class LoopContext {
    let eventLoop: any EventLoop
    let services: Services
    let pool: EnginePool
    let resolver: Resolver
    /// Where the agent of the engine's host runs lines of the guarded shell; nil: there is none.
    let agents: EnginePool?
    /// Each tenant's own network.
    let networks: TenantNetworks
    /// What tenants call images.
    let imageNames: ImageNames
    var counters = Counters()
    /// True when no connection may serve another request.
    private(set) var isDraining = false

    private var connections: [ObjectIdentifier: ClientConnection] = [:]
    private var certificates: [[UInt8]: PeerCertificate] = [:]
    private var ticker: RepeatedTask?
    /// On one of the loops, who ends what ended authorities have left running.
    private var reaper: ExecReaper?
    /// On one of the loops, who compares the store with the engine.
    private var sweeper: OwnershipSweeper?
    /// On the same one, who keeps rows of images and the engine's anchors alike.
    private var keeper: ImageKeeper?
    /// On the same one, who keeps the inventory right.
    private var inventoryKeeper: InventoryKeeper?
    /// True while what was appended to the record in this turn of the loop is about to be written.
    private var isRecordDue = false
    /// Connections whose clients listen to events.
    private var listeners: [ObjectIdentifier: ClientConnection] = [:]

    /// How often connections are looked at for deadlines and ended authorities.
    static let tick = TimeAmount.milliseconds(400)

    /// The loop's share of the limit; connections are spread evenly over loops.
    let maximumConnections: Int

    init(_ eventLoop: any EventLoop, _ services: Services, loops: Int) {
        self.eventLoop = eventLoop
        self.services = services
        maximumConnections = max(1, services.limits.connections / max(1, loops))
        pool = EnginePool(
            eventLoop: eventLoop, door: .unix(services.engine), watch: services.watch)
        agents = services.agent.map {
            EnginePool(eventLoop: eventLoop, door: $0, maximumIdle: 0)
        }
        imageNames = services.images.names
        let ownership = services.ownership
        resolver = Resolver(
            pool: pool, facts: services.facts, owner: ownership.owner, names: imageNames,
            gone: ownership.whenGone, meaning: ownership.meaning, told: ownership.retelling)
        networks = TenantNetworks(pool, services.networkTurns, services.subnets) {
            ownership.owner(of: $1.sighting) == $0
        }
    }

    /// Begins to look at connections from time to time.
    func start() {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        ticker = eventLoop.scheduleRepeatedTask(initialDelay: Self.tick, delay: Self.tick) { _ in
            bound.value.lookAtConnections()
        }
        let eventLoop = self.eventLoop
        services.inventory.pass { news in
            eventLoop.execute { bound.value.pass(news) }
        }
    }

    /// This loop also ends what ended authorities have left running, compares the store with the
    /// engine, the rows of images with its anchors, and keeps the inventory.
    func reap() {
        reaper = ExecReaper(services, pool)
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        services.execs.whenAbandoned { [eventLoop] in
            eventLoop.execute { bound.value.reaper?.endAbandoned() }
        }
        sweeper = OwnershipSweeper(services, pool)
        keeper = ImageKeeper(services, pool)
        let log = services.log
        inventoryKeeper = InventoryKeeper(services.inventory, pool, services.facts) { problem in
            log.info("the inventory is not kept for now", metadata: ["reason": "\(problem)"])
        }
        inventoryKeeper?.start()
    }

    /// Stops looking and closes what is unused.
    func stop() {
        ticker?.cancel()
        inventoryKeeper?.stop()
        if inventoryKeeper != nil { services.watch.close() }
        pool.closeIdle()
    }

    func add(_ connection: ClientConnection) {
        connections[ObjectIdentifier(connection)] = connection
        counters.accepted += 1
        counters.open += 1
    }

    func remove(_ connection: ClientConnection) {
        if connections.removeValue(forKey: ObjectIdentifier(connection)) != nil {
            counters.open -= 1
        }
    }

    /// Makes an entry durable, together with all that this turn of the loop brings: one flush and one
    /// signature serve them all.
    ///
    /// - Parameters:
    ///   - entry: The entry.
    ///   - mayUseReserve: True when it may be written to the blocks kept for a full disk.
    ///   - completion: Told, on the ledger's thread, when it is on the disk or never will be.
    func record(_ entry: Entry, mayUseReserve: Bool, _ completion: @escaping Ledger.Completion) {
        let ledger = services.ledger
        ledger.append(entry, mayUseReserve: mayUseReserve, startsNow: false, completion)
        guard !isRecordDue else { return }
        isRecordDue = true
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.execute {
            bound.value.isRecordDue = false
            ledger.start()
        }
    }

    // MARK: Events

    /// A connection's client listens to events from now on.
    func listen(_ connection: ClientConnection) {
        listeners[ObjectIdentifier(connection)] = connection
        counters.listeners = listeners.count
    }

    /// It does not any more.
    func stopListening(_ connection: ClientConnection) {
        listeners[ObjectIdentifier(connection)] = nil
        counters.listeners = listeners.count
    }

    private func pass(_ news: Inventory.News) {
        if case .events(let events) = news { sweeper?.forget(removedBy: events) }
        for connection in listeners.values {
            switch news {
            case .events(let events): connection.eventsCame(events)
            case .ended: connection.eventsEnded()
            }
        }
    }

    var openConnections: Int { connections.count }

    /// Deadlines, expiry and revocation: each within half a second.
    private func lookAtConnections() {
        let now = NIODeadline.now()
        let date = Date()
        reaper?.sweep()
        reaper?.prune()
        sweeper?.look(at: now)
        keeper?.look(at: now)
        inventoryKeeper?.look(at: now)
        if inventoryKeeper != nil {
            services.watch.look(pool, version: services.facts.traits?.version ?? .floor)
        }
        for connection in connections.values { connection.look(at: now, date) }
    }

    /// Looks at every connection at once: an authority has changed.
    func reconsider() {
        reaper?.sweep()
        reaper?.prune()
        for connection in connections.values { connection.reconsider() }
    }

    /// Ends what reaches into objects that are another's now.
    func ownersChanged(_ ids: Set<String>) {
        reaper?.end(inside: ids)
        for connection in connections.values { connection.ownersChanged(ids) }
    }

    /// No connection serves another request; unused ones end.
    func drain() {
        isDraining = true
        for connection in connections.values { connection.drain() }
    }

    /// Ends every connection.
    func closeAll() {
        for connection in connections.values {
            connection.sayGoodbye(
                "the gateway stops, and forgets what waits for an approval; enter again, and ask "
                    + "again")
            connection.end("the gateway stops")
        }
    }

    /// Reads a peer's certificate and finds out whom it means; the same bytes are read once.
    func read(_ certificate: NIOSSLCertificate) -> Peer {
        do {
            let der = try certificate.toDERBytes()
            if let known = certificates[der] { return signIn(known) }
            let read = try PeerCertificate(der: der)
            if certificates.count >= 1024 { certificates.removeAll() }
            certificates[der] = read
            return signIn(read)
        } catch {
            return .unreadable("the certificate cannot be read: \(error)")
        }
    }

    /// Whoever means nobody may still ask, and is told why with each refusal.
    private func signIn(_ certificate: PeerCertificate) -> Peer {
        switch services.authority.meaning(of: certificate) {
        case .identity(let identity): .certificate(certificate, identity: identity)
        case .nobody: .certificate(certificate, identity: "")
        }
    }
}
