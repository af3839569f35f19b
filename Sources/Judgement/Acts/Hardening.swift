/// What a permission makes safe in a new container, where no program notices.
///
/// Everything here stands in `docker inspect` afterwards and can be sent back to create with the same
/// effect (design, invariant 11).
package struct Hardening: Hashable, Sendable {
    /// True: programs gain no privileges by set-user-id files (`no-new-privileges`, prctl(2)).
    package var noNewPrivileges: Bool
    /// The most processes, set when the client sets none; nil: as many as it likes.
    package var processes: Int64?
    /// The most bytes of one log file of the local drivers, set when the client sets none.
    package var logBytes: Int64?
    /// The shortest time between two health checks, in nanoseconds.
    package var healthInterval: Int64?
    /// True: the image checks more often than that, which a container that says nothing would do too.
    package var overridesImageInterval = false
    /// True: so does it while the container starts.
    package var overridesImageStartInterval = false
    /// The cgroup that holds the tenant's containers as a whole: nil leaves the engine's.
    package var cgroup: TenantCgroup?
    /// True: a cgroup namespace of the container's own, which engines on cgroup v1 do not give unasked.
    package var ownCgroupNamespace: Bool
    /// True: an IPC namespace that nobody can join, which engines do not give unasked to clients below
    /// API 1.40.
    package var ownIPCNamespace: Bool
    /// True: a container that its owner stopped stays stopped when the engine starts again.
    package var staysStopped: Bool
    /// Where ports are bound that are asked for on every address; nil: there.
    package var publishes: PublishedAddresses?
    /// What is bound in the place of the engine's socket; nil when that is not asked for.
    package var socket: OwnSocket?

    /// Makes a hardening that changes nothing but what is named.
    package init(
        noNewPrivileges: Bool = false, processes: Int64? = nil, logBytes: Int64? = nil,
        healthInterval: Int64? = nil, cgroup: TenantCgroup? = nil,
        ownCgroupNamespace: Bool = false, ownIPCNamespace: Bool = false,
        staysStopped: Bool = false
    ) {
        self.noNewPrivileges = noNewPrivileges
        self.processes = processes
        self.logBytes = logBytes
        self.healthInterval = healthInterval
        self.cgroup = cgroup
        self.ownCgroupNamespace = ownCgroupNamespace
        self.ownIPCNamespace = ownIPCNamespace
        self.staysStopped = staysStopped
    }

    /// Both at once: the stricter of each.
    package func and(_ other: Hardening) -> Hardening {
        Hardening(
            noNewPrivileges: noNewPrivileges || other.noNewPrivileges,
            processes: Self.least(processes, other.processes),
            logBytes: Self.least(logBytes, other.logBytes),
            healthInterval: Self.most(healthInterval, other.healthInterval),
            cgroup: cgroup ?? other.cgroup,
            ownCgroupNamespace: ownCgroupNamespace || other.ownCgroupNamespace,
            ownIPCNamespace: ownIPCNamespace || other.ownIPCNamespace,
            staysStopped: staysStopped || other.staysStopped)
    }

    /// True when nothing is changed.
    package var isNothing: Bool { self == Hardening() }

    private static func least(_ left: Int64?, _ right: Int64?) -> Int64? {
        guard let left, let right else { return left ?? right }
        return min(left, right)
    }

    private static func most(_ left: Int64?, _ right: Int64?) -> Int64? {
        guard let left, let right else { return left ?? right }
        return max(left, right)
    }

    /// What is done, in a few words for records.
    package var words: String {
        var parts: [String] = []
        if noNewPrivileges { parts.append("no-new-privileges") }
        if let processes { parts.append("pids \(processes)") }
        if let logBytes { parts.append("log size \(logBytes)") }
        if let healthInterval { parts.append("health interval from \(healthInterval) ns") }
        if let cgroup { parts.append("cgroup \(cgroup.path)") }
        if ownCgroupNamespace { parts.append("own cgroup namespace") }
        if ownIPCNamespace { parts.append("own ipc namespace") }
        if let publishes { parts.append("ports on " + publishes.list.joined(separator: " or ")) }
        if let socket { parts.append("engine's socket as " + socket.path) }
        if staysStopped { parts.append("stays stopped") }
        return parts.joined(separator: ", ")
    }
}

/// The cgroup of a tenant: the parent of its containers, so that limits can hold their sum.
package struct TenantCgroup: Hashable, Sendable {
    /// The first part of every tenant's cgroup, from the configuration.
    package let root: String
    /// The tenant.
    package let tenant: String

    /// Names a tenant's cgroup.
    package init(root: String, tenant: String) {
        self.root = root
        self.tenant = tenant
    }

    /// As an engine with the cgroupfs driver takes it.
    package var path: String { "/\(root)/\(tenant)" }

    /// As an engine with the systemd driver takes it: a slice, whose dashes are levels, so the
    /// tenant's own are escaped (systemd.unit(5)).
    package var slice: String {
        let escaped = tenant.utf8.split(
            separator: UInt8(ascii: "-"), omittingEmptySubsequences: false
        ).map { String(Substring($0)) }.joined(separator: "\\x2d")
        return "\(root)-\(escaped).slice"
    }

    /// True when a container's parent cgroup is this one, in either spelling.
    package func isNamed(by text: String) -> Bool {
        text.utf8.elementsEqual(path.utf8) || text.utf8.elementsEqual(slice.utf8)
    }
}
