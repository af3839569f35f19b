/// How many acts that change state each identity may have recorded, so that none fills the disk for all.
///
/// A token bucket for each: a rush of many is let through at once, as a build farm or a measurement makes
/// it, and what comes for hours has the pace of the refill.
package struct IntentMeasure {
    /// How many acts may come at once: some 300 MB of the record.
    package static let burst: Int64 = 250_000
    /// How many come back in a second: some 10 GB of the record in a day.
    package static let pace: Int64 = 100

    /// Nanoseconds of the refill that an act takes.
    private static let price: Int64 = 1_000_000_000 / pace

    /// Until when, by the ledger's clock, the refill works at what each has taken.
    private var debts: [String: Int64] = [:]
    private var lastCleaned: Int64 = 0

    /// Makes one of which nobody has taken anything.
    package init() {}

    /// Takes one of an identity's acts; false when it has none left.
    ///
    /// - Parameters:
    ///   - identity: Whose act it is.
    ///   - now: The time, in nanoseconds of a clock that nobody sets.
    /// - Returns: True when it is taken.
    package mutating func take(_ identity: String, at now: Int64) -> Bool {
        clean(now)
        let debt = max(debts[identity] ?? now, now)
        guard debt - now <= (Self.burst - 1) * Self.price else { return false }
        debts[identity] = debt + Self.price
        return true
    }

    /// Forgets once a minute who has paid everything back.
    private mutating func clean(_ now: Int64) {
        guard now - lastCleaned > 60_000_000_000 else { return }
        lastCleaned = now
        debts = debts.filter { $0.value > now }
    }
}
