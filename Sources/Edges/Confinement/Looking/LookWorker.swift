import AgentMessages
import CLinux
import Glibc

/// The helper's other work: one question about a container, answered from outside by a process that can
/// be killed, that has little memory, and that holds the container user's rights and no others.
struct LookWorker {
    private let order: LookOrder

    init(_ order: LookOrder) {
        self.order = order
    }

    /// Verbs that read the container's files.
    private static let fileVerbs: Set<String> = [
        "ls", "cat", "head", "tail", "stat", "find", "match", "grep", "wc", "du", "zcat", "less",
        "more",
        "view", "vi",
    ]

    /// Verbs that show arguments, which may be secret.
    private static let argumentVerbs: Set<String> = ["ps", "top"]

    /// Answers.
    ///
    /// - Returns: The exit status.
    /// - Throws: `Refusal` when the question cannot be answered.
    func run() throws -> Ended {
        endWithAgent()
        bound()
        let pidfd = OwnedDescriptor(taking: linux_pidfd_open(order.process))
        let folder = "/proc/\(order.process)"
        guard pidfd.number >= 0, let stat = SmallFile.text(folder + "/stat"),
            ProcessStatus.start(ofStat: stat) == order.start
        else { throw Refusal("look.gone", "the container does not run any longer") }
        var answer = Answer(
            order.look.filters, masks: Self.argumentVerbs.contains(order.look.verb))
        do {
            if Self.fileVerbs.contains(order.look.verb) {
                try answerFromFiles(folder, &answer)
            } else {
                try StateAnswers(order).answer(&answer)
            }
        } catch let refusal as Refusal {
            try answer.complain("\(order.look.verb): \(refusal.sentence.text)")
            if answer.status == 0 { answer.status = 1 }
        }
        try answer.finish()
        return Ended(status: answer.status)
    }

    private func answerFromFiles(_ folder: String, _ answer: inout Answer) throws {
        guard let root = OwnedDescriptor(folder + "/root", LINUX_O_PATH | O_DIRECTORY),
            let mounts = SmallFile.text(folder + "/mountinfo")
        else { throw Refusal.system("look.root", "the container's root is not opened") }
        try becomeUser()
        let tree = SafeTree(root, trees: order.look.trees, mountinfo: mounts)
        try FileAnswers(order.look).answer(tree, &answer)
    }

    /// What the agent's end brings along: the pipe from it closes, and the signal that tells it ends
    /// this process (fcntl(2), O_ASYNC).
    private func endWithAgent() {
        signal(SIGPIPE, SIG_DFL)
        signal(SIGIO, SIG_DFL)
        _ = fcntl(Helper.control, F_SETOWN, getpid())
        let flags = fcntl(Helper.control, F_GETFL)
        // O_ASYNC of asm-generic/fcntl.h.
        _ = fcntl(Helper.control, F_SETFL, flags | 0o20000)
        var polled = pollfd(fd: Helper.control, events: 0, revents: 0)
        if poll(&polled, 1, 0) > 0 { _exit(1) }
    }

    /// Time and memory, whatever is read. It stands outside the container's limits: so it ends first when
    /// memory is short, gives way to everything else after a second, and starts nothing.
    private func bound() {
        _ = SmallFile.write("1000", to: "/proc/self/oom_score_adj")
        alarm(order.milliseconds / 1000 + 1)
        // The kernel says once that the second is over, and kills when the rest is.
        signal(SIGXCPU) { _ in
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
            var limit = rlimit()
            _ = linux_prlimit(0, nil, &limit)
            limit.rlim_cur = limit.rlim_max
            _ = linux_prlimit(0, &limit, nil)
        }
        var processor = rlimit(rlim_cur: 1, rlim_max: rlim_t(order.milliseconds / 1000 + 1))
        _ = linux_prlimit(0, &processor, nil)
        let limits: [(Int32, UInt64)] = [
            // RLIMIT_AS, FSIZE, CORE, NOFILE, NPROC of asm-generic/resource.h; RLIMIT_CPU above is 0.
            (9, 256 << 20), (1, 0), (4, 0), (7, 128), (6, 0),
        ]
        for (resource, most) in limits {
            var limit = rlimit(rlim_cur: rlim_t(most), rlim_max: rlim_t(most))
            _ = linux_prlimit(resource, &limit, nil)
        }
    }

    /// Takes the user's rights for files, and no others.
    private func becomeUser() throws {
        let isDone =
            linux_prctl(PR_SET_KEEPCAPS, 1, 0) == 0
            && linux_setgroups(UInt(order.groups.count), order.groups) == 0
            && linux_setresgid(order.group) == 0 && linux_setresuid(order.user) == 0
            && linux_capset(order.capabilities, order.capabilities, 0) == 0
            && linux_prctl(PR_SET_DUMPABLE, 0, 0) == 0
            && linux_prctl(PR_SET_NO_NEW_PRIVS, 1, 0) == 0
        guard isDone else { throw Refusal.system("look.user", "the container's user is not taken") }
    }
}
