import Acts
import AgentMessages
import Engine
import JSON
import Ledger
import NIOCore
package import ShellGrammar

/// One person in one container: judges each line, has the host's agent run it, shows what may be shown,
/// and records all of it. Confined to its event loop.
///
/// A line is in the record, on the disk, before the agent hears of it.
package final class ShellSession {
    let terms: Terms
    let tools: Tools
    private let say: ([UInt8]) -> Void
    private let leave: () -> Void
    let id: String
    let history: History
    var tape: Recorder.Tape?
    var cast: Cast
    private var input: [UInt8] = []
    /// True while the client takes no more.
    private var isHeld = false
    /// True while what has come is taken.
    private var isTaking = false
    /// Lines typed before and in this session, the oldest first.
    var typedLines: [String] = []
    private(set) var hasEnded = false
    private var size: TerminalSize?

    /// The line that runs.
    struct Running {
        let number: Int
        let line: AcceptedLine
        var entry: Entry
        var agent: (any ShellLine)?
        /// Its place among those that run.
        var seat: AgentSeats.Seat?
        /// True when the person has changed their mind before the agent was asked.
        var isInterrupted = false
        var output: OutputGate
        var errors: OutputGate
    }
    var running: Running?
    /// What waits for a second person.
    var awaiting: Awaiting?
    /// When the container started for which the session was approved; nil when any will do.
    var start: UInt64?
    /// Who watches, and who has paused it.
    var watchers: [Watcher] = []
    var pausedBy: String?
    /// Names that are looked up for a completion.
    var listing: (agent: any ShellLine, names: [UInt8], seat: AgentSeats.Seat)?
    var number = 0
    private var idle: Scheduled<Void>?
    private var end: Scheduled<Void>?

    /// How long nobody may say anything, and how long a session may last.
    private static let mostIdle = TimeAmount.minutes(15)
    private static let mostTime = TimeAmount.hours(8)

    /// Makes a session that says nothing yet.
    ///
    /// - Parameters:
    ///   - terms: Who enters what.
    ///   - tools: What it uses.
    ///   - say: Sends bytes to the client.
    ///   - leave: Ends the connection once everything is sent.
    package init(
        _ terms: Terms, _ tools: Tools, say: @escaping ([UInt8]) -> Void,
        leave: @escaping () -> Void
    ) {
        self.terms = terms
        self.tools = tools
        self.say = say
        self.leave = leave
        let now = Timestamp.now()
        id = tools.ledger.ids.next(at: now)
        cast = Cast(at: Timestamp.monotonic())
        history = tools.recorder.history(of: terms.identity, in: terms.container.text)
        let header = Cast.header(
            time: now / 1_000_000_000, title: "\(terms.identity) in \(terms.name)",
            tags: [
                "identity=" + terms.identity, "container=" + terms.container.text,
                "name=" + terms.name, "tenant=" + terms.tenant,
                "roles=" + terms.roles.map(\.name).joined(separator: "+"), "reason=" + terms.reason,
            ])
        tape = tools.recorder.begin(id, for: terms.tenant, header)
    }

    /// True when the session's roles are still what these names mean.
    package func has(_ names: [String], of table: RoleTable) -> Bool {
        terms.roles == names.compactMap(table.named)
    }

    var eventLoop: any EventLoop { tools.way.pool.eventLoop }

    /// Begins.
    package func begin() {
        guard tape != nil else {
            return bye(RecordingFailure.disk.words(so: "nobody enters"))
        }
        typedLines = history.lines()
        tools.board.add(
            SessionBoard.Seat(
                id: id, identity: terms.identity, tenant: terms.tenant,
                container: terms.container.text, name: terms.name, roles: terms.roles.map(\.name),
                reason: terms.reason, began: Timestamp.now(),
                session: NIOLoopBound(self, eventLoop: eventLoop), eventLoop: eventLoop))
        endAfter(Self.mostTime, "a session lasts 8 hours at most")
        awaitClient()
        switch terms.approval {
        case .session(let seconds): awaitApproval(.session(seconds: seconds))
        case .nothing, .line: greet()
        }
    }

    /// Why nothing more is recorded; nil while it is.
    var recordingFailure: RecordingFailure? {
        guard let tape else { return .disk }
        return tape.failure
    }

    /// What a session is to whoever sees it.
    var greeting: ShellEvent.Greeting {
        ShellEvent.Greeting(
            id: id, container: terms.name, roles: terms.roles.map(\.name), way: tools.way.name,
            history: [])
    }

    /// Lets the person begin.
    func greet() {
        var greeting = greeting
        greeting.history = typedLines
        tell(.session(greeting))
    }

    /// Ends the session after a time, in the place of what was said before.
    func endAfter(_ time: TimeAmount, _ words: String) {
        end?.cancel()
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        end = eventLoop.scheduleTask(in: time) { bound.value.bye(words) }
    }

    private func awaitClient() {
        idle?.cancel()
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        idle = eventLoop.scheduleTask(in: Self.mostIdle) {
            let session = bound.value
            // What is followed may say nothing for long.
            if session.running != nil || session.awaiting != nil { return session.awaitClient() }
            session.bye("nothing was said for 15 minutes")
        }
    }

    // MARK: The client

    /// Takes bytes of the client's.
    package func receive(_ bytes: some Sequence<UInt8>) {
        guard !hasEnded else { return }
        input.append(contentsOf: bytes)
        takeMessages()
    }

    /// Takes what has come, as long as the client takes the answers.
    ///
    /// What is told may fill the client's socket or empty it at once, and so come back here by `hold`.
    private func takeMessages() {
        guard !isTaking else { return }
        isTaking = true
        defer { isTaking = false }
        while !hasEnded, !isHeld, let end = input.firstIndex(of: 0x0A) {
            let line = Array(input[..<end])
            input.removeFirst(end + 1)
            take(line)
        }
        if !isHeld, input.count > ShellCommand.mostBytes { bye("a message is too long") }
    }

    private func take(_ bytes: [UInt8]) {
        if bytes.isEmpty { return }
        awaitClient()
        do throws(ShellCommand.Failure) {
            switch try ShellCommand(bytes) {
            case .line(let text): typed(text)
            case .complete(let text): complete(text)
            case .interrupt: interrupt()
            case .resize(let size):
                guard size != self.size else { break }
                self.size = size
                tape?.write(cast.resize(size, at: Timestamp.monotonic()))
                running?.agent?.send(.resize(size))
            case .end: bye("")
            }
        } catch {
            bye(error.words)
        }
    }

    /// The client takes no more for now, or takes more again.
    package func hold(_ isHeld: Bool) {
        guard isHeld != self.isHeld else { return }
        self.isHeld = isHeld
        running?.agent?.isHeld = isHeld
        if isHeld { return }
        // Never inside of what is telling something just now.
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.execute { bound.value.takeMessages() }
    }

    /// Who asks the agent for a line from now on reads as slowly as the client.
    func slow(_ agent: any ShellLine) { agent.isHeld = isHeld }

    private func interrupt() {
        if awaiting != nil { return giveUp("approval.waits", "given up", status: 130) }
        guard let agent = running?.agent else {
            // It is being written down, and does not run any more.
            running?.isInterrupted = true
            return
        }
        agent.send(.signal(.interrupt))
    }

    /// The connection is gone, or whoever is there may not be any more.
    ///
    /// - Parameter words: Why, for the recording.
    package func close(_ words: String = "the connection has ended") {
        guard !hasEnded else { return }
        hasEnded = true
        idle?.cancel()
        end?.cancel()
        tools.board.remove(id)
        leaveApproval()
        for watcher in watchers { watcher.finish("the session has ended: \(words)") }
        watchers = []
        listing?.agent.close()
        listing = nil
        if running != nil { ended(status: 137, cause: "left", dropped: 0) }
        tape?.write(cast.end(words, lines: number, at: Timestamp.monotonic()))
        tape?.end()
        tape = nil
    }

    /// Ends what runs, gently at first.
    func stopRunning() {
        listing?.agent.close()
        listing = nil
        guard let agent = running?.agent else {
            running?.isInterrupted = true
            return
        }
        agent.send(.signal(.terminate))
    }

    func bye(_ words: String) {
        guard !hasEnded else { return }
        dismiss(words)
        leave()
    }

    /// The session is over, and its connection soon after it: whoever is there is told why.
    package func dismiss(_ words: String) {
        tell(.bye(words))
        close(words.isEmpty ? "left" : words)
    }

    /// The right to have one more line run; nil when there is none just now.
    func takeSeat() -> AgentSeats.Seat? {
        tools.seats.take(tenant: terms.tenant, identity: terms.identity)
    }

    func tell(_ event: ShellEvent) {
        guard !hasEnded else { return }
        say(event.bytes)
        pass(event)
        guard let shown = event.shown, !shown.isEmpty else { return }
        tape?.write(cast.output(shown, at: Timestamp.monotonic()))
    }
}

extension ShellEvent {
    /// What of an event a person sees on the terminal, for the recording.
    var shown: String? {
        switch self {
        case .output(let text), .errors(let text): text
        case .notice(_, let words): words + "\n"
        case .refused(let refused): refused.words + "\n"
        case .bye(let words): words.isEmpty ? nil : words + "\n"
        case .waiting(let waiting): waiting.sentence + "\n"
        case .session, .watching, .started, .ended, .nothing, .help, .why, .history, .completion:
            nil
        }
    }
}
