/// The network that stands for the engine's default one on a shared engine, for one tenant.
package enum TenantNetwork: Hashable, Sendable {
    /// What containers and builds are on that name none: a bridge of the engine's host.
    case containers
    /// What tasks of services are on that name none: an overlay of the Swarm.
    case services

    /// What the names of such networks begin with; no tenant may give one itself.
    package static let prefix = "quaymaster-"

    /// The network's name on the engine.
    ///
    /// - Parameter tenant: The tenant's name, which holds no low line.
    /// - Returns: `quaymaster-TENANT` or `quaymaster-TENANT_services`.
    package func name(of tenant: String) -> String {
        switch self {
        case .containers: Self.prefix + tenant
        case .services: Self.prefix + tenant + "_services"
        }
    }

    /// True for the name of either of a tenant's networks.
    package static func isNamed(by name: String, of tenant: String) -> Bool {
        name == containers.name(of: tenant) || name == services.name(of: tenant)
    }
}
