package import AgentMessages
import CLinux
import Glibc

/// Everything that is needed to act in a container with exactly its own confinement. All of it comes
/// from root's files and from the kernel, nothing from a request.
package struct ContainerPlan: Hashable, Sendable {
    /// The container.
    package let container: ContainerID
    /// The number of its first process.
    package let process: Int32
    /// When that started, in ticks since the host did.
    package let start: UInt64
    /// User, groups, capabilities, limits and the like.
    package let spec: ProcessSpec
    /// Namespaces to join.
    package let namespaces: UInt32
    /// Cgroups to join.
    package let cgroups: CgroupPlan
    /// Seccomp filters to install, in this order.
    package let filters: [SeccompFilter]
    /// The execution domain of personality(2).
    package let personality: UInt32
    /// The addition to the badness of proc_pid_oom_score_adj(5).
    package let oomScoreAdjustment: Int32
    /// The user as the host knows it.
    package let hostUser: UInt32
    /// The user's first group as the host knows it.
    package let hostGroup: UInt32
    /// More groups as the host knows them.
    package let hostGroups: [UInt32]

    /// What a gateway is told.
    package var facts: ContainerFacts {
        ContainerFacts(start: start, user: spec.user, group: spec.group)
    }

    /// Makes a plan.
    ///
    /// - Parameters:
    ///   - container: The container.
    ///   - roots: Where engines keep what they know.
    /// - Throws: `Refusal` for whatever cannot be met in full.
    package init(of container: ContainerID, in roots: EngineRoots) throws {
        let state = try RuntimeState(roots.file("state.json", of: container, in: roots.states))
        let spec = try ProcessSpec(roots.file("config.json", of: container, in: roots.bundles))
        let process = state.process
        // Whoever has the number now is not meant unless it started then.
        let pidfd = linux_pidfd_open(process)
        guard pidfd >= 0 else {
            throw Refusal("plan.gone", "the container does not run")
        }
        let held = OwnedDescriptor(taking: pidfd)
        try Self.check(process, started: state.start)
        let files = ProcFiles(process)
        let status = ProcessStatus(try files.text("status"))
        self.container = container
        self.process = process
        start = state.start
        self.spec = spec
        namespaces = try Namespaces.mask(of: process)
        cgroups = try CgroupPlan(
            state, membership: files.text("cgroup"),
            mounts: MountTable(SmallFile.text("/proc/self/mountinfo") ?? ""))
        filters = try LiveFilters.read(of: process, status)
        personality = try UInt32(files.line("personality"), radix: 16) ?? 0
        oomScoreAdjustment =
            try spec.oomScoreAdjustment ?? Int32(files.line("oom_score_adj")) ?? 0
        let users = IdentityMap(try files.text("uid_map"))
        let groups = IdentityMap(try files.text("gid_map"))
        guard let user = users.outside(spec.user), let group = groups.outside(spec.group) else {
            throw Refusal("plan.user", "the container's user is nobody on the host")
        }
        (hostUser, hostGroup) = (user, group)
        hostGroups = spec.groups.compactMap { groups.outside($0) }
        // All of the above was read of the process that is meant.
        try Self.check(process, started: state.start)
        _ = held.number
    }

    private static func check(_ process: Int32, started start: UInt64) throws {
        guard let stat = SmallFile.text("/proc/\(process)/stat"),
            ProcessStatus.start(ofStat: stat) == start
        else { throw Refusal("plan.gone", "the container does not run any longer") }
    }
}

/// Files of proc(5) of one process.
private struct ProcFiles {
    private let folder: String

    init(_ process: Int32) {
        folder = "/proc/\(process)"
    }

    func text(_ name: String) throws -> String {
        guard let text = SmallFile.text("\(folder)/\(name)") else {
            throw Refusal.system(
                "plan.unreadable", "\(name) of the container's process is not read")
        }
        return text
    }

    func line(_ name: String) throws -> String {
        String(try text(name).prefix { $0 != "\n" })
    }
}
