package import Acts
package import JSON

/// What an engine's inspect says of a container: by what it is known, and what it was allowed.
package struct InspectedContainer: Hashable, Sendable {
    /// The full id.
    package let id: String
    /// The text of its seal; "" when it carries none.
    package let seal: String
    /// What it asks of its host, in the words in which a request for it would be judged.
    package let demands: [Demand]
    /// Containers whose namespaces it has, by name or id: it keeps them when those are gone.
    package let joins: [String]
    /// Containers that it has mounts of or is linked to, by name or id. Mounts were copied when it was
    /// made, and stand among its own.
    package let inherits: [String]
    /// Named volumes that it mounts; where they lead is theirs to say.
    package let volumes: [String]

    /// Reads an answer of `GET /containers/{id}/json`; nil when it is none.
    package init?(_ value: JSONValue) {
        guard let id = value["Id"]?.string, !id.isEmpty else { return nil }
        self.id = id
        seal = value["Config"]?["Labels"]?[StampedLabel.seal]?.string ?? ""
        let host = value["HostConfig"] ?? .null
        var demands: [Demand] = []
        var joined: [Reference] = []
        do {
            let shown = JSONObject([("HostConfig", Self.withoutAnswers(host))])
            let body = EngineDefaults.leavingAnswers(shown)
            let read = try Shape.of(.containerCreate).read(.object(body), at: "")
            let reader = ContainerDemands(create: read.object ?? JSONObject())
            demands = reader.demands
            joined = reader.references.filter { $0.kind == .container && $0.lendsPower }
        } catch {
            // A newer engine's field, or none of ours: only who may have anything may have this.
            demands = [
                Demand(.unjudged("a configuration whose \(error.sentence)"), origin: "HostConfig")
            ]
        }
        var volumes: [String] = []
        for mount in value["Mounts"]?.array ?? [] {
            switch mount["Type"]?.string {
            case "volume": if let name = mount["Name"]?.string { volumes.append(name) }
            case "bind": demands.append(Self.bind(mount))
            case "tmpfs": break
            case let kind: demands.append(Demand(.mountKind(kind ?? "unknown"), origin: "Mounts"))
            }
        }
        self.demands = demands
        let isNamespace = { (reference: Reference) in reference.origin.hasSuffix("Mode") }
        joins = joined.filter(isNamespace).map(\.text)
        inherits = joined.filter { !isNamespace($0) }.map(\.text)
        self.volumes = volumes
    }

    /// A bind among the mounts: those that came from another container stand nowhere else.
    private static func bind(_ mount: JSONValue) -> Demand {
        let propagation = mount["Propagation"]?.string ?? ""
        return Demand(
            .bind(
                BindRequest(
                    source: mount["Source"]?.string ?? "",
                    target: mount["Destination"]?.string ?? "",
                    readOnly: mount["RW"]?.bool == false,
                    hasOptions: !["", "private", "rprivate"].contains(propagation))),
            origin: "Mounts")
    }

    /// A HostConfig as create would take it: engines answer `"Name": ""` and empty lists where nothing
    /// was said, and some fields only in answers.
    private static func withoutAnswers(_ host: JSONValue) -> JSONValue {
        guard var object = host.object else { return host }
        // The client's own file, which only its creation knew.
        object["ContainerIDFile"] = nil
        return .object(object)
    }
}
