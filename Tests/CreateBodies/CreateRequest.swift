/// The types of moby that a create request is read into.
///
/// Copied field by field from the engine's own source (20.10.24: `runconfig/config_unix.go`,
/// `api/types/container`, `api/types/mount`, `api/types/network`), with what later ones added.
enum CreateRequest {
    typealias Field = GoStruct.Field

    /// `ContainerConfigWrapper`: Config is embedded, and so is, for older clients, HostConfig.
    static func wrapper(_ generation: EngineGeneration) -> GoStruct {
        let config = config(generation)
        let host = host(generation)
        var fields = [
            Field(embedding: "(Config)", .pointer(.structure(config))),
            Field(embedding: "(HostConfig)", .pointer(.structure(host))),
            Field("HostConfig", .pointer(.structure(host))),
            Field(
                "NetworkingConfig",
                .pointer(
                    .structure(
                        GoStruct([
                            Field("EndpointsConfig", .map(.pointer(.structure(endpoint(generation)))))
                        ])))),
        ]
        if generation == .v20 { fields.append(Field("Cpuset", .string)) }
        fields += config.fields.map { Field($0.name, $0.type, through: 0) }
        if generation == .v20 { fields += host.fields.map { Field($0.name, $0.type, through: 1) } }
        return GoStruct(fields)
    }

    private static func config(_ generation: EngineGeneration) -> GoStruct {
        var health = [
            Field("Test", .slice(.string)), Field("Interval", .int), Field("Timeout", .int),
            Field("StartPeriod", .int), Field("Retries", .int),
        ]
        if generation == .v28 { health.append(Field("StartInterval", .int)) }
        return GoStruct([
            Field("Hostname", .string), Field("Domainname", .string), Field("User", .string),
            Field("AttachStdin", .bool), Field("AttachStdout", .bool),
            Field("AttachStderr", .bool), Field("ExposedPorts", .map(.structure(GoStruct([])))),
            Field("Tty", .bool), Field("OpenStdin", .bool), Field("StdinOnce", .bool),
            Field("Env", .slice(.string)), Field("Cmd", .stringSlice),
            Field("Healthcheck", .pointer(.structure(GoStruct(health)))),
            Field("ArgsEscaped", .bool), Field("Image", .string),
            Field("Volumes", .map(.structure(GoStruct([])))), Field("WorkingDir", .string),
            Field("Entrypoint", .stringSlice), Field("NetworkDisabled", .bool),
            Field("MacAddress", .string), Field("OnBuild", .slice(.string)),
            Field("Labels", .map(.string)), Field("StopSignal", .string),
            Field("StopTimeout", .pointer(.int)), Field("Shell", .stringSlice),
        ])
    }

    private static func host(_ generation: EngineGeneration) -> GoStruct {
        let binding = GoStruct([Field("HostIp", .string), Field("HostPort", .string)])
        let strings = [
            "ContainerIDFile", "NetworkMode", "VolumeDriver", "CgroupnsMode", "IpcMode", "Cgroup",
            "PidMode", "UTSMode", "UsernsMode", "Runtime", "Isolation",
        ]
        let lists = [
            "Binds", "VolumesFrom", "Dns", "DnsOptions", "DnsSearch", "ExtraHosts", "GroupAdd",
            "Links", "SecurityOpt", "MaskedPaths", "ReadonlyPaths",
        ]
        var fields = strings.map { Field($0, .string) }
        fields += lists.map { Field($0, .slice(.string)) }
        fields += ["StorageOpt", "Tmpfs", "Sysctls"].map { Field($0, .map(.string)) }
        fields += ["AutoRemove", "Privileged", "PublishAllPorts", "ReadonlyRootfs"].map {
            Field($0, .bool)
        }
        fields += [
            Field(
                "LogConfig",
                .structure(GoStruct([Field("Type", .string), Field("Config", .map(.string))]))),
            Field("PortBindings", .map(.slice(.structure(binding)))),
            Field(
                "RestartPolicy",
                .structure(GoStruct([Field("Name", .string), Field("MaximumRetryCount", .int)]))),
            Field("CapAdd", .stringSlice), Field("CapDrop", .stringSlice),
            Field("OomScoreAdj", .int), Field("ShmSize", .int),
            Field("ConsoleSize", .array(2, .unsigned(64))),
            Field("Mounts", .slice(.structure(mount(generation)))), Field("Init", .pointer(.bool)),
        ]
        if generation == .v28 { fields.append(Field("Annotations", .map(.string))) }
        return GoStruct(fields + resources)
    }

    private static let resources: [Field] = {
        let numbers = [
            "CpuShares", "Memory", "NanoCpus", "CpuPeriod", "CpuQuota", "CpuRealtimePeriod",
            "CpuRealtimeRuntime", "KernelMemory", "KernelMemoryTCP", "MemoryReservation",
            "MemorySwap", "CpuCount", "CpuPercent",
        ]
        let weight = GoStruct([Field("Path", .string), Field("Weight", .unsigned(16))])
        let rate = GoStruct([Field("Path", .string), Field("Rate", .unsigned(64))])
        let limit = GoStruct([Field("Name", .string), Field("Hard", .int), Field("Soft", .int)])
        let device = GoStruct([
            Field("PathOnHost", .string), Field("PathInContainer", .string),
            Field("CgroupPermissions", .string),
        ])
        let request = GoStruct([
            Field("Driver", .string), Field("Count", .int), Field("DeviceIDs", .slice(.string)),
            Field("Capabilities", .slice(.slice(.string))), Field("Options", .map(.string)),
        ])
        return numbers.map { Field($0, .int) } + [
            Field("CgroupParent", .string), Field("BlkioWeight", .unsigned(16)),
            Field("BlkioWeightDevice", .slice(.pointer(.structure(weight)))),
            Field("BlkioDeviceReadBps", .slice(.pointer(.structure(rate)))),
            Field("BlkioDeviceWriteBps", .slice(.pointer(.structure(rate)))),
            Field("BlkioDeviceReadIOps", .slice(.pointer(.structure(rate)))),
            Field("BlkioDeviceWriteIOps", .slice(.pointer(.structure(rate)))),
            Field("CpusetCpus", .string), Field("CpusetMems", .string),
            Field("Devices", .slice(.structure(device))),
            Field("DeviceCgroupRules", .slice(.string)),
            Field("DeviceRequests", .slice(.structure(request))),
            Field("MemorySwappiness", .pointer(.int)), Field("OomKillDisable", .pointer(.bool)),
            Field("PidsLimit", .pointer(.int)),
            Field("Ulimits", .slice(.pointer(.structure(limit)))),
            Field("IOMaximumIOps", .unsigned(64)), Field("IOMaximumBandwidth", .unsigned(64)),
        ]
    }()

    private static func mount(_ generation: EngineGeneration) -> GoStruct {
        let driver = GoStruct([Field("Name", .string), Field("Options", .map(.string))])
        var bind = [Field("Propagation", .string), Field("NonRecursive", .bool)]
        var volume = [
            Field("NoCopy", .bool), Field("Labels", .map(.string)),
            Field("DriverConfig", .pointer(.structure(driver))),
        ]
        var tmpfs = [Field("SizeBytes", .int), Field("Mode", .unsigned(32))]
        var fields = ["Type", "Source", "Target", "Consistency"].map { Field($0, .string) }
        if generation == .v28 {
            bind += ["CreateMountpoint", "ReadOnlyNonRecursive", "ReadOnlyForceRecursive"].map {
                Field($0, .bool)
            }
            volume.append(Field("Subpath", .string))
            tmpfs.append(Field("Options", .slice(.slice(.string))))
            let image = GoStruct([Field("Subpath", .string)])
            fields.append(Field("ImageOptions", .pointer(.structure(image))))
            fields.append(Field("ClusterOptions", .pointer(.structure(GoStruct([])))))
        }
        return GoStruct(
            fields + [
                Field("ReadOnly", .bool), Field("BindOptions", .pointer(.structure(GoStruct(bind)))),
                Field("VolumeOptions", .pointer(.structure(GoStruct(volume)))),
                Field("TmpfsOptions", .pointer(.structure(GoStruct(tmpfs)))),
            ])
    }

    private static func endpoint(_ generation: EngineGeneration) -> GoStruct {
        let manager = GoStruct([
            Field("IPv4Address", .string), Field("IPv6Address", .string),
            Field("LinkLocalIPs", .slice(.string)),
        ])
        var fields = [
            "NetworkID", "EndpointID", "Gateway", "IPAddress", "IPv6Gateway", "GlobalIPv6Address",
            "MacAddress",
        ].map { Field($0, .string) }
        if generation == .v28 {
            fields += [Field("DNSNames", .slice(.string)), Field("GwPriority", .int)]
        }
        return GoStruct(
            fields + [
                Field("IPAMConfig", .pointer(.structure(manager))), Field("Links", .slice(.string)),
                Field("Aliases", .slice(.string)), Field("IPPrefixLen", .int),
                Field("GlobalIPv6PrefixLen", .int), Field("DriverOpts", .map(.string)),
            ])
    }
}

/// Which engine reads.
package enum EngineGeneration: String, CaseIterable, Sendable {
    /// 20.10: HostConfig's fields count beside it too, and what follows the value is ignored.
    case v20
    /// 28: neither; some more fields.
    case v28
}
