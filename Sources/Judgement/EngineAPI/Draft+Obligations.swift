package import Acts
import JSON

/// What a permission changes in a request before it is written.
extension Draft {
    /// Applies what a permission carries with it.
    ///
    /// - Parameters:
    ///   - obligation: The obligation.
    ///   - identity: Who is asking, for the label.
    ///   - engine: The engine that the request is for.
    ///   - marks: What our store says of the objects.
    package mutating func apply(
        _ obligation: Obligation, for identity: String, on engine: EngineTraits,
        with marks: Marks = Marks()
    ) {
        switch obligation {
        case .stamp(let tenant): stamp(tenant: tenant, identity: identity, marks)
        case .narrow(let tenant): narrow(to: tenant, marks)
        case .harden(let hardening): harden(hardening, on: engine)
        case .useDefaultRuntime: setRuntime(nil)
        case .useRuntime(let name): setRuntime(name)
        case .ownBridge: ownBridge(marks)
        case .makeVolumes, .claim, .keepImagesApart, .useOwnNetwork, .own, .hide, .shell, .record:
            break
        }
    }

    /// Labels make lists short; whose an entry is, is asked again when the answer is there. Lists of
    /// images and events are narrowed in the answer alone: a tenant sees shared images too, and only
    /// events of containers carry labels.
    private mutating func narrow(to tenant: String, _ marks: Marks) {
        if act.reach == .list(.image) || call.operation.answer.isLive { return }
        if act.harm.contains(.changes) {
            // What is pruned is gone before anybody could ask.
            call.narrow(toLabel: StampedLabel.seal)
            if let seal = marks.spared {
                call.narrow(withoutLabel: StampedLabel.seal + "=" + seal)
            }
        } else if marks.hasUnlabelled {
            limit = call.takeLimit()
            return
        }
        call.narrow(toLabel: StampedLabel.tenant + "=" + tenant)
    }

    private mutating func setRuntime(_ name: String?) {
        guard case .json(.containerCreate) = call.operation.body else { return }
        var host = body?["HostConfig"]?.object ?? JSONObject()
        host["Runtime"] = name.map { .string($0) }
        body?["HostConfig"] = .object(host)
    }

    /// Names what was judged by the ids that it was found under, so that a name which moves before
    /// the engine reads it, or when it starts a container again, moves nothing.
    ///
    /// - Parameter facts: What the references turned out to be.
    package mutating func pin(_ facts: Facts) {
        for reference in act.references where !reference.mayBeAbsent {
            guard case .found(let id, _) = facts[reference], !id.isEmpty else { continue }
            switch (reference.kind, reference.origin) {
            case (.container, "path"), (.exec, "path"), (.network, "path"), (.service, "path"),
                (.secret, "path"), (.config, "path"):
                call.pin(id)
            case (.container, "container"): call.pin("container", id)
            case (.container, "Container"): body?["Container"] = .string(id)
            case (.network, "networkmode"): call.pin("networkmode", id)
            case (.container, "networkmode"): call.pin("networkmode", "container:" + id)
            case (.container, _): pinContainer(reference.text, id)
            case (.network, _), (.secret, _), (.config, _):
                pinNetwork(reference.text, id)
                pinService(reference, id)
            default: break
            }
        }
    }

    /// `container:NAME` in the modes of namespaces, `NAME:ro` in VolumesFrom, `NAME:alias` in links.
    private mutating func pinContainer(_ name: String, _ id: String) {
        guard var host = body?["HostConfig"]?.object else { return }
        for field in ["NetworkMode", "PidMode", "IpcMode"]
        where host[field]?.string == "container:" + name {
            host[field] = .string("container:" + id)
        }
        for field in ["VolumesFrom", "Links"] {
            guard let entries = host[field]?.array else { continue }
            host[field] = .array(
                entries.map { entry in
                    let text = entry.string ?? ""
                    if text == name { return .string(field == "Links" ? id + ":" + name : id) }
                    guard text.hasPrefix(name + ":") else { return entry }
                    return .string(id + text.dropFirst(name.count))
                })
        }
        body?["HostConfig"] = .object(host)
    }

    /// The network's name in NetworkMode, as a key of EndpointsConfig and inside endpoints.
    private mutating func pinNetwork(_ name: String, _ id: String) {
        if let endpoint = body?["EndpointConfig"] {
            body?["EndpointConfig"] = Self.pinEndpoint(endpoint, name, id)
        }
        if var host = body?["HostConfig"]?.object, host["NetworkMode"]?.string == name {
            host["NetworkMode"] = .string(id)
            body?["HostConfig"] = .object(host)
        }
        guard var networking = body?["NetworkingConfig"]?.object,
            let endpoints = networking["EndpointsConfig"]?.object
        else { return }
        // A network that stands there under its id too keeps that entry: a name left behind would be
        // looked up again at every start.
        let isTwice = name != id && endpoints[id] != nil
        let pinned = endpoints.members.compactMap { member -> JSONObject.Member? in
            if member.name == name, isTwice { return nil }
            return JSONObject.Member(
                name: member.name == name ? id : member.name,
                value: Self.pinEndpoint(member.value, name, id))
        }
        networking["EndpointsConfig"] = .object(JSONObject(distinct: pinned))
        body?["NetworkingConfig"] = .object(networking)
    }

    /// The network that an endpoint names itself, which an engine takes before the endpoint's key.
    private static func pinEndpoint(
        _ endpoint: JSONValue, _ name: String, _ id: String
    ) -> JSONValue {
        guard var object = endpoint.object, object["NetworkID"]?.string == name else {
            return endpoint
        }
        object["NetworkID"] = .string(id)
        return .object(object)
    }

    /// Drops the client's labels under our prefix and sets ours.
    private mutating func stamp(tenant: String?, identity: String, _ marks: Marks) {
        stampImage(tenant: tenant)
        guard case .json(let kind) = call.operation.body, kind.carriesLabels else { return }
        // Nobody's is said too: the image's own label would count otherwise.
        var stamps = [
            JSONObject.Member(name: StampedLabel.tenant, value: .string(tenant ?? "")),
            JSONObject.Member(name: StampedLabel.identity, value: .string(identity)),
        ]
        if let seal = marks.seal ?? (tenant == nil ? "" : nil) {
            stamps.append(JSONObject.Member(name: StampedLabel.seal, value: .string(seal)))
        }
        // What comes with it has names of its own.
        let name = marks.shownName.map {
            JSONObject.Member(name: StampedLabel.name, value: .string($0))
        }
        let labels = StampedLabel.stamp(
            body?["Labels"], with: stamps + (name.map { [$0] } ?? []))
        body?["Labels"] = labels
        if kind == .networkCreate { body?["CheckDuplicate"] = .bool(true) }
        if kind == .containerCreate, var host = body?["HostConfig"]?.object {
            host["Mounts"] = StampedLabel.stamp(mounts: host["Mounts"], with: stamps)
            body?["HostConfig"] = .object(host)
        }
        if kind == .service { stampTasks(stamps) }
    }

    /// Images carry their tenant too, where the engine lets a request say so.
    private mutating func stampImage(tenant: String?) {
        switch call.operation.name {
        case "ImageBuild":
            var labels = ParameterValue.json(call.query.value("labels"))?.object ?? JSONObject()
            labels[StampedLabel.tenant] = .string(tenant ?? "")
            call.force(["labels": JSONWriter.text(.object(labels))])
        case "ImageCreate" where act.verbs == [.import]:
            call.add("changes", "LABEL \(StampedLabel.tenant)=\(tenant ?? "\"\"")")
        default: break
        }
    }
}

extension BodyKind {
    /// True for bodies that make, or change the labels of, something that carries labels.
    var carriesLabels: Bool {
        switch self {
        case .containerCreate, .containerConfig, .networkCreate, .volumeCreate, .service, .secret,
            .config:
            true
        case .containerUpdate, .execCreate, .execStart, .networkConnect, .networkDisconnect,
            .volumeUpdate, .node, .swarmInit, .swarmJoin, .swarm, .swarmUnlock, .pluginSettings,
            .pluginPrivileges, .credentials:
            false
        }
    }
}
