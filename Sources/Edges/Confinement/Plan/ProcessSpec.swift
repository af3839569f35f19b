import AgentMessages
import JSON

/// A limit of getrlimit(2).
package struct ResourceLimit: Hashable, Sendable {
    /// The number of the resource (asm-generic/resource.h).
    package let resource: Int32
    /// What counts.
    package let soft: UInt64
    /// What the other may be raised to.
    package let hard: UInt64

    /// Names by their numbers, as the OCI specification spells them.
    static let names = [
        "CPU", "FSIZE", "DATA", "STACK", "CORE", "RSS", "NPROC", "NOFILE", "MEMLOCK", "AS", "LOCKS",
        "SIGPENDING", "MSGQUEUE", "NICE", "RTPRIO", "RTTIME",
    ]

    /// Makes a limit.
    package init(resource: Int32, soft: UInt64, hard: UInt64) {
        (self.resource, self.soft, self.hard) = (resource, soft, hard)
    }
}

/// What the OCI configuration of a container (`config.json`) says of its processes.
///
/// It is read as a closed object: a part that is not known may confine in a way that would be missed.
package struct ProcessSpec: Hashable, Sendable {
    /// The user inside the container.
    package let user: UInt32
    /// The user's first group.
    package let group: UInt32
    /// More groups.
    package let groups: [UInt32]
    /// The mask of new files' modes; nil for 022.
    package let umask: UInt32?
    /// The folder where programs begin.
    package let folder: String
    /// `NAME=value`, which may be a secret.
    package let environment: [String]
    /// Capabilities.
    package let capabilities: CapabilitySets
    /// Limits.
    package let limits: [ResourceLimit]
    /// What is added to the badness of proc_pid_oom_score_adj(5); nil when it is not said.
    package let oomScoreAdjustment: Int32?
    /// The AppArmor profile or nil.
    package let profile: String?
    /// The SELinux label or nil.
    package let label: String?
    /// The host name that the container was given, or nil.
    package let hostName: String?

    /// Reads a `config.json`.
    ///
    /// - Throws: `Refusal` for whatever is missing, wrong, or not known.
    package init(_ bytes: [UInt8]) throws {
        do {
            let value = try JSONReader.answer(bytes)
            try self.init(value)
        } catch let failure as MessageFailure {
            throw Refusal("plan.bundle", "the container's configuration: \(failure)")
        } catch let failure as JSONFailure {
            throw Refusal(
                "plan.bundle",
                "the container's configuration is not understood: \(failure.sentence)")
        }
    }

    private init(_ value: JSONValue) throws {
        var process = try ClosedObject(value["process"], "the process")
        // What the engine's own exec does not take over from there either.
        for name in ["terminal", "consoleSize", "args", "commandLine", "noNewPrivileges"] {
            _ = process.optional(name)
        }
        var identity = try ClosedObject(process.optional("user"), "the user")
        user = try identity.take("uid", Self.number)
        group = try identity.take("gid", Self.number)
        groups =
            try identity.takeIfPresent("additionalGids") { value -> [UInt32]? in
                if value.isNull { return [] }
                guard let array = value.array else { return nil }
                let numbers = array.compactMap(Self.number)
                return numbers.count == array.count ? numbers : nil
            } ?? []
        umask = try identity.takeIfPresent("umask", Self.number)
        try identity.end()
        folder = try process.take("cwd", \.string)
        environment = try process.takeIfPresent("env") { $0.isNull ? [] : $0.strings } ?? []
        capabilities = try CapabilitySets(process.optional("capabilities"))
        limits = try Self.limits(process.optional("rlimits"))
        oomScoreAdjustment = try process.takeIfPresent("oomScoreAdj") {
            $0.int64.flatMap { Int32(exactly: $0) }
        }
        profile = try process.takeIfPresent("apparmorProfile", \.string).flatMap(Self.given)
        label = try process.takeIfPresent("selinuxLabel", \.string).flatMap(Self.given)
        try process.end()
        hostName = value["hostname"]?.string
        guard folder.hasPrefix("/"), !folder.utf8.contains(0) else {
            throw Refusal("plan.bundle", "the container's folder is no absolute path")
        }
    }

    private static func number(_ value: JSONValue) -> UInt32? {
        value.natural.flatMap { UInt32(exactly: $0) }
    }

    private static func given(_ text: String) -> String? {
        text.isEmpty ? nil : text
    }

    private static func limits(_ value: JSONValue?) throws -> [ResourceLimit] {
        guard let value, !value.isNull else { return [] }
        guard let array = value.array else { throw MessageFailure("the limits are no list") }
        return try array.map { value in
            var limit = try ClosedObject(value, "a limit")
            let resource = try limit.take("type") { value -> Int32? in
                guard let name = value.string, name.hasPrefix("RLIMIT_") else { return nil }
                return ResourceLimit.names.firstIndex(of: String(name.dropFirst(7))).map(Int32.init)
            }
            let soft = try limit.take("soft", amount)
            let hard = try limit.take("hard", amount)
            try limit.end()
            return ResourceLimit(resource: resource, soft: soft, hard: hard)
        }
    }

    /// No limit is the largest number of 64 bits; engines write it with and without a sign.
    private static func amount(_ value: JSONValue) -> UInt64? {
        guard case .number(let number) = value else { return nil }
        if number.lexeme == "-1" { return UInt64.max }
        return UInt64(number.lexeme)
    }
}
