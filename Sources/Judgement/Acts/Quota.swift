/// How many objects of each kind a tenant may have, and how many ports of the host.
package struct Quota: Hashable, Sendable {
    /// The most of each kind that is counted.
    package let most: [ObjectKind: Int]
    /// The most ports of the host that all of its containers and services may publish; nil for any number.
    package let ports: Int?
    /// Where it stands.
    package let location: Location

    /// Makes a quota.
    package init(_ most: [ObjectKind: Int], ports: Int? = nil, at location: Location) {
        self.most = most
        self.ports = ports
        self.location = location
    }

    /// The kinds that are counted, as the policy calls them.
    package static let names: [(name: String, kind: ObjectKind)] = [
        ("containers", .container), ("volumes", .volume), ("networks", .network),
        ("services", .service), ("secrets", .secret), ("configs", .config),
    ]

    /// What a tenant is told that would publish more ports than it may.
    package static func words(forPortsOf tenant: String, _ quota: Quota) -> String {
        "the containers and services of the tenant \(tenant) would publish more than "
            + "\(quota.ports ?? 0) ports, its quota; rule quota.ports (\(quota.location)); "
            + "publish fewer, or remove some first"
    }

    /// What a tenant is told that has as many as it may.
    package static func words(_ tenant: String, _ kind: ObjectKind, _ quota: Quota) -> String {
        "the tenant \(tenant) has \(quota.most[kind] ?? 0) \(kind.rawValue)s or more, and its quota is "
            + "\(quota.most[kind] ?? 0); rule quota.\(kind.rawValue)s (\(quota.location)); "
            + "remove some first"
    }
}
