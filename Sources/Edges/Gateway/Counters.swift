/// What one event loop has counted; added up over all loops when somebody asks.
struct Counters: Sendable {
    /// Requests that were passed on, by the class of their answer's status (1 to 5).
    var answered = [0, 0, 0, 0, 0, 0]
    /// Requests that were refused, by status class.
    var refused = 0
    /// Requests that failed since the engine or the ledger did.
    var failed = 0
    /// Exchanges that one side broke off.
    var aborted = 0
    /// Connections that were accepted.
    var accepted = 0
    /// Connections that ended before anybody signed in.
    var rejected = 0
    /// Connections that are open.
    var open = 0
    /// Exchanges that are under way.
    var active = 0
    /// Connections that were switched to a raw stream and are open.
    var streams = 0
    /// Bytes from clients to the engine.
    var bytesIn: Int64 = 0
    /// Bytes from the engine to clients.
    var bytesOut: Int64 = 0
    /// How long exchanges took that were answered, in microseconds, by upper bound.
    var durations = [Int](repeating: 0, count: Self.bounds.count + 1)
    /// The sum of all durations, in microseconds.
    var durationSum: Int64 = 0
    /// Clients that listen to the one stream of events.
    var listeners = 0
    /// Lists of containers that were answered from the inventory, and those that the engine was asked
    /// for.
    var lists = (own: 0, engines: 0)

    /// Upper bounds of durations, in microseconds.
    static let bounds: [Int64] = [
        500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
        5_000_000, 30_000_000,
    ]

    mutating func count(duration: Int64) {
        durationSum += duration
        durations[Self.bounds.firstIndex { duration <= $0 } ?? Self.bounds.count] += 1
    }

    static func + (left: Counters, right: Counters) -> Counters {
        var sum = left
        sum.answered = zip(left.answered, right.answered).map { $0 + $1 }
        sum.refused += right.refused
        sum.failed += right.failed
        sum.aborted += right.aborted
        sum.accepted += right.accepted
        sum.rejected += right.rejected
        sum.open += right.open
        sum.active += right.active
        sum.streams += right.streams
        sum.bytesIn += right.bytesIn
        sum.bytesOut += right.bytesOut
        sum.durations = zip(left.durations, right.durations).map { $0 + $1 }
        sum.durationSum += right.durationSum
        sum.listeners += right.listeners
        sum.lists.own += right.lists.own
        sum.lists.engines += right.lists.engines
        return sum
    }
}
