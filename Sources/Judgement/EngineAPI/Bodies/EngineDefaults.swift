import Acts
import JSON

/// What engines do when nobody asks for anything (moby: `oci/defaults.go`, `oci/caps`).
enum EngineDefaults {
    /// Paths under /proc and /sys that are hidden in every container, as all engines since 18.09
    /// set them; later engines add to the list.
    static let maskedPaths: Set<String> = [
        "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
    ]

    /// Paths that some engines hide too. Where they do not exist, hiding them does nothing.
    private static let sometimesMasked = [
        "/proc/asound", "/proc/interrupts", "/sys/devices/virtual/powercap",
    ]

    private static func isSometimesMasked(_ path: String) -> Bool {
        sometimesMasked.contains(path)
            || (path.hasPrefix("/sys/devices/system/cpu/cpu")
                && path.hasSuffix("/thermal_throttle"))
    }

    /// A container's configuration whose list of masked paths, which stands for the engine's own,
    /// takes nothing from it: what is only some engine's default is left to the engine that will run
    /// the container, and what is more than that keeps what any engine hides.
    static func keepingMaskedPaths(_ body: JSONObject) -> JSONObject {
        guard var host = body["HostConfig"]?.object, let paths = host["MaskedPaths"]?.array else {
            return body
        }
        let given = paths.compactMap(\.string)
        guard maskedPaths.isSubset(of: given) else { return body }
        let missing = sometimesMasked.filter { !given.contains($0) }
        let isDefault = given.allSatisfy { maskedPaths.contains($0) || isSometimesMasked($0) }
        host["MaskedPaths"] = isDefault ? nil : .array(paths + missing.map { .string($0) })
        var body = body
        body["HostConfig"] = .object(host)
        return body
    }

    /// A body whose endpoints leave out what only answers carry: an endpoint with an id of its own or
    /// an address that it was given shows its MAC address too, which nobody asked for, and the id of
    /// the network that its key names.
    static func leavingAnswers(_ body: JSONObject) -> JSONObject {
        leavingEndpoints(leavingLinks(leavingNetwork(body)))
    }

    /// docker-py's `run(network="web")` says `{"web": null}` beside NetworkMode, where EndpointsConfig
    /// belongs: a field that no engine has, without a value.
    private static func leavingNetwork(_ body: JSONObject) -> JSONObject {
        guard var networking = body["NetworkingConfig"]?.object,
            let name = body["HostConfig"]?["NetworkMode"]?.string, networking[name] == .null
        else { return body }
        networking[name] = nil
        var body = body
        body["NetworkingConfig"] = .object(networking)
        return body
    }

    /// Engines show a link as `/db:/web/alias`, and take it as `db:alias`.
    private static func leavingLinks(_ body: JSONObject) -> JSONObject {
        guard var host = body["HostConfig"]?.object, let links = host["Links"]?.array else {
            return body
        }
        host["Links"] = .array(
            links.map { link in
                let parts = link.string?.parts(between: ":") ?? []
                guard parts.count == 2, let name = parts.first, let path = parts.last,
                    name.utf8.first == UInt8(ascii: "/"), path.utf8.first == UInt8(ascii: "/"),
                    let alias = path.parts(between: "/").last
                else { return link }
                return .string(String(name.dropFirst()) + ":" + alias)
            })
        var body = body
        body["HostConfig"] = .object(host)
        return body
    }

    private static func leavingEndpoints(_ body: JSONObject) -> JSONObject {
        guard var networking = body["NetworkingConfig"]?.object,
            let endpoints = networking["EndpointsConfig"]?.object
        else { return body }
        let left = endpoints.members.map { member -> JSONObject.Member in
            guard var endpoint = member.value.object else { return member }
            let isAnswer = ["EndpointID", "IPAddress"].contains { name in
                endpoint[name]?.string.map { !$0.isEmpty } ?? false
            }
            guard isAnswer else { return member }
            endpoint["MacAddress"] = nil
            endpoint["NetworkID"] = nil
            return JSONObject.Member(name: member.name, value: .object(endpoint))
        }
        networking["EndpointsConfig"] = .object(JSONObject(distinct: left))
        var body = body
        body["NetworkingConfig"] = .object(networking)
        return body
    }

    /// Paths that are read-only in every container.
    static let readOnlyPaths: Set<String> = [
        "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
    ]

    /// True for options of the local log drivers: none of them names a place outside the engine, and
    /// none makes it rotate without end (a thousand files of a kilobyte keep it busy for minutes) or
    /// write more than the container does.
    static func isHarmless(logOption name: String, _ value: String) -> Bool {
        switch name {
        case "compress", "labels", "labels-regex", "env", "env-regex", "mode": true
        case "tag": LogTag.isHarmless(value)
        case "max-file": Int(value).map { 1...100 ~= $0 } ?? false
        case "max-size":
            ByteSize.bytes(value).map { (64 << 10)...(1 << 30) ~= $0 } ?? (value == "-1")
        case "max-buffer-size": ByteSize.bytes(value).map { 0...(16 << 20) ~= $0 } ?? false
        default: false
        }
    }
}

/// Capabilities (capabilities(7)).
enum Capability {
    /// The capabilities of every container (moby: `oci/caps/defaults.go`).
    static let defaults: Set<String> = [
        "CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID",
        "SETFCAP", "SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE",
    ]

    /// `cap_sys_admin`, `SYS_ADMIN` and `CAP_Sys_Admin` are one: `SYS_ADMIN`.
    static func canonical(_ name: String) -> String {
        let upper = name.uppercased()
        return upper.hasPrefix("CAP_") ? String(upper.dropFirst(4)) : upper
    }
}

/// Security options: `key=value`, or the older `key:value`.
enum SecurityOption {
    /// True for the one option that only ever takes away.
    static func isHardening(_ option: String) -> Bool {
        ["no-new-privileges", "no-new-privileges=true", "no-new-privileges:true"].contains(option)
    }

    /// The option for a message: a seccomp profile may stand in it whole.
    static func shown(_ option: String) -> String {
        String(option.prefix(48)) + (option.count > 48 ? "…" : "")
    }
}

/// User limits (getrlimit(2)).
enum UserLimit {
    /// The most that a container may ask for without a level that says so.
    private static let ceilings: [String: Int64] = [
        "nofile": 1_048_576, "nproc": 65_536, "core": .max, "cpu": .max, "fsize": .max,
        "data": .max, "rss": .max, "as": .max, "nice": 0, "rtprio": 0,
        "memlock": 64 << 20, "stack": 64 << 20, "msgqueue": 819_200, "sigpending": 65_536,
        "locks": .max,
    ]

    /// True when a limit is higher than every container may have; -1 is no limit.
    static func isHigh(_ limit: JSONValue) -> Bool {
        guard let name = limit["Name"]?.string, let ceiling = ceilings[name] else { return true }
        return [limit["Soft"]?.int64, limit["Hard"]?.int64].contains { value in
            guard let value else { return false }
            return value < 0 ? ceiling != .max : value > ceiling
        }
    }
}

extension PortRequest {
    /// Reads a port binding; nil when its port is neither empty, a number nor a range.
    init?(_ binding: JSONValue) {
        let address = binding["HostIp"]?.string ?? ""
        let text = binding["HostPort"]?.string ?? ""
        if text.isEmpty {
            self.init(address: address, ports: nil)
            return
        }
        let ends = text.parts(between: "-", keepingEmpty: true).map(Self.port)
        guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
            first <= last
        else { return nil }
        // Port 0 lets the engine choose.
        self.init(address: address, ports: last == 0 ? nil : first...last)
    }

    private static func port(_ text: String) -> Int? {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
            let value = Int(text), value <= 65_535
        else { return nil }
        return value
    }
}

/// The tag of a container's log: a template that the engine fills in and writes with every line
/// (moby: `daemon/logger/templates`). Its function `pad` makes half a gigabyte of a few letters.
private enum LogTag {
    /// What is short whatever the container is; `Command` is as long as its arguments.
    private static let fields = [
        ".ID", ".FullID", ".Name", ".ImageID", ".ImageFullID", ".ImageName", ".DaemonName",
    ]

    /// True for text with a few of these fields in it and nothing else that is filled in.
    static func isHarmless(_ tag: String) -> Bool {
        guard tag.utf8.count <= 1024 else { return false }
        let parts = tag.split(separator: "{{", omittingEmptySubsequences: false)
        return parts.dropFirst().allSatisfy { part in
            guard let end = part.firstRange(of: "}}") else { return false }
            return fields.contains(String(part[..<end.lowerBound].filter { $0 != " " }))
        }
    }
}
