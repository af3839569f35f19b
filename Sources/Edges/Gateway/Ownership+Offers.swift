import Acts
import Engine
import EngineAPI
import Policy
import Store

/// Networks that tenants may join and that are others'.
extension Ownership {
    /// The networks that are offered to a tenant and that it sees: a network of its own stands before
    /// one of the same name.
    func visibleOffers(to tenant: String) -> [NetworkOffer] {
        offers(tenant).filter { network($0.name, of: tenant) == nil }
    }

    /// True for a network that a tenant sees because it is offered to it.
    ///
    /// - Parameters:
    ///   - network: As the engine shows it.
    ///   - tenant: Who sees it.
    /// - Returns: False for its own, and for what it does not see.
    func isOffered(_ network: Sighting, to tenant: String) -> Bool {
        let offers = visibleOffers(to: tenant)
        if offers.isEmpty { return false }
        let owner = owner(of: network)
        let name = owner == nil ? network.name : object(.network, network.id)?.name
        return offers.contains { $0.isOf(name ?? "", of: owner) }
    }

    /// What is meant by a text among the networks that are offered to tenants; nil when they know none.
    func offered(_ text: String, to tenants: [String]) -> Meant? {
        let offers = tenants.flatMap { visibleOffers(to: $0) }
        let ids = Set(
            offers.compactMap { offer -> String? in
                guard let owner = offer.owner, let id = network(offer.name, of: owner) else {
                    return nil
                }
                if offer.name == text { return id }
                return !text.isEmpty && id.hasPrefix(text) ? id : nil
            })
        if let id = ids.first { return ids.count == 1 ? .id(id) : .nothing }
        // The store knows nothing of what is the administrators'.
        let names = Set(offers.filter { $0.owner == nil }.map(\.name))
        return names.isEmpty ? nil : .offered(names.sorted())
    }

    /// The full id of the network that a tenant calls so.
    private func network(_ name: String, of tenant: String) -> String? {
        guard
            case .object(let object) = objects.find(
                name, kind: ObjectKind.network.rawValue, on: engine, of: tenant),
            object.name == name
        else { return nil }
        return object.id
    }
}
