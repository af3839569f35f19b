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
            let check = JSONObject.raisingInterval(body?["Healthcheck"], hardening)
            body?["Healthcheck"] = check
        case .json(.service): hardenTasks(hardening)
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

    /// Sends the request in a version whatever the client named, since older ones leave out fields that
    /// make a container safe; what an engine leaves out for the client's own stays out (20.10:
    /// `postContainersCreate`).
    ///
    /// - Parameter version: The engine's newest.
    package mutating func speak(_ version: APIVersion) {
        spoken = version
        guard case .json(.containerCreate) = call.operation.body,
            let own = call.version, var host = body?["HostConfig"]?.object
        else { return }
        // A client below 1.25 removes the container itself.
        if own < APIVersion(minor: 25) { host["AutoRemove"] = nil }
        if own < APIVersion(minor: 40) {
            host["KernelMemoryTCP"] = nil
            if let mounts = host["Mounts"]?.array {
                host["Mounts"] = .array(mounts.map(JSONObject.withoutNonRecursive))
            }
        }
        body?["HostConfig"] = .object(host)
    }

    /// The containers of a service's tasks, as far as a service can say it: their cgroups are the
    /// engines' own.
    private mutating func hardenTasks(_ hardening: Hardening) {
        guard var task = body?["TaskTemplate"]?.object,
            var container = task["ContainerSpec"]?.object
        else { return }
        if hardening.noNewPrivileges {
            container.change("Privileges") { $0["NoNewPrivileges"] = .bool(true) }
        }
        container["HealthCheck"] = JSONObject.raisingInterval(
            container["HealthCheck"], hardening)
        if let processes = hardening.processes {
            task.change("Resources") { resources in
                resources.change("Limits") { $0.limit("Pids", processes) }
            }
        }
        // The driver of those that name none is the Swarm's to say, or each engine's.
        if let bytes = hardening.logBytes, let log = task["LogDriver"]?.object {
            var host = JSONObject([
                (
                    "LogConfig",
                    .object(
                        JSONObject([
                            ("Type", log["Name"] ?? .string("")),
                            ("Config", log["Options"] ?? .object(JSONObject())),
                        ]))
                )
            ])
            host.limitLog(bytes, unnamed: "")
            task.change("LogDriver") { $0["Options"] = host["LogConfig"]?["Config"] }
        }
        task["ContainerSpec"] = .object(container)
        body?["TaskTemplate"] = .object(task)
    }
}

extension JSONObject {
    fileprivate mutating func harden(_ hardening: Hardening, _ engine: EngineTraits) {
        if hardening.noNewPrivileges { denyNewPrivileges() }
        if let processes = hardening.processes { limitProcesses(processes) }
        if let bytes = hardening.logBytes { limitLog(bytes, unnamed: engine.logDriver) }
        if hardening.staysStopped { staysStopped() }
        if let addresses = hardening.publishes { publish(on: addresses) }
        if let socket = hardening.socket { bind(socket) }
        if hardening.ownCgroupNamespace, (self["CgroupnsMode"]?.string ?? "").isEmpty {
            self["CgroupnsMode"] = .string("private")
        }
    }

    /// Engines give clients below API 1.40 a namespace that others may join.
    fileprivate mutating func ownIPCNamespace(for version: APIVersion) {
        guard version < APIVersion(minor: 40), (self["IpcMode"]?.string ?? "").isEmpty else {
            return
        }
        self["IpcMode"] = .string("private")
    }

    private mutating func denyNewPrivileges() {
        let options = self["SecurityOpt"]?.array ?? []
        let isDenied = options.contains { SecurityOption.isHardening($0.string ?? "") }
        if !isDenied { self["SecurityOpt"] = .array(options + [.string("no-new-privileges")]) }
    }

    fileprivate mutating func limitProcesses(_ most: Int64) {
        limit("PidsLimit", most)
    }

    /// Zero, less and nothing are no limit for the engine.
    fileprivate mutating func limit(_ name: String, _ most: Int64) {
        if let limit = self[name]?.int64, limit > 0 { return }
        self[name] = .integer(most)
    }

    /// A health check that does not run more often than allowed; zero is the engine's default or the
    /// image's.
    fileprivate static func raisingInterval(
        _ check: JSONValue?, _ hardening: Hardening
    ) -> JSONValue? {
        let overridden = [
            "Interval": hardening.overridesImageInterval,
            "StartInterval": hardening.overridesImageStartInterval,
        ]
        guard let least = hardening.healthInterval,
            var object = check?.object ?? (overridden.values.contains(true) ? JSONObject() : nil)
        else { return check }
        for name in ["Interval", "StartInterval"] {
            let interval = object[name]?.int64 ?? 0
            // Engines before API 1.44 have no StartInterval, and say of no image that it has one.
            let isImages = interval == 0 && overridden[name] == true
            guard isImages || (interval > 0 && interval < least) else { continue }
            object[name] = .integer(least)
        }
        return .object(object)
    }

    fileprivate static func withoutNonRecursive(_ mount: JSONValue) -> JSONValue {
        guard var object = mount.object, var options = object["BindOptions"]?.object else {
            return mount
        }
        options["NonRecursive"] = nil
        object["BindOptions"] = .object(options)
        return .object(object)
    }

    /// Changes the object under a name, which is made if there is none.
    fileprivate mutating func change(_ name: String, _ body: (inout JSONObject) -> Void) {
        var object = self[name]?.object ?? JSONObject()
        body(&object)
        self[name] = .object(object)
    }

    /// json-file grows without end unless it is told not to; `local` is bounded by itself.
    ///
    /// - Parameters:
    ///   - bytes: The most bytes of a file.
    ///   - unnamed: The driver of containers that name none; "" when that is not known.
    fileprivate mutating func limitLog(_ bytes: Int64, unnamed: String) {
        var log = self["LogConfig"]?.object ?? JSONObject()
        let named = log["Type"]?.string ?? ""
        let driver = named.isEmpty ? unnamed : named
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
