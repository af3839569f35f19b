// The bodies of containers, API 1.24 to 1.55. A table may be long.

extension Shape {
    /// `POST /containers/create`
    static let containerCreate = Shape.object(
        configFields + [
            Field("HostConfig", hostConfig, .judge),
            Field(
                "NetworkingConfig",
                .object([Field("EndpointsConfig", .map(endpointSettings), .judge)]), .judge),
            // Of the query; clients repeat them here (`Call.repeatsQuery`).
            Field("name", .string, .drop), Field("platform", .string, .drop),
        ] + legacyFields)

    /// `POST /commit`: a container's configuration without the host's part.
    static let containerConfig = Shape.object(
        // What the query says, for clients that repeat it.
        configFields
            + ["container", "repo", "tag", "comment", "author"].map { Field($0, .string, .drop) })

    /// `POST /containers/{id}/update`
    static let containerUpdate = Shape.object(
        resourceFields + [Field("RestartPolicy", restartPolicy, .judge)])

    /// `POST /containers/{id}/exec`
    static let execCreate = Shape.object([
        Field("User", .string),
        Field("Privileged", .bool, .judge),
        Field("Tty", .bool),
        Field("ConsoleSize", .list(.integer)),
        Field("AttachStdin", .bool),
        Field("AttachStderr", .bool),
        Field("AttachStdout", .bool),
        // Detach is the client's own note; whether the exec detaches is said at its start.
        Field("Detach", .bool),
        Field("DetachKeys", .string),
        Field("Env", .list(.string)),
        Field("WorkingDir", .string),
        Field("Cmd", .strings),
        Field("Container", .string, .drop),
    ])

    /// `POST /exec/{id}/start`
    static let execStart = Shape.object([
        Field("Detach", .bool, .judge),
        Field("Tty", .bool),
        Field("ConsoleSize", .list(.integer)),
        // What docker-modem tells itself.
        Field("hijack", .bool, .drop), Field("stdin", .bool, .drop),
    ])

    /// `Config`, what a container runs.
    private static let configFields: [Field] = [
        Field("Hostname", .string),
        Field("Domainname", .string),
        Field("User", .string),
        Field("AttachStdin", .bool),
        Field("AttachStdout", .bool),
        Field("AttachStderr", .bool),
        Field("ExposedPorts", .map(.object([]))),
        Field("Tty", .bool),
        Field("OpenStdin", .bool),
        Field("StdinOnce", .bool),
        Field("Env", .list(.string)),
        Field("Cmd", .strings),
        Field("Healthcheck", healthcheck),
        Field("ArgsEscaped", .bool),
        Field("Image", .string, .judge),
        Field("Volumes", .map(.object([])), .judge),
        Field("WorkingDir", .string),
        Field("Entrypoint", .strings),
        Field("NetworkDisabled", .bool),
        Field("MacAddress", .string, .judge),
        Field("OnBuild", .list(.string), .drop),
        Field("Labels", .map(.string), .judge),
        Field("StopSignal", .string),
        Field("StopTimeout", .integer),
        Field("Shell", .strings),
    ]

    /// `HealthConfig`; it runs inside the container. Durations are nanoseconds.
    static let healthcheck = Shape.object([
        Field("Test", .list(.string)),
        Field("Interval", .integer),
        Field("Timeout", .integer),
        Field("Retries", .integer),
        Field("StartPeriod", .integer),
        Field("StartInterval", .integer),
    ])

    /// `HostConfig`, what the container asks of its host.
    private static let hostConfig = Shape.object(
        resourceFields + [
            Field("Binds", .list(.string), .judge),
            .refused("ContainerIDFile", "is a file of the client's; leave it empty"),
            Field(
                "LogConfig",
                .object([Field("Type", .string, .judge), Field("Config", .map(.string), .judge)]),
                .judge),
            Field("NetworkMode", .string, .judge),
            Field("PortBindings", .map(.list(portBinding)), .judge),
            Field("RestartPolicy", restartPolicy, .judge),
            Field("AutoRemove", .bool),
            Field("VolumeDriver", .string, .judge),
            Field("VolumesFrom", .list(.string), .judge),
            Field("Mounts", .list(mount), .judge),
            Field("CapAdd", .strings, .judge),
            Field("CapDrop", .strings),
            .refused("Capabilities", "replaces all capabilities (API 1.40)"),
            Field("Dns", .list(.string), .judge),
            Field("DnsOptions", .list(.string)),
            Field("DnsSearch", .list(.string)),
            Field("ExtraHosts", .list(.string), .judge),
            Field("GroupAdd", .list(.string), .judge),
            Field("IpcMode", .string, .judge),
            Field("Cgroup", .string, .judge),
            Field("Links", .list(.string), .judge),
            Field("OomScoreAdj", .integer, .judge),
            Field("PidMode", .string, .judge),
            Field("Privileged", .bool, .judge),
            Field("PublishAllPorts", .bool, .judge),
            Field("ReadonlyRootfs", .bool),
            Field("SecurityOpt", .list(.string), .judge),
            Field("StorageOpt", .map(.string), .judge),
            Field("Tmpfs", .map(.string), .judge),
            Field("UTSMode", .string, .judge),
            Field("UsernsMode", .string, .judge),
            Field("ShmSize", .integer, .judge),
            Field("Sysctls", .map(.string), .judge),
            Field("Runtime", .string, .judge),
            Field("ConsoleSize", .list(.integer)),
            Field("Isolation", .choice(["", "default"])),
            Field("MaskedPaths", .list(.string), .judge),
            Field("ReadonlyPaths", .list(.string), .judge),
            Field("CgroupnsMode", .string, .judge),
            Field("Annotations", .map(.string), .judge),
        ])

    /// `Resources`, shared by create and update.
    private static let resourceFields: [Field] = [
        Field("CpuShares", .integer),
        Field("Memory", .integer),
        Field("CgroupParent", .string, .judge),
        Field("BlkioWeight", .integer),
        Field(
            "BlkioWeightDevice",
            .list(.object([Field("Path", .string), Field("Weight", .integer)])), .judge),
        Field("BlkioDeviceReadBps", throttle, .judge),
        Field("BlkioDeviceWriteBps", throttle, .judge),
        Field("BlkioDeviceReadIOps", throttle, .judge),
        Field("BlkioDeviceWriteIOps", throttle, .judge),
        Field("CpuPeriod", .integer),
        Field("CpuQuota", .integer),
        Field("CpuRealtimePeriod", .integer, .judge),
        Field("CpuRealtimeRuntime", .integer, .judge),
        Field("CpusetCpus", .string, .judge),
        Field("CpusetMems", .string, .judge),
        Field(
            "Devices",
            .list(
                .object([
                    Field("PathOnHost", .string), Field("PathInContainer", .string),
                    Field("CgroupPermissions", .string),
                ])), .judge),
        Field("DiskQuota", .integer, .drop),
        Field("MemoryReservation", .integer),
        Field("MemorySwap", .integer),
        Field("MemorySwappiness", .integer),
        Field("NanoCpus", .integer),
        Field("OomKillDisable", .bool, .judge),
        Field("PidsLimit", .integer),
        Field("Ulimits", .list(userLimit), .judge),
        // Windows' own.
        Field("CpuCount", .integer),
        Field("CpuPercent", .integer),
        Field("IOMaximumIOps", .integer),
        Field("IOMaximumBandwidth", .integer),
        Field("DeviceCgroupRules", .list(.string), .judge),
        Field("KernelMemory", .integer),
        Field("Init", .bool),
        Field(
            "DeviceRequests",
            .list(
                .object([
                    Field("Driver", .string), Field("Count", .integer),
                    Field("DeviceIDs", .list(.string)),
                    Field("Capabilities", .list(.list(.string))),
                    Field("Options", .map(.string)),
                ])), .judge),
        Field("KernelMemoryTCP", .integer),
    ]

    private static let throttle = Shape.list(
        .object([Field("Path", .string), Field("Rate", .integer)]))

    /// A user limit: name, soft and hard value.
    static let userLimit = Shape.object([
        Field("Name", .string), Field("Soft", .integer), Field("Hard", .integer),
    ])

    private static let restartPolicy = Shape.object([
        Field("Name", .choice(["", "no", "always", "unless-stopped", "on-failure"]), .judge),
        Field("MaximumRetryCount", .integer),
    ])

    private static let portBinding = Shape.object([
        Field("HostIp", .string, .judge), Field("HostPort", .string, .judge),
    ])

    /// A driver's name and options: of a volume, of a service's log, of a secret.
    static let driver = Shape.object([
        Field("Name", .string, .judge), Field("Options", .map(.string), .judge),
    ])

    /// `Mount`, API 1.25.
    static let mount = Shape.object([
        Field("Target", .string, .judge),
        Field("Source", .string, .judge),
        Field(
            "Type", .choice(["bind", "volume", "tmpfs", "npipe", "cluster", "image"]), .judge),
        Field("ReadOnly", .bool, .judge),
        Field("Consistency", .choice(["", "default", "consistent", "cached", "delegated"])),
        Field(
            "BindOptions",
            .object([
                Field("Propagation", .string, .judge), Field("NonRecursive", .bool, .judge),
                Field("CreateMountpoint", .bool, .judge),
                Field("ReadOnlyNonRecursive", .bool, .judge),
                Field("ReadOnlyForceRecursive", .bool, .judge),
            ]), .judge),
        Field(
            "VolumeOptions",
            .object([
                Field("NoCopy", .bool), Field("Labels", .map(.string), .judge),
                Field("DriverConfig", driver, .judge),
                Field("Subpath", .string, .judge),
            ]), .judge),
        Field(
            "TmpfsOptions",
            .object([
                Field("SizeBytes", .integer, .judge), Field("Mode", .integer, .judge),
                Field("Options", .list(.list(.string)), .judge),
            ]), .judge),
        Field("ImageOptions", .object([Field("Subpath", .string)]), .judge),
    ])

    /// `EndpointSettings`; most of it only answers carry.
    static let endpointSettings = Shape.object([
        Field(
            "IPAMConfig",
            .object([
                Field("IPv4Address", .string), Field("IPv6Address", .string),
                Field("LinkLocalIPs", .list(.string)),
            ])),
        Field("Links", .list(.string), .judge),
        Field("Aliases", .list(.string)),
        Field("NetworkID", .string, .judge),
        Field("EndpointID", .string, .drop),
        Field("Gateway", .string, .drop),
        Field("IPAddress", .string, .drop),
        Field("IPPrefixLen", .integer, .drop),
        Field("IPv6Gateway", .string, .drop),
        Field("GlobalIPv6Address", .string, .drop),
        Field("GlobalIPv6PrefixLen", .integer, .drop),
        Field("MacAddress", .string, .judge),
        Field("DriverOpts", .map(.string), .judge),
        Field("DNSNames", .list(.string), .drop),
        Field("GwPriority", .integer),
    ])

    /// What stood beside HostConfig before API 1.18 and is still merged by engines (attack-surface
    /// note §2): clients that send it empty are served, any value is refused.
    private static let legacyFields: [Field] =
        ["Memory", "MemorySwap", "CpuShares", "Cpuset", "VolumeDriver"].map {
            .refused($0, "belongs into HostConfig since API 1.18")
        }
}
