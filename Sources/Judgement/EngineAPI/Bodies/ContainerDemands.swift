import Acts
import JSON

/// What a container's configuration asks for, whatever spelling it asks in.
///
/// Reads a body that has gone through its closed shape, so every field has its type.
struct ContainerDemands {
    private(set) var demands: [Demand] = []
    private(set) var references: [Reference] = []
    private var known: Set<Reference> = []

    /// Reads the body of `POST /containers/create`.
    init(create body: JSONObject) {
        if let image = body["Image"]?.string, !image.isEmpty {
            references.append(Reference(.image, image, origin: "Image"))
            ask(.image(ImageReference(image)?.canonical ?? image), "Image")
        }
        demands += LabelDemands.read(body["Labels"], "Labels")
        ask(Demand.Kind.macAddress, ifSaid: body["MacAddress"], "MacAddress")
        if let seconds = body["StopTimeout"]?.int64, !(0...3600 ~= seconds) {
            ask(.stopTimeout(seconds: seconds), "StopTimeout")
        }
        for member in body["Volumes"]?.object?.members ?? [] {
            if !Self.isPath(member.name) {
                ask(.unjudged("a volume at \(Name.shown(member.name))"), "Volumes")
            } else if MountTarget.isKernels(member.name) {
                ask(MountReader.over(member.name), "Volumes")
            }
        }
        if let host = body["HostConfig"]?.object { readHost(host) }
        for endpoint in body["NetworkingConfig"]?["EndpointsConfig"]?.object?.members ?? [] {
            readNetwork(named: endpoint.name, "NetworkingConfig.EndpointsConfig")
            readEndpoint(endpoint.value, "NetworkingConfig.EndpointsConfig.\(endpoint.name)")
        }
    }

    /// Reads the body of `POST /containers/{id}/update`.
    init(update body: JSONObject) {
        readResources(body, "")
        readRestartPolicy(body["RestartPolicy"], "RestartPolicy")
    }

    /// Reads the body of `POST /networks/{id}/connect`.
    init(connect body: JSONObject) {
        if let container = body["Container"]?.string {
            refer(.container, container, "Container")
        }
        if let endpoint = body["EndpointConfig"] { readEndpoint(endpoint, "EndpointConfig") }
    }

    // MARK: The host's part

    private mutating func readHost(_ host: JSONObject) {
        if host["Privileged"]?.bool == true { ask(.privileged, "HostConfig.Privileged") }
        readNamespaces(host)
        readMounts(host)
        readSecurity(host)
        readResources(host, "HostConfig.")
        readReachable(host)
        readRestartPolicy(host["RestartPolicy"], "HostConfig.RestartPolicy")
        readLog(host["LogConfig"])
        for member in host["StorageOpt"]?.object?.members ?? [] {
            ask(.storageOption(member.name), "HostConfig.StorageOpt")
        }
        for member in host["Annotations"]?.object?.members ?? [] {
            ask(.annotation(member.name), "HostConfig.Annotations")
        }
        if let bytes = host["ShmSize"]?.int64, bytes != 0 {
            ask(.sharedMemory(bytes: bytes), "HostConfig.ShmSize")
        }
        if let score = host["OomScoreAdj"]?.int64, score != 0 {
            ask(.outOfMemoryScore(score), "HostConfig.OomScoreAdj")
        }
    }

    private mutating func readNamespaces(_ host: JSONObject) {
        readNamespace(.pid, host, "PidMode", own: ["", "private"])
        readNamespace(.ipc, host, "IpcMode", own: ["", "none", "private"])
        readNamespace(.uts, host, "UTSMode", own: ["", "private"])
        readNamespace(.user, host, "UsernsMode", own: ["", "private"])
        readNamespace(.cgroup, host, "CgroupnsMode", own: ["", "private"])
        readNetwork(host["NetworkMode"]?.string ?? "", "HostConfig.NetworkMode")
    }

    private mutating func readNamespace(
        _ namespace: Namespace, _ host: JSONObject, _ field: String, own: [String]
    ) {
        let mode = host[field]?.string ?? ""
        if own.contains(mode) { return }
        let origin = "HostConfig." + field
        if mode == "shareable" { return ask(.shareableNamespace(namespace), origin) }
        if mode == "host" { return ask(.hostNamespace(namespace), origin) }
        // Engines join no other one of another container's (`container.HostConfig.UTSMode.Valid`).
        if [.pid, .ipc].contains(namespace), let container = Self.joined(mode) {
            return join(namespace, container, origin)
        }
        ask(.unjudged("the \(namespace.rawValue) mode \(Name.shown(mode))"), origin)
    }

    private mutating func readNetwork(_ mode: String, _ origin: String) {
        if let container = Self.joined(mode) { return join(.network, container, origin) }
        readNetwork(named: mode, origin)
    }

    private mutating func readNetwork(named name: String, _ origin: String) {
        switch name {
        case "", "default", "bridge", "none": return
        case "host": ask(.hostNamespace(.network), origin)
        default: refer(.network, name, origin)
        }
    }

    private static func joined(_ mode: String) -> String? {
        mode.hasPrefix("container:") ? String(mode.dropFirst("container:".count)) : nil
    }

    private mutating func join(_ namespace: Namespace, _ container: String, _ origin: String) {
        ask(.joinedNamespace(namespace, container: container), origin)
        refer(.container, container, origin, lendsPower: true)
    }

    private mutating func readEndpoint(_ endpoint: JSONValue, _ origin: String) {
        // An engine takes this before the name that the endpoint stands under, and takes names, too.
        readNetwork(named: endpoint["NetworkID"]?.string ?? "", origin + ".NetworkID")
        ask(Demand.Kind.macAddress, ifSaid: endpoint["MacAddress"], origin + ".MacAddress")
        for link in strings(endpoint["Links"]) { readLink(link, origin + ".Links") }
        for member in endpoint["DriverOpts"]?.object?.members ?? [] {
            ask(.networkOption(member.name), origin + ".DriverOpts")
        }
    }

    private mutating func readLink(_ link: String, _ origin: String) {
        let container = String(Substring(link.utf8.prefix { $0 != UInt8(ascii: ":") }))
        ask(.link(container: container), origin)
        refer(.container, container, origin, lendsPower: true)
    }

    private mutating func readSecurity(_ host: JSONObject) {
        for name in strings(host["CapAdd"]) {
            let capability = Capability.canonical(name)
            if Capability.defaults.contains(capability) { continue }
            ask(.capability(capability), "HostConfig.CapAdd")
        }
        for option in strings(host["SecurityOpt"]) where !SecurityOption.isHardening(option) {
            ask(.securityOption(SecurityOption.shown(option)), "HostConfig.SecurityOpt")
        }
        for (field, usual) in [
            ("MaskedPaths", EngineDefaults.maskedPaths),
            ("ReadonlyPaths", EngineDefaults.readOnlyPaths),
        ] {
            guard let paths = host[field]?.array else { continue }
            if usual.isSubset(of: paths.compactMap(\.string)) { continue }
            ask(.unmaskedPaths, "HostConfig." + field)
        }
        for member in host["Sysctls"]?.object?.members ?? [] {
            // Both spellings name one setting for the runtime.
            let name = String(member.name.map { $0 == "/" ? "." : $0 })
            ask(.sysctl(name: name, value: member.value.string ?? ""), "HostConfig.Sysctls")
        }
        ask(Demand.Kind.runtime, ifSaid: host["Runtime"], "HostConfig.Runtime")
        ask(
            { .unjudged("the cgroup \(Name.shown($0))") }, ifSaid: host["Cgroup"],
            "HostConfig.Cgroup")
        for group in strings(host["GroupAdd"]) { ask(.hostGroup(group), "HostConfig.GroupAdd") }
    }

    private mutating func readReachable(_ host: JSONObject) {
        for member in host["PortBindings"]?.object?.members ?? [] {
            for binding in member.value.array ?? [] {
                let origin = "HostConfig.PortBindings.\(member.name)"
                guard let port = PortRequest(binding) else {
                    ask(.unjudged("a host port that is no number or range"), origin)
                    continue
                }
                ask(.publishedPort(port), origin)
            }
        }
        if host["PublishAllPorts"]?.bool == true {
            ask(.allPorts, "HostConfig.PublishAllPorts")
        }
        for link in strings(host["Links"]) { readLink(link, "HostConfig.Links") }
        for entry in strings(host["ExtraHosts"]) where Address.leadsToHost(entry) {
            ask(.hostName(entry), "HostConfig.ExtraHosts")
        }
        for address in strings(host["Dns"]) where Address.isOfHost(address) {
            ask(.resolver(address), "HostConfig.Dns")
        }
    }

    private mutating func readRestartPolicy(_ policy: JSONValue?, _ origin: String) {
        guard let name = policy?["Name"]?.string, !name.isEmpty, name != "no" else { return }
        ask(.restartPolicy(name), origin)
    }

    private mutating func readLog(_ log: JSONValue?) {
        let driver = log?["Type"]?.string ?? ""
        if !["", "json-file", "local"].contains(driver) {
            ask(.logDriver(driver), "HostConfig.LogConfig.Type")
        }
        for member in log?["Config"]?.object?.members ?? [] {
            let value = member.value.string ?? ""
            if EngineDefaults.isHarmless(logOption: member.name, value) { continue }
            ask(.logOption(member.name), "HostConfig.LogConfig.Config")
        }
    }

    // MARK: Means of the host

    private mutating func readResources(_ body: JSONObject, _ prefix: String) {
        // Zero and below are no limit, which a level makes its own.
        if let limit = body["PidsLimit"]?.int64, limit > 0 {
            ask(.processes(limit: limit), prefix + "PidsLimit")
        }
        ask(Demand.Kind.cgroupParent, ifSaid: body["CgroupParent"], prefix + "CgroupParent")
        for field in [
            "BlkioWeightDevice", "BlkioDeviceReadBps", "BlkioDeviceWriteBps",
            "BlkioDeviceReadIOps", "BlkioDeviceWriteIOps",
        ] {
            for rate in body[field]?.array ?? [] {
                ask(.blockDevice(rate["Path"]?.string ?? ""), prefix + field)
            }
        }
        for field in ["CpuRealtimePeriod", "CpuRealtimeRuntime"] {
            guard let value = body[field]?.int64, value != 0 else { continue }
            ask(.realTimeScheduling, prefix + field)
        }
        for field in ["CpusetCpus", "CpusetMems"] {
            ask(Demand.Kind.processorPinning, ifSaid: body[field], prefix + field)
        }
        for device in body["Devices"]?.array ?? [] {
            ask(.device(device["PathOnHost"]?.string ?? ""), prefix + "Devices")
        }
        for rule in strings(body["DeviceCgroupRules"]) {
            ask(.device(rule), prefix + "DeviceCgroupRules")
        }
        for request in body["DeviceRequests"]?.array ?? [] {
            let driver = request["Driver"]?.string ?? ""
            ask(.device(driver.isEmpty ? "any" : driver), prefix + "DeviceRequests")
        }
        if body["OomKillDisable"]?.bool == true {
            ask(.outOfMemoryKillDisabled, prefix + "OomKillDisable")
        }
        for limit in body["Ulimits"]?.array ?? [] where UserLimit.isHigh(limit) {
            ask(.userLimit(limit["Name"]?.string ?? ""), prefix + "Ulimits")
        }
    }

    // MARK: Mounts

    private mutating func readMounts(_ host: JSONObject) {
        let reader = MountReader(host)
        demands += reader.demands
        references += reader.references
    }

    // MARK: Notes

    private mutating func ask(_ kind: Demand.Kind, _ origin: String) {
        demands.append(Demand(kind, origin: origin))
    }

    /// Asks for what a text names, unless the text is empty.
    private mutating func ask(
        _ kind: (String) -> Demand.Kind, ifSaid value: JSONValue?,
        _ origin: @autoclosure () -> String
    ) {
        guard let text = value?.string, !text.isEmpty else { return }
        ask(kind(text), origin())
    }

    private mutating func refer(
        _ kind: ObjectKind, _ text: String, _ origin: String, lendsPower: Bool = false
    ) {
        guard Name.isValid(text, for: kind) else {
            return ask(.unjudged("a \(kind.rawValue) called \(Name.shown(text))"), origin)
        }
        let reference = Reference(kind, text, origin: origin, lendsPower: lendsPower)
        if known.insert(reference).inserted { references.append(reference) }
    }

    private func strings(_ value: JSONValue?) -> [String] {
        value?.array?.compactMap(\.string) ?? []
    }

    static func isPath(_ text: String) -> Bool {
        text.utf8.first == UInt8(ascii: "/") && !text.holds(":")
    }
}
