import Acts
import Engine
import EngineAPI
import Foundation
import JSON
import Ledger
import NIOCore
import Policy
import Store
import Wire

/// What an operator says of whose objects are; every change is recorded.
extension Administration {
    /// An object that was given or taken.
    struct Change: Sendable {
        let kind: String
        let id: String
        let name: String
    }

    /// An object that the engine has shown.
    private struct Shown: Sendable {
        let sighting: Sighting
        let name: String
        /// The tenant that its label names, which proves nothing.
        let label: String?
        /// How many ports of the host it publishes.
        let ports: Int

        init?(_ kind: ObjectKind, _ value: JSONValue) {
            guard let sighting = Sighting(kind, of: value) else { return nil }
            self.sighting = sighting
            let name =
                value["Name"]?.string ?? value["Spec"]?["Name"]?.string
                ?? value["Names"]?.array?.first?.string ?? ""
            self.name = name.hasPrefix("/") ? String(name.dropFirst()) : name
            let labels = value["Config"]?["Labels"] ?? value["Spec"]?["Labels"] ?? value["Labels"]
            label = StampedLabel.tenant(in: labels)
            ports = PublishedPorts.count(kind, value)
        }
    }

    /// What stands in the store, of all tenants or of one.
    func owned(by tenant: String?) -> [OwnedObject] {
        services.ownership.objects.list(of: tenant)
    }

    /// Gives objects to a tenant.
    ///
    /// - Parameters:
    ///   - texts: `KIND/NAME` or `KIND/ID`, or beginnings of ids.
    ///   - labelled: Also everything whose label names the tenant and that is nobody's.
    ///   - tenant: The tenant.
    ///   - isDry: True when only is said what would be given.
    ///   - who: The operator, for the record.
    /// - Returns: What was given, or would be.
    /// - Throws: `GatewayError` when something is not there or another tenant's; nothing is given then.
    func adopt(
        _ texts: [String], labelled: Bool, for tenant: String, isDry: Bool, by who: String
    ) throws -> [Change] {
        let policy = services.authority.policy
        guard policy.tenants.contains(tenant) else {
            throw GatewayError("the policy has no tenant \"\(tenant)\"")
        }
        guard policy.isShared else {
            throw GatewayError("the policy has one tenant: every object is its own")
        }
        var shown = try texts.map { try find($0) }
        if labelled { shown += try self.labelled(tenant) }
        let ownership = services.ownership
        var fresh: [Shown] = []
        for object in shown {
            let owner = ownership.owner(of: object.sighting)
            if owner == tenant || fresh.contains(where: { $0.sighting == object.sighting }) {
                continue
            }
            if let owner {
                throw GatewayError(
                    "\(object.sighting.kind.rawValue)/\(object.sighting.id) is \(owner)'s",
                    hint: "release it first")
            }
            fresh.append(object)
        }
        if !isDry { try give(fresh, to: tenant, by: who) }
        return fresh.map {
            Change(kind: $0.sighting.kind.rawValue, id: $0.sighting.id, name: $0.name)
        }
    }

    private func give(_ shown: [Shown], to tenant: String, by who: String) throws {
        let services = self.services
        let engine = services.facts.id
        // Older engines say when the volume's content last changed (seen in 20.10, not in 28.5).
        let saysWhenMade =
            services.facts.traits.map { $0.version >= APIVersion(minor: 51) } ?? false
        let objects = shown.map { object in
            OwnedObject(
                nonce: Sealer.nonce(), engine: engine, kind: object.sighting.kind.rawValue,
                id: object.sighting.id, origin: .adopted, name: object.name,
                made: saysWhenMade ? object.sighting.made : "", tenant: tenant, identity: who,
                ports: object.ports)
        }
        try wait { services.ownership.objects.keep(objects, $0) }
        for object in objects { note("ObjectAdopted", who, object) }
        // What came with a container is its owner's.
        for object in objects where object.kind == ObjectKind.container.rawValue {
            let problem: String? = try gateway.ask { context, answer in
                ContainerVolumes.keep(of: object, services, context.pool) { answer($0) }
            }
            if let problem { throw GatewayError("the volumes of \(object.name): \(problem)") }
        }
    }

    /// Makes objects the administrators'.
    ///
    /// - Parameters:
    ///   - texts: `KIND/NAME` or `KIND/ID`, or beginnings of ids.
    ///   - tenant: Whose they are.
    ///   - isDry: True when only is said what would be taken.
    ///   - who: The operator, for the record.
    /// - Returns: What was taken, or would be.
    /// - Throws: `GatewayError` when something is not the tenant's; nothing is taken then.
    func release(
        _ texts: [String], of tenant: String, isDry: Bool, by who: String
    ) throws -> [Change] {
        let ownership = services.ownership
        var objects: [OwnedObject] = []
        for text in texts {
            let object = try find(text)
            guard ownership.owner(of: object.sighting) == tenant,
                let owned = ownership.object(object.sighting.kind, object.sighting.id)
            else { throw GatewayError("\(text) is not \(tenant)'s") }
            if !objects.contains(owned) { objects.append(owned) }
        }
        if !isDry {
            for object in objects {
                try wait { ownership.objects.release(object, $0) }
                note("ObjectReleased", who, object)
            }
            gateway.ownersChanged(Set(objects.compactMap(\.id)))
        }
        return objects.map { Change(kind: $0.kind, id: $0.id ?? "", name: $0.name) }
    }

    // MARK: Finding

    private func find(_ text: String) throws -> Shown {
        let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
        guard parts.count == 2, let kind = ObjectKind(rawValue: parts[0]), kind.isRecorded else {
            throw GatewayError(
                "\"\(text)\" is no object",
                hint: "container/NAME, network/…, volume/…, service/…, secret/… or config/…")
        }
        guard let shown = try inspect(kind, parts[1]) else {
            throw GatewayError("there is no \(text)")
        }
        return shown
    }

    private func inspect(_ kind: ObjectKind, _ text: String) throws -> Shown? {
        let result: Result<JSONValue?, EngineFailure> = try gateway.ask { context, answer in
            context.resolver.inspect(kind, text) { answer($0) }
        }
        return try result.get().flatMap { Shown(kind, $0) }
    }

    /// Everything whose label names a tenant and that is nobody's: what a version without the store
    /// has made, if nobody else has reached the engine's socket.
    private func labelled(_ tenant: String) throws -> [Shown] {
        var shown: [Shown] = []
        for (kind, path) in OwnershipSweeper.lists {
            let services = self.services
            let result: Result<EngineAnswer, EngineFailure> = try gateway.ask { context, answer in
                services.facts.withTraits(context.pool) { traits in
                    switch traits {
                    case .failure(let failure): answer(.failure(failure))
                    case .success(let traits):
                        EngineCall.make(
                            context.pool, .get, "/v\(traits.version)\(path)", limit: 256 << 20
                        ) { answer($0) }
                    }
                }
            }
            let listed = try result.get()
            // An engine outside of a Swarm has none of these.
            if listed.head.status == 503 { continue }
            guard listed.head.status == 200, let items = ObjectListView.items(kind, listed.body)
            else { throw GatewayError("the engine would not list its \(kind.rawValue)s") }
            let labelled = items.compactMap { Shown(kind, $0) }
                .filter { $0.label == tenant && services.ownership.owner(of: $0.sighting) == nil }
            // A list does not say what a stopped container will publish.
            shown += try labelled.compactMap { try inspect(kind, $0.sighting.id) }
        }
        return shown
    }

    // MARK: Keeping

    /// Waits for the disk; never to be called on a loop.
    private func wait(_ change: (@escaping Store.Completion) -> Void) throws {
        let promise = gateway.anyLoop.makePromise(of: Void.self)
        change { promise.completeWith($0.mapError { $0 as any Error }) }
        try promise.futureResult.wait()
    }

    private func note(_ event: String, _ who: String, _ object: OwnedObject) {
        var entry = Entry.event(
            services.ledger.ids, event, identity: who, reason: "\(object.kind)/\(object.id ?? "")")
        entry.tenant = object.tenant
        entry.target = "\(object.kind)/\(object.name.isEmpty ? object.id ?? "" : object.name)"
        services.ledger.append(entry)
    }
}
