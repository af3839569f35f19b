package import Acts

/// What is refused after the policy has permitted it: by what our store says of names and numbers.
extension Exchange {
    /// A name that the act would make is another tenant's by now.
    package mutating func nameTaken(_ name: String, _ kind: ObjectKind = .image) -> Action {
        let reference = Reference(kind, name, origin: "name", use: .makes)
        return refuse(
            Answer(Refusal(rule: "tenant.own", location: nil, reason: .taken(reference))))
    }

    /// The tenant has something of the name.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - kind: Of what.
    ///   - id: The full id of what has it; nil while that is being made.
    /// - Returns: The answer, in the words of engines.
    package mutating func nameInUse(_ name: String, _ kind: ObjectKind, by id: String?) -> Action {
        let words =
            switch kind {
            case .container:
                "Conflict. The container name \"/\(name)\" is already in use by container "
                    + "\"\(id ?? "being made")\". You have to remove (or rename) that container to be "
                    + "able to reuse that name."
            case .network: "network with name \(name) already exists"
            case .service:
                "rpc error: code = AlreadyExists desc = name conflicts with an existing object: "
                    + "service \(name) already exists"
            case .secret, .config, .volume, .exec, .image, .task, .node, .plugin, .engine:
                "rpc error: code = AlreadyExists desc = \(kind.rawValue) \(name) already exists"
            }
        return refuse(Answer(status: 409, message: words, rule: "name.unique"))
    }

    /// A mount names a volume that the tenant has not, and that is not made on the way.
    package mutating func volumeNotCreated(_ name: String) -> Action {
        refused(
            "the volume \(name) has not been created; rule volume.absent; "
                + "create it first: docker volume create \(name)", rule: "volume.absent")
    }

    /// The tenant has as many names of images as it may.
    package mutating func namesExhausted(_ most: Int) -> Action {
        refused(
            "the tenant has \(most) names of images, those without a name counted, and no tenant "
                + "has more; rule tenant.names; remove some first: docker rmi NAME, or "
                + "docker rmi $(docker images -qf dangling=true)", rule: "tenant.names")
    }

    /// The tenant has as many networks as it may.
    package mutating func networksExhausted(_ most: Int) -> Action {
        refused(
            "the tenant has \(most) networks, and no tenant has more; rule tenant.networks; "
                + "remove one first: docker network rm NAME, or an operator raises "
                + "networks: {perTenant: \(most)} in quaymaster.yaml", rule: "tenant.networks")
    }

    /// The tenant may not have another object, or not now.
    ///
    /// - Parameters:
    ///   - words: Why, for the client.
    ///   - rule: The rule's id.
    /// - Returns: To answer with the refusal.
    package mutating func refused(_ words: String, rule: String) -> Action {
        refuse(Answer(status: 403, message: "quaymaster: refused: " + words, rule: rule))
    }
}
