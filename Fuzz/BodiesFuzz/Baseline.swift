import EngineAPI
import FuzzSupport

/// What a body may not hold when it is sent for somebody of the level baseline.
///
/// It is written from what engines do with each field (docs of the Engine API), and from the bytes
/// that are sent: neither the demands nor the levels of the gateway are asked.
struct Baseline {
    private(set) var objections: [String] = []
    let world: World

    /// What stands in a body that may not.
    static func objections(
        to body: Seen, of kind: BodyKind, for operation: Operation, in world: World
    ) -> [String] {
        var baseline = Baseline(world: world)
        switch kind {
        case .containerCreate: baseline.read(container: body)
        case .containerUpdate: baseline.read(resources: body)
        case .containerConfig: baseline.read(labels: body["Labels"])
        case .execCreate: baseline.forbid("Privileged", body["Privileged"].isTrue)
        case .networkCreate: baseline.read(network: body)
        case .networkConnect:
            baseline.read(endpoint: body["EndpointConfig"])
            baseline.read(containerID: body["Container"].text)
        case .networkDisconnect: baseline.read(containerID: body["Container"].text)
        case .volumeCreate:
            baseline.read(driver: body["Driver"].text, options: body["DriverOpts"])
            baseline.read(labels: body["Labels"])
        case .service: baseline.read(service: body)
        case .secret, .config:
            baseline.require("Driver", body["Driver"].saysNothing)
            baseline.require("Templating", body["Templating"].saysNothing)
            baseline.read(labels: body["Labels"])
        case .credentials: baseline.read(registry: body["serveraddress"].text)
        case .node, .swarmInit, .swarmJoin, .swarm, .swarmUnlock, .pluginSettings,
            .pluginPrivileges:
            baseline.forbid(operation.name, true)
        case .execStart, .volumeUpdate: break
        }
        return baseline.objections
    }

    mutating func forbid(_ what: String, _ stands: Bool) {
        if stands { objections.append(what) }
    }

    mutating func require(_ what: String, _ holds: Bool) {
        forbid(what, !holds)
    }

    mutating func expectNothing(_ body: Seen, in fields: [String]) {
        for field in fields { require(field, body[field].saysNothing) }
    }

    // MARK: What several bodies hold

    /// Labels say whose the object is, and nothing else in our name.
    mutating func read(labels: Seen) {
        let own = labels.members.filter { $0.name.lowercased().hasPrefix("quaymaster.") }
        require(
            "stamps",
            own.count == 2
                && own.allSatisfy { member in
                    switch member.name {
                    case "quaymaster.tenant": member.value.text == World.tenant
                    case "quaymaster.identity": member.value.text == World.identity
                    default: false
                    }
                })
    }

    mutating func read(driver: String, options: Seen) {
        require("driver " + driver, ["", "local"].contains(driver))
        require("driver options", options.members.isEmpty)
    }

    mutating func read(mounts: Seen) {
        for mount in mounts.elements {
            let kind = mount["Type"].text
            require("mount of type " + kind, ["volume", "tmpfs"].contains(kind))
            let driver = mount["VolumeOptions"]["DriverConfig"]
            if kind == "volume" {
                read(driver: driver["Name"].text, options: driver["Options"])
                read(labels: mount["VolumeOptions"]["Labels"])
                require("volume " + mount["Source"].text, !mount["Source"].text.hasPrefix("/"))
            }
            require("target", mount["Target"].text.hasPrefix("/"))
        }
    }

    mutating func read(capabilities: Seen) {
        let usual = [
            "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD",
            "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
        ]
        for capability in capabilities.elements {
            let name = capability.text.uppercased()
            require(name, usual.contains { name == $0 || name == "CAP_" + $0 })
        }
    }

    mutating func read(sysctls: Seen) {
        for member in sysctls.members {
            let isOfNetwork = member.name.hasPrefix("net.") || member.name.hasPrefix("net/")
            require("sysctl " + member.name, isOfNetwork)
        }
    }

    mutating func read(logDriver: String) {
        require("log driver " + logDriver, ["", "json-file", "local"].contains(logDriver))
    }

    mutating func read(port: String) {
        if port.isEmpty || port == "0" { return }
        let ends = port.split(separator: "-", omittingEmptySubsequences: false)
        let isHigh = ends.count <= 2 && ends.allSatisfy { 1024...65_535 ~= Int($0) ?? 0 }
        require("port " + port, isHigh || ends == ["0", "0"])
    }

    /// A network by its id, so that no name moves before the engine reads it.
    mutating func read(networkID: String) {
        let isPlain = ["", "default", "bridge", "none"].contains(networkID)
        require("network " + networkID, isPlain || world.isPinned(networkID))
        forbid("network " + networkID, networkID == "host")
    }

    /// A container by its id, or none, which an engine does not find.
    mutating func read(containerID: String) {
        require("container " + containerID, containerID.isEmpty || world.isPinned(containerID))
    }

    /// A link by the container's id; an engine takes no third part.
    mutating func read(link: String) {
        let ends = link.split(separator: ":", omittingEmptySubsequences: false)
        require("link " + link, ends.count > 2 || world.isPinned(String(ends.first ?? "")))
    }

    mutating func read(endpoint: Seen) {
        // Links of an endpoint are names inside its network.
        read(networkID: endpoint["NetworkID"].text)
        expectNothing(endpoint, in: ["MacAddress", "DriverOpts"])
    }

    /// True for an address or a name that leads to the host, or to the cloud that it runs in.
    static func isOfHost(_ text: String) -> Bool {
        let text = text.filter { $0 != "[" && $0 != "]" }.lowercased()
        if ["localhost", "host-gateway"].contains(text) { return true }
        return NetworkAddress(text)?.isOfHost ?? false
    }

    // MARK: Networks and registries

    private mutating func read(network body: Seen) {
        require("driver", ["", "bridge"].contains(body["Driver"].text))
        require("IPAM driver", ["", "default"].contains(body["IPAM"]["Driver"].text))
        require("scope", ["", "local"].contains(body["Scope"].text))
        expectNothing(body, in: ["Ingress", "ConfigOnly", "ConfigFrom"])
        require("IPAM options", body["IPAM"]["Options"].members.isEmpty)
        for option in body["Options"].members {
            let name = option.name
            forbid(
                "option " + name,
                name.hasSuffix("bridge.name") || name.contains("host_binding")
                    || name.contains("gateway_mode") || name.contains("container_iface")
                    || (name.hasSuffix("masquerade") && option.value.text != "true"))
        }
        for pool in body["IPAM"]["Config"].elements {
            let subnet = pool["Subnet"].text
            let starts = ["10.", "172.", "192.168.", "fc", "fd"]
            require("subnet " + subnet, subnet.isEmpty || starts.contains { subnet.hasPrefix($0) })
        }
        // Two networks of a name would be one for whoever asks by the name.
        require("CheckDuplicate", body["CheckDuplicate"].isTrue)
        read(labels: body["Labels"])
    }

    /// Where an engine goes for an address: what stands between the scheme and the path, behind any
    /// user's name (moby: `registry/service.go`, Go's `url.Parse`).
    private mutating func read(registry address: String) {
        var rest = Array(address.utf8)
        if let scheme = ["https://", "http://"].first(where: { rest.starts(with: $0.utf8) }) {
            rest.removeFirst(scheme.utf8.count)
        }
        var host = rest.prefix { ![0x2F, 0x3F, 0x23].contains($0) }
        if let at = host.lastIndex(of: 0x40) { host = host[(at + 1)...] }
        let name = String(decoding: host.prefix { $0 != 0x3A }, as: UTF8.self)
        require(
            "registry " + name,
            host.isEmpty
                || (name.utf8.allSatisfy { 0x21...0x7E ~= $0 } && name.utf8.contains(0x2E)
                    && NetworkAddress(name) == nil)
        )
    }
}
