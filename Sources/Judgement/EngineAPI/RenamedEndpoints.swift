import Acts
package import JSON

/// The endpoints of a container that was renamed since it was connected: inside of their networks it
/// answers to a name that it has no more. Engines take a name for an endpoint with its making only.
package enum RenamedEndpoints {
    /// An endpoint that is to be made anew.
    package struct Renewal: Hashable, Sendable {
        /// The full id of the container.
        package let container: String
        /// The full id of the network.
        package let network: String
        /// The body of `POST /networks/{id}/disconnect`.
        package let disconnect: [UInt8]
        /// The body of `POST /networks/{id}/connect`: as it was, but for the name.
        package let connect: [UInt8]
        /// The same with the name that it had, for when that is refused.
        package let restore: [UInt8]

        /// True when the container is in the network, by the engine's answer to inspect.
        package func isConnected(in container: JSONValue) -> Bool {
            container["NetworkSettings"]?["Networks"]?.object?.members.contains {
                $0.value["NetworkID"]?.string == network
            } ?? false
        }
    }

    /// Finds them.
    ///
    /// - Parameters:
    ///   - container: The engine's answer to inspect.
    ///   - name: What its tenant calls it.
    ///   - former: What it was called before, as far as that is known.
    /// - Returns: Nothing for a container that runs: it would lose its connections; and nothing of
    ///   endpoints that nobody has given a name.
    package static func renewals(
        of container: JSONValue, named name: String, before former: [String] = []
    ) -> [Renewal] {
        guard let id = container["Id"]?.string, container["State"]?["Running"]?.bool == false,
            let first = container["Config"]?["Labels"]?[StampedLabel.name]?.string,
            let networks = container["NetworkSettings"]?["Networks"]?.object
        else { return [] }
        return networks.members.compactMap { network in
            guard !["bridge", "host", "none"].contains(network.name),
                let aliases = network.value["Aliases"]?.array, !aliases.contains(.string(name)),
                let networkID = network.value["NetworkID"]?.string,
                Name.isValid(networkID, for: .network)
            else { return nil }
            // Older engines add the beginning of the id by themselves, and show it.
            let given = aliases.filter { $0.string != String(id.prefix(12)) }
            if given.isEmpty { return nil }
            let kept = given.filter { alias in
                alias.string.map { $0 != first && !former.contains($0) } ?? false
            }
            var endpoint = JSONObject([("Aliases", .array(kept + [.string(name)]))])
            for field in ["IPAMConfig", "Links", "DriverOpts", "GwPriority", "MacAddress"] {
                guard let value = network.value[field], value != .null, value != .string("") else {
                    continue
                }
                endpoint[field] = value
            }
            var old = endpoint
            old["Aliases"] = .array(given)
            return Renewal(
                container: id, network: networkID,
                disconnect: JSONWriter.bytes(
                    .object(JSONObject([("Container", .string(id)), ("Force", .bool(true))]))),
                connect: connecting(id, endpoint), restore: connecting(id, old))
        }
    }

    private static func connecting(_ id: String, _ endpoint: JSONObject) -> [UInt8] {
        JSONWriter.bytes(
            .object(
                JSONObject([("Container", .string(id)), ("EndpointConfig", .object(endpoint))])))
    }
}
