import Acts
package import Engine
package import EngineAPI
package import Logging
package import Policy
package import Store
import Synchronization

/// Whose objects are: what stands in the store, and what a seal proves that has not come to stand
/// there yet. Labels say nothing else here.
package final class Ownership: Sendable {
    /// What stands in the store.
    let objects: ObjectStore
    private let sealer: Sealer
    private let facts: EngineFacts
    private let log: Logger
    /// The networks that are offered to a tenant at this moment.
    let offers: @Sendable (_ tenant: String) -> [NetworkOffer]
    /// True when something has gone that the store may still have.
    let isStale = Atomic(false)
    // Guards the containers that were settled by what was seen; held for an append or a copy.
    private let found = Mutex<[OwnedObject]>([])

    /// Makes an ownership.
    ///
    /// - Parameters:
    ///   - objects: What stands in the store.
    ///   - sealer: Makes and knows seals.
    ///   - facts: What the engine calls itself.
    ///   - log: Where is said what could not be kept.
    ///   - offers: The networks that are offered to a tenant at this moment.
    package init(
        _ objects: ObjectStore, _ sealer: Sealer, _ facts: EngineFacts, _ log: Logger,
        offers: @escaping @Sendable (_ tenant: String) -> [NetworkOffer] = { _ in [] }
    ) {
        self.offers = offers
        self.objects = objects
        self.sealer = sealer
        self.facts = facts
        self.log = log
    }

    // MARK: Looking

    /// The tenant that an object is; nil: the administrators'.
    package func owner(of sighting: Sighting) -> String? {
        let key = key(sighting.kind, sighting.id)
        if key.engine.isEmpty { return nil }
        if let object = objects[key], isSame(object, sighting) { return object.tenant }
        guard let seal = Seal(parsing: sighting.seal) else { return nil }
        return recovered(sighting, seal, key) ?? task(sighting, seal)
    }

    /// The tenant of whose object an event tells: it is, or has just gone. Events of volumes say no
    /// more than the name.
    func lastOwner(of sighting: Sighting) -> String? {
        let key = key(sighting.kind, sighting.id)
        if sighting.kind == .volume, let object = objects[key] { return object.tenant }
        return owner(of: sighting) ?? objects.lastOwner(of: key)
    }

    /// What stands in the store under a full id.
    func object(_ kind: ObjectKind, _ id: String) -> OwnedObject? {
        objects[key(kind, id)]
    }

    /// What the engine calls itself.
    var engine: String { facts.id }

    func key(_ kind: ObjectKind, _ id: String) -> OwnedObject.Key {
        OwnedObject.Key(engine: facts.id, kind: kind.rawValue, id: id)
    }

    /// Names of volumes come again: another one of the name is nobody's. Ids do not.
    private func isSame(_ object: OwnedObject, _ sighting: Sighting) -> Bool {
        guard sighting.kind == .volume else { return true }
        switch object.origin {
        case .made: return Seal(parsing: sighting.seal)?.nonce == object.nonce
        case .brought: return true
        case .adopted:
            return object.made.isEmpty || sighting.made.isEmpty || object.made == sighting.made
        }
    }

    /// What was asked for and whose answer never came is settled when it is seen.
    private func recovered(
        _ sighting: Sighting, _ seal: Seal, _ key: OwnedObject.Key
    ) -> String? {
        guard let intent = objects.intent(seal.nonce), intent.engine == key.engine,
            intent.kind == key.kind, sealer.isGenuine(seal, of: intent)
        else { return nil }
        // A name that was asked for is a volume's id.
        let name = intent.engineName.isEmpty ? intent.name : intent.engineName
        if sighting.kind == .volume, !name.isEmpty, name != sighting.id { return nil }
        settle(intent.nonce, as: sighting.id)
        return intent.tenant
    }

    /// Containers of a service's tasks, and the volumes that come with them, are made by the Swarm:
    /// they are known by the seal of the service, while it lives.
    private func task(_ sighting: Sighting, _ seal: Seal) -> String? {
        guard sighting.kind == .container || sighting.isAnonymousVolume,
            let service = objects.settled(seal.nonce) ?? objects.intent(seal.nonce),
            service.engine == facts.id, service.kind == ObjectKind.service.rawValue,
            sealer.isGenuine(seal, of: service)
        else { return nil }
        return service.tenant
    }

    // MARK: Changing

    /// What is to be made for a tenant; nothing is written yet.
    ///
    /// - Parameters:
    ///   - kind: What it will be.
    ///   - tenant: Whose it will be.
    ///   - identity: Who makes it.
    ///   - name: What the tenant calls it; "" for what the engine names.
    ///   - isOwnName: False when the engine is to call it so too.
    ///   - isOnTheWay: True for a volume that is made because a mount names it.
    ///   - ports: How many ports of the host it asks for.
    /// - Returns: The object, without an id.
    func intent(
        _ kind: ObjectKind, for tenant: String, by identity: String, name: String,
        isOwnName: Bool = true, isOnTheWay: Bool = false, ports: Int = 0
    ) -> OwnedObject {
        let nonce = Sealer.nonce()
        let mark = OwnedObject.mark(of: nonce)
        let engineName =
            name.isEmpty || !isOwnName
            ? name : EngineName.make(kind, tenant: tenant, name: name, mark: mark)
        return OwnedObject(
            nonce: nonce, engine: facts.id, kind: kind.rawValue, name: name,
            engineName: engineName, parent: isOnTheWay ? OwnedObject.onTheWay : "", tenant: tenant,
            identity: identity, ports: ports)
    }

    /// What a volume is if it has to be made again under the name that it has.
    func intent(again object: OwnedObject, by identity: String) -> OwnedObject {
        OwnedObject(
            nonce: object.mark + OwnedObject.mark(of: Sealer.nonce()), engine: object.engine,
            kind: object.kind, name: object.name, engineName: object.id ?? "",
            tenant: object.tenant, identity: identity)
    }

    /// The seal of an object.
    func seal(of object: OwnedObject) -> Seal { sealer.seal(of: object) }

    /// The seal of what stands in the store, for labels that are written anew.
    func seal(_ kind: ObjectKind, _ id: String) -> Seal? {
        object(kind, id).map(sealer.seal)
    }

    /// Settles an intent; it counts at once.
    func settle(_ nonce: String, as id: String) {
        let log = self.log
        let object = objects.settle(nonce, as: id) { result in
            guard case .failure(let error) = result else { return }
            // It is still an intent there, and its seal settles it after a restart.
            log.error("an owner is not on the disk yet", metadata: ["error": "\(error)"])
        }
        guard let object, object.kind == ObjectKind.container.rawValue else { return }
        found.withLock { $0.append(object) }
    }

    /// Containers that were settled since the last call: what came with them is still to be kept.
    func takeFound() -> [OwnedObject] {
        found.withLock { found in
            defer { found = [] }
            return found
        }
    }

    /// Keeps the volumes that came with a container, which carry no seal.
    func keep(
        volumes: [String], of container: OwnedObject, _ completion: @escaping Store.Completion
    ) {
        let fresh = volumes.filter { object(.volume, $0) == nil }.map { name in
            OwnedObject(
                nonce: Sealer.nonce(), engine: container.engine, kind: ObjectKind.volume.rawValue,
                id: name, origin: .brought, parent: container.id ?? "", tenant: container.tenant,
                identity: container.identity)
        }
        objects.keep(fresh, completion)
    }

    /// Makes an object the administrators', or forgets it because it is gone.
    func release(_ object: OwnedObject) {
        let log = self.log
        objects.release(object) { result in
            guard case .failure(let error) = result else { return }
            log.error("an object stays a tenant's on the disk", metadata: ["error": "\(error)"])
        }
    }

    /// To be called when an object is found gone: forgets it, as it was known before that was asked.
    func whenGone(_ kind: ObjectKind, _ id: String) -> (() -> Void)? {
        guard let object = object(kind, id) else { return nil }
        return { self.release(object) }
    }
}
