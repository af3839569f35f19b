import AgentMessages
import CLinux
import Confinement
import Foundation

/// One helper that runs, and what connects the agent with it.
///
/// The helper ends its line when `control` closes, so an agent that dies takes its lines along.
final class HelperProcess: Sendable {
    let process: Int32
    /// Where orders and signals go.
    private let control: SharedDescriptor
    /// What the helper tells, in frames.
    let report: SharedDescriptor
    /// What the line writes.
    let streams: LineStreams

    /// Starts a helper and gives it its order.
    ///
    /// - Parameters:
    ///   - program: The helper.
    ///   - order: What it is to do.
    ///   - terminal: The size of the terminal that the line gets; nil for pipes.
    /// - Throws: `Refusal` when no process is started.
    init(_ program: HelperProgram, _ order: HelperOrder, terminal: TerminalSize?) throws {
        let (orders, control) = try SharedDescriptor.pipe()
        let (report, told) = try SharedDescriptor.pipe()
        let lent = try LentStreams(terminal)
        self.control = control
        self.report = report
        streams = lent.ours
        process = try Self.spawn(
            program.path, [lent.input, lent.output, lent.errors, orders, told])
        // A helper that does not read it has ended, which its report tells.
        _ = Bytes.write(order.bytes, to: control.number)
    }

    private static func spawn(_ path: String, _ descriptors: [SharedDescriptor]) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (place, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor.number, Int32(place))
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        // POSIX_SPAWN_SETSIGMASK, SETSIGDEF and SETSID of spawn.h; the last is for _GNU_SOURCE alone.
        posix_spawnattr_setflags(&attributes, 0x08 | 0x04 | 0x80)
        let name = strdup("quaymaster-enter")
        defer { free(name) }
        var words = [name, nil]
        // Nothing of the agent's environment goes along.
        var environment: [UnsafeMutablePointer<CChar>?] = [nil]
        var process: pid_t = 0
        let result = posix_spawn(&process, path, &actions, &attributes, &words, &environment)
        guard result == 0 else {
            errno = result
            throw Refusal.system("agent.spawn", "the helper is not started")
        }
        return process
    }

    /// Sends a request on.
    func send(_ request: Request) {
        _ = Bytes.write(request.frame.bytes, to: control.number)
    }

    /// Ends the helper and waits for it, if need be on a thread of its own: what a dead mount holds up
    /// holds up nobody else.
    func end() {
        var status: Int32 = 0
        if waitpid(process, &status, WNOHANG) == process { return }
        kill(process, SIGKILL)
        for _ in 0..<100 {
            if waitpid(process, &status, WNOHANG) == process { return }
            usleep(1000)
        }
        let process = self.process
        Thread.detachNewThread {
            var status: Int32 = 0
            while waitpid(process, &status, 0) < 0, errno == EINTR {}
        }
    }

    /// Waits until the helper has ended by itself, at most so many milliseconds; `end` takes it.
    func waitForEnd(milliseconds: Int32) {
        let pidfd = linux_pidfd_open(process)
        guard pidfd >= 0 else { return }
        defer { close(pidfd) }
        var polled = pollfd(fd: pidfd, events: Int16(POLLIN), revents: 0)
        _ = poll(&polled, 1, milliseconds)
    }
}

/// The agent's ends of what a line writes to.
struct LineStreams: Sendable {
    /// Standard output, or the terminal.
    let output: SharedDescriptor
    /// Standard error; nil with a terminal.
    let errors: SharedDescriptor?

    /// Sets the terminal's size (ioctl_tty(2)); what is in front of it gets SIGWINCH.
    func resize(_ size: TerminalSize) {
        guard errors == nil else { return }
        var window = winsize(ws_row: size.rows, ws_col: size.columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(output.number, UInt(TIOCSWINSZ), &window)
    }
}

/// What a line reads from and writes to: pipes, or a terminal of its own. Never a file: whoever has a
/// descriptor of one can open it anew, for writing too.
private struct LentStreams {
    let input: SharedDescriptor
    let output: SharedDescriptor
    let errors: SharedDescriptor
    let ours: LineStreams

    init(_ terminal: TerminalSize?) throws {
        guard let terminal else {
            // Nobody writes to what it reads.
            input = try SharedDescriptor.pipe().read
            let (outputs, errorsPair) = (try SharedDescriptor.pipe(), try SharedDescriptor.pipe())
            (output, errors) = (outputs.write, errorsPair.write)
            ours = LineStreams(output: outputs.read, errors: errorsPair.read)
            return
        }
        let master = try SharedDescriptor.lifting(open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC))
        input = try SharedDescriptor.lifting(linux_terminal_peer(master.number))
        (output, errors) = (input, input)
        ours = LineStreams(output: master, errors: nil)
        ours.resize(terminal)
    }
}
