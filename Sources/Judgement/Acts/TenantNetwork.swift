/// The network that stands for the engine's default one on a shared engine, for one tenant.
package enum TenantNetwork {
    /// What the names of such networks begin with; no tenant may give one itself.
    package static let prefix = "quaymaster-"

    /// The network's name on the engine.
    ///
    /// - Parameter tenant: The tenant's name.
    /// - Returns: `quaymaster-TENANT`.
    package static func name(of tenant: String) -> String {
        prefix + tenant
    }
}
