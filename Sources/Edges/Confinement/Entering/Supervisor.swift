import AgentMessages
import CLinux
import Glibc

/// The helper's first process: outside the container, it starts the program, passes signals on, keeps
/// the time, and leaves nothing behind. It ends the line when the agent is gone.
struct Supervisor {
    private let order: EnterOrder
    private var control = FrameReader(fromGateway: true)
    private var report: [UInt8] = []
    /// The process that stays beside the program, which tells its status.
    private var keeper: Int32 = 0
    /// The program itself, once it runs.
    private var program: Int32 = 0
    private var cause = Ended.Cause.done
    /// When the next step of ending is due, and which it is.
    private var deadline: Int64
    private var next: Int32 = SIGKILL
    private let limit: Int64

    init(_ order: EnterOrder) {
        self.order = order
        limit = Clock.milliseconds + Int64(order.milliseconds)
        deadline = limit
    }

    /// Runs the line to its end.
    ///
    /// - Throws: `Refusal` when the program is not started, or not what it has to be.
    mutating func run() throws -> Ended {
        let pidfd = OwnedDescriptor(taking: linux_pidfd_open(order.process))
        guard pidfd.number >= 0, let stat = SmallFile.text("/proc/\(order.process)/stat"),
            ProcessStatus.start(ofStat: stat) == order.start
        else { throw Refusal("enter.gone", "the container does not run any longer") }
        guard let root = OwnedDescriptor("/proc/\(order.process)/root", LINUX_O_PATH | O_DIRECTORY)
        else { throw Refusal.system("enter.root", "the container's root is not opened") }
        if let tool = order.tool {
            try tool.check(order.process)
            guard let nothing = OwnedDescriptor("/dev/null", O_RDONLY) else {
                throw Refusal.system("enter.descriptors", "no descriptor is left")
            }
            return try launch(pidfd.number, root.number, program: nothing.number, words: []) {}
        }
        let file = try ProgramFile(
            order.program, words: order.words, search: order.search, root: root.number)
        let layers = try order.upper.map { try ImageLayers(upper: $0) }
        if let change = file.change(pin: order.pin, layers: layers) { throw change }
        let pin = order.pin
        return try launch(
            pidfd.number, root.number, program: file.descriptor.number, words: file.words
        ) {
            // What was executed was the image's, if it still is now.
            if let change = file.change(pin: pin, layers: layers) { throw change }
        }
    }

    /// Starts the line's processes and waits for their end.
    ///
    /// - Parameters:
    ///   - pidfd: The container's first process.
    ///   - root: The container's root.
    ///   - program: The file to execute.
    ///   - words: The program's words.
    ///   - check: Asked once more when it runs.
    /// - Returns: How the line ended.
    /// - Throws: `Refusal` when nothing is started, or not what it has to be.
    private mutating func launch(
        _ pidfd: Int32, _ root: Int32, program: Int32, words: [String], _ check: () throws -> Void
    ) throws -> Ended {
        // Programs open /dev/stderr anew, as themselves.
        for stream: Int32 in [1, 2] { _ = fchown(stream, order.hostUser, UInt32.max) }
        try order.line.make()
        defer { leave() }
        let (pipe, status) = (try Pipe(), try Pipe())
        let joiner = Joiner(
            order, pidfd: pidfd, root: root, program: program, words: words, report: pipe.write,
            status: status.write)
        let child = joiner.start()
        guard child >= 0 else { throw JoinerReport.refusal(.fork, errno) }
        for descriptor in [0, 1, 2, pipe.write, status.write] { close(descriptor) }
        try start(child, pipe.read)
        try check()
        Helper.tell(
            .started(
                Started(
                    way: order.tool == nil ? .program : .tool, start: order.start,
                    user: order.user, group: order.group)))
        return try end(status.read)
    }

    /// Waits until the program runs; the pipe ends then.
    private mutating func start(_ child: Int32, _ pipe: Int32) throws {
        defer { close(pipe) }
        var isOver = false
        while !isOver {
            try wait(for: pipe)
            var bytes = [UInt8](repeating: 0, count: 64)
            let count = read(pipe, &bytes, bytes.count)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            isOver = count <= 0
            report += bytes.prefix(max(0, count))
            if keeper == 0, let found = JoinerReport.program(report) { keeper = found }
            if cause != .done { isOver = true }
        }
        if keeper == 0 { kill(child, SIGKILL) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        if let failure = JoinerReport.failure(report) { throw failure }
        guard keeper > 0, cause == .done else {
            throw cause == .done
                ? Refusal("enter.failed", "the helper ended before the program started")
                : Refusal("enter.ended", "the line was ended before its program started")
        }
    }

    /// Waits for the program's end: its status, or the end of whoever would tell it.
    private mutating func end(_ status: Int32) throws -> Ended {
        defer { close(status) }
        program = order.line.processes.first { Self.parent(of: $0) == keeper } ?? 0
        while true {
            try wait(for: status)
            var code: [UInt8] = [137]
            let count = read(status, &code, 1)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            return Ended(status: code[0], cause: cause)
        }
    }

    /// Ends whatever the line has started. The keeper comes last: until then it takes the others.
    private func leave() {
        var status: Int32 = 0
        if keeper > 0 {
            let pidfd = OwnedDescriptor(taking: linux_pidfd_open(keeper))
            for _ in 0..<2000 {
                // What is killed is taken by the keeper, which ends when it has nothing left.
                let isAlone = order.line.kill(except: keeper)
                if waitpid(keeper, &status, WNOHANG) == keeper { return order.line.finish() }
                var polled = pollfd(fd: pidfd.number, events: Int16(POLLIN), revents: 0)
                _ = poll(&polled, 1, isAlone ? 10 : 1)
            }
            kill(keeper, SIGKILL)
        }
        order.line.end()
        while keeper > 0, waitpid(keeper, &status, 0) < 0, errno == EINTR {}
    }

    private static func parent(of process: Int32) -> Int32? {
        SmallFile.text("/proc/\(process)/stat").flatMap { ProcessStatus.fields(ofStat: $0) }
            .flatMap { $0.count > 1 ? Int32($0[1]) : nil }
    }

    /// Waits until a descriptor can be read; meanwhile takes orders and keeps the time.
    private mutating func wait(for descriptor: Int32) throws {
        var isOpen = true
        while true {
            let now = Clock.milliseconds
            if now >= deadline { step(now) }
            var polls = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: isOpen ? Helper.control : -1, events: Int16(POLLIN), revents: 0),
            ]
            let left = max(0, min(deadline - Clock.milliseconds, 60_000))
            guard poll(&polls, 2, Int32(left)) >= 0 || errno == EINTR else {
                throw Refusal.system("enter.poll", "the line is not watched")
            }
            if polls[0].revents != 0 { return }
            if polls[1].revents != 0, !listen() {
                // The agent is gone, and with it whoever asked.
                isOpen = false
                cause = .person
                next = SIGKILL
                step(Clock.milliseconds)
            }
        }
    }

    /// Takes what the agent says; false when it is gone.
    private mutating func listen() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(Helper.control, &bytes, bytes.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return true }
        guard count > 0 else { return false }
        control.receive(bytes.prefix(count))
        do {
            while let frame = try control.next() {
                switch try Request(frame) {
                case .signal(.interrupt): begin(SIGINT)
                case .signal(.terminate): begin(SIGTERM)
                case .signal(.kill), .close: begin(SIGKILL)
                case .run, .describe, .resize: return false
                }
            }
            return true
        } catch {
            return false
        }
    }

    private mutating func begin(_ signal: Int32) {
        cause = .person
        // Who asks twice is not made to wait longer.
        if next != SIGKILL || deadline == limit { next = signal }
        step(Clock.milliseconds)
    }

    /// Carries out the next step of ending and plans the one after it, two seconds later.
    private mutating func step(_ now: Int64) {
        if now >= limit, cause == .done { cause = .time }
        let signal = now >= limit ? SIGKILL : next
        next = signal == SIGINT ? SIGTERM : SIGKILL
        deadline = min(now + 2000, max(limit, now + 100))
        if signal == SIGKILL {
            if keeper > 0 { _ = order.line.kill(except: keeper) }
            return
        }
        // Its number is still its own, as it is still the keeper's child.
        guard program > 0, Self.parent(of: program) == keeper else { return }
        // The group is the program's; before it has one, it is alone.
        if kill(-program, signal) != 0 { _ = kill(program, signal) }
    }
}

/// A clock that nobody sets.
enum Clock {
    /// Milliseconds since some moment.
    static var milliseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// Two ends of a pipe, both of which close on exec.
struct Pipe {
    let read: Int32
    let write: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        guard linux_pipe(&ends) == 0 else {
            throw Refusal.system("enter.pipe", "no pipe is made")
        }
        (read, write) = (ends[0], ends[1])
    }
}
