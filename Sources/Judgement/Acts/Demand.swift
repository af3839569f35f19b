/// The namespaces of a container (namespaces(7)).
package enum Namespace: String, CaseIterable, Hashable, Sendable {
    case pid
    case ipc
    case network
    case uts
    case user
    case cgroup
}

/// A bind of a host path into a container.
package struct BindRequest: Hashable, Sendable {
    /// The host path as it was spelled.
    package let source: String
    /// The path inside.
    package let target: String
    /// True when nothing can be written through it.
    package let readOnly: Bool
    /// True when it asks for more than a plain private bind: propagation, relabelling, creation of
    /// the source.
    package let hasOptions: Bool

    /// Makes a bind.
    package init(source: String, target: String, readOnly: Bool, hasOptions: Bool) {
        self.source = source
        self.target = target
        self.readOnly = readOnly
        self.hasOptions = hasOptions
    }
}

/// A port of the host that is to lead into a container.
package struct PortRequest: Hashable, Sendable {
    /// The host's address, "" for every address.
    package let address: String
    /// The host's ports; nil lets the engine choose a free high one.
    package let ports: ClosedRange<Int>?
    /// True when it is taken on every address, whatever is asked for: a Swarm's services are.
    package let isEverywhere: Bool

    /// Makes a port request.
    package init(address: String, ports: ClosedRange<Int>?, isEverywhere: Bool = false) {
        self.address = address
        self.ports = ports
        self.isEverywhere = isEverywhere
    }
}

/// Something that a container asks for beyond what every container gets.
///
/// A request without demands is harmless. Each demand is one line of judgement: a level allows it
/// or names it in its refusal, so there is one place per meaning however many spellings a request
/// has (`Binds` and `Mounts`, `--privileged` on create and on exec).
package struct Demand: Hashable, Sendable {
    /// What is asked for.
    package enum Kind: Hashable, Sendable {
        // The way to the host.
        case privileged
        case hostItself(String)
        case hostNamespace(Namespace)
        case shareableNamespace(Namespace)
        case bind(BindRequest)
        case capability(String)
        case device(String)
        case securityOption(String)
        case unmaskedPaths
        case sysctl(name: String, value: String)
        case runtime(String)
        case cgroupParent(String)
        case volumeDriver(String)
        case volumeOption(String)
        case mountKind(String)
        case secretDriver(String)
        case tmpfsOption(String)
        case logDriver(String)
        case logOption(String)
        case hostGroup(String)
        case storageOption(String)
        case annotation(String)
        case macAddress(String)

        // Towards others on the host.
        case joinedNamespace(Namespace, container: String)
        case inheritedMounts(container: String)
        case link(container: String)
        case publishedPort(PortRequest)
        case allPorts
        case hostName(String)
        case resolver(String)
        case networkDriver(String)
        case networkOption(String)
        case subnet(String)

        // The host's means.
        case outOfMemoryScore(Int64)
        case outOfMemoryKillDisabled
        case realTimeScheduling
        case processorPinning(String)
        case blockDevice(String)
        case userLimit(String)
        case sharedMemory(bytes: Int64)
        case restartPolicy(String)
        case stopTimeout(seconds: Int64)
        case processes(limit: Int64)

        // Names that others obey or answer to.
        case image(String)
        case registry(String)
        case fetch(String)
        case label(String)

        // What no table judges yet.
        case unjudged(String)
    }

    /// What is asked for.
    package let kind: Kind
    /// Where in the request it stands, in the client's own words, for messages.
    package let origin: String

    /// Makes a demand.
    package init(_ kind: Kind, origin: String) {
        self.kind = kind
        self.origin = origin
    }
}

extension Demand.Kind {
    /// True for what decides how a container is held apart from its host: whoever enters a container
    /// gets that, whatever else the container was given (design, invariant 14).
    package var isConfinement: Bool {
        switch self {
        // It shows names of cgroups; engines on cgroup v1 give it to every container.
        case .hostNamespace(.cgroup): false
        case .privileged, .hostItself, .hostNamespace, .bind, .capability, .device,
            .securityOption, .unmaskedPaths, .sysctl, .volumeDriver, .volumeOption, .mountKind,
            .hostGroup, .blockDevice, .unjudged:
            true
        case .shareableNamespace, .runtime, .cgroupParent, .tmpfsOption, .logDriver, .logOption,
            .storageOption, .annotation, .macAddress, .joinedNamespace, .inheritedMounts, .link,
            .publishedPort, .allPorts, .hostName, .resolver, .networkDriver, .networkOption,
            .subnet, .outOfMemoryScore, .outOfMemoryKillDisabled, .realTimeScheduling,
            .processorPinning, .userLimit, .sharedMemory, .restartPolicy, .stopTimeout, .processes,
            .image, .registry, .fetch, .label, .secretDriver:
            false
        }
    }
}
