/// What a request would do, in words that no wire format knows.
package struct Act: Hashable, Sendable {
    /// The operation's name, as the Engine API calls it, for records.
    package let operation: String
    /// The verbs that include the operation; empty when every known identity may (ping, version).
    package let verbs: [Verb]
    /// What it can do.
    package let harm: Harm
    /// The objects that it touches.
    package var references: [Reference]
    /// What it asks for beyond the harmless.
    package var demands: [Demand]
    /// The kind of object that it makes and that a tenant will own; nil when it makes none.
    package var creates: ObjectKind?
    /// The name that the client gives to what it makes or renames; "" when it gives none.
    package var newName = ""
    /// True when it replaces the labels of what it refers to, stamped ones among them.
    package var relabels = false
    /// What stands for the engine's default network, which is everybody's, when what runs would be on
    /// that; nil when it would not.
    package var defaultNetwork: TenantNetwork?
    /// Where a service publishes a port by a Swarm's ingress network, on which the tasks of all such
    /// services reach each other; nil where none does.
    package var ingressOrigin: String?
    /// The IPv4 subnets that a bridge network which is made asks for, none when the engine would choose;
    /// nil: no bridge network is made.
    package var bridgeSubnets: [String]?
    /// How a container is entered by the guarded shell; nil for any other act.
    package var shell: ShellWish?
    /// What an exec that is made would run; nil for any other act.
    package var exec: ExecWish?
    /// What is asked of the guarded shell from outside of a session; nil for any other act.
    package var ask: ShellAsk?
    /// How much the answer shows.
    package var reach: Reach
    /// How many ports of the host it asks for; what is bound to one of a range is one.
    package var publishedPorts: Int {
        demands.count { demand in
            switch demand.kind {
            case .publishedPort, .allPorts: true
            default: false
            }
        }
    }
    /// What it shows that no view can hide.
    package var exposures: [Exposure] = []

    /// Which objects an act without references speaks of.
    package enum Reach: Hashable, Sendable {
        /// Only what is referred to.
        case referenced
        /// A list, narrowed to the tenant's own objects by an obligation.
        case list(ObjectKind)
        /// The engine as a whole, of which a tenant can be shown its own part.
        case summary
        /// The engine as a whole.
        case engine
    }

    /// Makes an act.
    package init(
        operation: String, verbs: [Verb], harm: Harm, references: [Reference] = [],
        demands: [Demand] = [], creates: ObjectKind? = nil, reach: Reach = .referenced
    ) {
        self.operation = operation
        self.verbs = verbs
        self.harm = harm
        self.references = references
        self.demands = demands
        self.creates = creates
        self.reach = reach
    }

    /// What the act is about, for records: what it makes and from what, or what it touches.
    package var target: String {
        if let creates, !newName.isEmpty {
            let source = references.first.map { " from \($0.kind.rawValue)/\($0.text)" } ?? ""
            return "\(creates.rawValue)/\(newName)\(source)"
        }
        if let ask { return ask.target }
        if let first = references.first { return "\(first.kind.rawValue)/\(first.text)" }
        switch reach {
        case .list(let kind): return kind.rawValue
        case .engine, .summary, .referenced: return creates?.rawValue ?? ObjectKind.engine.rawValue
        }
    }
}
