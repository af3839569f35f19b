import Acts
import EngineAPI
import Foundation
import JSON
package import NIOCore
import Synchronization
import Wire

/// Keeps an inventory right: reads the engine's events, asks anew for what they tell of, and compares
/// everything from time to time. Confined to its pool's loop.
package final class InventoryKeeper {
    let inventory: Inventory
    let pool: EnginePool
    private let facts: EngineFacts
    private let log: (String) -> Void
    private var feed: EventFeed?
    private var isStopped = false
    /// Counts streams of events: what was asked before one ended means nothing after it.
    var life = 0
    /// How often in a row no stream came about.
    private var failures = 0
    /// The path of requests in the newest version.
    var prefix = ""
    /// Since when the stream runs, in nanoseconds since 1970.
    private var began: Int64 = 0

    /// What is being asked about, and the mark that it answers.
    var asked: [String: UInt64] = [:]
    /// What was inspected and is to be listed.
    var inspected: [Inspected] = []
    var isListing = false
    var isComparing = false
    private var nextComparison = NIODeadline.distantFuture
    /// When everything was last compared.
    var lastComparison = NIODeadline.distantPast
    /// Until when nothing is compared, and true while a comparison waits for that.
    var restsUntil = NIODeadline.distantPast
    var isResting = false

    /// A container that was inspected because of a mark.
    struct Inspected {
        let id: String
        /// nil when the engine cannot tell.
        let value: JSONValue?
        let key: String
        let number: UInt64
    }

    /// How many containers are inspected at a time.
    static let mostAsked = 32
    /// How often everything is compared.
    private static let pause = TimeAmount.minutes(5)
    /// How often everything is compared because of what was missed.
    private static let rest = TimeAmount.seconds(1)

    /// Makes a keeper that does nothing yet.
    ///
    /// - Parameters:
    ///   - inventory: What is kept.
    ///   - pool: Whose connections are used.
    ///   - facts: What is known of the engine.
    ///   - log: Is told what goes wrong.
    package init(
        _ inventory: Inventory, _ pool: EnginePool, _ facts: EngineFacts,
        log: @escaping (String) -> Void
    ) {
        self.inventory = inventory
        self.pool = pool
        self.facts = facts
        self.log = log
    }

    /// Begins.
    package func start() {
        let bound = NIOLoopBound(self, eventLoop: pool.eventLoop)
        let eventLoop = pool.eventLoop
        inventory.state.withLock {
            $0.wake = { eventLoop.execute { bound.value.askForMarked() } }
        }
        open()
    }

    /// Ends for good.
    package func stop() {
        isStopped = true
        feed?.close()
        feed = nil
        inventory.state.withLock { $0.wake = nil }
        forget("the gateway stops")
    }

    /// Does what is due; to be called from time to time.
    package func look(at now: NIODeadline) {
        guard now >= nextComparison else { return }
        nextComparison = now + Self.pause
        compare()
    }

    // MARK: The stream

    private func open() {
        guard !isStopped else { return }
        life += 1
        let life = self.life
        facts.withTraits(pool) { result in
            guard life == self.life, !self.isStopped else { return }
            switch result {
            case .failure(let failure): self.lose("\(failure)")
            case .success(let traits):
                self.prefix = "/v\(traits.version)"
                self.open(in: traits.version)
            }
        }
    }

    private func open(in version: APIVersion) {
        let life = self.life
        began = Self.now()
        // Engines begin to send an answer before they listen for events themselves: what happens in
        // between is among the last, which they tell anew.
        let heard = pool.watch?.heardUntil ?? began
        let since = min(began, heard) / 1_000_000_000 - 60
        feed = EventFeed(pool, target: "\(prefix)/events?since=\(since)") { news in
            guard life == self.life, !self.isStopped else { return }
            switch news {
            case .began(let head):
                self.pool.watch?.streamBegan()
                self.learn(version, head)
            case .events(let events):
                self.pool.watch?.hear(events, began: self.began)
                self.take(events)
            case .missed:
                self.pool.watch?.missed()
                self.noteMissed()
            case .ended(let reason): self.lose(reason)
            }
        }
    }

    /// Nothing is known for certain any more, until another stream has begun.
    func lose(_ reason: String) {
        guard !isStopped else { return }
        pool.watch?.streamEnded()
        let wasRight = inventory.state.withLock { $0.source != nil }
        if wasRight || failures == 0 { log(reason) }
        forget(reason)
        // Another engine may be there when it comes back.
        facts.forget()
        failures = wasRight ? 0 : failures + 1
        let bound = NIOLoopBound(self, eventLoop: pool.eventLoop)
        let wait = TimeAmount.milliseconds(min(5000, 100 << Int64(min(failures, 6))))
        pool.eventLoop.scheduleTask(in: wait) { bound.value.open() }
    }

    private func forget(_ reason: String) {
        life += 1
        feed?.close()
        feed = nil
        asked = [:]
        inspected = []
        isListing = false
        isComparing = false
        nextComparison = .distantFuture
        let (waiters, taps) = inventory.state.withLock { state in
            let waiters = state.waiters.values
            state.waiters = [:]
            state.marks = [:]
            state.table = ContainerTable()
            let taps = state.source == nil ? [] : state.taps
            state.source = nil
            return (waiters, taps)
        }
        for waiter in waiters { waiter.answer(nil) }
        for tap in taps { tap(.ended) }
    }

    /// Something happened that was not told. Many that come in a row ask for one list a second: who
    /// asks for one meanwhile waits for it.
    private func noteMissed() {
        restsUntil = lastComparison + Self.rest
        inventory.touchAll()
    }

    private func take(_ events: [EngineEvent]) {
        for event in events {
            switch event.change {
            case .nothing: break
            case .container(let id): inventory.touch([id])
            case .images(let names, let ids): inventory.touch(images: names, ids: ids)
            }
        }
        // Who listens now has asked for none of what happened before.
        let fresh = events.filter { $0.time >= began }
        guard !fresh.isEmpty else { return }
        for tap in inventory.state.withLock({ $0.taps }) { tap(.events(fresh)) }
    }

    // MARK: The first look

    /// Asks for everything once.
    private func learn(_ version: APIVersion, _ eventHead: ResponseHead) {
        let life = self.life
        EngineCall.make(pool, .get, "\(prefix)/version") { result in
            guard life == self.life else { return }
            guard case .success(let answer) = result, answer.head.status == 200 else {
                return self.lose("the engine would not say what it speaks")
            }
            let oldest = (answer.json?["MinAPIVersion"]?.string).flatMap { APIVersion($0) }
            self.list { listed in
                guard let listed else {
                    return self.lose("the engine would not list its containers")
                }
                let source = Inventory.Source(
                    newest: version, oldest: oldest ?? .floor, listHead: listed.head,
                    eventHead: eventHead)
                self.inspect(listed.items[...], listed.seen, []) {
                    self.begin(source, $0, isWhole: listed.isWhole)
                }
            }
        }
    }

    private func begin(
        _ source: Inventory.Source, _ rows: [ContainerRow], isWhole: Bool
    ) {
        failures = 0
        nextComparison = .now() + Self.pause
        inventory.state.withLock { state in
            state.table = ContainerTable(rows)
            state.source = source
            state.isWhole = isWhole
            // What may have moved between the list and the look at each.
            for row in rows where !row.isSure { Inventory.mark(row.id, &state) }
        }
        askForMarked()
    }

    /// Inspects listed containers, a few at a time.
    private func inspect(
        _ items: ArraySlice<JSONValue>, _ seen: ClosedRange<Int64>, _ rows: [ContainerRow],
        _ then: @escaping ([ContainerRow]) -> Void
    ) {
        let batch = items.prefix(Self.mostAsked).filter { $0["Id"]?.string != nil }
        guard !batch.isEmpty else { return then(rows) }
        let life = self.life
        let asked = Self.now()
        var rows = rows
        var left = batch.count
        for item in batch {
            let id = item["Id"]?.string ?? ""
            EngineCall.make(pool, .get, "\(prefix)/containers/\(id)/json") { result in
                guard life == self.life else { return }
                var inspected: JSONValue?
                if case .success(let answer) = result, answer.head.status == 200 {
                    inspected = answer.json
                    answer.json.map { self.pool.watch?.learn(id, $0, asked: asked) }
                }
                // What has gone meanwhile is asked for again.
                if let row = ContainerRow(item, inspected, seen: seen) { rows.append(row) }
                left -= 1
                if left == 0 {
                    self.inspect(items.dropFirst(Self.mostAsked), seen, rows, then)
                }
            }
        }
    }

    // MARK: Lists

    /// A list as the engine gave it.
    struct Listed {
        let head: ResponseHead
        let items: [JSONValue]
        /// False when an entry could not be read.
        let isWhole: Bool
        /// Between which times it was made, in nanoseconds since 1970.
        let seen: ClosedRange<Int64>
    }

    /// Asks for containers.
    ///
    /// - Parameters:
    ///   - ids: The full ids; nil for all.
    ///   - then: Called with nil when the engine would not say; not called when the stream has ended.
    func list(_ ids: [String]? = nil, _ then: @escaping (Listed?) -> Void) {
        let target = prefix + ObjectListView.pathOfContainers(ids)
        let life = self.life
        let asked = Self.now()
        EngineCall.make(pool, .get, target, limit: 256 << 20, timeout: .seconds(120)) { result in
            guard life == self.life else { return }
            guard case .success(let answer) = result, answer.head.status == 200,
                let (items, isWhole) = ObjectListView.readable(.container, answer.body)
            else { return then(nil) }
            then(
                Listed(
                    head: answer.head, items: items, isWhole: isWhole,
                    seen: asked...max(asked, Self.now())))
        }
    }

    /// Nanoseconds since 1970.
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
