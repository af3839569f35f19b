/// Whose things are, for views of answers.
package struct Owners {
    /// Says whose an object is.
    package let objects: Sighting.Owner
    /// What tenants call images.
    package let images: ImageNames

    /// True for a network that is offered to a tenant.
    package let offered: (_ network: Sighting, _ tenant: String) -> Bool

    /// The engine's name of a tenant's network, by its full id; nil for others'.
    package let networks: (_ id: String) -> String?

    /// Tells names as the client knows them; nil: as the engine says them.
    package let names: Retelling?

    /// Puts them together; without any everything is the administrators'.
    package init(
        objects: @escaping Sighting.Owner = { _ in nil },
        images: ImageNames = ImageNames(), names: Retelling? = nil,
        offered: @escaping (Sighting, String) -> Bool = { _, _ in false },
        networks: @escaping (String) -> String? = { _ in nil }
    ) {
        self.networks = networks
        self.offered = offered
        self.names = names
        self.objects = objects
        self.images = images
    }
}
