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

    /// A table the compiler makes of it: every decision asks for several.
    private static func bit(_ verb: Verb) -> UInt64 {
        switch verb {
        case .view: 1 << 0
        case .logs: 1 << 1
        case .search: 1 << 2
        case .run: 1 << 3
        case .start: 1 << 4
        case .stop: 1 << 5
        case .restart: 1 << 6
        case .kill: 1 << 7
        case .pause: 1 << 8
        case .wait: 1 << 9
        case .rename: 1 << 10
        case .update: 1 << 11
        case .rm: 1 << 12
        case .attach: 1 << 13
        case .exec: 1 << 14
        case .cp: 1 << 15
        case .export: 1 << 16
        case .commit: 1 << 17
        case .pull: 1 << 18
        case .push: 1 << 19
        case .build: 1 << 20
        case .tag: 1 << 21
        case .rmi: 1 << 22
        case .load: 1 << 23
        case .save: 1 << 24
        case .`import`: 1 << 25
        case .login: 1 << 26
        case .network: 1 << 27
        case .volume: 1 << 28
        case .prune: 1 << 29
        case .service: 1 << 30
        case .secret: 1 << 31
        case .config: 1 << 32
        case .node: 1 << 33
        case .swarm: 1 << 34
        case .plugin: 1 << 35
        case .enter: 1 << 36
        case .review: 1 << 37
        case .recall: 1 << 38
        case .watch: 1 << 39
        case .moderate: 1 << 40
        case .approve: 1 << 41
        }
    }
}
