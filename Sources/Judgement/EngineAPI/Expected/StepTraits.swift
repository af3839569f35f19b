import JSON

/// What the steps of a build by the engine's own builder are like (moby, builder/dockerfile/internals.go:
/// `hostConfigFromOptions`; builder/dockerfile/containerbackend.go).
struct StepTraits: Hashable, Sendable {
    /// The network of its steps.
    let network: String
    /// What is asked of the engine's security modules, sorted.
    let security: [String]
    /// The parent of their cgroups.
    let cgroup: String

    /// What a build asks for.
    init(building query: Query) {
        network = Self.normal(query.value("networkmode"))
        let options = ParameterValue.json(query.value("securityopt"))?.array ?? []
        security = options.compactMap(\.string).sorted()
        cgroup = query.value("cgroupparent")
    }

    /// What a container is like, as far as a build may ask for it; nil for one that no build makes: its log
    /// is kept, or it has what no build can ask for.
    ///
    /// - Parameter inspected: What the engine says of it.
    init?(_ inspected: JSONValue) {
        guard let host = inspected["HostConfig"]?.object,
            host["LogConfig"]?["Type"]?.string == "none",
            inspected["Config"]?["Image"]?.string?.hasPrefix("sha256:") == true
        else { return nil }
        for member in host.members where !Self.free.contains(member.name) {
            guard Self.isNothing(member.value) else { return nil }
        }
        // Whoever lays the kernel's files open has these empty; a step has the engine's own.
        for paths in ["MaskedPaths", "ReadonlyPaths"] where host[paths]?.array?.isEmpty == true {
            return nil
        }
        guard ["", "no"].contains(host["RestartPolicy"]?["Name"]?.string ?? ""),
            ["", "none", "private", "shareable"].contains(host["IpcMode"]?.string ?? "")
        else { return nil }
        network = Self.normal(host["NetworkMode"]?.string ?? "")
        security = (host["SecurityOpt"]?.array ?? []).compactMap(\.string).sorted()
        cgroup = host["CgroupParent"]?.string ?? ""
    }

    /// What of a container's host part a build decides, or the engine by itself.
    private static let free: Set<String> = [
        "LogConfig", "NetworkMode", "RestartPolicy", "IpcMode", "CgroupnsMode", "SecurityOpt",
        "MaskedPaths", "ReadonlyPaths", "CgroupParent", "ShmSize", "Runtime", "ConsoleSize",
        "ExtraHosts", "Ulimits", "Isolation", "CpuShares", "CpuPeriod", "CpuQuota", "CpusetCpus",
        "CpusetMems", "Memory", "MemorySwap", "MemorySwappiness", "KernelMemory",
    ]

    /// True for what says nothing: what is empty, or means what is usual.
    private static func isNothing(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool(false): true
        case .string(let text): text.isEmpty
        case .array(let values): values.isEmpty
        case .object(let object): object.members.isEmpty
        default: value.int64 == 0
        }
    }

    /// Engines call their own network by several names.
    private static func normal(_ network: String) -> String {
        ["", "default"].contains(network) ? "bridge" : network
    }
}

/// A build, as far as it makes containers.
struct BuildTraits: Hashable, Sendable {
    /// What its steps are like.
    let step: StepTraits
    /// True when it removes each step that has done its part.
    let removes: Bool
    /// True when it removes the last one too that has failed.
    let removesFailed: Bool

    /// What a build asks for.
    init(_ query: Query) {
        step = StepTraits(building: query)
        removesFailed = query.value("forcerm") == "1"
        // The engine removes them unless it is told not to.
        removes = removesFailed || query["rm"].first ?? "1" == "1"
    }
}
