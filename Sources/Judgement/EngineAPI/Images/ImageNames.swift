package import Acts

/// What the rows of tenants say of images, for look-ups and views.
///
/// Without rows there are only the engine's own names, which are everybody's.
package struct ImageNames {
    /// What a tenant calls an image of its own.
    package struct Own: Hashable, Sendable {
        /// Its names in canonical spelling, in order.
        package let references: [String]
        /// Where it was pulled from, or pushed to: `docker.io/library/bb@sha256:…`.
        package let digests: [String]

        /// Puts them together.
        package init(references: [String], digests: [String] = []) {
            self.references = references
            self.digests = digests
        }
    }

    /// An image that a tenant means.
    package struct Meant: Hashable, Sendable {
        /// The id, `sha256:…`.
        package let id: String
        /// What keeps it on the engine.
        package let anchor: ImageAnchor

        /// Puts them together.
        package init(id: String, anchor: ImageAnchor) {
            self.id = id
            self.anchor = anchor
        }
    }

    /// What a tenant means by a name, an id, or the only beginning of one; nil when it has no such row.
    package var find: (_ tenant: String, _ name: ImageName) -> Meant? = { _, _ in nil }
    /// What a tenant calls an image; nil when it has no row of it.
    package var own: (_ tenant: String, _ id: String) -> Own? = { _, _ in nil }
    /// True when containers of a tenant were made from an image.
    package var isUsed: (_ tenant: String, _ id: String) -> Bool = { _, _ in false }
    /// The tenants that have rows of an image.
    package var holders: (_ id: String) -> Set<String> = { _ in [] }
    /// The tenant whose an engine's name is for the time being, though it is no anchor; nil: it is
    /// everybody's.
    package var borrower: (_ reference: String) -> String? = { _ in nil }
    /// What an anchor keeps or has kept; nil when it is none of ours.
    package var naming: (_ nonce: String) -> ImageNaming? = { _ in nil }
    /// What a container or a service was made from: as its maker said it, and the id.
    package var origin: (_ kind: ObjectKind, _ id: String) -> (said: String, id: String)? = {
        _, _ in nil
    }

    /// No rows.
    package init() {}

    /// True when some tenant has a row of an image.
    package func isHeld(_ id: String) -> Bool { !holders(id).isEmpty }

    /// True when a tenant beside this one has a row of an image.
    package func isHeldByOthers(_ id: String, _ tenant: String) -> Bool {
        !holders(id).subtracting([tenant]).isEmpty
    }

    /// True for an engine's name that is no tenant's.
    package func isShared(_ name: String) -> Bool {
        guard let reference = ImageReference(name), !ImageAnchor.isReserved(reference) else {
            return false
        }
        return borrower(reference.canonical) == nil
    }
}
