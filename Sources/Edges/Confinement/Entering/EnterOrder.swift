import AgentMessages
import JSON

/// What the helper is told, by a pipe and never by arguments or environment, so that a program is
/// started with exactly a container's confinement. Only the agent makes one.
package struct EnterOrder: Hashable, Sendable {
    /// The container's plan, as far as it is needed inside the helper.
    package var process: Int32
    /// When the first process started.
    package var start: UInt64
    /// Namespaces to join.
    package var namespaces: UInt32
    /// Cgroups to join; the line's own is joined in the place of its parent.
    package var cgroups: [String]
    /// The line's own cgroup.
    package var line: LineCgroup
    /// See `ContainerPlan`.
    package var oomScoreAdjustment: Int32
    /// See `ContainerPlan`.
    package var personality: UInt32
    /// Limits.
    package var limits: [ResourceLimit]
    /// The mask of new files' modes.
    package var umask: UInt32
    /// The user inside.
    package var user: UInt32
    /// The first group inside.
    package var group: UInt32
    /// More groups inside.
    package var groups: [UInt32]
    /// The user as the host knows it, who owns what the program writes to.
    package var hostUser: UInt32
    /// Capabilities.
    package var capabilities: CapabilitySets
    /// Where the program begins.
    package var folder: String
    /// The program's environment.
    package var environment: [String]
    /// Folders in which names of programs are looked for.
    package var search: [String]
    /// The program: an absolute path or a name.
    package var program: String
    /// The words of the line.
    package var words: [String]
    /// Our own tool, which runs in the program's place; then there is no program.
    package var tool: InsideTool?
    /// The SHA-256 that the program must have, or nil.
    package var pin: String?
    /// The container's writable layer, or nil when it is not known.
    package var upper: String?
    /// The AppArmor profile or nil.
    package var profile: String?
    /// The SELinux label or nil.
    package var label: String?
    /// True when standard input is a terminal that becomes the program's.
    package var hasTerminal: Bool
    /// How long the line may take.
    package var milliseconds: UInt32
    /// Seccomp filters, which follow the text.
    package var filters: [SeccompFilter]
}

extension EnterOrder {
    var members: JSONObject {
        var members = JSONObject([
            ("process", .integer(Int64(process))), ("start", .natural(start)),
            ("namespaces", .integer(Int64(namespaces))), ("cgroups", .strings(cgroups)),
            ("line", .string(line.folder)), ("kill", .bool(line.hasKill)),
            ("oom", .integer(Int64(oomScoreAdjustment))),
            ("personality", .integer(Int64(personality))),
            ("limits", .array(limits.map(\.value))), ("umask", .integer(Int64(umask))),
            ("user", .integer(Int64(user))), ("group", .integer(Int64(group))),
            ("groups", .array(groups.map { .integer(Int64($0)) })),
            ("hostUser", .integer(Int64(hostUser))),
            ("capabilities", .array(capabilities.masks.map { .natural($0) })),
            ("folder", .string(folder)), ("environment", .strings(environment)),
            ("search", .strings(search)), ("program", .string(program)), ("argv", .strings(words)),
            ("terminal", .bool(hasTerminal)), ("milliseconds", .integer(Int64(milliseconds))),
        ])
        for (name, text) in [
            ("pin", pin), ("upper", upper), ("profile", profile), ("label", label),
        ] {
            if let text { members[name] = .string(text) }
        }
        if let tool { members["tool"] = .strings(tool.words) }
        return members
    }

    init(_ order: inout ClosedObject, _ filters: [SeccompFilter]) throws(MessageFailure) {
        process = try order.take("process") { $0.int64.flatMap { Int32(exactly: $0) } }
        start = try order.take("start", \.spelledNatural)
        namespaces = try order.take("namespaces", Self.number)
        cgroups = try order.take("cgroups", \.strings)
        let line = try order.take("line", \.string)
        self.line = LineCgroup(folder: line, hasKill: try order.take("kill", \.bool))
        oomScoreAdjustment = try order.take("oom") { $0.int64.flatMap { Int32(exactly: $0) } }
        personality = try order.take("personality", Self.number)
        limits = try order.take("limits") { Self.all($0, ResourceLimit.init(value:)) }
        umask = try order.take("umask", Self.number)
        user = try order.take("user", Self.number)
        group = try order.take("group", Self.number)
        groups = try order.take("groups") { Self.all($0, Self.number) }
        hostUser = try order.take("hostUser", Self.number)
        capabilities = try order.take("capabilities") {
            Self.all($0, \.spelledNatural).flatMap(CapabilitySets.init(masks:))
        }
        folder = try order.take("folder", \.string)
        environment = try order.take("environment", \.strings)
        search = try order.take("search", \.strings)
        program = try order.take("program", \.string)
        words = try order.take("argv", \.strings)
        hasTerminal = try order.take("terminal", \.bool)
        milliseconds = try order.take("milliseconds", Self.number)
        pin = try order.takeIfPresent("pin", \.string)
        upper = try order.takeIfPresent("upper", \.string)
        profile = try order.takeIfPresent("profile", \.string)
        label = try order.takeIfPresent("label", \.string)
        tool = try order.takeIfPresent("tool") { $0.strings.flatMap(InsideTool.init(words:)) }
        self.filters = filters
    }

    static func number(_ value: JSONValue) -> UInt32? {
        value.natural.flatMap { UInt32(exactly: $0) }
    }

    static func all<Value>(_ value: JSONValue, _ read: (JSONValue) -> Value?) -> [Value]? {
        guard let array = value.array else { return nil }
        let values = array.compactMap(read)
        return values.count == array.count ? values : nil
    }
}

extension ResourceLimit {
    fileprivate var value: JSONValue {
        .array([.integer(Int64(resource)), .natural(soft), .natural(hard)])
    }

    fileprivate init?(value: JSONValue) {
        guard let parts = value.array, parts.count == 3,
            let resource = parts[0].int64.flatMap({ Int32(exactly: $0) }),
            let soft = parts[1].spelledNatural, let hard = parts[2].spelledNatural
        else { return nil }
        self.init(resource: resource, soft: soft, hard: hard)
    }
}

extension CapabilitySets {
    fileprivate var masks: [UInt64] { [bounding, effective, permitted, inheritable, ambient] }

    fileprivate init?(masks: [UInt64]) {
        guard masks.count == 5 else { return nil }
        self.init()
        (bounding, effective, permitted) = (masks[0], masks[1], masks[2])
        (inheritable, ambient) = (masks[3], masks[4])
    }
}

extension JSONValue {
    /// Numbers of 64 bits without a sign are spelled in strings.
    static func natural(_ number: UInt64) -> JSONValue {
        .string(String(number))
    }

    var spelledNatural: UInt64? {
        string.flatMap { UInt64($0) }
    }

    static func strings(_ texts: [String]) -> JSONValue {
        .array(texts.map { .string($0) })
    }
}
