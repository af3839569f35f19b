import Acts
import JSON

/// What a service asks for.
///
/// An engine makes containers of it, so that is what is judged: each field is said as the field of a
/// container that it becomes (moby: `daemon/cluster/executor/container/container.go`), and read by
/// `ContainerDemands`. Only what no container has is judged here.
struct ServiceDemands: DemandReader {
    var demands: [Demand] = []
    var references: [Reference] = []
    /// The first port that is published by the ingress network.
    private(set) var ingressOrigin: String?

    /// Reads the body of `POST /services/create` and `POST /services/{id}/update`, which has gone
    /// through its closed shape.
    init(_ body: JSONObject) {
        readContainer(body["TaskTemplate"]?["ContainerSpec"] ?? .null)
        readTask(body["TaskTemplate"] ?? .null)
        readNetworks(body["TaskTemplate"]?["Networks"], "TaskTemplate.Networks")
        readNetworks(body["Networks"], "Networks")
        for (index, port) in (body["EndpointSpec"]?["Ports"]?.array ?? []).enumerated() {
            let origin = "EndpointSpec.Ports[\(index)]"
            readPort(port["PublishedPort"]?.int64 ?? 0, origin + ".PublishedPort")
            if port["PublishMode"]?.string != "host", ingressOrigin == nil {
                ingressOrigin = origin + ".PublishMode"
            }
        }
    }

    /// Published by the ingress network, or on a node's own, a port is taken on every address.
    private mutating func readPort(_ number: Int64, _ origin: String) {
        guard let port = Int(exactly: number), 0...65_535 ~= port else {
            return ask(.unjudged("a host port that is no number or range"), origin)
        }
        let request = PortRequest(
            address: "", ports: port == 0 ? nil : port...port, isEverywhere: true)
        ask(.publishedPort(request), origin)
    }

    // MARK: The container

    /// Fields that hold the same under both names.
    private static let sameFields = [
        ("Groups", "GroupAdd"), ("Mounts", "Mounts"), ("OomScoreAdj", "OomScoreAdj"),
        ("Sysctls", "Sysctls"), ("CapabilityAdd", "CapAdd"), ("Ulimits", "Ulimits"),
    ]

    private mutating func readContainer(_ spec: JSONValue) {
        let prefix = "TaskTemplate.ContainerSpec."
        readImage(spec["Image"]?.string ?? "", prefix + "Image")
        ask(["Labels"], spec["Labels"], as: prefix + "Labels")
        for (field, name) in Self.sameFields {
            ask(["HostConfig", name], spec[field], as: prefix + field)
        }
        ask(
            ["HostConfig", "Dns"], spec["DNSConfig"]?["Nameservers"],
            as: prefix + "DNSConfig.Nameservers")
        let hosts = (spec["Hosts"]?.array ?? []).compactMap { Self.extraHost($0.string ?? "") }
        ask(["HostConfig", "ExtraHosts"], .array(hosts), as: prefix + "Hosts")
        if let grace = spec["StopGracePeriod"]?.int64 {
            ask(
                ["StopTimeout"], .integer(Self.seconds(grace)), as: prefix + "StopGracePeriod")
        }
        for (field, option) in Self.securityOptions(spec["Privileges"] ?? .null) {
            ask(
                ["HostConfig", "SecurityOpt"], .array([.string(option)]),
                as: prefix + "Privileges." + field)
        }
        readFiles(spec)
        readTemplates(spec, prefix)
    }

    /// Nodes pull what they are to run, by the name that stands here.
    private mutating func readImage(_ text: String, _ origin: String) {
        let name = ImageReference(text)
        ask(["Image"], .string(text), as: origin, use: name == nil ? nil : .fetches)
        if let name { ask(.registry(name.host), origin) }
    }

    /// `address name alias…` as `name:address`; the engine drops aliases, and lines without a name.
    private static func extraHost(_ line: String) -> JSONValue? {
        let parts = line.split(separator: " ")
        return parts.count > 1 ? .string(parts[1] + ":" + parts[0]) : nil
    }

    /// Nanoseconds as seconds, rounded away from zero.
    private static func seconds(_ nanoseconds: Int64) -> Int64 {
        let whole = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return whole.quotient + whole.remainder.signum()
    }

    /// What the engine makes of `Privileges`, and of which field.
    private static func securityOptions(_ privileges: JSONValue) -> [(String, String)] {
        var options: [(String, String)] = []
        for kind in ["Config", "File", "Registry"] {
            let text = privileges["CredentialSpec"]?[kind]?.string ?? ""
            if text.isEmpty { continue }
            options.append(
                ("CredentialSpec." + kind, "credentialspec=\(kind.lowercased())://\(text)"))
        }
        let context = privileges["SELinuxContext"]
        if context?["Disable"]?.bool == true {
            options.append(("SELinuxContext.Disable", "label=disable"))
        }
        for part in ["User", "Role", "Type", "Level"] {
            let text = context?[part]?.string ?? ""
            if text.isEmpty { continue }
            options.append(("SELinuxContext." + part, "label=\(part.lowercased()):\(text)"))
        }
        let seccomp = privileges["Seccomp"]
        let profile = seccomp?["Profile"]?.string ?? ""
        switch seccomp?["Mode"]?.string ?? "" {
        case "unconfined": options.append(("Seccomp.Mode", "seccomp=unconfined"))
        case "custom": options.append(("Seccomp.Mode", "seccomp=" + profile))
        default:
            if !profile.isEmpty { options.append(("Seccomp.Profile", "seccomp=" + profile)) }
        }
        if privileges["AppArmor"]?["Mode"]?.string == "disabled" {
            options.append(("AppArmor.Mode", "apparmor=unconfined"))
        }
        return options
    }

    /// Secrets and configs are found by their ids; their names stand there for people.
    private mutating func readFiles(_ spec: JSONValue) {
        for (field, id, kind) in [
            ("Secrets", "SecretID", ObjectKind.secret), ("Configs", "ConfigID", .config),
        ] {
            for (index, entry) in (spec[field]?.array ?? []).enumerated() {
                let origin = "TaskTemplate.ContainerSpec.\(field)[\(index)]"
                refer(kind, entry[id]?.string ?? "", "\(origin).\(id)")
                guard let mode = entry["File"]?["Mode"]?.int64, !(0...0o777 ~= mode) else {
                    continue
                }
                ask(.unjudged("a file of the mode \(mode)"), origin + ".File.Mode")
            }
        }
        let config = spec["Privileges"]?["CredentialSpec"]?["Config"]?.string ?? ""
        if !config.isEmpty {
            refer(.config, config, "TaskTemplate.ContainerSpec.Privileges.CredentialSpec.Config")
        }
    }

    private mutating func readTemplates(_ spec: JSONValue, _ prefix: String) {
        for field in ["Hostname", "Env", "Mounts"] {
            guard let value = spec[field] else { continue }
            let entries = value.array.map { list in
                list.enumerated().map { ("\(field)[\($0)]", $1) }
            }
            for (name, entry) in entries ?? [(field, value)] {
                guard !entry.texts.allSatisfy(TaskTemplate.isPlain) else { continue }
                ask(
                    .unjudged("a template beyond placeholders like {{.Task.Slot}}"), prefix + name)
            }
        }
    }

    // MARK: The task

    private mutating func readTask(_ task: JSONValue) {
        let log = ["HostConfig", "LogConfig"]
        ask(log + ["Type"], task["LogDriver"]?["Name"], as: "TaskTemplate.LogDriver.Name")
        ask(log + ["Config"], task["LogDriver"]?["Options"], as: "TaskTemplate.LogDriver.Options")
        let restart =
            switch task["RestartPolicy"]?["Condition"]?.string ?? "" {
            case "none": "no"
            case "on-failure": "on-failure"
            // What a service does when nobody says anything.
            default: "always"
            }
        ask(
            ["HostConfig", "RestartPolicy", "Name"], .string(restart),
            as: "TaskTemplate.RestartPolicy.Condition")
        ask(
            ["HostConfig", "PidsLimit"], task["Resources"]?["Limits"]?["Pids"],
            as: "TaskTemplate.Resources.Limits.Pids")
        let resources = task["Resources"]?["Reservations"]?["GenericResources"]?.array ?? []
        let devices = resources.flatMap { resource in
            ["NamedResourceSpec", "DiscreteResourceSpec"].compactMap { form in
                resource[form].map { spec in
                    JSONValue.object(JSONObject([("Driver", spec["Kind"] ?? .string(""))]))
                }
            }
        }
        ask(
            ["HostConfig", "DeviceRequests"], .array(devices),
            as: "TaskTemplate.Resources.Reservations.GenericResources")
    }

    private mutating func readNetworks(_ networks: JSONValue?, _ prefix: String) {
        for (index, network) in (networks?.array ?? []).enumerated() {
            let origin = "\(prefix)[\(index)]"
            let target = network["Target"]?.string ?? ""
            let endpoints = ["NetworkingConfig", "EndpointsConfig"]
            // Unlike a container's, a service's network may be the host's by another name: its id.
            ask(
                endpoints, .object(JSONObject([(target, .object(JSONObject()))])),
                as: origin + ".Target", lendsPower: true)
            // The network has been read: none stands for it here.
            ask(
                endpoints + ["none", "DriverOpts"], network["DriverOpts"],
                as: origin + ".DriverOpts")
            if target == "ingress" { ask(InspectedNetwork.ingress, origin + ".Target") }
        }
    }

    // MARK: Notes

    /// Judges a value as a container's field, and notes what comes of it under the service's own.
    ///
    /// - Parameters:
    ///   - path: The container's field.
    ///   - value: Its value; nil asks for nothing.
    ///   - origin: The service's field.
    ///   - use: What a service does with the object, where that is not what a container does.
    ///   - lendsPower: True when a service gets what the object is allowed, and a container not.
    private mutating func ask(
        _ path: [String], _ value: JSONValue?, as origin: String, use: Reference.Use? = nil,
        lendsPower: Bool = false
    ) {
        guard let value else { return }
        let body = path.reversed().reduce(value) { .object(JSONObject([($1, $0)])) }
        let container = ContainerDemands(create: body.object ?? JSONObject())
        let prefix = path.joined(separator: ".")
        func own(_ theirs: String) -> String {
            theirs.hasPrefix(prefix) ? origin + theirs.dropFirst(prefix.count) : origin
        }
        demands += container.demands.map { Demand($0.kind, origin: own($0.origin)) }
        references += container.references.map {
            Reference(
                $0.kind, $0.text, origin: own($0.origin), use: use ?? $0.use,
                lendsPower: lendsPower || $0.lendsPower)
        }
    }
}

extension JSONValue {
    /// Every text inside, names of members left out.
    fileprivate var texts: [String] {
        switch self {
        case .null, .bool, .number: []
        case .string(let text): [text]
        case .array(let values): values.flatMap(\.texts)
        case .object(let object): object.members.flatMap(\.value.texts)
        }
    }
}
