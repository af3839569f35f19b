/// What an engine understands of a create request, before it begins to judge it.
package struct EngineView: Hashable, Sendable {
    /// Which engine understands it so.
    package let generation: EngineGeneration
    /// What the container runs: `container.Config`.
    package var config: Tree
    /// What it asks of its host: `container.HostConfig`.
    package var host: Tree
    /// Its networks: `network.NetworkingConfig`.
    package var networking: Tree

    /// Everything, under the names of the request.
    package var tree: Tree {
        .members(["Config": config, "HostConfig": host, "NetworkingConfig": networking])
    }

    /// Reads a body.
    ///
    /// - Parameters:
    ///   - bytes: The body.
    ///   - generation: Which engine reads it.
    ///   - forgivingly: True: as the gateway does where it is no stricter than an engine; see
    ///     `forgiven`.
    /// - Returns: What it understands; nil when it refuses the body as no request.
    package static func read(
        _ bytes: [UInt8], by generation: EngineGeneration, forgivingly: Bool = false
    ) -> EngineView? {
        guard let whole = GoText.first(of: bytes, endsThere: generation == .v28) else { return nil }
        let text = forgivingly ? forgiven.reduce(whole) { $0.leaving($1[...]) } : whole
        let wrapper = wrappers[generation] ?? CreateRequest.wrapper(generation)
        let type = GoType.structure(wrapper)
        var value = GoValue(zero: type)
        var reader = GoReader()
        reader.takesMinusZero = forgivingly
        reader.read(text, type, into: &value)
        if reader.hasFailed { return nil }
        return EngineView(wrapper: Tree(value, type), generation)
    }

    /// Fields that the gateway refuses unless they say nothing; then it leaves them out, of whatever
    /// type. An engine refuses a type that is not its field's, and -0 where a number has no sign, which
    /// the gateway writes as 0.
    private static let forgiven: [[String]] = [
        ["Memory"], ["MemorySwap"], ["CpuShares"], ["Cpuset"], ["VolumeDriver"],
        ["HostConfig", "ContainerIDFile"], ["HostConfig", "Capabilities"],
    ]

    private static let wrappers = Dictionary(
        uniqueKeysWithValues: EngineGeneration.allCases.map { ($0, CreateRequest.wrapper($0)) })

    /// `getHostConfig`: HostConfig's fields beside it count alone when it is missing; a few count
    /// even when it is there.
    private init(wrapper: Tree, _ generation: EngineGeneration) {
        self.generation = generation
        config = wrapper["(Config)"]
        networking = wrapper["NetworkingConfig"]
        host = wrapper["HostConfig"]
        let legacy = wrapper["(HostConfig)"]
        if host == .none {
            host = legacy
        } else {
            let merged = ["Memory", "MemorySwap", "CpuShares", "CpusetCpus", "VolumeDriver"]
            for name in merged where host[name].isZero && !legacy[name].isZero {
                host[name] = legacy[name]
            }
        }
        if host != .none, host["CpusetCpus"].isZero, !wrapper["Cpuset"].isZero {
            host["CpusetCpus"] = wrapper["Cpuset"]
        }
        if host != .none, host["NetworkMode"].isZero { host["NetworkMode"] = .text("default") }
        host.change("Links.[]") { $0 = .text(Self.link($0.string)) }
    }

    /// `opts.ParseLink`: what an inspect shows as `/db:/web/alias` is `db:alias`.
    private static func link(_ text: String) -> String {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].hasPrefix("/") else { return text }
        let alias = parts[1].split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        return parts[0].dropFirst() + ":" + alias
    }

    /// A struct that says nothing, at a place of a body.
    ///
    /// - Parameters:
    ///   - generation: Which engine has it.
    ///   - body: A body in which that place is an empty object.
    ///   - place: The place.
    /// - Returns: The struct; none when there is no such place.
    static func zero(
        _ generation: EngineGeneration, _ body: String, _ place: (EngineView) -> Tree
    ) -> Tree {
        EngineView.read(Array(body.utf8), by: generation).map(place) ?? .none
    }
}
