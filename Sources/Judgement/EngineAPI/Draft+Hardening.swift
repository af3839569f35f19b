import Acts
import JSON

/// Makes what a request asks for safe where no program notices.
extension Draft {
    mutating func harden(_ hardening: Hardening, on engine: EngineTraits) {
        let cgroup = hardening.cgroup.map { engine.usesSystemdCgroups ? $0.slice : $0.path }
        switch call.operation.body {
        case .json(.containerCreate):
            var host = body?["HostConfig"]?.object ?? JSONObject()
            host.harden(hardening, engine)
            if hardening.ownIPCNamespace {
                host.ownIPCNamespace(for: call.version ?? engine.version)
            }
            if let cgroup { host["CgroupParent"] = .string(cgroup) }
            body?["HostConfig"] = .object(host)
            raiseHealthInterval(hardening.healthInterval)
        case .json(.containerUpdate):
            if let processes = hardening.processes, body?["PidsLimit"] != nil {
                body?.limitProcesses(processes)
            }
            if hardening.staysStopped { body?.staysStopped() }
        case .stream where call.operation.name == "ImageBuild":
            // Steps of a build are containers too; of what is made safe, engines on Linux take only
            // this for them.
            if let cgroup { call.force(["cgroupparent": cgroup]) }
        case .none, .json, .stream: break
        }
    }

    private mutating func raiseHealthInterval(_ least: Int64?) {
        guard let least, var check = body?["Healthcheck"]?.object else { return }
        // Zero is the engine's default or the image's.
        for name in ["Interval", "StartInterval"] {
            guard let interval = check[name]?.int64, interval > 0, interval < least else { continue }
            check[name] = .integer(least)
        }
        body?["Healthcheck"] = .object(check)
    }
}

extension JSONObject {
    fileprivate mutating func harden(_ hardening: Hardening, _ engine: EngineTraits) {
        if hardening.noNewPrivileges { denyNewPrivileges() }
        if let processes = hardening.processes { limitProcesses(processes) }
        if let bytes = hardening.logBytes { limitLog(bytes, engine) }
        if hardening.staysStopped { staysStopped() }
        if hardening.ownCgroupNamespace, (self["CgroupnsMode"]?.string ?? "").isEmpty {
            self["CgroupnsMode"] = .string("private")
        }
    }

    /// Engines give clients below API 1.40 a namespace that others may join.
    fileprivate mutating func ownIPCNamespace(for version: APIVersion) {
        guard version < APIVersion(minor: 40), (self["IpcMode"]?.string ?? "").isEmpty else { return }
        self["IpcMode"] = .string("private")
    }

    private mutating func denyNewPrivileges() {
        let options = self["SecurityOpt"]?.array ?? []
        let isDenied = options.contains { SecurityOption.isHardening($0.string ?? "") }
        if !isDenied { self["SecurityOpt"] = .array(options + [.string("no-new-privileges")]) }
    }

    /// Zero, less and nothing are no limit for the engine.
    fileprivate mutating func limitProcesses(_ most: Int64) {
        if let limit = self["PidsLimit"]?.int64, limit > 0 { return }
        self["PidsLimit"] = .integer(most)
    }

    /// json-file grows without end unless it is told not to; `local` is bounded by itself.
    private mutating func limitLog(_ bytes: Int64, _ engine: EngineTraits) {
        var log = self["LogConfig"]?.object ?? JSONObject()
        let named = log["Type"]?.string ?? ""
        let driver = named.isEmpty ? engine.logDriver : named
        guard ["json-file", "local"].contains(driver) else { return }
        var config = log["Config"]?.object ?? JSONObject()
        let size = config["max-size"]?.string
        guard size == "-1" || (size == nil && driver == "json-file") else { return }
        config["max-size"] = .string("\(bytes >> 20)m")
        // The engine takes options only beside the driver that they are for.
        log["Type"] = .string(driver)
        log["Config"] = .object(config)
        self["LogConfig"] = .object(log)
    }

    /// A container that its owner stopped is not started again by an engine that restarts.
    fileprivate mutating func staysStopped() {
        guard var policy = self["RestartPolicy"]?.object, policy["Name"]?.string == "always" else {
            return
        }
        policy["Name"] = .string("unless-stopped")
        self["RestartPolicy"] = .object(policy)
    }
}
