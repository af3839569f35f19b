import Acts
import Engine
import EngineAPI
import Policy
import Store

/// What tenants call their objects.
extension Ownership {
    /// What somebody means who sees the objects of some tenants.
    ///
    /// - Parameters:
    ///   - kind: The kind.
    ///   - text: A name, an id, or the beginning of one.
    ///   - tenants: The tenants, the first to be asked first.
    /// - Returns: What is to be asked of the engine.
    func meaning(of kind: ObjectKind, _ text: String, in tenants: [String]) -> Meant {
        for tenant in tenants {
            switch objects.find(text, kind: kind.rawValue, on: engine, of: tenant) {
            case .object(let object): return .id(object.id ?? "")
            case .several: return .nothing
            case .nothing: break
            }
        }
        if kind == .network, let offered = offered(text, to: tenants) { return offered }
        // Only what a Swarm makes of a service stands nowhere in the store.
        let isOfTasks = kind == .container || (kind == .volume && Sighting.isAnonymousVolume(text))
        let served = tenants.filter {
            isOfTasks && objects.has(ObjectKind.service.rawValue, of: $0)
        }
        return served.isEmpty ? .nothing : .task(of: served)
    }

    /// Tells the engine's names as a tenant knows them.
    func retelling(for tenant: String) -> Retelling {
        let objects = self.objects
        let offers = visibleOffers(to: tenant)
        return Retelling { mark in
            objects.called(mark).map { called in
                let isOffered =
                    called.kind == ObjectKind.network.rawValue
                    && offers.contains { $0.isOf(called.name, of: called.tenant) }
                return Retelling.Name(
                    engineName: called.engineName,
                    shown: called.tenant == tenant || isOffered ? called.name : nil)
            }
        }
    }

    /// How many networks of a tenant stand for the engine's default one.
    func defaultNetworks(of tenant: String) -> Int {
        [TenantNetwork.containers, .services].count { network in
            let found = objects.find(
                network.name(of: tenant), kind: ObjectKind.network.rawValue, on: engine, of: tenant)
            if case .object = found { return true }
            return false
        }
    }

    /// True for an engine name that was made for a tenant.
    func isNamed(_ engineName: String, for tenant: String) -> Bool {
        guard let mark = EngineName.mark(in: engineName) else { return false }
        return objects.called(mark).contains { $0.engineName == engineName && $0.tenant == tenant }
    }

    /// Keeps a volume that is there as what an intent was for.
    func keep(
        volume id: String, like intent: OwnedObject, _ completion: @escaping Store.Completion
    ) {
        let volume = OwnedObject(
            nonce: intent.mark + OwnedObject.mark(of: Sealer.nonce()), engine: intent.engine,
            kind: intent.kind, id: id, origin: .brought, name: intent.name, engineName: id,
            tenant: intent.tenant, identity: intent.identity)
        objects.keep([volume], completion)
    }

    /// The engine's name of a tenant's object.
    func engineName(_ kind: ObjectKind, _ id: String) -> String? {
        guard let object = object(kind, id) else { return nil }
        return object.engineName.isEmpty ? object.name : object.engineName
    }
}
