package import JSON

/// What an inspect shows of a container that was created and not started, worked out from what the
/// engine understood of its request (20.10 and 28: `daemon/create.go`, `daemon_unix.go`, `inspect.go`).
package struct InspectedView: Sendable {
    /// The container's id.
    let id: String
    /// What the engine said when it made it: what it has left out.
    let warnings: String
    /// The names of networks and containers, by id.
    let names: [String: String]
    /// Engines since 26 write down what they take an empty word for.
    let isRecent: Bool
    /// The image's environment and command.
    private static let imageEnvironment = "PATH=/bin"
    private static let imageCommand = ["/bin/sh"]

    /// Says what is known of a container.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - warnings: What the engine warned of when it was made.
    ///   - names: The names of the networks and containers that requests refer to, by id.
    ///   - engine: The first number of the engine's version: 20 or 28.
    package init(id: String, warnings: String, names: [String: String], engine: Int) {
        self.id = id
        self.isRecent = engine >= 26
        self.warnings = warnings
        self.names = names
    }

    /// Reads what an inspect shows, with the reader that reads requests.
    ///
    /// - Parameter inspect: The answer of `GET /containers/{id}/json`.
    /// - Returns: Its configuration as a request; nil when it is none.
    package static func shown(_ inspect: JSONValue) -> EngineView? {
        var body = inspect["Config"]?.object ?? JSONObject()
        body["HostConfig"] = inspect["HostConfig"] ?? .null
        let endpoints = inspect["NetworkSettings"]?["Networks"] ?? .null
        body["NetworkingConfig"] = .object(JSONObject([("EndpointsConfig", endpoints)]))
        let view = EngineView.read(JSONWriter.bytes(.object(body)), by: .v20)
        return view.map(withoutEmpty)
    }

    /// What must be shown.
    ///
    /// - Parameter request: What the engine understood.
    /// - Returns: Its configuration as a request.
    package func expected(of request: EngineView) -> EngineView {
        var view = request
        if view.config["Hostname"].isZero { view.config["Hostname"] = .text(String(id.prefix(12))) }
        merge(&view.config)
        view.config["OnBuild"] = .none
        view.config.change("WorkingDir") { directory in
            if !directory.isZero { directory = .text(Self.clean(directory.string)) }
        }
        adapt(&view.host)
        leaveOut(&view.host)
        view.host["Links"] = links(view.host)
        view.networking = networks(view)
        if isRecent { writeDown(&view.host) }
        return Self.withoutEmpty(view)
    }

    /// What a request leaves open is the image's (`merge`).
    private func merge(_ config: inout Tree) {
        if config["Image"].isZero { return }
        let environment = config["Env"].elements
        let key = Self.imageEnvironment.prefix { $0 != "=" }
        if !environment.contains(where: { $0.string.prefix { $0 != "=" } == key }) {
            config["Env"] = .list(environment + [.text(Self.imageEnvironment)])
        }
        let entrypoint = config["Entrypoint"].elements
        if entrypoint.isEmpty, config["Cmd"].elements.isEmpty {
            config["Cmd"] = .list(Self.imageCommand.map { .text($0) })
        }
        if entrypoint == [.text("")] { config["Entrypoint"] = .none }
    }

    /// `adaptContainerSettings` and what else is set when it is left open.
    private func adapt(_ host: inout Tree) {
        if let memory = host["Memory"].integer, memory > 0, host["MemorySwap"].isZero {
            host["MemorySwap"] = .number(memory * 2)
        }
        if host["ShmSize"].isZero { host["ShmSize"] = .number(64 << 20) }
        if host["IpcMode"].isZero { host["IpcMode"] = .text("private") }
        if host["OomKillDisable"] == .none { host["OomKillDisable"] = .bool(false) }
        if host["Runtime"].isZero { host["Runtime"] = .text("runc") }
        if host["LogConfig"]["Type"].isZero { host["LogConfig"]["Type"] = .text("json-file") }
        if host["LogConfig"]["Config"] == .none { host["LogConfig"]["Config"] = .members([:]) }
        for (field, paths) in [
            ("MaskedPaths", isRecent ? Self.recentMaskedPaths : Self.maskedPaths),
            ("ReadonlyPaths", Self.readOnlyPaths),
        ] where host[field] == .none {
            host[field] = .list(paths.map { .text($0) })
        }
        if host["MemorySwappiness"] == .number(-1) { host["MemorySwappiness"] = .none }
        if host["CpuPercent"].integer ?? 0 > 0 { host["CpuPercent"] = .number(0) }
    }

    /// What engines since 26 fill in.
    private func writeDown(_ host: inout Tree) {
        if host["NetworkMode"] == .text("default") { host["NetworkMode"] = .text("bridge") }
        if host["RestartPolicy"]["Name"].isZero { host["RestartPolicy"]["Name"] = .text("no") }
        host.change("Mounts.[]") { mount in
            guard mount["Type"] == .text("volume"), mount["Source"].isZero else { return }
            mount["VolumeOptions"]["Labels"]["com.docker.volume.anonymous"] = .text("")
        }
    }

    /// What the engine has warned of is left out.
    private func leaveOut(_ host: inout Tree) {
        for (word, field, value) in [
            ("swappiness", "MemorySwappiness", Tree.none), ("swap limit", "MemorySwap", .number(-1)),
            ("Block I/O weight", "BlkioWeight", .number(0)), ("CPU shares", "CpuShares", .number(0)),
            ("memory soft limit", "MemoryReservation", .number(0)),
            ("kernel memory limit capabilities", "KernelMemory", .number(0)),
        ] where warnings.contains(word) {
            host[field] = value
        }
    }

    /// A link shows names, and only on the default network.
    private func links(_ host: Tree) -> Tree {
        let mode = host["NetworkMode"].string
        guard ["default", "bridge", "none"].contains(mode) else { return .none }
        let links = host["Links"].elements.map { link in
            let parts = link.string.split(separator: ":").map(String.init)
            let name = names[parts[0]] ?? parts[0]
            return "\(name):\(parts.count > 1 ? parts[1] : name)"
        }
        return links.isEmpty ? .none : .list(Set(links).sorted().map { .text($0) })
    }

    /// `updateContainerNetworkSettings`: under the name of the network, the client's settings or none.
    private func networks(_ view: EngineView) -> Tree {
        let mode = view.host["NetworkMode"].string
        var networks: [String: Tree] = [:]
        if view.config["NetworkDisabled"] != .bool(true), !mode.hasPrefix("container:") {
            let name = mode == "default" ? "bridge" : names[mode] ?? mode
            for entry in view.networking["EndpointsConfig"].entries {
                let isDefault = entry.key == "default" && mode == "default"
                let key = isDefault ? "bridge" : names[entry.key] ?? entry.key
                networks[key] = entry.value
            }
            if networks.isEmpty {
                networks[name] = EngineView.zero(
                    .v20, #"{"NetworkingConfig":{"EndpointsConfig":{"a":{}}}}"#
                ) { $0.networking["EndpointsConfig"]["a"] }
            }
        }
        return .members(["EndpointsConfig": .members(networks)])
    }

    /// `filepath.Clean` of an absolute path.
    private static func clean(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// Fields that an inspect does not show when they are empty (`omitempty`), or in whatever form.
    private static func withoutEmpty(_ view: EngineView) -> EngineView {
        var view = view
        func drop(_ tree: inout Tree) {
            if tree == .list([]) || tree == .members([:]) { tree = .none }
        }
        for path in ["ExposedPorts", "Shell", "Healthcheck.Test", "Volumes"] {
            view.config.change(path, drop)
        }
        for path in [
            "StorageOpt", "Tmpfs", "Sysctls", "Mounts", "Mounts.[].VolumeOptions.Labels",
            "Mounts.[].VolumeOptions.DriverConfig.Options", "PortBindings.*",
        ] {
            view.host.change(path, drop)
        }
        view.networking.change("EndpointsConfig.*.IPAMConfig.LinkLocalIPs", drop)
        // What an engine finds out when the container starts.
        for field in [
            "EndpointID", "Gateway", "IPAddress", "IPPrefixLen", "IPv6Gateway", "GlobalIPv6Address",
            "GlobalIPv6PrefixLen",
        ] {
            view.networking.change("EndpointsConfig.*.\(field)") { $0 = .none }
        }
        return view
    }

    private static let maskedPaths = [
        "/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
        "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi",
        "/sys/firmware",
    ]
    private static let recentMaskedPaths = [
        "/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys",
        "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
        "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
    ]
    private static let readOnlyPaths = [
        "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
    ]
}
