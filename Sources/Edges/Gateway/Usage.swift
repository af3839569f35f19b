import Acts
import Policy
import Synchronization

/// What clients take up of the gateway, over all of its loops.
package final class Usage: Sendable {
    /// Something that was taken up and has to be given back once.
    struct Share {
        let takers: [Taker]
        var amount: Int
    }

    /// Why something is not taken up.
    struct Excess: Error {
        let means: Means
        let bound: Tally.Bound

        /// One sentence for the client.
        var words: String {
            "\(bound.taker.words) has as many \(means.words) as it may, \(bound.most); "
                + "rule limit.\(means.rawValue); end some first, or have an operator raise the bound"
        }
    }

    /// How much is taken up, and how often it was refused.
    struct State: Sendable {
        var tally = Tally()
        var refused: [Means: Int] = [:]
    }

    // Guards the state; held for a few look-ups.
    private let state = Mutex(State())

    /// Makes a usage of nothing.
    package init() {}

    /// What it is at this moment.
    var current: State { state.withLock { $0 } }

    /// Takes something up.
    ///
    /// - Parameters:
    ///   - amount: How much.
    ///   - means: Of what.
    ///   - identity: By whom.
    ///   - tenant: For whom, where that is known.
    ///   - bound: How much the policy lets somebody have of it.
    /// - Returns: What has to be given back.
    /// - Throws: `Excess` when nothing was taken.
    func take(
        _ amount: Int, of means: Means, by identity: String, for tenant: String?,
        within bound: (Taker) -> Int
    ) throws(Excess) -> Share {
        var takers = [Taker.identity(identity)]
        if let tenant, means.isTenants { takers.append(.tenant(tenant)) }
        let bounds = takers.map { Tally.Bound($0, bound($0)) }
        let full = state.withLock { state in
            let full = state.tally.take(amount, of: means, within: bounds)
            if full != nil { state.refused[means, default: 0] += 1 }
            return full
        }
        if let full { throw Excess(means: means, bound: full) }
        return Share(takers: takers, amount: amount)
    }

    /// Gives something back.
    func giveBack(_ share: Share, of means: Means) {
        state.withLock { $0.tally.giveBack(share.amount, of: means, by: share.takers) }
    }
}
