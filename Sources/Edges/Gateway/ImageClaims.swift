import Synchronization

/// Names of images that were claimed for an act whose outcome is to be looked at: one that the engine
/// does not hold afterwards is nobody's again.
package final class ImageClaims: Sendable {
    /// A tenant's claim of a name.
    package struct Claim: Hashable, Sendable {
        /// The name, in canonical spelling.
        package let name: String
        /// Whose it is.
        package let tenant: String

        /// Names a claim.
        package init(_ name: String, of tenant: String) {
            self.name = name
            self.tenant = tenant
        }
    }

    /// A claim whose image may not be there.
    package struct Doubt: Hashable, Sendable {
        /// The claim.
        package let claim: Claim
        fileprivate let number: UInt64
    }

    private struct State {
        /// How many acts are under way that make an image of a name.
        var underWay: [Claim: Int] = [:]
        /// When a claim is to be looked at, and which doubt it is.
        var doubts: [Claim: (due: ContinuousClock.Instant, number: UInt64)] = [:]
        var number: UInt64 = 0

        mutating func doubt(_ claim: Claim, _ due: ContinuousClock.Instant) {
            number += 1
            doubts[claim] = (due, number)
        }
    }

    // Guards the claims; held for a look-up or a note.
    private let state = Mutex(State())

    /// How long an engine may go on with what nobody waits for any more: it takes its time over a large
    /// archive, also when the gateway has been restarted meanwhile.
    package static let patience = Duration.seconds(600)

    /// When an engine that gave no answer is asked again.
    private static let retry = Duration.seconds(30)

    /// Makes an empty register.
    package init() {}

    /// Notes that an act is about to claim names.
    package func begin(_ claims: [Claim]) {
        state.withLock { state in
            for claim in claims {
                state.underWay[claim, default: 0] += 1
                state.doubts[claim] = nil
            }
        }
    }

    /// Notes that an act is over.
    ///
    /// - Parameters:
    ///   - claims: What it claimed.
    ///   - isKnown: True when the engine has said what became of it.
    ///   - now: The time.
    package func end(_ claims: [Claim], isKnown: Bool, at now: ContinuousClock.Instant) {
        state.withLock { state in
            for claim in claims {
                let left = (state.underWay[claim] ?? 1) - 1
                state.underWay[claim] = left > 0 ? left : nil
                state.doubt(claim, isKnown ? now : now + Self.patience)
            }
        }
    }

    /// Notes that images may be gone, or never came.
    package func doubt(_ claims: [Claim], from due: ContinuousClock.Instant) {
        state.withLock { state in
            for claim in claims where state.doubts[claim] == nil { state.doubt(claim, due) }
        }
    }

    /// Gives up claims whose images have gone, but for those that an act under way makes anew: they are
    /// looked at once it is over.
    ///
    /// - Returns: Those that are given up.
    package func lose(_ claims: [Claim]) -> [Claim] {
        state.withLock { state in
            let lost = claims.filter { state.underWay[$0] == nil }
            for claim in lost { state.doubts[claim] = nil }
            return lost
        }
    }

    /// The claims that are to be looked at now.
    ///
    /// - Parameters:
    ///   - now: The time.
    ///   - most: How many are asked for; the others are due the next time.
    /// - Returns: The doubts, each of which is given once: whoever has asked settles it, or doubts anew.
    package func take(at now: ContinuousClock.Instant, most: Int) -> [Doubt] {
        state.withLock { state in
            var taken: [Doubt] = []
            for (claim, doubt) in state.doubts where doubt.due <= now {
                guard taken.count < most else { break }
                if state.underWay[claim] != nil { continue }
                taken.append(Doubt(claim: claim, number: doubt.number))
            }
            // Asked again when nobody settles it.
            for doubt in taken {
                state.doubts[doubt.claim] = (now + Self.retry, doubt.number)
            }
            return taken
        }
    }

    /// Settles a doubt.
    ///
    /// - Returns: False when an act has claimed the name since it was taken.
    package func settle(_ doubt: Doubt) -> Bool {
        state.withLock { state in
            guard state.underWay[doubt.claim] == nil,
                state.doubts[doubt.claim]?.number == doubt.number
            else { return false }
            state.doubts[doubt.claim] = nil
            return true
        }
    }
}
