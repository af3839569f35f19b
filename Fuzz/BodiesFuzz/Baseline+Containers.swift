import EngineAPI
import FuzzSupport

extension Baseline {
    mutating func read(container body: Seen) {
        read(labels: body["Labels"])
        expectNothing(body, in: ["MacAddress", "Memory", "MemorySwap", "CpuShares", "Cpuset"])
        expectNothing(body, in: ["VolumeDriver"])
        for endpoint in body["NetworkingConfig"]["EndpointsConfig"].members {
            read(network: endpoint.name)
            read(endpoint: endpoint.value)
        }
        read(host: body["HostConfig"])
    }

    private mutating func read(host: Seen) {
        expectNothing(
            host,
            in: [
                "Privileged", "PublishAllPorts", "GroupAdd", "StorageOpt", "Annotations", "Cgroup",
                "ContainerIDFile", "Capabilities",
            ])
        read(namespaces: host)
        for bind in host["Binds"].elements { read(bind: bind.text) }
        read(mounts: host["Mounts"])
        read(driver: host["VolumeDriver"].text, options: .null)
        for entry in host["VolumesFrom"].elements {
            let container = entry.text.split(separator: ":", omittingEmptySubsequences: false).first
            require("volumes of " + entry.text, world.isPinned(String(container ?? "")))
        }
        for link in host["Links"].elements { read(link: link.text) }
        read(capabilities: host["CapAdd"])
        read(sysctls: host["Sysctls"])
        read(logDriver: host["LogConfig"]["Type"].text)
        read(security: host)
        for port in host["PortBindings"].members.flatMap(\.value.elements) {
            read(port: port["HostPort"].text)
        }
        for address in host["Dns"].elements {
            forbid("resolver " + address.text, Self.isOfHost(address.text))
        }
        for entry in host["ExtraHosts"].elements {
            let parts = entry.text.split(
                separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            forbid("host entry " + entry.text, parts.count == 2 && Self.isOfHost(String(parts[1])))
        }
        read(resources: host)
        require("PidsLimit", 1...4096 ~= host["PidsLimit"].integer ?? 0)
    }

    private mutating func read(namespaces host: Seen) {
        for field in ["PidMode", "IpcMode", "UTSMode", "UsernsMode", "CgroupnsMode"] {
            let mode = host[field].text
            let container = mode.hasPrefix("container:") ? String(mode.dropFirst(10)) : nil
            let isOwn = ["", "private", "none"].contains(mode)
            require("\(field) \(mode)", isOwn || world.isPinned(container ?? ""))
        }
        require("CgroupnsMode", host["CgroupnsMode"].text == "private")
        read(network: host["NetworkMode"].text)
    }

    private mutating func read(network mode: String) {
        read(networkID: mode.hasPrefix("container:") ? String(mode.dropFirst(10)) : mode)
    }

    /// `name:target[:options]`, or a lone target.
    private mutating func read(bind: String) {
        let parts = bind.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 1 { return require("bind " + bind, bind.hasPrefix("/")) }
        let source = parts[0]
        let options = parts.dropFirst(2).flatMap { $0.split(separator: ",") }
        let harmless: [Substring] = ["ro", "rw", "nocopy", "consistent", "cached", "delegated"]
        require(
            "bind " + bind,
            parts.count <= 3 && !source.isEmpty && !source.contains("/") && !source.hasPrefix(".")
                && parts[1].hasPrefix("/") && options.allSatisfy(harmless.contains))
    }

    private mutating func read(security host: Seen) {
        let options = host["SecurityOpt"].elements.map(\.text)
        require("no-new-privileges", !options.isEmpty)
        for option in options {
            require("option " + option, option.hasPrefix("no-new-privileges"))
            forbid("option " + option, option.hasSuffix("false"))
        }
        require("runtime", ["", "runc", world.runtime].contains(host["Runtime"].text))
        if let runtime = world.runtime {
            require("runtime " + runtime, host["Runtime"].text == runtime)
        }
        for (field, path) in [("MaskedPaths", "/proc/kcore"), ("ReadonlyPaths", "/proc/sys")] {
            // Null is the engine's own list.
            if case .null = host[field] { continue }
            require(field, host[field].elements.contains { $0.text == path })
        }
        let parent = host["CgroupParent"].text
        require(
            "parent " + parent,
            parent
                == (world.engine.usesSystemdCgroups ? "quaymaster-red.slice" : "/quaymaster/red"))
        require(
            "restart policy", host["RestartPolicy"]["Name"].text != "always")
        require("shared memory", 0...1 << 30 ~= host["ShmSize"].integer ?? 0)
        require("score", host["OomScoreAdj"].integer ?? 0 >= 0)
    }

    /// What create and update have in common.
    mutating func read(resources body: Seen) {
        expectNothing(
            body,
            in: [
                "Devices", "DeviceCgroupRules", "DeviceRequests", "BlkioWeightDevice",
                "BlkioDeviceReadBps", "BlkioDeviceWriteBps", "BlkioDeviceReadIOps",
                "BlkioDeviceWriteIOps", "CpuRealtimePeriod", "CpuRealtimeRuntime", "CpusetCpus",
                "CpusetMems", "OomKillDisable",
            ])
        let parent = body["CgroupParent"].text
        require(
            "parent " + parent,
            parent.isEmpty || parent.hasPrefix("/quaymaster/red")
                || parent == "quaymaster-red.slice")
        require("PidsLimit", body["PidsLimit"].integer ?? 1 > 0)
        require("restart policy", body["RestartPolicy"]["Name"].text != "always")
        for limit in body["Ulimits"].elements {
            let name = limit["Name"].text
            forbid(
                "ulimit " + name, ["rtprio", "nice"].contains(name) && !limit["Hard"].saysNothing)
        }
    }
}
