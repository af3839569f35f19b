extension Demand.Kind {
    /// What is asked for, in words that a person typed or would understand.
    package var words: String {
        switch self {
        case .privileged: "a privileged container"
        case .hostItself(let operation): "\(operation), which governs the host itself,"
        case .hostNamespace(let namespace): "the host's \(namespace.rawValue) namespace"
        case .shareableNamespace(let namespace):
            "an \(namespace.rawValue) namespace that other containers may join"
        case .bind(let bind): "a bind of the host path \(bind.source)"
        case .capability(let name): "the capability \(name)"
        case .device(let name): "the host device \(name)"
        case .securityOption(let text): "the security option \(text)"
        case .unmaskedPaths: "other masked or read-only paths than the engine's own"
        case .sysctl(let name, _): "the kernel setting \(name)"
        case .runtime(let name): "the runtime \(name)"
        case .cgroupParent(let path): "the parent cgroup \(path)"
        case .volumeDriver(let name): "the volume driver \(name)"
        case .volumeOption(let name): "the volume driver option \(name)"
        case .mountKind(let kind): "a mount of type \(kind)"
        case .secretDriver(let name):
            "the \(name.isEmpty ? "" : name + " ")driver of a secret or config"
        case .tmpfsOption(let option): "the tmpfs option \(option)"
        case .logDriver(let name): "the log driver \(name)"
        case .logOption(let name): "the log option \(name)"
        case .hostGroup(let name): "the additional group \(name)"
        case .storageOption(let name): "the storage option \(name)"
        case .annotation(let name): "the annotation \(name)"
        case .macAddress(let address): "the MAC address \(address)"
        case .joinedNamespace(let namespace, let container):
            "the \(namespace.rawValue) namespace of container \(container)"
        case .inheritedMounts(let container): "the mounts of container \(container)"
        case .link(let container): "a link to container \(container)"
        case .publishedPort(let port): "the host port \(port.words)"
        case .allPorts: "all exposed ports on the host"
        case .hostName(let entry): "the host entry \(entry)"
        case .resolver(let address): "the name server \(address)"
        case .networkDriver(let name): "the network driver \(name)"
        case .networkOption(let name): "the network option \(name)"
        case .subnet(let text): "the subnet \(text)"
        case .outOfMemoryScore(let score): "the out-of-memory score \(score)"
        case .outOfMemoryKillDisabled: "to be spared by the out-of-memory killer"
        case .realTimeScheduling: "real-time scheduling"
        case .processorPinning(let list): "the processors \(list)"
        case .blockDevice(let path): "a rate on the host device \(path)"
        case .userLimit(let name): "the user limit \(name)"
        case .sharedMemory(let bytes): "\(bytes) bytes of shared memory"
        case .restartPolicy(let name): "the restart policy \(name)"
        case .stopTimeout(let seconds): "\(seconds) seconds to stop"
        case .processes(let limit): "\(limit) processes"
        case .image(let reference): "the image \(reference)"
        case .registry(let host): "the registry \(host)"
        case .fetch(let address): "what the engine fetches from \(address)"
        case .label(let name): "the label \(name), which other programs obey,"
        case .unjudged(let what): what
        }
    }

    /// The rule's id when a level refuses it.
    package var rule: String {
        switch self {
        case .privileged: "level.privileged"
        case .hostItself: "level.host"
        case .hostNamespace(let namespace): "level.host-\(namespace.rawValue)"
        case .shareableNamespace: "level.shareable"
        case .bind: "level.bind"
        case .capability: "level.capability"
        case .device: "level.device"
        case .securityOption: "level.security-option"
        case .unmaskedPaths: "level.masked-paths"
        case .sysctl: "level.sysctl"
        case .runtime: "level.runtime"
        case .cgroupParent: "level.cgroup-parent"
        case .volumeDriver, .volumeOption: "level.volume-driver"
        case .mountKind: "level.mount-type"
        case .secretDriver: "level.secret-driver"
        case .tmpfsOption: "level.tmpfs"
        case .logDriver, .logOption: "level.log-driver"
        case .hostGroup: "level.group"
        case .storageOption: "level.storage-option"
        case .annotation: "level.annotation"
        case .macAddress: "level.mac-address"
        case .joinedNamespace: "level.join"
        case .inheritedMounts: "level.volumes-from"
        case .link: "level.link"
        case .publishedPort, .allPorts: "level.port"
        case .hostName: "level.host-entry"
        case .resolver: "level.resolver"
        case .networkDriver, .networkOption: "level.network"
        case .subnet: "level.subnet"
        case .outOfMemoryScore, .outOfMemoryKillDisabled: "level.oom"
        case .realTimeScheduling: "level.real-time"
        case .processorPinning: "level.cpuset"
        case .blockDevice: "level.block-device"
        case .userLimit: "level.ulimit"
        case .sharedMemory: "level.shared-memory"
        case .restartPolicy: "level.restart-policy"
        case .stopTimeout: "level.stop-timeout"
        case .processes: "level.pids"
        case .image: "level.image"
        case .registry: "level.registry"
        case .fetch: "level.fetch"
        case .label: "tenant.label"
        case .unjudged: "level.unjudged"
        }
    }
}

extension PortRequest {
    /// `127.0.0.1:8080`, `8000-8010`, `any`
    package var words: String {
        let host = address.isEmpty ? "" : "\(address):"
        guard let ports else { return host + "any" }
        if ports.count == 1 { return host + String(ports.lowerBound) }
        return host + "\(ports.lowerBound)-\(ports.upperBound)"
    }
}

extension Refusal {
    /// The whole sentence that a client is shown: what, which rule and where, what is allowed.
    package var words: String {
        let place = location.map { " (\($0))" } ?? ""
        return switch reason {
        case .noGrants:
            "this identity has no grant; rule \(rule)\(place); "
                + "an operator adds one under grants: in the policy"
        case .verbNotGranted(let any, let granted):
            "this needs the verb \(Self.list(any, or: true)), which is not granted; "
                + "rule \(rule)\(place); granted: \(Self.list(granted, or: false))"
        case .beyondLevel(let level, let demand, let allowed):
            "\(demand.kind.words) (\(demand.origin)) is beyond the level \(level); "
                + "rule \(demand.kind.rule)\(place); \(allowed)"
        case .absent(let reference):
            "no such \(reference.kind.rawValue): \(reference.text)"
        case .taken(let reference):
            "the name of the \(reference.kind.rawValue) \(reference.text) (\(reference.origin)) is "
                + "not available; rule \(rule)\(place); choose another"
        case .nameReadsAsID(let name):
            "the name \(name) reads as an id and could hide another object; "
                + "rule \(rule)\(place); choose one with a letter beyond f, or a dash"
        case .strongerTarget(let level, let reference, let demand, let allowed):
            "the \(reference.kind.rawValue) \(reference.text) (\(reference.origin)) itself has "
                + "\(demand.kind.words) (\(demand.origin)), beyond the level \(level); "
                + "rule \(rule)\(place); \(allowed)"
        case .movablePath(let bind, let part):
            "the host path \(bind.source) could lead elsewhere when it is used: \(part); "
                + "rule \(rule)\(place); allowed is a path whose every part is root's, no link, and "
                + "not writable by others"
        case .protectedPath(let path):
            "the host path \(path) holds the engine's or the gateway's own state; "
                + "rule \(rule)\(place); nobody may bind it through the gateway"
        case .engineSocket(let path):
            "\(path) is the engine's own socket; rule \(rule)\(place); nobody may bind it through the "
                + "gateway, and a level with socket: own puts the identity's own in its place"
        case .noOwnSocket(let path, let identity):
            "\(path) becomes the identity's own socket of the gateway, and \(identity) has none; "
                + "rule \(rule)\(place); an operator adds "
                + "unix:///run/quaymaster/\(identity)/docker.sock?identity=\(identity) under listen: in "
                + "quaymaster.yaml"
        case .sharedImage(let reference):
            "the \(reference.kind.rawValue) \(reference.text) (\(reference.origin)) is not this "
                + "tenant's alone; rule \(rule)\(place); "
                + (reference.kind == .network
                    ? "its containers may join and leave it"
                    : "an administrator changes what tenants share")
        case .inheritedLabel(let reference, let name):
            "the image \(reference.text) brings the label \(name), which other programs obey; "
                + "rule \(rule)\(place); the tenant's labels: in the policy say which are allowed"
        case .weakRuntime(let runtime):
            "steps of builds and tasks of services run on the engine's default runtime, and this "
                + "tenant is held to \(runtime); rule \(rule)\(place); run containers, and build "
                + "elsewhere and load or pull the image"
        case .foreignExec:
            "no such exec instance"
        case .notForTenants:
            "this shows or changes the whole engine, which a tenant shares with others; "
                + "rule \(rule)\(place); it needs a grant in: \"*\""
        case .shellRole(let role, let granted):
            "the role \(role) of the guarded shell is not granted; rule \(rule)\(place); "
                + (granted.isEmpty
                    ? "the grant names none under shell:"
                    : "allowed: \(granted.joined(separator: ", "))")
        case .noReason:
            "a container is entered for a reason here; rule \(rule)\(place); "
                + "say it with --reason \"TEXT\""
        case .guardedExec(let why, let roles):
            "an exec runs what a role of the guarded shell accepts here (\(Self.named(roles))), and "
                + "\(why); rule \(rule)\(place)"
        case .execExtra(let field, let roles):
            "an exec runs what a role of the guarded shell accepts here (\(Self.named(roles))), and "
                + "nothing beside its words (\(field)); rule \(rule)\(place); leave out the options "
                + "of docker exec, or use quaymaster enter"
        case .ingress(let origin):
            "ports that are published by the Swarm's ingress network put the tasks of all tenants on "
                + "one network (\(origin)); rule \(rule)\(place); publish with mode=host"
        case .exposed(let exposure, let hidden):
            "\(exposure.what) would show what the grant hides (\(hidden.words)); "
                + "rule \(rule)\(place); \(exposure.instead)"
        }
    }

    private static func named(_ roles: [String]) -> String { roles.joined(separator: ", ") }

    private static func list(_ verbs: [Verb], or: Bool) -> String {
        let names = verbs.map(\.rawValue)
        if names.isEmpty { return "nothing" }
        guard or, names.count > 1, let last = names.last else {
            return names.joined(separator: ", ")
        }
        return names.dropLast().joined(separator: ", ") + " or " + last
    }
}
