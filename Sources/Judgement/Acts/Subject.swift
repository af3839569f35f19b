/// The kinds of object that an engine keeps.
package enum ObjectKind: String, CaseIterable, Hashable, Sendable {
    case container
    case exec
    case image
    case network
    case volume
    case service
    case task
    case secret
    case config
    case node
    case plugin
    /// The engine itself: its version, its events, its Swarm.
    case engine

    /// True for objects whose owners stand in our store. Execs and tasks are their container's and
    /// their service's, names of images have a table of their own.
    package var isRecorded: Bool {
        switch self {
        case .container, .network, .volume, .service, .secret, .config: true
        case .exec, .image, .task, .node, .plugin, .engine: false
        }
    }

    /// True for objects that belong to a tenant and carry stamped labels.
    package var isOwned: Bool {
        switch self {
        case .container, .exec, .network, .volume, .service, .task, .secret, .config: true
        case .image, .node, .plugin, .engine: false
        }
    }
}

/// A reference to an object that exists, as the request spells it.
package struct Reference: Hashable, Sendable {
    /// What the act does with the object.
    package enum Use: Hashable, Sendable {
        /// It looks at the object, or uses it as it is.
        case reads
        /// It changes or removes the object.
        case changes
        /// It makes the object if it is absent, and takes it over if it exists (a named volume, an
        /// image's name).
        case makes
        /// It brings the object from elsewhere, or up to date (an image that is pulled).
        case fetches
    }

    /// The kind of object.
    package let kind: ObjectKind
    /// Name, id or prefix, within the grammar of its kind.
    package let text: String
    /// Where in the request it stands, for messages.
    package let origin: String
    /// What the act does with it.
    package let use: Use
    /// True when the act gets what the object itself is allowed: it runs, reads or writes inside a
    /// container, joins it or mounts a volume (design, invariant 14).
    package let lendsPower: Bool

    /// True when the act makes the object if it is absent.
    package var mayBeAbsent: Bool { use == .makes || use == .fetches }

    /// Makes a reference.
    package init(
        _ kind: ObjectKind, _ text: String, origin: String, use: Use = .reads,
        lendsPower: Bool = false
    ) {
        self.kind = kind
        self.text = text
        self.origin = origin
        self.use = use
        self.lendsPower = lendsPower
    }

    /// The same, by an act that gets what the object is allowed.
    package var lendingPower: Reference {
        Reference(kind, text, origin: origin, use: use, lendsPower: true)
    }

    /// The same by another name.
    package func called(_ text: String) -> Reference {
        Reference(kind, text, origin: origin, use: use, lendsPower: lendsPower)
    }
}
