package import Acts

/// A network that others than its owner may join.
package struct NetworkOffer: Hashable, Sendable {
    /// Whose it is; nil: the administrators'.
    package let owner: String?
    /// What its owner calls it.
    package let name: String
    /// The tenants it is offered to.
    package let tenants: Set<String>
    /// Where the offer stands.
    package let location: Location

    /// Makes an offer.
    package init(owner: String?, name: String, tenants: Set<String>, location: Location) {
        self.owner = owner
        self.name = name
        self.tenants = tenants
        self.location = location
    }

    /// True for the offer of this network.
    ///
    /// - Parameters:
    ///   - name: What its owner calls it.
    ///   - owner: Whose it is.
    /// - Returns: False for any other.
    package func isOf(_ name: String, of owner: String?) -> Bool {
        self.owner == owner && self.name == name
    }
}

extension Policy {
    /// The networks that are offered to a tenant.
    package func offers(to tenant: String) -> [NetworkOffer] {
        isShared ? networkOffers.filter { $0.tenants.contains(tenant) } : []
    }

    /// True for a network of somebody else's that is offered to a tenant.
    func isOffered(_ reference: Reference, to tenant: String, _ facts: Facts) -> Bool {
        guard reference.kind == .network, case .found(_, let owner)? = facts[reference],
            let name = facts.networks[reference]
        else { return false }
        return networkOffers.contains { $0.isOf(name, of: owner) && $0.tenants.contains(tenant) }
    }
}
