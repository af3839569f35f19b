import Acts
import Engine
import EngineAPI
import Exchange
import JSON
import NIOCore
import Policy
import Store
import Synchronization
import Wire

/// Whose the objects are that a request makes, lists or removes.
extension ClientConnection {
    /// Gathers what the store says of a permitted act's objects.
    func mark(_ decision: Decision, _ then: @escaping (Marks) -> Void) {
        guard case .permit(let permit) = decision, let act = exchange.act else {
            return then(Marks())
        }
        countPorts(act, permit) {
            guard permit.namesImages else { return self.mark(act, permit, Marks(), then) }
            self.markImages(act, permit) { self.mark(act, permit, $0, then) }
        }
    }

    private func mark(
        _ act: Act, _ permit: Permit, _ images: Marks, _ then: @escaping (Marks) -> Void
    ) {
        var marks = images
        let ownership = loop.services.ownership
        noteRemoval(act)
        // What was found under an earlier policy may have been looked for by other names.
        if permit.tellsNames, let tenants { noteNames(act, tenants, &marks) }
        if marks.namesAreOurs, act.operation == "ContainerRename" {
            guard keepNewName(of: act, &marks) else { return }
        }
        for obligation in permit.obligations {
            switch obligation {
            case .own(let kind, let tenant):
                guard keepName(kind, for: tenant, act, &marks) else { return }
            case .makeVolumes(let names):
                guard let tenant = permit.tenant, keepVolumeNames(names, for: tenant, &marks)
                else { return }
            case .stamp(.some) where act.relabels:
                // The labels of an update replace the object's, its seal among them.
                guard let (kind, id) = subject(of: act) else { continue }
                marks.seal = ownership.seal(kind, id)?.text
            case .stamp(.some) where act.creates == .image:
                // An image of a container would have the container's.
                if loop.services.authority.policy.isShared {
                    marks.seal = ""
                    marks.shownName = ""
                }
            case .narrow(let tenant):
                guard case .list(let kind) = act.reach, kind.isRecorded || kind == .task else {
                    continue
                }
                if act.harm.contains(.changes) { return spare(kind, tenant, then) }
                let listed: ObjectKind = kind == .task ? .service : kind
                marks.hasUnlabelled =
                    ownership.objects.hasUnsealed(listed.rawValue, of: tenant)
                    || (kind == .network && showsOffers && !ownership.offers(tenant).isEmpty)
            case .ownBridge(let subnets):
                guard let intent else { continue }
                marks.bridge = TenantBridge.name(intent.nonce)
                return chooseSubnet(beside: subnets) {
                    marks.subnet = $0
                    then(marks)
                }
            default: continue
            }
        }
        then(marks)
    }

    /// The object in an act's path, by its full id.
    func subject(of act: Act) -> (ObjectKind, String)? {
        guard let reference = act.references.first(where: { $0.origin == "path" }) else {
            return nil
        }
        if case .found(let id, _) = facts[reference] { return (reference.kind, id) }
        return (reference.kind, reference.text)
    }

    /// What carries the tenant's label and is not its own is not pruned with it.
    private func spare(
        _ kind: ObjectKind, _ tenant: String, _ then: @escaping (Marks) -> Void
    ) {
        let list = ObjectListView.pathOfLabelled(kind, tenant)
        let number = self.number
        let version = loop.services.facts.traits?.version ?? .floor
        EngineCall.make(loop.pool, .get, "/v\(version)\(list)", limit: 64 << 20) { result in
            guard number == self.number, self.isActive else { return }
            switch result {
            case .failure(let failure): self.fail(failure)
            case .success(let answer):
                let owner = self.loop.services.ownership.owner
                guard answer.head.status == 200,
                    let seals = ObjectListView.foreignSeals(
                        kind, answer.body, to: tenant, owner: owner)
                else {
                    return self.fail(
                        EngineFailure(
                            "the engine would not say what there is to prune", status: 502))
                }
                // An engine takes several labels as one condition: it leaves out what has them all.
                guard seals.count <= 1 else {
                    return self.run(.answer(Self.unprunable(kind, seals.count), .close))
                }
                var marks = Marks()
                marks.spared = seals.first
                then(marks)
            }
            self.process()
        }
    }

    private static func unprunable(_ kind: ObjectKind, _ count: Int) -> Answer {
        Answer(
            status: 409,
            message: "quaymaster: refused: \(count) \(kind.rawValue)s carry the tenant's label and "
                + "are not its own, and the engine cannot tell them apart; rule prune.foreign; "
                + "remove one by one, or have an administrator remove or adopt these",
            rule: "prune.foreign")
    }

    // MARK: Making

    /// Writes down what is to be made before the engine hears of it.
    func intend(_ then: @escaping () -> Void) {
        guard let intent else { return then() }
        intend(intent, then)
    }

    /// Writes down an object that is to be made before the engine hears of it.
    func intend(_ object: OwnedObject, isLast: Bool = false, _ then: @escaping () -> Void) {
        let bound = NIOLoopBound((connection: self, then: then), eventLoop: loop.eventLoop)
        let number = self.number
        let eventLoop = loop.eventLoop
        let objects = loop.services.store.objects
        objects.intend(object, within: quota(for: object)) { result in
            eventLoop.execute {
                let (connection, then) = bound.value
                guard number == connection.number, connection.isActive else {
                    // Whoever asked has gone before the engine was asked.
                    return objects.drop([object.nonce])
                }
                switch result {
                case .success: then()
                case .failure(.quota(_, let kind, _)):
                    connection.quotaReached(
                        kind, by: object,
                        isLast ? nil : { connection.intend(object, isLast: true, then) })
                case .failure(let error):
                    connection.run(connection.exchange.recordFailed(error.description))
                }
                connection.process()
            }
        }
    }

    /// Settles whose the made object is, before anybody can know of it.
    ///
    /// - Parameters:
    ///   - made: What the engine says it has made.
    ///   - then: Called when the answer may be shown.
    func settle(_ made: MadeObject, _ then: @escaping () -> Void) {
        guard let intent else { return then() }
        let ownership = loop.services.ownership
        if let seal = made.seal, Seal(parsing: seal)?.nonce != intent.nonce {
            // It was there before. Its name is not known any more once nobody asks for it.
            let isNamed = ownership.isNamed(made.id, for: intent.tenant)
            ownership.objects.drop([intent.nonce])
            self.intent = nil
            let sighting = Sighting(made.kind, made.id, seal: seal)
            let owner = ownership.owner(of: sighting)
            if owner == intent.tenant { return then() }
            // Its engine name is one that we have made for the tenant, and nobody else can ask for: its
            // making has been forgotten in a race with its removal.
            guard owner == nil, isNamed else {
                return run(exchange.nameTaken(intent.name, made.kind))
            }
            return keepAgain(intent, as: made.id, then)
        }
        guard made.kind == .container else {
            ownership.settle(intent.nonce, as: made.id)
            return then()
        }
        // First what came with it: an intent whose answer was never dealt with is looked at again.
        var container = intent
        container.id = made.id
        let number = self.number
        ContainerVolumes.keep(of: container, loop.services, loop.pool) { problem in
            if problem == nil { ownership.objects.settle(intent.nonce, as: made.id) }
            guard number == self.number, self.isActive else { return }
            // Its owner is known in any case; what came with it is asked for again.
            if problem != nil { ownership.settle(intent.nonce, as: made.id) }
            then()
            self.process()
        }
    }

    /// Keeps a volume that stands nowhere and has the tenant's engine name.
    private func keepAgain(_ intent: OwnedObject, as id: String, _ then: @escaping () -> Void) {
        let bound = NIOLoopBound((connection: self, then: then), eventLoop: loop.eventLoop)
        let eventLoop = loop.eventLoop
        let number = self.number
        loop.services.ownership.keep(volume: id, like: intent) { result in
            eventLoop.execute {
                let (connection, then) = bound.value
                guard number == connection.number, connection.isActive else { return }
                if case .failure = result {
                    connection.run(connection.exchange.nameTaken(intent.name, .volume))
                } else {
                    then()
                }
                connection.process()
            }
        }
    }

    /// An intent that came to nothing is forgotten; one whose end nobody knows is not.
    func forgetIntent() {
        noteRenamed(isDone: false)
        let objects = loop.services.store.objects
        // Volumes that were asked for are not among these any more.
        objects.drop(volumeIntents.values.map(\.nonce))
        volumeIntents = [:]
        guard let intent else { return }
        self.intent = nil
        objects.end(intent.nonce)
        let wasAsked = engine != nil
        guard !wasAsked || (400..<500).contains(engineStatus) else { return }
        objects.drop([intent.nonce])
    }

    // MARK: Removing

    /// Notes what stands in the store of what an act removes, before the engine is asked.
    private func noteRemoval(_ act: Act) {
        guard exchange.operation?.method == .delete, let (kind, id) = subject(of: act),
            kind.isRecorded
        else { return }
        removal = loop.services.ownership.object(kind, id)
    }

    /// What the engine has removed, or does not know, is nobody's.
    func forgetRemoved() {
        if (200..<300).contains(engineStatus) { noteRenamed(isDone: true) }
        if let act = exchange.act, act.verbs == [.prune], engineStatus == 200 {
            loop.services.ownership.isStale.store(true, ordering: .relaxed)
        }
        guard let removal, (200..<300).contains(engineStatus) || engineStatus == 404 else { return }
        self.removal = nil
        let ownership = loop.services.ownership
        ownership.release(removal)
        guard removal.kind == ObjectKind.container.rawValue else { return }
        // Volumes that came with it went with it, if nobody else uses them.
        for volume in ownership.objects.list(of: removal.tenant) where volume.parent == removal.id {
            loop.resolver.owner(of: .volume, volume.id ?? "") { _ in }
        }
    }
}
