/// What clients take up of the gateway, each with a bound.
package enum Means: String, CaseIterable, Hashable, Sendable {
    /// Connections that are open.
    case connections
    /// Requests under way, streams among them.
    case requests
    /// Answers that last as long as somebody listens: attach, exec, logs, events, stats, wait.
    case streams
    /// Bytes of bodies and answers that are held until they are whole.
    case bytes
    /// Archives on their way to the engine.
    case uploads

    /// Several of them, in words.
    package var words: String {
        switch self {
        case .connections: "connections"
        case .requests: "requests under way"
        case .streams: "streams (attach, exec, logs, events, stats, wait)"
        case .bytes: "bytes of bodies held"
        case .uploads: "archives on their way"
        }
    }

    /// True when a tenant has a bound of its own: what is taken up before it is known for whom has none.
    package var isTenants: Bool {
        switch self {
        case .streams, .uploads: true
        case .connections, .requests, .bytes: false
        }
    }
}

/// Who takes something up.
package enum Taker: Hashable, Sendable {
    /// An identity, over all of its connections.
    case identity(String)
    /// A tenant, whoever acts for it.
    case tenant(String)

    /// `the identity alice`
    package var words: String {
        switch self {
        case .identity(let name): "the identity \(name)"
        case .tenant(let name): "the tenant \(name)"
        }
    }
}

/// How much everybody has taken up.
package struct Tally: Hashable, Sendable {
    /// A taker and the most that it may have.
    package struct Bound: Hashable, Sendable {
        /// Who.
        package let taker: Taker
        /// How much at most.
        package let most: Int

        /// Makes a bound.
        package init(_ taker: Taker, _ most: Int) {
            self.taker = taker
            self.most = most
        }
    }

    private var taken: [Means: [Taker: Int]] = [:]

    /// Makes a tally of nothing.
    package init() {}

    /// How much somebody has taken up.
    package subscript(_ means: Means, of taker: Taker) -> Int { taken[means]?[taker] ?? 0 }

    /// How much all identities have taken up together.
    package func sum(of means: Means) -> Int {
        (taken[means] ?? [:]).reduce(0) { sum, entry in
            if case .identity = entry.key { sum + entry.value } else { sum }
        }
    }

    /// Takes something up for all who are named, or for none of them.
    ///
    /// - Parameters:
    ///   - amount: How much.
    ///   - means: Of what.
    ///   - bounds: For whom, and how much each may have.
    /// - Returns: The first who would have too much; nil when it is taken.
    package mutating func take(_ amount: Int, of means: Means, within bounds: [Bound]) -> Bound? {
        if let full = bounds.first(where: { self[means, of: $0.taker] + amount > $0.most }) {
            return full
        }
        for bound in bounds { taken[means, default: [:]][bound.taker, default: 0] += amount }
        return nil
    }

    /// Gives back what was taken up.
    package mutating func giveBack(_ amount: Int, of means: Means, by takers: [Taker]) {
        for taker in takers {
            let left = self[means, of: taker] - amount
            taken[means]?[taker] = left > 0 ? left : nil
        }
    }
}
