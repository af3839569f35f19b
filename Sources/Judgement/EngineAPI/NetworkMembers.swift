import Acts
import JSON

/// What answers about networks show where several tenants may be on one.
package enum NetworkMembers {
    /// What a tenant sees of a network that it has joined or may join and that is somebody else's: what
    /// it is, and who of its own is on it. Fields that nobody has judged are not among it.
    ///
    /// - Parameters:
    ///   - network: An entry of a list, or an answer of `GET /networks/{id}`.
    ///   - tenant: Who sees it.
    ///   - owners: Whose things are.
    /// - Returns: What is shown of it.
    static func offered(
        _ network: JSONObject, to tenant: String, _ owners: Owners
    ) -> JSONObject {
        var shown = JSONObject(
            distinct: network.members.compactMap { member in
                switch member.name {
                case "Name", "Id", "Created", "Scope", "Driver", "EnableIPv4", "EnableIPv6",
                    "Internal", "Attachable", "Ingress", "ConfigOnly":
                    return member
                case "IPAM": return .init(name: member.name, value: addresses(member.value))
                case "Containers":
                    let own = members(member.value) { id, _ in
                        owners.objects(Sighting(.container, id)) == tenant
                    }
                    return .init(name: member.name, value: own)
                case "Options", "Labels", "ConfigFrom":
                    return .init(name: member.name, value: .object(JSONObject()))
                default: return nil
                }
            })
        if shown["ConfigFrom"] != nil {
            shown["ConfigFrom"] = .object(JSONObject([("Network", .string(""))]))
        }
        return shown
    }

    /// What a tenant sees of its own network: others that it is offered to may be on it.
    static func own(_ network: JSONObject, of tenant: String, _ owners: Owners) -> JSONObject {
        var shown = StampedLabel.hidden(in: NetworkView.hidingBridge(network))
        for field in ["Containers", "Services"] {
            guard let value = shown[field] else { continue }
            shown[field] = members(value) { id, name in
                let owner = field == "Containers" ? owners.objects(Sighting(.container, id)) : nil
                return (owner ?? tenant) == tenant && !isOthers(name, owners)
            }
        }
        return shown
    }

    /// An answer of `GET /networks/{id}` as a tenant sees it.
    ///
    /// - Parameters:
    ///   - body: The engine's answer.
    ///   - tenant: Who sees it.
    ///   - owners: Whose things are.
    /// - Returns: The answer, or nil when the engine's is not what it should be.
    package static func show(
        _ body: [UInt8], to tenant: String, _ owners: Owners
    ) -> [UInt8]? {
        do {
            let value = try JSONReader.answer(body)
            guard let network = value.object, let sighting = Sighting(.network, of: value) else {
                return nil
            }
            let isOwn = owners.objects(sighting) == tenant
            let shown =
                isOwn ? own(network, of: tenant, owners) : offered(network, to: tenant, owners)
            return JSONWriter.bytes(.object(shown))
        } catch {
            return nil
        }
    }

    /// The subnets, without the addresses that are kept for somebody.
    private static func addresses(_ value: JSONValue) -> JSONValue {
        let parts = (value["Config"]?.array ?? []).map { part in
            JSONValue.object(
                JSONObject(
                    distinct: (part.object?.members ?? []).filter {
                        ["Subnet", "IPRange", "Gateway"].contains($0.name)
                    }))
        }
        return .object(
            JSONObject([
                ("Driver", value["Driver"] ?? .string("default")), ("Options", .null),
                ("Config", .array(parts)),
            ]))
    }

    /// The members of a network that are shown, by their keys and names.
    private static func members(
        _ value: JSONValue, where isShown: (_ key: String, _ name: String) -> Bool
    ) -> JSONValue {
        guard let object = value.object else {
            return value == .null ? .null : .object(JSONObject())
        }
        return .object(
            JSONObject(
                distinct: object.members.filter { member in
                    isShown(member.name, member.value["Name"]?.string ?? member.name)
                }))
    }

    /// True for an engine name of another tenant's, or within one: a service's tasks have no owner in
    /// the store, but their service's name.
    private static func isOthers(_ name: String, _ owners: Owners) -> Bool {
        owners.names?.isAnothers(name) ?? false
    }
}
