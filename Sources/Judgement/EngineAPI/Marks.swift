package import Acts

/// What our store says of an act's objects, for the request that is written.
package struct Marks: Hashable, Sendable {
    /// The seal of what is made or labelled anew; "" for what must not inherit one.
    package var seal: String?
    /// True when the tenant has objects of the listed kind that carry no label of ours: volumes that
    /// came with a container, and what was adopted.
    package var hasUnlabelled = false
    /// The seal of what carries the tenant's label and is not its own.
    package var spared: String?
    /// The engine's name for what is made or renamed.
    package var engineName: String?
    /// The tenant's name for it.
    package var shownName: String?
    /// The engine's names for volumes, by the tenant's.
    package var volumes: [String: String] = [:]
    /// The engine's names for secrets and configs, by their ids.
    package var files: [String: String] = [:]
    /// The ids of what filters name; what is not there is nothing that the tenant has.
    package var filters: [FilterName: String] = [:]
    /// True when the names that the client sees are not the engine's.
    package var namesAreOurs = false
    /// The name of the bridge of a network that is made; nil leaves it to the engine.
    package var bridge: String?
    /// The IPv4 subnet of a network that is made and names none; nil leaves it to the engine.
    package var subnet: String?

    /// What is made for the tenant, and what keeps it on the engine.
    package var namings: [ImageNaming] = []
    /// The digest by which an image is pulled.
    package var pulled: String?
    /// What keeps the image whose name is removed; nil when nothing does.
    package var removed: ImageAnchor?

    /// Makes marks that say nothing.
    package init() {}
}
