/// What a grant keeps from whoever has it, in every answer (`hide:` in the policy).
package struct Hidden: OptionSet, Hashable, Sendable {
    /// The bits.
    package let rawValue: UInt8

    /// Makes a set from bits.
    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// The environment of containers, images, services and tasks.
    package static let environment = Hidden(rawValue: 1)
    /// Labels and annotations of every kind of object.
    package static let labels = Hidden(rawValue: 2)
    /// What containers, execs, services and health checks run, and how images were made.
    package static let commands = Hidden(rawValue: 4)
    /// All of it.
    package static let all: Hidden = [.environment, .labels, .commands]

    /// What each is called in the policy.
    package static let names: [(name: String, hidden: Hidden)] = [
        ("env", .environment), ("labels", .labels), ("commands", .commands),
    ]

    /// `env, labels`
    package var words: String {
        Self.names.filter { isSuperset(of: $0.hidden) }.map(\.name).joined(separator: ", ")
    }
}

/// Something of a request or its answer that shows what may have to be hidden, and that no view of the
/// answer can hide.
package struct Exposure: Hashable, Sendable {
    /// What it shows.
    package let shown: Hidden
    /// What it is, for messages.
    package let what: String
    /// What to do without it, completing a refusal.
    package let instead: String

    /// Makes an exposure.
    package init(_ shown: Hidden, _ what: String, instead: String) {
        self.shown = shown
        self.what = what
        self.instead = instead
    }
}

extension Permit {
    /// What the grant keeps from whoever has it.
    package var hides: Hidden {
        for case .hide(let hidden) in obligations { return hidden }
        return []
    }
}
