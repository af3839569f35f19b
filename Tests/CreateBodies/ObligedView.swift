/// What an engine must understand once a permission's obligations are met, worked out from what it
/// understood without them: a second telling of what the gateway makes safe, beside its own.
package struct ObligedView: Sendable {
    /// The labels that are stamped.
    let stamps: [String: String]
    /// The parent cgroup.
    let cgroup: String
    /// The second number of the version that the client speaks.
    let version: Int
    /// The ids of what requests name, for each name of a container and of a network.
    let containers: [String: String]
    let networks: [String: String]

    private static let mostProcesses: Int128 = 4096
    private static let logSize = "64m"
    private static let leastInterval: Int128 = 1_000_000_000

    /// Says what a permission of the level baseline does.
    package init(
        stamps: [String: String], cgroup: String, version: Int,
        containers: [String: String] = [:], networks: [String: String] = [:]
    ) {
        self.stamps = stamps
        self.cgroup = cgroup
        self.version = version
        self.containers = containers
        self.networks = networks
    }

    /// The view with everything made safe, stamped and pinned.
    package func of(_ view: EngineView) -> EngineView {
        var obliged = view
        if obliged.config == .none {
            obliged.config = EngineView.zero(view.generation, #"{"Image":""}"#) { $0.config }
        }
        obliged.config["Labels"] = stamped(view.config["Labels"])
        obliged.config.change("Healthcheck.Interval") { raise(&$0) }
        obliged.config.change("Healthcheck.StartInterval") { raise(&$0) }
        if obliged.host == .none {
            obliged.host = EngineView.zero(view.generation, #"{"HostConfig":{}}"#) { $0.host }
        }
        harden(&obliged.host)
        pin(&obliged)
        complete(&obliged)
        obliged.host.change("Mounts.[]") { mount in
            guard mount["Type"] == .text("volume") else { return }
            if mount["VolumeOptions"] == .none {
                mount["VolumeOptions"] = EngineView.zero(
                    view.generation, #"{"HostConfig":{"Mounts":[{"VolumeOptions":{}}]}}"#
                ) { ($0.host["Mounts"].elements.first ?? .none)["VolumeOptions"] }
            }
            mount["VolumeOptions"]["Labels"] = stamped(mount["VolumeOptions"]["Labels"])
        }
        return obliged
    }

    /// What is written more plainly than it was: a list of masked paths is some engine's default and
    /// left to the engine, or has what engines mask; a null endpoint is one that says nothing.
    private func complete(_ view: inout EngineView) {
        let given = view.host["MaskedPaths"].elements
        let isLonger = Self.masked.allSatisfy { path in given.contains(.text(path)) }
        if isLonger {
            let known = (Self.masked + Self.sometimesMasked).map { Tree.text($0) }
            let missing = Self.sometimesMasked.map { Tree.text($0) }.filter { !given.contains($0) }
            view.host["MaskedPaths"] =
                given.allSatisfy(known.contains) ? .none : .list(given + missing)
        }
        let generation = view.generation
        view.networking.change("EndpointsConfig.*") { endpoint in
            if endpoint != .none { return }
            endpoint = EngineView.zero(
                generation, #"{"NetworkingConfig":{"EndpointsConfig":{"a":{}}}}"#
            ) { $0.networking["EndpointsConfig"]["a"] }
        }
    }

    private static let masked = [
        "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
    ]
    private static let sometimesMasked = [
        "/proc/asound", "/proc/interrupts", "/sys/devices/virtual/powercap",
    ]

    private func stamped(_ labels: Tree) -> Tree {
        var own = Dictionary(uniqueKeysWithValues: labels.entries.map { ($0.key, $0.value) })
        for name in own.keys where name.lowercased().hasPrefix("quaymaster.") { own[name] = nil }
        for (name, value) in stamps { own[name] = .text(value) }
        return .members(own)
    }

    private func raise(_ interval: inout Tree) {
        // Zero is the image's own or the engine's.
        if let value = interval.integer, value > 0 {
            interval = .number(max(value, Self.leastInterval))
        }
    }

    private func harden(_ host: inout Tree) {
        let options = host["SecurityOpt"].elements
        if !options.contains(where: { $0.string.hasPrefix("no-new-privileges") }) {
            host["SecurityOpt"] = .list(options + [.text("no-new-privileges")])
        }
        if host["PidsLimit"].integer ?? 0 <= 0 { host["PidsLimit"] = .number(Self.mostProcesses) }
        let log = host["LogConfig"]
        let driver = log["Type"].string.isEmpty ? "json-file" : log["Type"].string
        let size = log["Config"]["max-size"]
        if size == .text("-1") || (size == .none && driver == "json-file") {
            var config = Dictionary(
                uniqueKeysWithValues: log["Config"].entries.map { ($0.key, $0.value) })
            config["max-size"] = .text(Self.logSize)
            host["LogConfig"]["Type"] = .text(driver)
            host["LogConfig"]["Config"] = .members(config)
        }
        if host["RestartPolicy"]["Name"] == .text("always") {
            host["RestartPolicy"]["Name"] = .text("unless-stopped")
        }
        if host["CgroupnsMode"].isZero { host["CgroupnsMode"] = .text("private") }
        if version < 40, host["IpcMode"].isZero { host["IpcMode"] = .text("private") }
        host["CgroupParent"] = .text(cgroup)
        host["Runtime"] = .text("")
    }

    private func pin(_ view: inout EngineView) {
        for field in ["PidMode", "IpcMode", "NetworkMode"] {
            let mode = view.host[field].string
            guard mode.hasPrefix("container:") else { continue }
            let name = String(mode.dropFirst("container:".count))
            view.host[field] = .text("container:" + (containers[name] ?? name))
        }
        view.host.change("VolumesFrom.[]") { $0 = .text(pinned($0.string)) }
        view.host.change("Links.[]") { link in
            let text = link.string
            // A link without an alias has the name for one.
            let pinned = pinned(text)
            link = .text(pinned == text || text.contains(":") ? pinned : pinned + ":" + text)
        }
        view.host.change("NetworkMode") { mode in
            if let id = networks[mode.string] { mode = .text(id) }
        }
        view.networking.change("EndpointsConfig.*") { endpoint in
            // An endpoint that is an answer shows what nobody asked for.
            let isAnswer = !endpoint["EndpointID"].isZero || !endpoint["IPAddress"].isZero
            if isAnswer { endpoint["MacAddress"] = .text("") }
            if isAnswer { endpoint["NetworkID"] = .text("") }
            if let id = networks[endpoint["NetworkID"].string] { endpoint["NetworkID"] = .text(id) }
        }
        view.networking.change("EndpointsConfig") { endpoints in
            guard case .members(let own) = endpoints else { return }
            endpoints = .members(
                Dictionary(
                    own.map { (networks[$0.key] ?? $0.key, $0.value) }, uniquingKeysWith: { $1 }))
        }
    }

    /// `NAME` or `NAME:rest` with the id in the name's place.
    private func pinned(_ text: String) -> String {
        let name = String(text.prefix { $0 != ":" })
        guard let id = containers[name] else { return text }
        return id + text.dropFirst(name.count)
    }
}
