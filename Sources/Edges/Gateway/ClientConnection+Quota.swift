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
        let own = loop.services.authority.policy.quotas[object.tenant]
        var quota = Dictionary(
            uniqueKeysWithValues: (own?.most ?? [:]).map { ($0.key.rawValue, $0.value) })
        quota[OwnedObject.portQuota] = own?.ports
        let network = ObjectKind.network.rawValue
        // Those that stand for the engine's default one come beside.
        if object.kind == network, TenantNetwork.isNamed(by: object.name, of: object.tenant) {
            quota[network] = nil
        } else if quota[network] == nil {
            let own = loop.services.ownership.defaultNetworks(of: object.tenant)
            quota[network] = loop.services.limits.networksPerTenant + own
        }
        return quota
    }

    /// Counts the ports that a service which is changed publishes from then on. Those that it gives up
    /// count until it is removed: the engine may still refuse the change.
    func countPorts(_ act: Act, _ permit: Permit, _ then: @escaping () -> Void) {
        guard act.relabels, let tenant = permit.tenant, let (kind, id) = subject(of: act),
            let key = loop.services.ownership.object(kind, id)?.key
        else { return then() }
        let bound = NIOLoopBound((connection: self, then: then), eventLoop: loop.eventLoop)
        let eventLoop = loop.eventLoop
        let number = self.number
        let objects = loop.services.store.objects
        // Counted also where there is no quota yet.
        let most = loop.services.authority.policy.quotas[tenant]?.ports
        let quota = most.map { [OwnedObject.portQuota: $0] } ?? [:]
        objects.publish(act.publishedPorts, by: key, within: quota) {
            result in
            eventLoop.execute {
                let (connection, then) = bound.value
                guard number == connection.number, connection.isActive else { return }
                switch result {
                case .success: then()
                case .failure(.quota(_, let kind, _)): connection.refuse(quota: kind, tenant)
                case .failure(let error):
                    connection.run(connection.exchange.recordFailed(error.description))
                }
                connection.process()
            }
        }
    }

    /// The store says that the tenant has as many as it may. What went by itself meanwhile counts no
    /// more: the engine is asked once, and then it is tried again.
    func quotaReached(_ kind: String, by object: OwnedObject, _ again: (() -> Void)?) {
        // What went by itself gave its ports back too.
        let counted = kind == OwnedObject.portQuota ? object.kind : kind
        guard let counted = ObjectKind(rawValue: counted),
            let path = OwnershipSweeper.lists.first(where: { $0.0 == counted })?.1
        else { return run(exchange.abort()) }
        guard let again, loop.services.quotaLooks.isDue(object.tenant) else {
            return refuse(quota: kind, object.tenant)
        }
        let number = self.number
        let before = OwnedObject.now()
        let ownership = loop.services.ownership
        let version = loop.services.facts.traits?.version ?? .floor
        EngineCall.make(loop.pool, .get, "/v\(version)\(path)", limit: 64 << 20) { result in
            if case .success(let answer) = result, answer.head.status == 200,
                let seen = ObjectListView.sightings(counted, answer.body)
            {
                let left = Set(seen.map(\.id))
                for known in ownership.objects.list(of: object.tenant)
                where known.engine == object.engine && known.kind == counted.rawValue
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

    private func refuse(quota kind: String, _ tenant: String) {
        let quotas = loop.services.authority.policy.quotas
        if kind == OwnedObject.portQuota, let quota = quotas[tenant] {
            return run(
                exchange.refused(Quota.words(forPortsOf: tenant, quota), rule: "quota.ports"))
        }
        guard let kind = ObjectKind(rawValue: kind) else { return run(exchange.abort()) }
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
