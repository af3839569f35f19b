import AgentMessages
import Confinement
import Foundation

/// One line while it runs: between a gateway and a helper, with the limits that hold for it.
final class LineRun {
    private let connection: Connection
    private let helper: HelperProcess
    private let limits: AgentLimits
    /// True for what is answered from outside, which is ended at once.
    private let isLook: Bool
    private let started: Started
    private var told = FrameReader(fromGateway: false)
    private var budget: OutputBudget
    private var open: [SharedDescriptor]
    private var isUnderWay = false
    private var ended: Reply?
    private var cause = Ended.Cause.done

    init(
        _ connection: Connection, _ helper: HelperProcess, _ limits: AgentLimits,
        _ started: Started
    ) {
        self.connection = connection
        self.helper = helper
        self.limits = limits
        isLook = started.way == .outside
        self.started = started
        budget = OutputBudget(most: limits.outputBytes)
        open = [helper.streams.output] + (helper.streams.errors.map { [$0] } ?? [])
    }

    /// Passes on until the line has ended, and says how.
    func run() {
        let end = Date().addingTimeInterval(Double(limits.lineSeconds))
        // The helper keeps the time itself; what it cannot end is ended from here.
        let last = end.addingTimeInterval(isLook ? 0 : 5)
        var reportIsOpen = true
        if isLook { begin() }
        while reportIsOpen || !open.isEmpty {
            let now = Date()
            if now >= last {
                cause = .time
                break
            }
            if ended != nil, !reportIsOpen, !drain(seconds: 2) { break }
            if ended != nil, !reportIsOpen { break }
            let ready = wait(reportIsOpen: reportIsOpen, last.timeIntervalSince(now))
            if ready.client { listen() }
            if connection.isOver {
                cause = .person
                break
            }
            if ready.report { reportIsOpen = readReport() }
            if isLook, cause == .person { break }
            for stream in ready.streams { pass(stream) }
        }
        finish()
    }

    private func begin() {
        isUnderWay = true
        connection.send(.started(started))
    }

    private struct Ready {
        var client = false
        var report = false
        var streams: [SharedDescriptor] = []
    }

    private func wait(reportIsOpen: Bool, _ seconds: Double) -> Ready {
        // Nothing that a program writes is passed on before it is known to be the right one.
        let streams = isUnderWay ? open : []
        let watched =
            [connection.number, reportIsOpen ? helper.report.number : -1] + streams.map(\.number)
        var polls = watched.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        guard poll(&polls, nfds_t(polls.count), Int32(max(1, seconds * 1000))) > 0 else {
            return Ready()
        }
        return Ready(
            client: polls[0].revents != 0, report: polls[1].revents != 0,
            streams: zip(streams, polls.dropFirst(2)).filter { $1.revents != 0 }.map(\.0))
    }

    /// Takes what the gateway says meanwhile.
    private func listen() {
        connection.receive()
        while let request = connection.next() {
            switch request {
            case .signal, .close:
                cause = .person
                if !isLook { helper.send(request) }
            case .resize(let size): helper.streams.resize(size)
            case .run, .describe: return
            }
        }
    }

    /// Takes what the helper tells; false when it tells nothing more.
    private func readReport() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = read(helper.report.number, &bytes, bytes.count)
        if count < 0, errno == EINTR { return true }
        guard count > 0 else { return false }
        told.receive(bytes.prefix(count))
        do {
            while let frame = try told.next() {
                switch try Reply(frame) {
                case .started: begin()
                case .notice(let sentence): connection.send(.notice(sentence))
                case .refused(let sentence): ended = .refused(sentence)
                case .ended(let end): ended = .ended(end)
                case .output, .errors, .facts: return false
                }
            }
            return true
        } catch {
            return false
        }
    }

    /// Passes on what is written.
    private func pass(_ stream: SharedDescriptor) {
        var bytes = [UInt8](repeating: 0, count: 32_768)
        let count = read(stream.number, &bytes, bytes.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return }
        guard count > 0 else {
            // A terminal whose last program has ended gives an error.
            open.removeAll { $0 === stream }
            return
        }
        let wasWhole = budget.dropped == 0
        let kept = Array(budget.take(bytes[..<count]))
        if !kept.isEmpty {
            connection.send(stream === helper.streams.errors ? .errors(kept) : .output(kept))
        }
        if wasWhole, budget.dropped > 0 {
            connection.send(
                .notice(
                    Sentence(
                        "limit.output",
                        "cut after \(OutputBudget.words(UInt64(budget.most))); "
                            + "what follows is counted and dropped")))
        }
    }

    /// Passes on what still stands in the streams once nobody writes any more.
    private func drain(seconds: Double) -> Bool {
        guard isUnderWay else { return false }
        let end = Date().addingTimeInterval(seconds)
        while !open.isEmpty, !connection.isOver {
            let left = end.timeIntervalSinceNow
            guard left > 0 else { return false }
            for stream in wait(reportIsOpen: false, left).streams { pass(stream) }
        }
        return true
    }

    private func finish() {
        // A helper that has told how the line ended has little left to do.
        if ended != nil { helper.waitForEnd(milliseconds: 3000) }
        helper.end()
        if budget.dropped > 0 {
            let words = OutputBudget.words(budget.dropped)
            connection.send(
                .notice(
                    Sentence(
                        "limit.output",
                        "cut after \(OutputBudget.words(UInt64(budget.most))), \(words) more dropped"
                    )))
        }
        let reply = ended ?? .ended(Ended(status: 137, cause: cause))
        guard case .ended(let end) = reply else { return connection.send(reply) }
        if end.cause == .time || cause == .time {
            connection.send(
                .notice(
                    Sentence(
                        "limit.time",
                        "a line may take \(limits.lineSeconds) s; this one was ended")))
        }
        let why = end.cause == .done ? cause : end.cause
        connection.send(.ended(Ended(status: end.status, cause: why, dropped: budget.dropped)))
    }
}
