// Rows about files and about networks.
extension HarmList {
    mutating func judgeMounts() {
        for bind in host["Binds"].elements { judgeBind(bind.string) }
        for mount in host["Mounts"].elements { judgeMount(mount) }
        for entry in host["Tmpfs"].entries {
            for option in entry.value.string.split(separator: ",") {
                let isHarmless = Self.isHarmless(tmpfs: String(option))
                note("Tmpfs", "\(entry.key) \(option)", if: !isHarmless)
            }
        }
        for entry in host["VolumesFrom"].elements {
            let name = String(entry.string.prefix { $0 != ":" })
            note("VolumesFrom", name, if: !own.containers.contains(name))
        }
        let driver = host["VolumeDriver"].string
        note("VolumeDriver", driver, if: !["", "local"].contains(driver))
    }

    /// `linuxParser.ParseMountRaw`: one, two or three parts; a source with a slash in front is the
    /// host's.
    private mutating func judgeBind(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard 2...3 ~= parts.count else {
            return note("Binds", text, if: parts.count > 3 || !text.hasPrefix("/"))
        }
        note("Binds", text, if: !Self.isVolumeName(parts[0]))
        note("Binds", text, if: Self.isRuntimes(parts[1]))
        let modes = ["", "ro", "rw", "nocopy", "consistent", "cached", "delegated", "z", "Z"]
        for mode in parts.dropFirst(2).flatMap({ $0.split(separator: ",") }) {
            note("Binds", text, if: !modes.contains(String(mode)))
        }
    }

    private static func isVolumeName(_ text: String) -> Bool {
        !text.isEmpty && !text.hasPrefix(".") && !text.hasPrefix("-") && !text.hasPrefix("_")
            && text.utf8.allSatisfy {
                0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 & 0xDF || [0x2D, 0x2E, 0x5F].contains($0)
            }
    }

    /// Below `/proc`, `/sys` and `/dev`, but for memory of the container's own.
    private static func isRuntimes(_ target: String) -> Bool {
        let places = target.split(separator: "/").map(String.init)
        guard ["proc", "sys", "dev"].contains(places.first) else { return false }
        return !(places[0] == "dev" && places.count > 1 && ["shm", "mqueue"].contains(places[1]))
    }

    private mutating func judgeMount(_ mount: Tree) {
        let type = mount["Type"].string
        note("Mounts", "type \(type)", if: !["volume", "tmpfs"].contains(type))
        let source = mount["Source"].string
        note("Mounts", source, if: !source.isEmpty && !Self.isVolumeName(source))
        let driver = mount["VolumeOptions"]["DriverConfig"]
        note("Mounts", "driver", if: !["", "local"].contains(driver["Name"].string))
        note("Mounts", "driver's options", if: !driver["Options"].entries.isEmpty)
        note("Mounts", "bind options", if: !mount["BindOptions"].isZero)
        let size = mount["TmpfsOptions"]["SizeBytes"].integer ?? 0
        note("Mounts", "size \(size)", if: !(0...1 << 30 ~= size))
        let mode = mount["TmpfsOptions"]["Mode"].integer ?? 0
        note("Mounts", "mode \(mode)", if: !(0...0o1777 ~= mode))
        for option in mount["TmpfsOptions"]["Options"].elements {
            let text = option.elements.map(\.string).joined(separator: "=")
            note("Mounts", text, if: !Self.isHarmless(tmpfs: text))
        }
    }

    /// The closed list: what limits, or a size above zero, a mode or an owner. Size zero is no limit
    /// to the kernel (tmpfs(5)).
    private static func isHarmless(tmpfs option: String) -> Bool {
        let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
        guard let name = parts.first else { return true }
        if parts.count == 1 {
            return ["rw", "ro", "noexec", "nosuid", "nodev", "noatime", "nodiratime", "relatime"]
                .contains(name)
        }
        switch name {
        case "uid", "gid": return UInt32(parts[1]) != nil
        case "mode": return Int(parts[1], radix: 8).map { 0...0o1777 ~= $0 } ?? false
        case "size": return bytes(parts[1]).map { 1...1 << 30 ~= $0 } ?? false
        default: return false
        }
    }

    mutating func judgeNetworks() {
        for port in host["PortBindings"].entries {
            for binding in port.value.elements { judgePort(binding) }
        }
        note("PublishAllPorts", "true", if: host["PublishAllPorts"] == .bool(true))
        for link in host["Links"].elements {
            let name = String(link.string.prefix { $0 != ":" })
            note("Links", name, if: !own.containers.contains(name))
        }
        for entry in host["ExtraHosts"].elements {
            // opts.ValidateExtraHost takes blanks off the address.
            let address = entry.string.drop { $0 != ":" }.dropFirst()
            let isHost = address == "host-gateway" || HostAddress(trimming: address)?.isHost == true
            note("ExtraHosts", entry.string, if: isHost)
        }
        for entry in host["Dns"].elements {
            note("Dns", entry.string, if: HostAddress(trimming: entry.string[...])?.isHost != false)
        }
        // Both go into resolv.conf as they are, where a new line is a new directive.
        for field in ["DnsSearch", "DnsOptions"] {
            for entry in host[field].elements {
                let isLine = entry.string.unicodeScalars.allSatisfy { $0.value >= 0x20 }
                note("Dns", field, if: !isLine)
            }
        }
        judgeEndpoints()
    }

    private mutating func judgePort(_ binding: Tree) {
        let address = binding["HostIp"].string
        let usual = ["", "0.0.0.0", "::", "127.0.0.1", "::1"]
        note("PortBindings", address, if: !usual.contains(address))
        let text = binding["HostPort"].string
        if text.isEmpty { return }
        for end in text.split(separator: "-", omittingEmptySubsequences: false) {
            // Zero is any free port.
            let port = UInt16(end) ?? 1
            note("PortBindings", text, if: 1..<1024 ~= port)
        }
    }

    private mutating func judgeEndpoints() {
        let mode = host["NetworkMode"].string
        let builtIn: Set = ["", "default", "bridge", "none"]
        if !mode.hasPrefix("container:"), mode != "host" {
            let isOwn = builtIn.contains(mode) || own.networks.contains(mode)
            note("EndpointsConfig", "NetworkMode \(mode)", if: !isOwn)
        }
        for endpoint in view.networking["EndpointsConfig"].entries {
            let isOwn = builtIn.contains(endpoint.key) || own.networks.contains(endpoint.key)
            let joins =
                endpoint.key.hasPrefix("container:")
                && own.containers.contains(String(endpoint.key.dropFirst("container:".count)))
            note("EndpointsConfig", endpoint.key, if: !isOwn && !joins)
            let id = endpoint.value["NetworkID"].string
            note("EndpointsConfig", id, if: !id.isEmpty && !own.networks.contains(id))
            note("MacAddress", "endpoint", if: !endpoint.value["MacAddress"].isZero)
            note("EndpointsConfig", "options", if: !endpoint.value["DriverOpts"].entries.isEmpty)
            for link in endpoint.value["Links"].elements {
                let name = String(link.string.prefix { $0 != ":" })
                note("Links", name, if: !own.containers.contains(name))
            }
        }
    }
}
