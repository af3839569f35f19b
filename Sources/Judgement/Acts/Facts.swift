/// What a reference turned out to be.
package enum Resolution: Hashable, Sendable {
    /// The object exists under this full id and belongs to this tenant; nil: to administrators.
    case found(id: String, tenant: String?)
    /// There is no such object.
    case absent
}

/// What an image turned out to be.
package struct ImageFinding: Hashable, Sendable {
    /// Tenants that may use it: theirs is the name that was asked for, or one of the image's.
    package let owners: Set<String>
    /// True when it is everybody's: a name that no tenant made leads to it.
    package let isShared: Bool
    /// The tenant whose every name of the image is; only it may change or remove the image.
    package let soleOwner: String?
    /// The names of the labels that containers of it inherit.
    package let labels: [String]
    /// Instructions that run when something is built on it (`ONBUILD`).
    package let triggers: [String]
    /// What it is for, for example `linux/amd64`; "" when it does not say.
    package let platform: String
    /// The time between its health checks, in nanoseconds; nil when it says none.
    package let healthInterval: Int64?
    /// The same while a container starts.
    package let healthStartInterval: Int64?
    /// The name that was asked for, in canonical spelling; nil when it was asked for by its id.
    package let name: String?
    /// What keeps it for the tenant; nil when no row of the tenant's does.
    package let anchor: ImageAnchor?

    /// Makes a finding.
    package init(
        owners: Set<String>, isShared: Bool, soleOwner: String?, labels: [String] = [],
        triggers: [String] = [], platform: String = "",
        healthInterval: Int64? = nil, healthStartInterval: Int64? = nil, name: String? = nil,
        anchor: ImageAnchor? = nil
    ) {
        self.anchor = anchor
        self.healthInterval = healthInterval
        self.healthStartInterval = healthStartInterval
        self.name = name
        self.platform = platform
        self.owners = owners
        self.isShared = isShared
        self.soleOwner = soleOwner
        self.labels = labels
        self.triggers = triggers
    }
}

/// What a path of the host turned out to be.
package enum HostPathFinding: Hashable, Sendable {
    /// Every part of it is a plain folder or file of root's that nobody else can write: what it
    /// names now it names when the engine follows it.
    case plain
    /// There is nothing.
    case missing
    /// A part of it is a symbolic link, or somebody other than root can change it; the part.
    case movable(String)
    /// The gateway cannot see the engine's file system.
    case unseen
}

/// Everything that was found out before an act is decided. What is missing here and needed for a
/// decision makes it a refusal.
package struct Facts: Hashable, Sendable {
    /// What references turned out to be.
    package private(set) var resolutions: [Reference: Resolution]
    /// What the objects behind references ask of their host themselves, followed through what they
    /// join.
    package var powers: [Reference: [Demand]] = [:]
    /// The identities that made execs; a reference that is not there is to an exec that the
    /// gateway did not see made.
    package var makers: [Reference: String] = [:]
    /// What images turned out to be.
    package var images: [Reference: ImageFinding] = [:]
    /// What their owners call networks.
    package var networks: [Reference: String] = [:]
    /// What names of images mean to tenants, each of which has its own.
    package var views: [String: ImageFacts] = [:]
    /// The full id of the network that stands for the engine's default one, for this tenant.
    package var ownNetwork: String?
    /// What paths of the host turned out to be.
    package var paths: [String: HostPathFinding] = [:]
    /// Paths of the host that hold the engine's and the gateway's own sockets and state.
    package var protectedPaths: [String] = []

    /// Makes facts.
    package init(_ resolutions: [Reference: Resolution] = [:]) {
        self.resolutions = resolutions
    }

    /// What a reference turned out to be; nil when nobody asked.
    package subscript(_ reference: Reference) -> Resolution? {
        get { resolutions[reference] }
        set { resolutions[reference] = newValue }
    }

    /// True when one of these objects is among them as a tenant's.
    ///
    /// - Parameter ids: Full ids.
    /// - Returns: False when none is.
    package func name(_ ids: Set<String>) -> Bool {
        resolutions.values.contains { resolution in
            guard case .found(let id, .some) = resolution else { return false }
            return ids.contains(id)
        }
    }

    /// Adds what was found out about references.
    package mutating func add(_ other: Facts) {
        resolutions.merge(other.resolutions) { $1 }
        powers.merge(other.powers) { $1 }
        images.merge(other.images) { $1 }
        networks.merge(other.networks) { $1 }
        views.merge(other.views) { $0.merging($1) }
    }

    /// The same, with images as a tenant means them.
    package func seen(by tenant: String) -> Facts {
        guard let view = views[tenant] else { return self }
        var facts = self
        facts.resolutions.merge(view.resolutions) { $1 }
        // What the tenant does not see is no image that somebody else means.
        for reference in view.resolutions.keys { facts.images[reference] = view.images[reference] }
        return facts
    }
}

/// What names of images mean to one tenant.
package struct ImageFacts: Hashable, Sendable {
    /// What they turned out to be.
    package var resolutions: [Reference: Resolution] = [:]
    /// What the images are.
    package var images: [Reference: ImageFinding] = [:]

    /// Nothing yet.
    package init() {}

    fileprivate func merging(_ other: ImageFacts) -> ImageFacts {
        var facts = self
        facts.resolutions.merge(other.resolutions) { $1 }
        facts.images.merge(other.images) { $1 }
        return facts
    }
}
