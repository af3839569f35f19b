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
    /// The kind of object.
    package let kind: ObjectKind
    /// Name, id or prefix, within the grammar of its kind.
    package let text: String
    /// Where in the request it stands, for messages.
    package let origin: String
    /// True when the act makes the object if it is absent (a named volume).
    package let mayBeAbsent: Bool

    /// Makes a reference.
    package init(_ kind: ObjectKind, _ text: String, origin: String, mayBeAbsent: Bool = false) {
        self.kind = kind
        self.text = text
        self.origin = origin
        self.mayBeAbsent = mayBeAbsent
    }
}

/// What a reference turned out to be.
package enum Resolution: Hashable, Sendable {
    /// The object exists under this full id and belongs to this tenant; nil: to administrators.
    case found(id: String, tenant: String?)
    /// There is no such object.
    case absent
}

/// Everything that was read from the engine before an act is decided.
package struct Facts: Hashable, Sendable {
    /// The answers, by reference.
    package private(set) var resolutions: [Reference: Resolution]

    /// Makes facts.
    package init(_ resolutions: [Reference: Resolution] = [:]) {
        self.resolutions = resolutions
    }

    /// What a reference turned out to be; nil when nobody asked.
    package subscript(_ reference: Reference) -> Resolution? {
        get { resolutions[reference] }
        set { resolutions[reference] = newValue }
    }
}
