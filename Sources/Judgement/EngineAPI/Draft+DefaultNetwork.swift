import JSON

/// The engine's default network, in the ways in which requests name it.
enum DefaultNetwork {
    /// True for its names where a container or a build says what it is on.
    static func isNamed(by mode: String) -> Bool {
        ["", "bridge", "default"].contains(mode)
    }

    /// The body of a connection whose endpoint does not name the default network: engines take the
    /// endpoint's before the path's.
    static func leavingNetworkID(_ body: JSONObject) -> JSONObject {
        guard var endpoint = body["EndpointConfig"]?.object,
            ["bridge", "default"].contains(endpoint["NetworkID"]?.string)
        else { return body }
        endpoint["NetworkID"] = nil
        var body = body
        body["EndpointConfig"] = .object(endpoint)
        return body
    }

    /// True when a service's tasks would be on it, each on its node's; the body of
    /// `POST /services/create`.
    static func isUsed(byTasksOf body: JSONObject) -> Bool {
        [body["TaskTemplate"]?["Networks"], body["Networks"]].allSatisfy {
            $0?.array?.isEmpty ?? true
        }
    }

    /// True when the container would be on it; the body of `POST /containers/create`.
    static func isUsed(by body: JSONObject) -> Bool {
        if body["NetworkDisabled"]?.bool == true { return false }
        if isNamed(by: body["HostConfig"]?["NetworkMode"]?.string ?? "") { return true }
        let endpoints = body["NetworkingConfig"]?["EndpointsConfig"]?.object?.members ?? []
        return endpoints.contains { endpoint in
            isNamed(by: endpoint.name)
                || ["bridge", "default"].contains(endpoint.value["NetworkID"]?.string)
        }
    }
}

extension Draft {
    /// Puts another network in the place of the engine's default one.
    ///
    /// - Parameter id: The network's full id.
    package mutating func leaveDefaultNetwork(for id: String) {
        if call.operation.name == "ImageBuild" {
            if DefaultNetwork.isNamed(by: call.query.value("networkmode")) {
                call.force(["networkmode": id])
            }
            return
        }
        if case .json(.service) = call.operation.body {
            guard let body, DefaultNetwork.isUsed(byTasksOf: body) else { return }
            var task = body["TaskTemplate"]?.object ?? JSONObject()
            task["Networks"] = .array([.object(JSONObject([("Target", .string(id))]))])
            self.body?["TaskTemplate"] = .object(task)
            return
        }
        guard case .json(.containerCreate) = call.operation.body,
            body.map(DefaultNetwork.isUsed(by:)) == true
        else { return }
        var host = body?["HostConfig"]?.object ?? JSONObject()
        var links: [JSONValue] = []
        if DefaultNetwork.isNamed(by: host["NetworkMode"]?.string ?? "") {
            host["NetworkMode"] = .string(id)
            // Only on the default network are links the host's matter; elsewhere they are the
            // endpoint's.
            links = host["Links"]?.array ?? []
            host["Links"] = nil
        }
        body?["HostConfig"] = .object(host)
        var networking = body?["NetworkingConfig"]?.object ?? JSONObject()
        var endpoints = networking["EndpointsConfig"]?.object ?? JSONObject()
        let named = endpoints.members.map { member in
            JSONObject.Member(
                name: DefaultNetwork.isNamed(by: member.name) ? id : member.name,
                value: Self.leavingDefault(member.value, for: id))
        }
        // A network that stands there twice is what its first entry says.
        var seen: Set<String> = []
        endpoints = JSONObject(distinct: named.filter { seen.insert($0.name).inserted })
        if !links.isEmpty {
            var endpoint = endpoints[id]?.object ?? JSONObject()
            endpoint["Links"] = .array((endpoint["Links"]?.array ?? []) + links)
            endpoints[id] = .object(endpoint)
        }
        guard !endpoints.members.isEmpty else { return }
        networking["EndpointsConfig"] = .object(endpoints)
        body?["NetworkingConfig"] = .object(networking)
    }

    private static func leavingDefault(_ endpoint: JSONValue, for id: String) -> JSONValue {
        guard var object = endpoint.object,
            ["bridge", "default"].contains(object["NetworkID"]?.string)
        else { return endpoint }
        object["NetworkID"] = .string(id)
        return .object(object)
    }
}
