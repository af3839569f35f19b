import FuzzSupport

extension Baseline {
    mutating func read(service body: Seen) {
        read(labels: body["Labels"])
        let task = body["TaskTemplate"]
        let container = task["ContainerSpec"]
        expectNothing(task, in: ["PluginSpec", "NetworkAttachmentSpec"])
        read(logDriver: task["LogDriver"]["Name"].text)
        let reserved = task["Resources"]["Reservations"]
        require("devices", reserved["GenericResources"].elements.allSatisfy(\.saysNothing))
        for network in (body["Networks"].elements + task["Networks"].elements) {
            let target = network["Target"].text
            let isPlain = ["", "default", "bridge", "none"].contains(target)
            require("network " + target, isPlain || world.isPinned(target))
            require("options of a network", network["DriverOpts"].members.isEmpty)
        }
        for port in body["EndpointSpec"]["Ports"].elements {
            let number = port["PublishedPort"].integer ?? 0
            require("port \(number)", number == 0 || 1024...65_535 ~= number)
        }
        if case .object = container { read(task: container) }
    }

    private mutating func read(task container: Seen) {
        read(labels: container["Labels"])
        read(mounts: container["Mounts"])
        read(capabilities: container["CapabilityAdd"])
        read(sysctls: container["Sysctls"])
        expectNothing(container, in: ["Groups"])
        require("score", container["OomScoreAdj"].integer ?? 0 >= 0)
        let privileges = container["Privileges"]
        expectNothing(privileges, in: ["CredentialSpec", "SELinuxContext"])
        require("seccomp", ["", "default"].contains(privileges["Seccomp"]["Mode"].text))
        require("seccomp profile", privileges["Seccomp"]["Profile"].text.isEmpty)
        forbid("apparmor", privileges["AppArmor"]["Mode"].text == "disabled")
        for address in container["DNSConfig"]["Nameservers"].elements {
            forbid("resolver " + address.text, Self.isOfHost(address.text))
        }
        for line in container["Hosts"].elements {
            let address = line.text.split(separator: " ").first ?? ""
            forbid(
                "host entry " + line.text, line.text.contains(" ") && Self.isOfHost(String(address))
            )
        }
        for (field, id) in [("Secrets", "SecretID"), ("Configs", "ConfigID")] {
            for entry in container[field].elements {
                require("\(field) \(entry[id].text)", world.isPinned(entry[id].text))
            }
        }
        for text in [container["Hostname"]] + container["Env"].elements {
            read(template: text.text)
        }
        for mount in container["Mounts"].elements {
            for field in ["Source", "Target"] { read(template: mount[field].text) }
        }
    }

    /// An engine runs what stands between braces as a program; a plain placeholder is a short one.
    private mutating func read(template text: String) {
        for part in text.components(after: "{{") {
            let action = part.prefix { $0 != 0x7D }
            let isPlain = action.allSatisfy { byte in
                byte == 0x20 || byte == 0x2E || 0x41...0x5A ~= byte & 0xDF
            }
            require("template in " + text, isPlain && action.count < 64)
        }
    }
}

extension String {
    /// The bytes behind each place where something stands.
    fileprivate func components(after mark: String) -> [ArraySlice<UInt8>] {
        let bytes = Array(utf8)
        return bytes.indices.filter { bytes[$0...].starts(with: mark.utf8) }
            .map { bytes[($0 + mark.utf8.count)...] }
    }
}
