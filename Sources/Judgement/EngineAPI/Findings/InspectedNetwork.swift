package import Acts
package import JSON

/// What an engine's inspect says of a network: by what it is known, and whether it is one of the host's own.
package struct InspectedNetwork: Hashable, Sendable {
    /// As what it was seen.
    package let sighting: Sighting
    /// What a service's task gets that is put on it.
    package let demands: [Demand]

    /// The network over which ports are published, which every tenant's services are on.
    static let ingress = Demand.Kind.unjudged("the ingress network, which all services share,")

    /// Reads an answer of `GET /networks/{id}`; nil when it is none.
    package init?(_ value: JSONValue) {
        guard let sighting = Sighting(.network, of: value) else { return nil }
        self.sighting = sighting
        // A Swarm has a network of its own for the host's, of that name (com.docker.swarm.predefined).
        let isHost = [value["Name"]?.string, value["Driver"]?.string].contains("host")
        let isIngress = value["Ingress"]?.bool == true
        demands =
            (isHost ? [Demand(.hostNamespace(.network), origin: "Driver")] : [])
            + (isIngress ? [Demand(Self.ingress, origin: "Ingress")] : [])
    }
}
