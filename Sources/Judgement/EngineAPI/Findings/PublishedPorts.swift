package import Acts
package import JSON

/// How many ports of the host an object publishes that is there already, counted as those of a request
/// (`Act.publishedPorts`), but for `-P`: which ports an image exposes is known here.
package enum PublishedPorts {
    /// Counts them.
    ///
    /// - Parameters:
    ///   - kind: What it is; others than containers and services publish none.
    ///   - value: The engine's answer to its inspect.
    /// - Returns: How many ports, whether it runs or not.
    package static func count(_ kind: ObjectKind, _ value: JSONValue) -> Int {
        switch kind {
        case .container:
            let host = value["HostConfig"]
            let bound = host?["PortBindings"]?.object ?? JSONObject()
            // A port without a binding is published by none, or by `-P` like any that is exposed.
            let bindings = bound.members.reduce(0) { $0 + ($1.value.array?.count ?? 0) }
            guard host?["PublishAllPorts"]?.bool == true else { return bindings }
            let exposed = value["Config"]?["ExposedPorts"]?.object?.members ?? []
            return bindings + exposed.count { bound[$0.name]?.array?.isEmpty != false }
        case .service: return value["Spec"]?["EndpointSpec"]?["Ports"]?.array?.count ?? 0
        default: return 0
        }
    }
}
