import CreateBodies

/// What the gateway leaves out of a body, or writes otherwise, on purpose: the only differences
/// between what an engine understands of a client's bytes and of the bytes that are sent on.
struct DifferentialDrops {
    /// The field's path in what an engine understands.
    let path: [String]
    /// Why it makes no difference to leave it out.
    let reason: String
    /// What both sides are taken to be.
    let settle: @Sendable (inout Tree) -> Void

    static let all =
        [
            DifferentialDrops("Config.OnBuild", "an image's, which create does not read"),
            DifferentialDrops(
                "HostConfig.MaskedPaths",
                "a list that is some engine's default, which the engine has of its own; any other is "
                    + "completed with what engines hide"
            ) { paths in
                let given = Set(paths.elements.map(\.string))
                guard usual.isSubset(of: given) else { return }
                let isDefault = given.isSubset(of: usual.union(later))
                paths = isDefault ? .none : .list(given.union(later).sorted().map { .text($0) })
            },
            DifferentialDrops("HostConfig.PortBindings.*", "no list and an empty one bind nothing") {
                if $0 == .none { $0 = .list([]) }
            },
        ]
        + [
            "EndpointID", "Gateway", "IPAddress", "IPPrefixLen", "IPv6Gateway", "GlobalIPv6Address",
            "GlobalIPv6PrefixLen", "DNSNames",
        ].map {
            DifferentialDrops(
                "NetworkingConfig.EndpointsConfig.*.\($0)",
                "what an engine found out and shows; it finds out again (cleanOperationalData)")
        }

    private static let usual: Set<String> = [
        "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
        "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware",
    ]
    private static let later: Set<String> = [
        "/proc/asound", "/proc/interrupts", "/sys/devices/virtual/powercap",
    ]

    private init(
        _ path: String, _ reason: String,
        settle: @escaping @Sendable (inout Tree) -> Void = { $0 = .none }
    ) {
        self.path = path.split(separator: ".").map(String.init)
        self.reason = reason
        self.settle = settle
    }

    /// A view without these differences.
    static func settled(_ view: EngineView) -> Tree {
        var tree = dropped(view)
        // The engine makes an empty one of none, and so do we when something is made safe.
        if empty.contains(tree["HostConfig"]) { tree["HostConfig"] = .none }
        if empty.contains(tree["Config"]) { tree["Config"] = .none }
        // The engine refuses a null endpoint; we send it one that says nothing.
        tree.change("NetworkingConfig.EndpointsConfig.*") { if empty.contains($0) { $0 = .none } }
        return tree
    }

    private static func dropped(_ view: EngineView) -> Tree {
        var tree = view.tree
        for drop in all { tree.change(drop.path[...], drop.settle) }
        return tree
    }

    /// The parts of a request as each engine reads `{}`.
    private static let empty: Set<Tree> = {
        let body = #"{"Image":"","HostConfig":{},"NetworkingConfig":{"EndpointsConfig":{"a":{}}}}"#
        let trees = EngineGeneration.allCases.compactMap { generation in
            EngineView.read(Array(body.utf8), by: generation).map(dropped)
        }
        return Set(
            trees.flatMap { tree in
                [
                    tree["Config"], tree["HostConfig"],
                    tree["NetworkingConfig"]["EndpointsConfig"]["a"],
                ]
            })
    }()
}
