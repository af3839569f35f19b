import CLinux
import Glibc

/// The helper's second process, which becomes part of the container step by step; the third, which
/// stays to take whatever ends; and the fourth, which becomes the program.
///
/// The order is what confines: cgroups before anything can be started, every right given up before a
/// process exists that the container can see. The second process is not seen inside: joining a PID
/// namespace counts for children alone.
struct Joiner {
    private let order: EnterOrder
    private let pidfd: Int32
    private let root: Int32
    private let program: Int32
    private let report: Int32
    private let status: Int32
    private let cgroups: CgroupJoin
    // Made before anything is given up: nothing is allocated from the container's memory later.
    private let words: [UnsafeMutablePointer<CChar>?]
    private let environment: [UnsafeMutablePointer<CChar>?]

    /// - Parameters:
    ///   - order: What is to be done.
    ///   - pidfd: The container's first process.
    ///   - root: The container's root.
    ///   - program: The file to execute.
    ///   - words: The program's words.
    ///   - report: Where is told what happened; it closes when the program runs.
    ///   - status: Where the program's status is told; it closes when nobody is left to tell it.
    init(
        _ order: EnterOrder, pidfd: Int32, root: Int32, program: Int32, words: [String],
        report: Int32, status: Int32
    ) {
        self.order = order
        cgroups = CgroupJoin(order)
        self.pidfd = pidfd
        self.root = root
        self.program = program
        self.report = report
        self.status = status
        self.words = words.map { strdup($0) } + [nil]
        environment = order.environment.map { strdup($0) } + [nil]
    }

    /// Forks the process that runs this.
    ///
    /// - Returns: Its number, or -1 with the reason in `errno`.
    func start() -> Int32 {
        let (child, begunIn) = cgroups.fork()
        if child == 0 { run(begunIn) }
        return child
    }

    /// Joins, starts the third process and ends.
    private func run(_ begunIn: String?) -> Never {
        diesWithParent(.session)
        let held = [program, report, pidfd, root, status].map { fcntl($0, F_DUPFD_CLOEXEC, 20) }
        check(held.allSatisfy { $0 >= 0 }, .descriptors)
        let (program, report, pidfd, root) = (held[0], held[1], held[2], held[3])
        let status = held[4]
        check(cgroups.join(begunIn: begunIn), .cgroup, report)
        standBeforeTheKiller(report)
        let proc = open("/proc", LINUX_O_PATH | O_DIRECTORY | O_CLOEXEC)
        setLimits(report)
        umask(order.umask)
        check(linux_personality(UInt(order.personality)) >= 0, .personality, report)
        check(threads() == 1, .threads, report)
        check(linux_setns(pidfd, order.namespaces) == 0, .namespaces, report)
        check(isSameRoot(root), .root, report)
        // A kernel without keys gives none to anybody.
        _ = linux_new_session_keyring()
        giveUp(report)
        diesWithParent(.session, report)
        // What stays is the program's file, this report, and the host's /proc for a label.
        let needsLabel = order.profile != nil || order.label != nil
        let kept = needsLabel ? fcntl(proc, F_DUPFD_CLOEXEC, 30) : -1
        check(!needsLabel || kept >= 0, .label, report)
        closeOthers([program, report, status, kept], report)
        let child = linux_fork_sibling()
        if child == 0 { stay(program, report, status, kept) }
        check(child > 0, .fork, report)
        Bytes.write(JoinerReport.bytes(program: child), to: report)
        _exit(0)
    }

    /// The third process: what the line leaves behind becomes its child, and is taken by it. A first
    /// process of a container that takes nobody would keep every one of them for ever.
    private func stay(_ program: Int32, _ report: Int32, _ status: Int32, _ proc: Int32) -> Never {
        diesWithParent(.session, report)
        let needed = [SYS_wait4, SYS_write, SYS_exit_group].map { Int($0) }
        let isAble = order.filters.allSatisfy { filter in needed.allSatisfy(filter.allows) }
        check(isAble || !mayBeTraced, .seccomp, report)
        check(linux_prctl(PR_SET_CHILD_SUBREAPER, 1, 0) == 0, .session, report)
        let child = linux_fork()
        if child == 0 { become(program, report, proc) }
        check(child > 0, .fork, report)
        for descriptor in [0, 1, 2, program, report, proc] { close(descriptor) }
        // Nobody inside gets hold of it without CAP_SYS_PTRACE; who has that finds the same filter.
        if mayBeTraced { for filter in order.filters where !install(filter) { _exit(1) } }
        var code: UInt8 = 137
        while true {
            var result: Int32 = 0
            let ended = waitpid(-1, &result, 0)
            if ended < 0 {
                if errno == EINTR { continue }
                _exit(Int32(code))
            }
            guard ended == child else { continue }
            let signal = result & 0x7F
            code = UInt8(truncatingIfNeeded: signal == 0 ? result >> 8 & 0xFF : 128 + signal)
            Bytes.write([code], to: status)
        }
    }

    /// True when programs of the container may have CAP_SYS_PTRACE, which is 19.
    private var mayBeTraced: Bool {
        (order.capabilities.bounding | order.capabilities.permitted) & 1 << 19 != 0
    }

    /// The fourth process, which becomes the program, or our own tool.
    private func become(_ program: Int32, _ report: Int32, _ proc: Int32) -> Never {
        diesWithParent(.session, report)
        check(setsid() >= 0, .session, report)
        if order.hasTerminal { check(ioctl(0, UInt(TIOCSCTTY), 0) == 0, .session, report) }
        resetSignals()
        check(chdir(order.folder) == 0, .folder, report)
        takeLabel(proc, report)
        if order.tool != nil { closeOthers([report], report) }
        let isDirect = order.filters.allSatisfy { $0.allows(Int(SYS_execveat)) }
        for filter in order.filters {
            check(install(filter), .seccomp, report)
        }
        if let tool = order.tool {
            // Nothing is executed: the report ends here, and what is left has the container's rights.
            close(report)
            _exit(Int32(tool.run()))
        }
        if isDirect {
            _ = linux_execveat(program, "", words, environment, LINUX_AT_EMPTY_PATH)
        } else {
            // The container's filter knows execve(2) alone; the link leads to the same open file.
            _ = execve("/proc/self/fd/\(program)", words, environment)
        }
        fail(.program, report)
    }

    private func install(_ filter: SeccompFilter) -> Bool {
        filter.instructions.withUnsafeBytes { bytes in
            linux_seccomp_install(
                bytes.baseAddress?.assumingMemoryBound(to: sock_filter.self),
                UInt16(filter.count), filter.flags) == 0
        }
    }

    private func standBeforeTheKiller(_ report: Int32) {
        if !SmallFile.write("\(order.oomScoreAdjustment)", to: "/proc/self/oom_score_adj") {
            // Lowering it needs CAP_SYS_RESOURCE; without it the program is killed sooner, not later.
            check(errno == EACCES, .oom, report)
        }
    }

    private func setLimits(_ report: Int32) {
        for limit in order.limits {
            var wanted = rlimit(rlim_cur: rlim_t(limit.soft), rlim_max: rlim_t(limit.hard))
            if linux_prlimit(limit.resource, &wanted, nil) == 0 { continue }
            check(errno == EPERM, .limits, report)
            // Raising needs CAP_SYS_RESOURCE; what cannot be raised stays lower.
            var now = rlimit()
            check(linux_prlimit(limit.resource, nil, &now) == 0, .limits, report)
            wanted.rlim_max = min(wanted.rlim_max, now.rlim_max)
            wanted.rlim_cur = min(wanted.rlim_cur, wanted.rlim_max)
            check(linux_prlimit(limit.resource, &wanted, nil) == 0, .limits, report)
        }
    }

    /// Becomes the container's user with its rights and no others.
    private func giveUp(_ report: Int32) {
        let sets = order.capabilities
        for number in 0..<UInt(64) where sets.bounding & (1 << UInt64(number)) == 0 {
            // Beyond the kernel's last capability there is nothing to give up.
            if linux_prctl(PR_CAPBSET_DROP, number, 0) != 0 {
                check(errno == EINVAL, .bounding, report)
                break
            }
        }
        check(linux_prctl(PR_SET_KEEPCAPS, 1, 0) == 0, .capabilities, report)
        check(linux_setgroups(UInt(order.groups.count), order.groups) == 0, .groups, report)
        check(linux_setresgid(order.group) == 0, .group, report)
        check(linux_setresuid(order.user) == 0, .user, report)
        check(
            linux_capset(sets.effective, sets.permitted, sets.inheritable) == 0, .capabilities,
            report)
        // PR_CAP_AMBIENT: CLEAR_ALL is 4, RAISE 2.
        check(linux_prctl(PR_CAP_AMBIENT, 4, 0) == 0, .capabilities, report)
        for number in 0..<UInt(64) where sets.ambient & (1 << UInt64(number)) != 0 {
            check(linux_prctl(PR_CAP_AMBIENT, 2, number) == 0, .capabilities, report)
        }
        // Changing the user has made it readable again.
        check(linux_prctl(PR_SET_DUMPABLE, 0, 0) == 0, .newPrivileges, report)
        check(linux_prctl(PR_SET_NO_NEW_PRIVS, 1, 0) == 0, .newPrivileges, report)
    }

    /// Takes the container's AppArmor profile or SELinux label: with the program, or at once for a tool
    /// of ours, which executes nothing.
    private func takeLabel(_ proc: Int32, _ report: Int32) {
        guard proc >= 0 else { return }
        let (files, text) =
            if order.tool != nil {
                if let profile = order.profile {
                    (
                        ["self/attr/apparmor/current", "self/attr/current"],
                        "changeprofile \(profile)"
                    )
                } else {
                    (["self/attr/current"], order.label ?? "")
                }
            } else if let profile = order.profile {
                (["self/attr/apparmor/exec", "self/attr/exec"], "exec \(profile)")
            } else {
                (["self/attr/exec"], order.label ?? "")
            }
        let isTaken = files.contains { name in
            guard let file = OwnedDescriptor(name, O_WRONLY, in: proc) else { return false }
            return Bytes.write(Array(text.utf8), to: file.number)
        }
        check(isTaken, .label, report)
    }

    private func resetSignals() {
        var none = sigset_t()
        sigemptyset(&none)
        sigprocmask(SIG_SETMASK, &none, nil)
        for number in 1..<Int32(65) { _ = linux_default_signal(number) }
    }

    private func closeOthers(_ kept: [Int32], _ report: Int32) {
        var first: UInt32 = 3
        for descriptor in kept.filter({ $0 >= 0 }).sorted().map({ UInt32($0) }) {
            if first < descriptor {
                check(linux_close_range(first, descriptor - 1, 0) == 0, .descriptors, report)
            }
            first = descriptor + 1
        }
        check(linux_close_range(first, UInt32.max, 0) == 0, .descriptors, report)
    }

    private func threads() -> Int {
        guard let folder = OwnedDescriptor("/proc/self/task", O_RDONLY | O_DIRECTORY) else {
            return 0
        }
        return FolderNames.all(of: folder.number, limit: 64)?.count ?? 0
    }

    private func isSameRoot(_ root: Int32) -> Bool {
        var (ours, theirs) = (stat(), stat())
        return stat("/", &ours) == 0 && fstat(root, &theirs) == 0 && ours.st_dev == theirs.st_dev
            && ours.st_ino == theirs.st_ino
    }

    /// Ends with the helper's first process. Whether that is gone already is told by the report: then
    /// nobody reads it.
    private func diesWithParent(_ step: JoinerStep, _ report: Int32? = nil) {
        let report = report ?? self.report
        check(linux_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL), 0) == 0, step, report)
        var readers = pollfd(fd: report, events: 0, revents: 0)
        if poll(&readers, 1, 0) > 0 { _exit(1) }
    }

    private func check(_ isDone: Bool, _ step: JoinerStep, _ report: Int32? = nil) {
        if !isDone { fail(step, report ?? self.report) }
    }

    private func fail(_ step: JoinerStep, _ report: Int32) -> Never {
        Bytes.write(JoinerReport.bytes(step, errno), to: report)
        _exit(1)
    }
}
