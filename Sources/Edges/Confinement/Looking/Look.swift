import AgentMessages
import JSON

/// A question about a container that was judged and is answered from outside.
package struct Look: Hashable, Sendable {
    /// The verb.
    package var verb: String
    /// The form's fixed words behind it.
    package var words: [String]
    /// Flags, a letter each.
    package var flags: String
    /// Values of options by their names.
    package var options: [String: String]
    /// What stands in the other places.
    package var arguments: [String]
    /// Trees that paths may be in, also once links were followed.
    package var trees: [String]
    /// What is done with the lines of the answer: `match` and its text, `sort` or `count`.
    package var filters: [[String]]

    /// Makes a question.
    package init(
        _ verb: String, words: [String] = [], flags: String = "", options: [String: String] = [:],
        arguments: [String] = [], trees: [String] = [], filters: [[String]] = []
    ) {
        self.verb = verb
        self.words = words
        self.flags = flags
        self.options = options
        self.arguments = arguments
        self.trees = trees
        self.filters = filters
    }

    /// True when a flag was given.
    func has(_ flag: Character) -> Bool { flags.contains(flag) }

    /// The number that an option holds.
    func number(_ name: String) -> Int? { options[name].flatMap { Int($0) } }
}

/// What the helper is told so that it answers from outside.
package struct LookOrder: Hashable, Sendable {
    /// The container's first process.
    package var process: Int32
    /// When that started.
    package var start: UInt64
    /// The user as the host knows it, as whom files are read.
    package var user: UInt32
    /// The first group as the host knows it.
    package var group: UInt32
    /// More groups as the host knows them.
    package var groups: [UInt32]
    /// What of `CapabilitySets.reading` the container's programs have.
    package var capabilities: UInt64
    /// The user inside.
    package var innerUser: UInt32
    /// The first group inside.
    package var innerGroup: UInt32
    /// More groups inside.
    package var innerGroups: [UInt32]
    /// The container's cgroups.
    package var cgroups: [String]
    /// The environment as it may be shown.
    package var environment: [String]
    /// The host name that the container was given.
    package var hostName: String
    /// Where its programs begin.
    package var folder: String
    /// How long the answer may take.
    package var milliseconds: UInt32
    /// The question.
    package var look: Look
}

extension LookOrder {
    var members: JSONObject {
        JSONObject([
            ("process", .integer(Int64(process))), ("start", .natural(start)),
            ("user", .integer(Int64(user))), ("group", .integer(Int64(group))),
            ("groups", .array(groups.map { .integer(Int64($0)) })),
            ("capabilities", .natural(capabilities)),
            ("innerUser", .integer(Int64(innerUser))),
            ("innerGroup", .integer(Int64(innerGroup))),
            ("innerGroups", .array(innerGroups.map { .integer(Int64($0)) })),
            ("cgroups", .strings(cgroups)), ("environment", .strings(environment)),
            ("hostName", .string(hostName)), ("folder", .string(folder)),
            ("milliseconds", .integer(Int64(milliseconds))),
            ("verb", .string(look.verb)), ("words", .strings(look.words)),
            ("flags", .string(look.flags)),
            (
                "options",
                .array(
                    look.options.sorted { $0.key < $1.key }.map { .strings([$0.key, $0.value]) })
            ),
            ("arguments", .strings(look.arguments)), ("trees", .strings(look.trees)),
            ("filters", .array(look.filters.map { .strings($0) })),
        ])
    }

    init(_ order: inout ClosedObject) throws(MessageFailure) {
        process = try order.take("process") { $0.int64.flatMap { Int32(exactly: $0) } }
        start = try order.take("start", \.spelledNatural)
        user = try order.take("user", EnterOrder.number)
        group = try order.take("group", EnterOrder.number)
        groups = try order.take("groups") { EnterOrder.all($0, EnterOrder.number) }
        capabilities = try order.take("capabilities", \.spelledNatural)
        innerUser = try order.take("innerUser", EnterOrder.number)
        innerGroup = try order.take("innerGroup", EnterOrder.number)
        innerGroups = try order.take("innerGroups") { EnterOrder.all($0, EnterOrder.number) }
        cgroups = try order.take("cgroups", \.strings)
        environment = try order.take("environment", \.strings)
        hostName = try order.take("hostName", \.string)
        folder = try order.take("folder", \.string)
        milliseconds = try order.take("milliseconds", EnterOrder.number)
        var look = Look(try order.take("verb", \.string))
        look.words = try order.take("words", \.strings)
        look.flags = try order.take("flags", \.string)
        let options = try order.take("options") { EnterOrder.all($0, \.strings) }
        for pair in options where pair.count == 2 { look.options[pair[0]] = pair[1] }
        look.arguments = try order.take("arguments", \.strings)
        look.trees = try order.take("trees", \.strings)
        look.filters = try order.take("filters") { EnterOrder.all($0, \.strings) }
        self.look = look
    }
}
