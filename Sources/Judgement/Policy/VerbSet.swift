package import Acts

/// A set of verbs, as bits: asking it costs nothing.
package struct VerbSet: Hashable, Sendable {
    private var bits: UInt64

    /// Makes a set.
    package init(_ verbs: some Sequence<Verb> = []) {
        bits = verbs.reduce(0) { $0 | Self.bit($1) }
    }

    /// Every verb.
    package static let all = VerbSet(Verb.allCases)

    /// True when both sets have a verb in common.
    package func intersects(_ verbs: [Verb]) -> Bool {
        verbs.contains { bits & Self.bit($0) != 0 }
    }

    /// The verbs in both.
    package func union(_ other: VerbSet) -> VerbSet {
        var result = self
        result.bits |= other.bits
        return result
    }

    /// The verbs, in the order in which they are declared.
    package var verbs: [Verb] {
        Verb.allCases.filter { bits & Self.bit($0) != 0 }
    }

    private static func bit(_ verb: Verb) -> UInt64 {
        1 << UInt64(places[verb] ?? 63)
    }

    private static let places: [Verb: Int] = Dictionary(
        uniqueKeysWithValues: Verb.allCases.enumerated().map { ($1, $0) })
}
