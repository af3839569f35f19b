import CLinux
import Foundation
import Synchronization
import Testing

/// What a command left behind.
struct Outcome: CustomStringConvertible {
    /// The exit status; minus the signal's number when a signal ended it.
    let status: Int32
    let output: String
    let errors: String

    var description: String { "status \(status)\n\(output)\n\(errors)" }
}

/// A command that runs, whose output is read while it does.
///
/// Started by posix_spawn(3) and awaited by waitpid(2): Foundation's `Process` waits by a run loop,
/// which threads of tests do not have.
final class Command: Sendable {
    private struct State {
        var output = Data()
        var errors = Data()
        var openPipes = 2
        var status: Int32?

        var isOver: Bool { openPipes == 0 && status != nil }
    }

    let pid: Int32
    private let input: Mutex<Int32>
    private let condition = NSCondition()
    // Guards what was read; the condition is signalled at each change.
    private let state = Mutex(State())

    /// Starts a command.
    ///
    /// - Parameters:
    ///   - arguments: The program, found on PATH or by its path, and its arguments.
    ///   - environment: What is added to the environment.
    /// - Throws: When the program cannot be started.
    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        let (stdin, stdout, stderr) = (try Self.pipe(), try Self.pipe(), try Self.pipe())
        // Python's requests prefers these over the authority that a client names.
        let inherited = ProcessInfo.processInfo.environment.filter {
            !["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"].contains($0.key)
        }
        pid = try Self.spawn(
            arguments, inherited.merging(environment) { $1 },
            [stdin.read, stdout.write, stderr.write])
        for descriptor in [stdin.read, stdout.write, stderr.write] { close(descriptor) }
        input = Mutex(stdin.write)
        read(stdout.read) { $0.output.append($1) }
        read(stderr.read) { $0.errors.append($1) }
        let pid = self.pid
        Thread.detachNewThread { [self] in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            let code = status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
            change { $0.status = code }
        }
    }

    deinit {
        endInput()
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        // Other commands, of other threads too, must not inherit these: an end would not be seen.
        try #require(linux_pipe(&ends) == 0)
        return (ends[0], ends[1])
    }

    private static func spawn(
        _ arguments: [String], _ environment: [String: String], _ streams: [Int32]
    ) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, descriptor) in streams.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }
        let argv = arguments.map { strdup($0) } + [nil]
        let envp = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var pid: pid_t = 0
        let result = posix_spawnp(&pid, arguments[0], &actions, nil, argv, envp)
        try #require(result == 0, "\(arguments[0]): \(String(cString: strerror(result)))")
        return pid
    }

    private func change(_ body: (inout State) -> Void) {
        condition.lock()
        state.withLock { body(&$0) }
        condition.broadcast()
        condition.unlock()
    }

    private func read(_ descriptor: Int32, _ add: @escaping @Sendable (inout State, Data) -> Void) {
        Thread.detachNewThread { [self] in
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = Foundation.read(descriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                let data = Data(buffer[..<count])
                change { add(&$0, data) }
            }
            close(descriptor)
            change { $0.openPipes -= 1 }
        }
    }

    var output: String { state.withLock { String(decoding: $0.output, as: UTF8.self) } }
    var errors: String { state.withLock { String(decoding: $0.errors, as: UTF8.self) } }

    /// True when it has ended and all that it wrote was read.
    var hasEnded: Bool { state.withLock(\.isOver) }

    /// Sends bytes to the command's standard input.
    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        try input.withLock { descriptor in
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                try #require(count > 0, "the command reads no more")
                sent += count
            }
        }
    }

    /// Ends the command's standard input.
    func endInput() {
        input.withLock { descriptor in
            if descriptor >= 0 { close(descriptor) }
            descriptor = -1
        }
    }

    /// Sends a signal.
    func signal(_ number: Int32) {
        kill(pid, number)
    }

    /// Waits until something is true of what the command has written.
    ///
    /// - Returns: False when it ended, or the time ran out, before that.
    func wait(seconds: Double = 60, for check: (Command) -> Bool) -> Bool {
        let end = Date().addingTimeInterval(seconds)
        condition.lock()
        defer { condition.unlock() }
        while !check(self) {
            if state.withLock({ $0.isOver }) { return check(self) }
            guard condition.wait(until: end) else { return check(self) }
        }
        return true
    }

    /// Waits for the command's end; it is killed when the time runs out.
    func finish(seconds: Double = 120) -> Outcome {
        if !wait(seconds: seconds, for: { $0.state.withLock(\.isOver) }) {
            signal(SIGKILL)
            _ = wait(seconds: 10) { $0.state.withLock(\.isOver) }
        }
        return Outcome(status: state.withLock { $0.status ?? -SIGKILL }, output: output, errors: errors)
    }
}

/// Runs a command to its end.
///
/// - Parameters:
///   - arguments: The program and its arguments.
///   - environment: What is added to the environment.
///   - input: What it reads; its standard input ends after that.
///   - seconds: After that many seconds it is killed.
/// - Returns: What it left behind.
/// - Throws: When the program cannot be started.
@discardableResult
func run(
    _ arguments: [String], environment: [String: String] = [:], input: String = "",
    seconds: Double = 120
) throws -> Outcome {
    let command = try Command(arguments, environment: environment)
    if !input.isEmpty { try command.send(input) }
    command.endInput()
    return command.finish(seconds: seconds)
}
