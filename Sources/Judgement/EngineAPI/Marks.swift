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

    /// What is made for the tenant, and what keeps it on the engine.
    package var namings: [ImageNaming] = []
    /// The digest by which an image is pulled.
    package var pulled: String?
    /// What keeps the image whose name is removed; nil when nothing does.
    package var removed: ImageAnchor?

    /// Makes marks that say nothing.
    package init() {}
}
