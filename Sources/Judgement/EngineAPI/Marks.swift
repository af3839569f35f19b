/// What our store says of an act's objects, for the request that is written.
package struct Marks: Hashable, Sendable {
    /// The seal of what is made or labelled anew; "" for what must not inherit one.
    package var seal: String?
    /// True when the tenant has objects of the listed kind that carry no label of ours: volumes that
    /// came with a container, and what was adopted.
    package var hasUnlabelled = false
    /// The seal of what carries the tenant's label and is not its own.
    package var spared: String?
    /// The name of the bridge of a network that is made; nil leaves it to the engine.
    package var bridge: String?
    /// The IPv4 subnet of a network that is made and names none; nil leaves it to the engine.
    package var subnet: String?

    /// Makes marks that say nothing.
    package init() {}
}
