import Acts
import JSON

/// A tenant's names, said as the engine knows them.
extension Draft {
    /// The objects that the request's filters name.
    package var filterNames: [FilterName] { FilterName.read(call) }

    /// True when the request's filters name labels.
    package var filtersLabels: Bool {
        ParameterValue.json(call.query.value("filters"))?["label"] != nil
    }

    /// What events the request asks for by the names of objects; nil: whatever they tell of.
    package var eventFilter: EventFilter? { EventFilter(call) }

    /// What the request's `name` filter asks for; nil when there is none.
    ///
    /// - Throws: `BodyRefusal` when it is an expression that is not understood.
    package func nameFilter() throws(BodyRefusal) -> NameFilter? {
        let values = NameFilter.values(call)
        guard !values.isEmpty, let comparison = NameFilter.comparison(of: call.operation.name)
        else { return nil }
        guard let filter = NameFilter(values, comparison) else {
            throw BodyRefusal(
                "filters", "query.parameter",
                "has a name that is no regular expression of characters, classes, groups, | and counts"
            )
        }
        return filter
    }

    /// Says names as the engine knows them.
    ///
    /// - Parameter marks: What our store says of the names.
    package mutating func sayNames(_ marks: Marks) {
        if let name = marks.engineName {
            if call.operation.parameters.contains(where: { $0.name == "name" }) {
                call.force(["name": name])
            } else if body != nil {
                body?["Name"] = .string(name)
            }
        }
        if !marks.volumes.isEmpty { sayVolumes(marks.volumes) }
        if !marks.files.isEmpty { sayFiles(marks.files) }
        if let name = marks.shownName { answerTo(name) }
        sayFilters(marks)
    }

    /// The same for lists: names that are compared by us are not the engine's to compare.
    private mutating func sayFilters(_ marks: Marks) {
        let names = filterNames
        let takesName = marks.namesAreOurs && !NameFilter.values(call).isEmpty
        let takesObjects = marks.namesAreOurs && eventFilter != nil
        guard !names.isEmpty && marks.namesAreOurs || takesName || takesObjects,
            var filters = ParameterValue.json(call.query.value("filters"))?.object
        else { return }
        if takesName {
            filters["name"] = nil
            limit = limit ?? call.takeLimit()
        }
        if takesObjects {
            for kind in EventFilter.kinds { filters[kind] = nil }
        }
        for filter in Set(names.map(\.filter)) {
            let said = names.filter { $0.filter == filter }.map {
                marks.filters[$0] ?? FilterName.nobody
            }
            let paths = (filters[filter]?.object?.members ?? []).filter { $0.name.hasPrefix("/") }
            let values = Set(said + paths.map(\.name)).sorted()
            filters[filter] = .object(
                JSONObject(distinct: values.map { JSONObject.Member(name: $0, value: .bool(true)) })
            )
        }
        call.force(["filters": JSONWriter.text(.object(filters))])
    }

    // MARK: Volumes, secrets and configs

    private mutating func sayVolumes(_ names: [String: String]) {
        if call.operation.subject == .volume, let name = call.subject.flatMap({ names[$0] }) {
            call.pin(name)
        }
        if var host = body?["HostConfig"]?.object {
            host["Binds"] = host["Binds"]?.array.map { binds in
                .array(binds.map { Self.saying($0, names) })
            }
            host["Mounts"] = host["Mounts"].map { Self.saying(mounts: $0, names) }
            body?["HostConfig"] = .object(host)
        }
        if var task = body?["TaskTemplate"]?.object, var spec = task["ContainerSpec"]?.object {
            spec["Mounts"] = spec["Mounts"].map { Self.saying(mounts: $0, names) }
            task["ContainerSpec"] = .object(spec)
            body?["TaskTemplate"] = .object(task)
        }
    }

    /// `NAME:/path`; a host path begins with a slash.
    private static func saying(_ bind: JSONValue, _ names: [String: String]) -> JSONValue {
        guard let text = bind.string, let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")),
            let name = names[String(text[..<colon])]
        else { return bind }
        return .string(name + text[colon...])
    }

    private static func saying(mounts: JSONValue, _ names: [String: String]) -> JSONValue {
        guard let list = mounts.array else { return mounts }
        return .array(
            list.map { mount in
                guard var object = mount.object, object["Type"]?.string == "volume",
                    let name = object["Source"]?.string.flatMap({ names[$0] })
                else { return mount }
                object["Source"] = .string(name)
                return .object(object)
            })
    }

    /// Swarms compare the name that stands beside a secret's id with the secret's own.
    private mutating func sayFiles(_ names: [String: String]) {
        guard var task = body?["TaskTemplate"]?.object, var spec = task["ContainerSpec"]?.object
        else { return }
        for (field, id, name) in [
            ("Secrets", "SecretID", "SecretName"), ("Configs", "ConfigID", "ConfigName"),
        ] {
            guard let entries = spec[field]?.array else { continue }
            spec[field] = .array(
                entries.map { entry in
                    guard var object = entry.object,
                        let said = object[id]?.string.flatMap({ names[$0] })
                    else { return entry }
                    object[name] = .string(said)
                    return .object(object)
                })
        }
        task["ContainerSpec"] = .object(spec)
        body?["TaskTemplate"] = .object(task)
    }

    // MARK: Names in networks

    /// Inside the tenant's networks a container answers to the tenant's name for it, and a service too.
    private mutating func answerTo(_ name: String) {
        switch call.operation.name {
        case "ContainerCreate": answerAsContainer(name)
        case "NetworkConnect":
            let endpoint = Self.answering(body?["EndpointConfig"] ?? .null, to: name)
            body?["EndpointConfig"] = endpoint
        case "ServiceCreate", "ServiceUpdate": answerAsService(name)
        default: break
        }
    }

    private mutating func answerAsContainer(_ name: String) {
        let mode = body?["HostConfig"]?["NetworkMode"]?.string ?? ""
        if body?["NetworkDisabled"]?.bool == true || ["none", "host"].contains(mode)
            || mode.hasPrefix("container:")
        {
            return
        }
        var networking = body?["NetworkingConfig"]?.object ?? JSONObject()
        var endpoints = networking["EndpointsConfig"]?.object ?? JSONObject()
        if endpoints.members.isEmpty {
            if DefaultNetwork.isNamed(by: mode) { return }
            endpoints[mode] = .object(JSONObject())
        }
        networking["EndpointsConfig"] = .object(
            JSONObject(
                distinct: endpoints.members.map { member in
                    guard !["none", "host"].contains(member.name) else { return member }
                    return JSONObject.Member(
                        name: member.name, value: Self.answering(member.value, to: name))
                }))
        body?["NetworkingConfig"] = .object(networking)
    }

    private mutating func answerAsService(_ name: String) {
        let networks = body?["Networks"].map { Self.answering(networks: $0, to: name) }
        body?["Networks"] = networks
        guard var task = body?["TaskTemplate"]?.object else { return }
        task["Networks"] = task["Networks"].map { Self.answering(networks: $0, to: name) }
        body?["TaskTemplate"] = .object(task)
    }

    private static func answering(networks: JSONValue, to name: String) -> JSONValue {
        guard let list = networks.array else { return networks }
        return .array(list.map { answering($0, to: name) })
    }

    private static func answering(_ endpoint: JSONValue, to name: String) -> JSONValue {
        var object = endpoint.object ?? JSONObject()
        let aliases = object["Aliases"]?.array ?? []
        guard !aliases.contains(.string(name)) else { return endpoint }
        object["Aliases"] = .array(aliases + [.string(name)])
        return .object(object)
    }
}
