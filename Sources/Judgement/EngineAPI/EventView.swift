package import Acts
import JSON

/// A tenant's own part of an engine's events.
package enum EventView {
    /// What is done with an event.
    package enum Verdict: Hashable, Sendable {
        /// It is the tenant's.
        case shown
        /// It is not.
        case hidden
        /// It tells of this object, whose nobody knows yet: it may be one that is being made.
        case unknown(ObjectKind, String)
    }

    /// Judges one event.
    ///
    /// - Parameters:
    ///   - line: The event, one JSON object.
    ///   - tenant: Whose events are shown.
    ///   - owner: Says whose an object is, or was when it has just gone.
    ///   - names: What tenants call images.
    ///   - offered: True for a network that is offered to the tenant.
    /// - Returns: What is done with it.
    package static func judge(
        _ line: [UInt8], for tenant: String, owner: Sighting.Owner,
        names: ImageNames, offered: (Sighting) -> Bool = { _ in false }
    ) -> Verdict {
        let event: JSONValue
        do {
            event = try JSONReader.answer(line)
        } catch {
            return .hidden
        }
        return judge(
            event["Type"]?.string ?? "", event["Actor"]?["ID"]?.string ?? "",
            event["Actor"]?["Attributes"], for: tenant, owner: owner, names: names,
            offered: offered)
    }

    /// Judges one event that was read.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - tenant: Whose events are shown.
    ///   - owner: Says whose an object is, or was when it has just gone.
    ///   - names: What tenants call images.
    ///   - offered: True for a network that is offered to the tenant.
    /// - Returns: What is done with it.
    package static func judge(
        _ event: EngineEvent, for tenant: String, owner: Sighting.Owner, names: ImageNames,
        offered: (Sighting) -> Bool
    ) -> Verdict {
        judge(
            event.type, event.id, .object(event.attributes), for: tenant, owner: owner,
            names: names, offered: offered)
    }

    private static func judge(
        _ type: String, _ id: String, _ attributes: JSONValue?, for tenant: String,
        owner: Sighting.Owner, names: ImageNames, offered: (Sighting) -> Bool
    ) -> Verdict {
        guard let kind = ObjectKind(rawValue: type), !id.isEmpty else { return .hidden }
        switch kind {
        case .image:
            let name = attributes?["name"]?.string ?? id
            if let anchor = ImageAnchor(parsing: name) {
                return names.naming(anchor.nonce)?.anchor.tenant == tenant ? .shown : .hidden
            }
            // Under a name of the engine's own it is the administrators'. Under its id it is told to
            // who alone has it, by a label where nobody has.
            guard ImageReference(name) == nil, !names.isHeldByOthers(id, tenant) else {
                return .hidden
            }
            let isOwn =
                names.own(tenant, id) != nil || StampedLabel.tenant(in: attributes) == tenant
            return isOwn ? .shown : .hidden
        case .network:
            let network = Sighting(kind, id, name: attributes?["name"]?.string ?? "")
            let isOwn = owner(network) == tenant
            guard let member = attributes?["container"]?.string, !member.isEmpty else {
                return isOwn ? .shown : owner(network) == nil ? .unknown(kind, id) : .hidden
            }
            // Several tenants' containers may join one; each hears of its own.
            guard isOwn || offered(network) else { return .hidden }
            let container = Sighting(.container, member)
            guard let owner = owner(container) else { return .unknown(.container, member) }
            return owner == tenant ? .shown : .hidden
        case .container, .volume, .service, .secret, .config:
            let seal = attributes?[StampedLabel.seal]?.string ?? ""
            guard let owner = owner(Sighting(kind, id, seal: seal)) else {
                return .unknown(kind, id)
            }
            return owner == tenant ? .shown : .hidden
        case .exec, .task, .node, .plugin, .engine: return .hidden
        }
    }
}
