import Acts
import Engine
import EngineAPI
import Exchange
import Logging
import NIOCore
import Store

/// A new name of an object, kept while the engine is asked.
struct Renaming {
    let object: OwnedObject
    let name: String
    let engineName: String
}

/// What the objects are called that a request names, makes and renames.
extension ClientConnection {
    /// How often an act is judged again because a name was just then being taken.
    private static let mostTurns = 2000
    /// How long it waits before.
    private static let turn = TimeAmount.milliseconds(5)
    /// How many names are made up before the last is taken as it is.
    private static let mostGiven = 1000
    /// After how long something that was asked for and is not there has come to nothing, in microseconds.
    private static let grace: Int64 = 10_000_000

    /// Notes what the engine calls the objects that an act names.
    func noteNames(_ act: Act, _ tenants: [String], _ marks: inout Marks) {
        let ownership = loop.services.ownership
        marks.namesAreOurs = true
        for reference in act.references {
            guard case .found(let id, _)? = facts[reference] else { continue }
            switch reference.kind {
            case .volume: marks.volumes[reference.text] = id
            case .secret, .config: marks.files[id] = ownership.engineName(reference.kind, id)
            case .container where reference.origin == "Container":
                marks.shownName = ownership.object(.container, id)?.name
            default: break
            }
        }
        for filter in exchange.filterNames {
            switch ownership.meaning(of: filter.kind, filter.text, in: tenants) {
            case .id(let id): marks.filters[filter] = id
            // Only containers of the tenant's own are listed, whatever they have joined.
            case .task, .offered: marks.filters[filter] = filter.text
            case .nothing: break
            }
        }
        if act.relabels, let (kind, id) = subject(of: act) {
            marks.engineName = ownership.engineName(kind, id)
            marks.shownName = ownership.object(kind, id)?.name
        }
    }

    /// Keeps the name of what is to be made.
    ///
    /// - Returns: False when it is not free; the client is answered, or the act is judged again.
    func keepName(
        _ kind: ObjectKind, for tenant: String, _ act: Act, _ marks: inout Marks
    ) -> Bool {
        let ownership = loop.services.ownership
        if kind == .volume, let id = marks.volumes[act.newName],
            let known = ownership.object(.volume, id)
        {
            // The engine answers with it, unless somebody removes it at this moment.
            let object = ownership.intent(again: known, by: peer.identity)
            intent = object
            marks.seal = ownership.seal(of: object).text
            marks.engineName = id
            marks.shownName = act.newName
            return true
        }
        let isNameless = act.newName.isEmpty && kind == .container && tenants != nil
        for attempt in 0..<Self.mostGiven {
            let name =
                isNameless
                ? GivenName.make(from: .random(in: 0...UInt64.max), attempt: attempt / 4)
                : act.newName
            let object = ownership.intent(
                kind, for: tenant, by: peer.identity, name: name, isOwnName: tenants != nil,
                ports: act.publishedPorts)
            if let holder = ownership.objects.reserve(object) {
                if isNameless { continue }
                nameIsHeld(name, kind, holder)
                return false
            }
            intent = object
            marks.seal = ownership.seal(of: object).text
            if tenants != nil, !name.isEmpty {
                marks.engineName = object.engineName
                marks.shownName = name
            }
            return true
        }
        run(exchange.nameInUse("", kind, by: nil))
        return false
    }

    /// Keeps the names of volumes that are made on the way.
    ///
    /// - Returns: False when one is not free; the act is judged again.
    func keepVolumeNames(_ names: [String], for tenant: String, _ marks: inout Marks) -> Bool {
        let ownership = loop.services.ownership
        for name in names {
            // Whoever mounts what another has created means that one, or creates its own first.
            if ownership.objects.isCreated(name, on: ownership.engine, byOtherThan: tenant) {
                run(exchange.volumeNotCreated(name))
                return false
            }
            let object = ownership.intent(
                .volume, for: tenant, by: peer.identity, name: name, isOwnName: tenants != nil,
                isOnTheWay: true)
            if let holder = ownership.objects.reserve(object) {
                nameIsHeld(name, .volume, holder)
                return false
            }
            volumeIntents[name] = object
            marks.volumes[name] = object.engineName
        }
        return true
    }

    /// Keeps a container's new name.
    ///
    /// - Returns: False when it is not free; the client is answered, or the act is judged again.
    func keepNewName(of act: Act, _ marks: inout Marks) -> Bool {
        let ownership = loop.services.ownership
        guard let (kind, id) = subject(of: act), let object = ownership.object(kind, id)
        else { return true }
        let engineName = EngineName.make(
            kind, tenant: object.tenant, name: act.newName, mark: object.mark)
        if let holder = ownership.objects.reserve(
            act.newName, engineName: engineName, for: object)
        {
            nameIsHeld(act.newName, kind, holder)
            return false
        }
        renaming = Renaming(object: object, name: act.newName, engineName: engineName)
        marks.engineName = engineName
        return true
    }

    /// The engine has renamed a container, or has not.
    func noteRenamed(isDone: Bool) {
        guard let renaming else { return }
        self.renaming = nil
        let log = loop.services.log
        loop.services.ownership.objects.rename(
            renaming.object, to: renaming.name, engineName: renaming.engineName, isDone: isDone
        ) { result in
            guard case .failure(let error) = result else { return }
            log.error("a new name is not on the disk", metadata: ["error": "\(error)"])
        }
    }

    // MARK: Names that are not free

    /// Something of the tenant's has the name, or had it.
    private func nameIsHeld(_ name: String, _ kind: ObjectKind, _ holder: OwnedObject) {
        dropReservations()
        let objects = loop.services.ownership.objects
        let isUnderWay = holder.id == nil && objects.isUnderWay(holder.nonce)
        // A volume that is there by now, or in a moment, is what is meant.
        if kind == .volume, holder.id != nil || isUnderWay { return judgeAgain(name, kind) }
        if isUnderWay { return run(exchange.nameInUse(name, kind, by: nil)) }
        let number = self.number
        loop.resolver.inspect(kind, holder.id ?? holder.engineName) { result in
            guard number == self.number, self.isActive else { return }
            let isOld = holder.createdAt < OwnedObject.now() - Self.grace
            switch result {
            case .failure(let failure): self.fail(failure)
            case .success(nil) where holder.id != nil: self.judgeAgain(name, kind)
            case .success(nil) where isOld || kind == .volume:
                // What an engine does not know of a volume by now it does not make any more.
                objects.drop([holder.nonce])
                self.judgeAgain(name, kind)
            case .success(let value?) where kind == .volume:
                // Its seal settles it.
                if let seen = Sighting(kind, of: value) {
                    _ = self.loop.services.ownership.owner(of: seen)
                }
                self.judgeAgain(name, kind)
            case .success: self.run(self.exchange.nameInUse(name, kind, by: holder.id))
            }
            self.process()
        }
    }

    private func judgeAgain(_ name: String, _ kind: ObjectKind) {
        turns += 1
        guard turns < Self.mostTurns, let act = exchange.act else {
            return run(exchange.nameInUse(name, kind, by: nil))
        }
        let number = self.number
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        loop.eventLoop.scheduleTask(in: Self.turn) {
            let connection = bound.value
            guard number == connection.number, connection.isActive else { return }
            connection.judge(act)
            connection.process()
        }
    }

    /// Gives up the names of what was not asked for yet.
    private func dropReservations() {
        let nonces = [intent].compactMap { $0?.nonce } + volumeIntents.values.map(\.nonce)
        intent = nil
        volumeIntents = [:]
        loop.services.ownership.objects.drop(nonces)
    }
}
