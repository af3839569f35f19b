import Acts
import Engine
import EngineAPI
import Exchange
import NIOCore
import Policy
import Store
import Wire

/// How many objects a tenant may have: counted in the store before the engine hears of another.
extension ClientConnection {
    /// How many of each kind an object's tenant may have, where the policy says so.
    func quota(for object: OwnedObject) -> [String: Int] {
        // The engine answers with a volume that is there.
        let isThere = facts.hasOwnVolume(object.name)
        if object.kind == ObjectKind.volume.rawValue, isThere { return [:] }
        let most = loop.services.authority.policy.quotas[object.tenant]?.most ?? [:]
        var quota = Dictionary(uniqueKeysWithValues: most.map { ($0.key.rawValue, $0.value) })
        let network = ObjectKind.network.rawValue
        // The one that stands for the engine's default one comes beside.
        if object.kind == network, object.name == TenantNetwork.name(of: object.tenant) {
            quota[network] = nil
        } else if quota[network] == nil {
            let own = loop.services.ownership.hasDefaultNetwork(object.tenant) ? 1 : 0
            quota[network] = loop.services.limits.networksPerTenant + own
        }
        return quota
    }

    /// The store says that the tenant has as many as it may. What went by itself meanwhile counts no
    /// more: the engine is asked once, and then it is tried again.
    func quotaReached(_ kind: String, by object: OwnedObject, _ again: (() -> Void)?) {
        guard let kind = ObjectKind(rawValue: kind),
            let path = OwnershipSweeper.lists.first(where: { $0.0 == kind })?.1
        else { return run(exchange.abort()) }
        guard let again, loop.services.quotaLooks.isDue(object.tenant) else {
            return refuseQuota(kind, object.tenant)
        }
        let number = self.number
        let before = OwnedObject.now()
        let ownership = loop.services.ownership
        let version = loop.services.facts.traits?.version ?? .floor
        EngineCall.make(loop.pool, .get, "/v\(version)\(path)", limit: 64 << 20) { result in
            if case .success(let answer) = result, answer.head.status == 200,
                let seen = ObjectListView.sightings(kind, answer.body)
            {
                let left = Set(seen.map(\.id))
                for known in ownership.objects.list(of: object.tenant)
                where known.engine == object.engine && known.kind == kind.rawValue
                    && known.settledAt ?? before < before && !left.contains(known.id ?? "")
                {
                    ownership.release(known)
                }
            }
            guard number == self.number, self.isActive else { return }
            again()
            self.process()
        }
    }

    private func refuseQuota(_ kind: ObjectKind, _ tenant: String) {
        let quotas = loop.services.authority.policy.quotas
        if kind == .network, quotas[tenant]?.most[.network] == nil {
            return run(exchange.networksExhausted(loop.services.limits.networksPerTenant))
        }
        guard let quota = quotas[tenant] else {
            // The policy has changed meanwhile.
            return run(exchange.abort())
        }
        run(
            exchange.refused(
                Quota.words(tenant, kind, quota), rule: "quota.\(kind.rawValue)s"))
    }
}

extension Facts {
    /// True when a volume of this name is there, and the act refers to it.
    fileprivate func hasOwnVolume(_ name: String) -> Bool {
        resolutions.contains { reference, found in
            guard reference.kind == .volume, reference.text == name, case .found = found else {
                return false
            }
            return true
        }
    }
}
