/// How many objects of each kind a tenant may have.
package struct Quota: Hashable, Sendable {
    /// The most of each kind that is counted.
    package let most: [ObjectKind: Int]
    /// Where it stands.
    package let location: Location

    /// Makes a quota.
    package init(_ most: [ObjectKind: Int], at location: Location) {
        self.most = most
        self.location = location
    }

    /// The kinds that are counted, as the policy calls them.
    package static let names: [(name: String, kind: ObjectKind)] = [
        ("containers", .container), ("volumes", .volume), ("networks", .network),
        ("services", .service), ("secrets", .secret), ("configs", .config),
    ]

    /// What a tenant is told that has as many as it may.
    package static func words(_ tenant: String, _ kind: ObjectKind, _ quota: Quota) -> String {
        "the tenant \(tenant) has \(quota.most[kind] ?? 0) \(kind.rawValue)s or more, and its quota is "
            + "\(quota.most[kind] ?? 0); rule quota.\(kind.rawValue)s (\(quota.location)); "
            + "remove some first"
    }
}
