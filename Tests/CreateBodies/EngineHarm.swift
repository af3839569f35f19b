/// What a container would get of its host, of others or of too much, read off what the engine
/// understands.
///
/// A second list beside the policy's, written from the table of create's fields in the attack-surface
/// note (§2) and from the engine's source; it shares no code with the rooms that judge.
package struct EngineHarm: Hashable, Sendable, CustomStringConvertible {
    /// The row of the note, in a word.
    package let row: String
    /// What stands there.
    package let what: String

    /// `privileged: HostConfig.Privileged`
    package var description: String { "\(row): \(what)" }

    /// What is the tenant's own, so that naming it is no harm.
    package struct Own: Sendable {
        /// Its containers, by name or id.
        var containers: Set<String>
        /// Its networks, by name or id.
        var networks: Set<String>
        /// The cgroup of the tenant; "" when there is none.
        var cgroup: String

        /// Says what is the tenant's own.
        package init(containers: Set<String>, networks: Set<String>, cgroup: String) {
            self.containers = containers
            self.networks = networks
            self.cgroup = cgroup
        }
    }

    /// Everything harmful in a request.
    ///
    /// - Parameters:
    ///   - view: What the engine understands.
    ///   - own: What is the tenant's own.
    /// - Returns: What was found, row by row.
    package static func all(in view: EngineView, own: Own) -> [EngineHarm] {
        var list = HarmList(view: view, own: own)
        list.judgeConfig()
        list.judgePowers()
        list.judgeNamespaces()
        list.judgeMeans()
        list.judgeLog()
        list.judgeMounts()
        list.judgeNetworks()
        return list.found
    }

    /// The rows that are judged.
    package static let rows: Set<String> = [
        "MacAddress", "StopTimeout", "Privileged", "CapAdd", "SecurityOpt", "MaskedPaths", "Sysctls",
        "Runtime", "GroupAdd", "Devices", "Blkio", "StorageOpt", "Isolation", "ContainerIDFile",
        "Annotations", "Cgroup", "Namespaces", "OomScoreAdj", "OomKillDisable", "Ulimits", "PidsLimit",
        "ShmSize", "Cpu", "LogConfig", "Binds", "Mounts", "Tmpfs", "VolumesFrom", "VolumeDriver",
        "PortBindings", "PublishAllPorts", "Links", "ExtraHosts", "Dns", "EndpointsConfig",
    ]
}

/// The harm that was found so far.
struct HarmList {
    let view: EngineView
    let own: EngineHarm.Own
    private(set) var found: [EngineHarm] = []

    var host: Tree { view.host }

    init(view: EngineView, own: EngineHarm.Own) {
        self.view = view
        self.own = own
    }

    mutating func note(_ row: String, _ what: String, if isHarmful: Bool = true) {
        if isHarmful { found.append(EngineHarm(row: row, what: what)) }
    }

    // MARK: Rows about what runs

    mutating func judgeConfig() {
        note("MacAddress", "Config", if: !view.config["MacAddress"].isZero)
        let seconds = view.config["StopTimeout"].integer ?? 0
        note("StopTimeout", "\(seconds) seconds", if: !(0...3600 ~= seconds))
    }

    // MARK: Rows about the host's protection

    mutating func judgePowers() {
        note("Privileged", "HostConfig", if: host["Privileged"] == .bool(true))
        for capability in host["CapAdd"].elements {
            // caps.NormalizeLegacyCapabilities
            var name = capability.string.uppercased()
            if name.hasPrefix("CAP_") { name.removeFirst(4) }
            note("CapAdd", name, if: !Self.defaultCapabilities.contains(name))
        }
        for option in host["SecurityOpt"].elements {
            let allowed = ["no-new-privileges", "no-new-privileges:true", "no-new-privileges=true"]
            note("SecurityOpt", option.string, if: !allowed.contains(option.string))
        }
        // Nil lets the engine set its own; a list stands as it is, the empty one too.
        for (field, needed) in [
            ("MaskedPaths", Self.maskedPaths), ("ReadonlyPaths", Self.readOnlyPaths),
        ] where host[field] != .none {
            let paths = Set(host[field].elements.map(\.string))
            note("MaskedPaths", field, if: !needed.isSubset(of: paths))
        }
        for setting in host["Sysctls"].entries {
            let name = String(setting.key.map { $0 == "/" ? "." : $0 })
            note("Sysctls", name, if: !Self.sysctls.contains(name) || setting.value.isZero)
        }
        let runtime = host["Runtime"].string
        note("Runtime", runtime, if: !["", "runc"].contains(runtime))
        note("GroupAdd", "a group", if: !host["GroupAdd"].elements.isEmpty)
        for field in ["Devices", "DeviceCgroupRules", "DeviceRequests"] {
            note("Devices", field, if: !host[field].elements.isEmpty)
        }
        for field in ["StorageOpt", "Annotations"] {
            note(field, field, if: !host[field].entries.isEmpty)
        }
        note("ContainerIDFile", "a file", if: !host["ContainerIDFile"].isZero)
        let isolation = host["Isolation"].string.lowercased()
        note("Isolation", isolation, if: !["", "default"].contains(isolation))
    }

    // MARK: Rows about namespaces and cgroups

    mutating func judgeNamespaces() {
        for field in ["PidMode", "IpcMode", "UTSMode", "UsernsMode", "CgroupnsMode", "NetworkMode"] {
            let mode = host[field].string
            if mode.hasPrefix("container:") {
                let name = String(mode.dropFirst("container:".count))
                note("Namespaces", "\(field) \(mode)", if: !own.containers.contains(name))
            } else {
                let shares = ["host", "shareable"].contains(mode)
                note("Namespaces", "\(field) \(mode)", if: shares)
            }
        }
        note("Cgroup", "Cgroup", if: !host["Cgroup"].isZero)
        let parent = host["CgroupParent"].string
        note("Cgroup", "CgroupParent \(parent)", if: parent != own.cgroup && !parent.isEmpty)
    }

    private static let defaultCapabilities: Set<String> = [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD",
        "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    ]

    /// `oci.DefaultSpec` of 20.10.
    private static let maskedPaths: Set<String> = [
        "/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
        "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi",
        "/sys/firmware",
    ]

    private static let readOnlyPaths: Set<String> = [
        "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
    ]

    /// Those of the container's own network that take nothing from others.
    private static let sysctls: Set<String> = [
        "net.core.somaxconn", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_syncookies",
        "net.ipv6.conf.all.disable_ipv6",
    ]
}
