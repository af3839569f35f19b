/// Which events of an engine were heard, so that what is told anew counts once, and what is not told
/// any more is known to be missing.
///
/// An engine keeps its last events (moby: 256) and tells them to a stream that asks for the past. Where
/// one of them was heard before, nothing is missing between.
package struct EventTrail: Sendable {
    /// What is remembered of the last event: what a gateway hands to the next one.
    package struct Mark: Hashable, Sendable {
        /// When it happened, in nanoseconds since 1970.
        package let time: Int64
        /// Which it was.
        package let key: String

        /// Makes a mark.
        package init(time: Int64, key: String) {
            self.time = time
            self.key = key
        }
    }

    /// Events whose place in time is not known to the gateway.
    package struct Gap: Hashable, Sendable {
        /// When the last event happened that was heard, in nanoseconds since 1970.
        package let from: Int64
        /// When the stream began after it.
        package let until: Int64
    }

    /// More than any engine keeps.
    private static let most = 4096

    private var heard: Set<String>
    private var order: [String]
    private var oldest = 0
    /// What happened before is not asked about.
    private let floor: Int64
    /// The last event that was heard; nil before the first.
    package private(set) var last: Mark?
    /// When the stream began of which it is not known whether something is missing before it.
    private var doubt: Int64?

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - mark: The last event that an earlier gateway has heard; nil: there was none.
    ///   - now: The time, in nanoseconds since 1970.
    package init(after mark: Mark?, at now: Int64) {
        last = mark
        floor = mark?.time ?? now
        heard = mark.map { [$0.key] } ?? []
        order = mark.map { [$0.key] } ?? []
    }

    /// A stream has begun.
    package mutating func begin(at now: Int64) {
        doubt = last == nil ? nil : now
    }

    /// Hears an event.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - mayBePast: True while the engine may be telling what happened before the stream began. What it
    ///     tells later is happening, whatever a clock says that was set back.
    ///   - now: The time, in nanoseconds since 1970.
    /// - Returns: False when it was heard before, or happened before anybody listened.
    package mutating func hear(
        _ event: EngineEvent, mayBePast: Bool, at now: Int64
    ) -> Bool {
        let key = "\(event.time) \(event.type) \(event.action.prefix(64)) \(event.id)"
        if heard.contains(key) {
            doubt = nil
            return false
        }
        guard !mayBePast || event.time >= floor else { return false }
        remember(key)
        let newest = last?.time ?? 0
        // Never a time that has not come: the next gateway asks for what is behind it.
        if event.time >= newest || newest > now {
            last = Mark(time: min(event.time, now), key: key)
        }
        return true
    }

    /// What is missing, once the engine has told what it knows of the past.
    package mutating func takeGap() -> Gap? {
        guard let doubt, let last else { return nil }
        self.doubt = nil
        return Gap(from: min(last.time, doubt), until: doubt)
    }

    private mutating func remember(_ key: String) {
        heard.insert(key)
        guard order.count >= Self.most else { return order.append(key) }
        heard.remove(order[oldest])
        order[oldest] = key
        oldest = (oldest + 1) % Self.most
    }
}
