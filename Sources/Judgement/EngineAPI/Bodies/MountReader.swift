import Acts
import JSON

/// Every spelling of a mount (`Binds`, `Mounts`, `Tmpfs`, `VolumesFrom`, `VolumeDriver`), read into
/// one list of demands and references.
struct MountReader: DemandReader {
    var demands: [Demand] = []
    var references: [Reference] = []
    private var volumes: Set<String> = []

    /// Each of them may have to be made first.
    private static let maximumVolumes = 64
    private static let plainBindOptions = ["ro", "rw", "private", "rprivate"]
    /// `z` and `Z` give a volume of one's own an SELinux label under which containers reach it.
    private static let plainVolumeOptions = [
        "ro", "rw", "nocopy", "consistent", "cached", "delegated", "z", "Z",
    ]

    /// Reads a HostConfig that has gone through its shape.
    init(_ host: JSONObject) {
        for (index, bind) in (host["Binds"]?.array ?? []).enumerated() {
            readBind(bind.string ?? "", "HostConfig.Binds[\(index)]")
        }
        for (index, mount) in (host["Mounts"]?.array ?? []).enumerated() {
            readMount(mount, "HostConfig.Mounts[\(index)]")
        }
        for member in host["Tmpfs"]?.object?.members ?? [] {
            readTmpfs(
                member.name, options: member.value.string ?? "", "HostConfig.Tmpfs.\(member.name)")
        }
        for entry in host["VolumesFrom"]?.array ?? [] {
            let text = entry.string ?? ""
            let container = String(Substring(text.utf8.prefix { $0 != UInt8(ascii: ":") }))
            ask(.inheritedMounts(container: container), "HostConfig.VolumesFrom")
            refer(.container, container, "HostConfig.VolumesFrom", lendsPower: true)
        }
        readDriver(host["VolumeDriver"]?.string ?? "", "HostConfig.VolumeDriver")
    }

    /// Reads `source:target[:options]`, or a lone target, as the engine's Linux parser splits it.
    private mutating func readBind(_ text: String, _ origin: String) {
        let parts = text.parts(between: ":", keepingEmpty: true)
        guard (1...3).contains(parts.count), let target = parts.count == 1 ? parts.first : parts[1],
            ContainerDemands.isPath(target)
        else { return ask(.unjudged("the mount \(Name.shown(text))"), origin) }
        if parts.count == 1 { return readTarget(target, origin) }
        let options = parts.count == 3 ? parts[2].parts(between: ",") : []
        let source = parts[0]
        if source.utf8.first == UInt8(ascii: "/") {
            ask(
                .bind(
                    BindRequest(
                        source: source, target: target, readOnly: options.contains("ro"),
                        hasOptions: !options.allSatisfy(Self.plainBindOptions.contains))), origin)
            return
        }
        readVolume(source, origin)
        readTarget(target, origin)
        for option in options where !Self.plainVolumeOptions.contains(option) {
            ask(.volumeOption(option), origin)
        }
    }

    private mutating func readMount(_ mount: JSONValue, _ origin: String) {
        let source = mount["Source"]?.string ?? ""
        let target = mount["Target"]?.string ?? ""
        if !ContainerDemands.isPath(target) {
            ask(.unjudged("a mount at \(Name.shown(target))"), origin + ".Target")
        }
        switch mount["Type"]?.string ?? "" {
        case "bind":
            let plain = (mount["BindOptions"] ?? .null).isFalsy
            ask(
                .bind(
                    BindRequest(
                        source: source, target: target,
                        readOnly: mount["ReadOnly"]?.bool ?? false, hasOptions: !plain)), origin)
        case "volume":
            readTarget(target, origin + ".Target")
            let below = mount["VolumeOptions"]?["Subpath"]?.string ?? ""
            if !MountTarget.isBelow(below) {
                ask(
                    .unjudged("the subpath \(Name.shown(below)), which leads out of its volume,"),
                    origin + ".VolumeOptions.Subpath")
            }
            if !source.isEmpty { readVolume(source, origin + ".Source") }
            let driver = mount["VolumeOptions"]?["DriverConfig"]
            readDriver(driver?["Name"]?.string ?? "", origin + ".VolumeOptions.DriverConfig")
            for member in driver?["Options"]?.object?.members ?? [] {
                ask(.volumeOption(member.name), origin + ".VolumeOptions.DriverConfig")
            }
        case "tmpfs":
            readTarget(target, origin + ".Target")
            readTmpfsMount(mount["TmpfsOptions"], origin + ".TmpfsOptions")
        case let kind:
            ask(.mountKind(kind.isEmpty ? "unknown" : kind), origin + ".Type")
        }
    }

    private mutating func readTarget(_ target: String, _ origin: String) {
        if MountTarget.isKernels(target) { ask(Self.over(target), origin) }
    }

    /// A mount over what is the runtime's own.
    static func over(_ target: String) -> Demand.Kind {
        .unjudged("a mount over \(Name.shown(target)), which is the runtime's own,")
    }

    private mutating func readVolume(_ name: String, _ origin: String) {
        guard Name.isValid(name, for: .volume) else {
            return ask(.unjudged("a volume called \(Name.shown(name))"), origin)
        }
        guard volumes.insert(name).inserted else { return }
        guard volumes.count <= Self.maximumVolumes else {
            if volumes.count == Self.maximumVolumes + 1 {
                ask(.unjudged("more than \(Self.maximumVolumes) named volumes"), origin)
            }
            return
        }
        references.append(
            Reference(.volume, name, origin: origin, use: .makes, lendsPower: true))
    }

    private mutating func readDriver(_ name: String, _ origin: String) {
        if !name.isEmpty, name != "local" { ask(.volumeDriver(name), origin) }
    }

    private mutating func readTmpfs(_ target: String, options: String, _ origin: String) {
        if !ContainerDemands.isPath(target) {
            ask(.unjudged("a tmpfs at \(Name.shown(target))"), origin)
        }
        readTarget(target, origin)
        for option in options.parts(between: ",") where !TmpfsOption.isHarmless(option) {
            ask(.tmpfsOption(option), origin)
        }
    }

    private mutating func readTmpfsMount(_ options: JSONValue?, _ origin: String) {
        if let bytes = options?["SizeBytes"]?.int64, !TmpfsOption.sizes.contains(bytes) {
            ask(.tmpfsOption("size=\(bytes)"), origin)
        }
        if let mode = options?["Mode"]?.int64, !TmpfsOption.modes.contains(mode) {
            ask(.tmpfsOption("mode=\(String(mode, radix: 8))"), origin)
        }
        for option in options?["Options"]?.array ?? [] {
            let text = (option.array ?? []).compactMap(\.string).joined(separator: "=")
            if !TmpfsOption.isHarmless(text) { ask(.tmpfsOption(text), origin) }
        }
    }
}

/// The options of a tmpfs that can do no harm.
enum TmpfsOption {
    /// Sizes in bytes: memory of the host, so bounded.
    static let sizes: ClosedRange<Int64> = 0...(1 << 30)
    /// Modes without set-user-id and set-group-id bits; the sticky bit may be set.
    static let modes: ClosedRange<Int64> = 0...0o1777

    /// True for options that limit, or that set a bounded size, a mode or an owner.
    static func isHarmless(_ option: String) -> Bool {
        let parts = option.parts(between: "=", atMost: 2)
        guard let name = parts.first else { return true }
        let value = parts.count > 1 ? parts[1] : ""
        switch name {
        case "rw", "ro", "noexec", "nosuid", "nodev", "noatime", "nodiratime", "relatime":
            return parts.count == 1
        case "uid", "gid": return UInt32(value) != nil
        case "mode": return Int64(value, radix: 8).map(modes.contains) ?? false
        // Zero is no limit (tmpfs(5)).
        case "size": return ByteSize.bytes(value).map { $0 > 0 && sizes.contains($0) } ?? false
        default: return false
        }
    }
}

/// Sizes as the engine reads them (`units.RAMInBytes`), in the spelling that people use.
enum ByteSize {
    /// The bytes of `64k`, `10m`, `1g` or a bare number, or nil.
    static func bytes(_ text: String) -> Int64? {
        let unit: Int64
        switch text.utf8.last {
        case nil: return nil
        case UInt8(ascii: "k"), UInt8(ascii: "K"): unit = 1 << 10
        case UInt8(ascii: "m"), UInt8(ascii: "M"): unit = 1 << 20
        case UInt8(ascii: "g"), UInt8(ascii: "G"): unit = 1 << 30
        default: return Int64(text)
        }
        guard let count = Int64(text.dropLast()), count >= 0 else { return nil }
        let product = count.multipliedReportingOverflow(by: unit)
        return product.overflow ? nil : product.partialValue
    }
}
