import Acts
import JSON

extension TenantBridge {
    /// The option under which an engine takes and shows a bridge's name.
    package static let option = "com.docker.network.bridge.name"

    /// The IPv4 subnets that the body of `POST /networks/create` asks for; nil when it makes no bridge.
    static func subnets(of body: JSONObject) -> [String]? {
        guard ["", "bridge"].contains(body["Driver"]?.string ?? "") else { return nil }
        return (body["IPAM"]?["Config"]?.array ?? []).compactMap { $0["Subnet"]?.string }
            .filter { !$0.isEmpty && !$0.utf8.contains(UInt8(ascii: ":")) }
    }

    /// True for a part of `IPAM.Config` that has addresses and no subnet: whose subnet they would be in
    /// is the engine's choice.
    static func hasStrayAddresses(_ part: JSONValue) -> Bool {
        guard (part["Subnet"]?.string ?? "").isEmpty else { return false }
        let texts = ["IPRange", "Gateway"].compactMap { part[$0]?.string }
        return texts.contains { !$0.isEmpty }
            || part["AuxiliaryAddresses"]?.object?.members.isEmpty == false
    }
}

extension Draft {
    /// Gives the bridge of a network that is made the name and the subnet that were chosen for it.
    mutating func ownBridge(_ marks: Marks) {
        guard case .json(.networkCreate) = call.operation.body, let bridge = marks.bridge else {
            return
        }
        var options = body?["Options"]?.object ?? JSONObject()
        options[TenantBridge.option] = .string(bridge)
        body?["Options"] = .object(options)
        guard let subnet = marks.subnet, body?["EnableIPv4"]?.bool != false else { return }
        var addresses = body?["IPAM"]?.object ?? JSONObject()
        // What names no subnet asks the engine for any.
        let named = (addresses["Config"]?.array ?? []).filter {
            !($0["Subnet"]?.string ?? "").isEmpty
        }
        let part = JSONObject([("Subnet", .string(subnet))])
        addresses["Config"] = .array([.object(part)] + named)
        body?["IPAM"] = .object(addresses)
    }
}

/// What answers about networks show.
package enum NetworkView {
    /// A network as its tenant sees it: the name of its bridge is the gateway's matter, which no create
    /// would take from a client.
    static func hidingBridge(_ network: JSONObject) -> JSONObject {
        guard var options = network["Options"]?.object,
            options[TenantBridge.option]?.string?.hasPrefix(TenantBridge.prefix) == true
        else { return network }
        options[TenantBridge.option] = nil
        var network = network
        network["Options"] = .object(options)
        return network
    }

    /// An answer of `GET /networks/{id}` as its tenant sees it.
    ///
    /// - Parameter body: The engine's answer.
    /// - Returns: The answer, or nil when the engine's is not what it should be.
    package static func hidingBridge(_ body: [UInt8]) -> [UInt8]? {
        do {
            guard let network = try JSONReader.answer(body).object else {
                return nil
            }
            return JSONWriter.bytes(.object(hidingBridge(network)))
        } catch {
            return nil
        }
    }
}
