package import EngineAPI
package import NIOCore
import Synchronization
import Wire

/// What an engine's lists of containers show, kept by the engine's events, so that a list costs the
/// engine nothing. Shared by all loops.
///
/// What somebody has just done, or an event tells of, is marked until it was asked anew; a list waits
/// for what it may show of that. While the inventory cannot be right it answers nothing, and the
/// engine is asked.
package final class Inventory: Sendable {
    /// An answer that the engine need not be asked for.
    package struct List: Sendable {
        /// A head like the engine's, for a body in chunks.
        package let head: [UInt8]
        /// The containers, in order.
        package let rows: [ContainerRow]
    }

    /// What happens on the stream of events, for those who pass it on.
    package enum News: Sendable {
        /// Events came.
        case events([EngineEvent])
        /// Some may be missing from here on.
        case ended
    }

    /// What the engine speaks, while everything that it does is known.
    struct Source: Sendable {
        let newest: APIVersion
        let oldest: APIVersion
        let listHead: ResponseHead
        let eventHead: ResponseHead
    }

    /// That something is to be asked anew.
    struct Mark {
        /// Which of the marks it is, counted from the start.
        var number: UInt64
        /// Since when it stands.
        let since: NIODeadline
    }

    /// A list that waits.
    struct Waiter: Sendable {
        let query: ContainerQuery
        /// What it waits for, and until which mark of that.
        var needs: [String: UInt64]
        let answer: @Sendable (List?) -> Void
    }

    struct State {
        var source: Source?
        var table = ContainerTable()
        /// False when the engine lists what cannot be read: lists are its own then.
        var isWhole = true
        var marks: [String: Mark] = [:]
        var lastMark: UInt64 = 0
        var waiters: [UInt64: Waiter] = [:]
        var lastWaiter: UInt64 = 0
        var taps: [@Sendable (News) -> Void] = []
        /// Wakes who asks the engine.
        var wake: (@Sendable () -> Void)?
    }

    // Guards everything; held for looking, marking and copying, never while somebody is called.
    let state = Mutex(State())

    /// The key of a mark for all containers.
    static let everything = "*"
    /// How many marks stand before all containers are meant.
    private static let mostMarks = 4096
    /// How long a list waits before the engine is asked.
    private static let patience = TimeAmount.milliseconds(500)
    /// The last version whose differences to the ones before are known.
    static let lastKnown = APIVersion(minor: 51)

    /// Makes an inventory that knows nothing.
    package init() {}

    // MARK: Lists

    /// Answers a list.
    ///
    /// - Parameters:
    ///   - query: What is asked.
    ///   - loop: Where the answer is given.
    ///   - answer: Called once, on the loop, at once when nothing is waited for; with nil when the
    ///     engine is to be asked.
    package func list(
        _ query: ContainerQuery, on loop: any EventLoop, _ answer: @escaping (List?) -> Void
    ) {
        let bound = NIOLoopBound(answer, eventLoop: loop)
        let now = NIODeadline.now()
        enum Step {
            case done(List?)
            case wait(UInt64)
        }
        let step = state.withLock { state -> Step in
            guard state.isWhole, let source = state.source, Self.speaks(query.version, source)
            else {
                return .done(nil)
            }
            let relevant = state.marks.filter { Self.concerns($0.key, query, state.table) }
            if relevant.isEmpty { return .done(Self.list(query, state.table, source)) }
            // What cannot be asked for long keeps nobody waiting.
            if relevant.values.contains(where: { now - $0.since > Self.patience }) {
                return .done(nil)
            }
            state.lastWaiter += 1
            state.waiters[state.lastWaiter] = Waiter(
                query: query, needs: relevant.mapValues(\.number),
                answer: { list in loop.execute { bound.value(list) } })
            return .wait(state.lastWaiter)
        }
        switch step {
        case .done(let list): answer(list)
        case .wait(let number):
            loop.scheduleTask(in: Self.patience) { self.giveUp(number) }
        }
    }

    private func giveUp(_ number: UInt64) {
        let waiter = state.withLock { $0.waiters.removeValue(forKey: number) }
        waiter?.answer(nil)
    }

    /// Answers in versions beyond the known ones may differ from each other.
    private static func speaks(_ version: APIVersion, _ source: Source) -> Bool {
        guard version >= source.oldest, version <= source.newest else { return false }
        return source.newest <= lastKnown || version == source.newest
    }

    static func list(
        _ query: ContainerQuery, _ table: ContainerTable, _ source: Source
    ) -> List? {
        query.select(table.rows).map { List(head: head(like: source.listHead), rows: $0) }
    }

    /// True when what a mark stands for may be in a list.
    private static func concerns(
        _ key: String, _ query: ContainerQuery, _ table: ContainerTable
    ) -> Bool {
        // A name may be another's by now.
        guard isID(key), let row = table[key] else { return true }
        return query.mayShow(row)
    }

    static func isID(_ text: String) -> Bool { text.utf8.count == 64 }

    /// A head like one of the engine's, with today's date.
    static func head(like head: ResponseHead) -> [UInt8] {
        var writer = HeadWriter(status: head.status, reason: head.reason)
        head.fields.forEach { name, value in
            switch name {
            case .connection, .contentLength, .date, .transferEncoding: break
            default: writer.field(name, value)
            }
        }
        writer.field(.date, HTTPDate.now())
        writer.framing(.chunked)
        return writer.end()
    }

    // MARK: Marks

    /// Marks containers of which something may have changed.
    ///
    /// - Parameter references: Full ids, or what clients call them.
    package func touch(_ references: some Sequence<String>) {
        mark { _ in Array(references) }
    }

    /// Marks all containers: which of them have changed is not known.
    package func touchAll() {
        mark { _ in [Self.everything] }
    }

    /// Marks the containers whose image may be called otherwise.
    ///
    /// - Parameters:
    ///   - names: The names that have moved; nil when they are not known.
    ///   - ids: The images that have lost or got names.
    package func touch(images names: [String]?, ids: [String] = []) {
        mark { $0.named(after: names, ids: ids).map(\.id) }
    }

    private func mark(_ keys: (ContainerTable) -> [String]) {
        let wake = state.withLock { state -> (@Sendable () -> Void)? in
            let keys = keys(state.table)
            for key in keys { Self.mark(key, &state) }
            return keys.isEmpty ? nil : state.wake
        }
        wake?()
    }

    static func mark(_ key: String, _ state: inout State) {
        let key = state.marks.count < mostMarks || state.marks[key] != nil ? key : everything
        state.lastMark += 1
        state.marks[key, default: Mark(number: 0, since: .now())].number = state.lastMark
    }

    // MARK: Events

    /// Passes news on to somebody.
    ///
    /// - Parameter tap: Called in order, on no certain thread, and not to block.
    package func pass(_ tap: @escaping @Sendable (News) -> Void) {
        state.withLock { $0.taps.append(tap) }
    }

    /// A head like the engine's for a stream of events, for a body in chunks.
    ///
    /// - Parameter query: Which events are asked for.
    /// - Returns: nil when the engine is to be asked.
    package func eventHead(_ query: EventQuery) -> [UInt8]? {
        state.withLock { state in
            guard let source = state.source, Self.speaks(query.version, source) else { return nil }
            return Self.head(like: source.eventHead)
        }
    }
}
