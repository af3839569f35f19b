import Acts

extension Level.Standard {
    /// The host ports that may be published; below 1024 they belong to services of the host.
    var ports: [ClosedRange<Int>] {
        switch self {
        case .privileged: [1...65_535]
        case .baseline, .restricted: [1024...65_535]
        }
    }

    /// The most processes of a container.
    var processes: Int64? {
        switch self {
        case .privileged: nil
        case .baseline: 4096
        case .restricted: 1024
        }
    }

    /// What the standard itself allows. One line per meaning; a new kind of demand does not compile
    /// until it stands here.
    func allows(_ kind: Demand.Kind) -> Bool {
        if self == .privileged { return true }
        switch kind {
        // The way to the host: never without a level that names it.
        case .privileged, .hostItself, .hostNamespace, .shareableNamespace, .bind, .capability,
            .device, .securityOption,
            .unmaskedPaths, .cgroupParent, .volumeDriver, .volumeOption, .mountKind, .secretDriver,
            .tmpfsOption, .logDriver, .logOption, .hostGroup, .storageOption, .annotation,
            .macAddress, .networkDriver, .networkOption, .subnet, .fetch, .unjudged:
            return false
        case .processes(let limit): return limit <= processes ?? .max
        case .image, .label: return true
        case .registry(let host): return RegistryHost.isPublic(host)
        case .runtime(let name): return name == "runc"
        case .sysctl(let name, let value): return Self.allows(sysctl: name, value)
        // Towards others: whose they are is judged by tenant.
        case .joinedNamespace, .inheritedMounts, .link: return self == .baseline
        // Ranges of ports are the level's.
        case .publishedPort(let port): return port.ports == nil
        case .allPorts, .hostName, .resolver: return false
        // The host's means.
        case .outOfMemoryScore(let score): return score > 0
        case .outOfMemoryKillDisabled, .realTimeScheduling, .processorPinning, .blockDevice,
            .userLimit:
            return false
        case .stopTimeout: return false
        case .sharedMemory(let bytes): return (0...1 << 30).contains(bytes)
        case .restartPolicy(let name): return self == .baseline || name == "on-failure"
        }
    }

    /// Settings that live in the container's own namespaces and cannot starve others (Pod Security
    /// Standards, baseline).
    private static func allows(sysctl name: String, _ value: String) -> Bool {
        switch name {
        case "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
            "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range",
            "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_keepalive_intvl",
            "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_fin_timeout",
            "net.ipv6.conf.all.disable_ipv6", "net.core.somaxconn":
            !value.isEmpty
        default: false
        }
    }

    /// What the standard would allow instead.
    func alternative(to kind: Demand.Kind) -> String {
        switch kind {
        case .bind: "allowed are named volumes and tmpfs"
        case .capability: "allowed are the default capabilities"
        case .hostNamespace(.network): "allowed are networks of the tenant's own, bridge and none"
        case .hostNamespace: "allowed are namespaces of the container's own"
        case .shareableNamespace: "allowed are private and none"
        case .subnet:
            "allowed are subnets of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 from /16 on and of "
                + "fc00::/7 from /48 on; or leave it to the engine"
        case .stopTimeout: "allowed are 0 to 3600"
        case .securityOption: "allowed is no-new-privileges"
        case .volumeDriver, .volumeOption: "allowed is the driver local without options"
        case .mountKind: "allowed are volume and tmpfs"
        case .secretDriver: "allowed is data that the client sends"
        case .tmpfsOption: "allowed are size up to 1g, mode up to 1777, noexec, nosuid and nodev"
        case .logDriver: "allowed are json-file and local"
        case .logOption:
            "allowed are max-file up to 100, max-size from 64k to 1g, max-buffer-size up to 16m, "
                + "compress, mode, labels, env and a tag of {{.Name}}, {{.ID}} and {{.ImageName}}"
        case .networkDriver, .networkOption: "allowed is the driver bridge without host options"
        case .allPorts: "allowed are single ports from 1024 on"
        case .sharedMemory: "allowed are up to 1 GiB"
        case .restartPolicy: "allowed are no and on-failure"
        case .sysctl: "allowed are settings of the container's own network namespace"
        case .runtime: "allowed is the engine's default"
        case .hostItself: "it needs a grant of the level privileged"
        case .registry: "allowed are registries with a public name"
        case .fetch:
            "copy it into the context, or ask an operator for a level whose fetches: name it"
        case .processes: "allowed are up to \(processes ?? .max)"
        case .privileged, .device, .unmaskedPaths, .cgroupParent, .hostGroup, .storageOption,
            .annotation, .macAddress, .joinedNamespace, .inheritedMounts, .link, .publishedPort,
            .hostName, .resolver, .outOfMemoryScore, .outOfMemoryKillDisabled,
            .realTimeScheduling, .processorPinning, .blockDevice, .userLimit, .image, .label,
            .unjudged:
            "leave it out, or ask an operator for a level that names it"
        }
    }
}
