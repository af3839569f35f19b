import AgentMessages
import Engine
import JSON
import NIOCore
import ShellGrammar
import Wire

/// One line that a program of the container runs by the engine's exec, on hosts without an agent.
/// Confined to its pool's loop.
///
/// The exec has no terminal and no input, the container's own user, and exactly the words that were
/// judged. The engine ends no exec: whoever knows of them does (`LineExecs`), and a line that is given
/// up is over when its exec is. What cannot be ended is said.
final class ExecLine: EngineConnectionUser, ShellLine {
    private let pool: EnginePool
    private let report: (LineNews) -> Void
    private let execs: any LineExecs
    private let seat: AgentSeats.Seat
    private var exec = ""
    private var connection: EngineConnection?
    private var reader = MessageReader()
    private var frames: StreamFrames?
    private var left = ExecLine.mostOutput
    private var dropped: UInt64 = 0
    private var cause = Ended.Cause.done
    private var hasEnded = false
    /// True while the engine has been asked to start the exec and has not answered.
    private var isStarting = false
    /// True when the engine has said how the exec ended.
    private var isOver = false
    private var isPaused = false
    private var deadline: Scheduled<Void>?

    /// The most bytes of output, as the agent has it.
    private static let mostOutput = 1 << 20
    /// The longest that a line may take, as the agent has it.
    private static let mostTime = TimeAmount.seconds(60)
    /// How long the end of a line that is given up is waited for.
    private static let patience = TimeAmount.seconds(3)

    /// Begins a line.
    ///
    /// - Parameters:
    ///   - request: Container and words.
    ///   - objection: Why the words may not be an exec's; nil: they may.
    ///   - pool: Where the engine listens.
    ///   - ending: Who ends its exec, and its right to run, which is kept until that has ended.
    ///   - report: Called on the loop, never before this returns.
    init(
        _ request: RunRequest, objection: ShellRefusal?, on pool: EnginePool,
        ending: (execs: any LineExecs, seat: AgentSeats.Seat),
        _ report: @escaping (LineNews) -> Void
    ) {
        self.pool = pool
        (execs, seat) = ending
        self.report = report
        let bound = NIOLoopBound(self, eventLoop: pool.eventLoop)
        pool.eventLoop.execute {
            guard let objection else { return bound.value.create(request) }
            bound.value.refuse(
                "\(objection.sentence); this engine's host has no agent, and its programs alone answer"
            )
        }
    }

    private func create(_ request: RunRequest) {
        guard !hasEnded else { return }
        let bound = NIOLoopBound(self, eventLoop: pool.eventLoop)
        deadline = pool.eventLoop.scheduleTask(in: Self.mostTime) { bound.value.give(up: .time) }
        let body = Self.json([
            ("Cmd", .array(request.words.map { .string($0) })), ("AttachStdout", .bool(true)),
            ("AttachStderr", .bool(true)), ("Tty", .bool(false)),
        ])
        EngineCall.make(pool, .post, "/containers/\(request.container)/exec", json: body) {
            result in
            guard !self.hasEnded else { return }
            switch result {
            case .failure(let failure): self.fail(failure.description)
            case .success(let answer):
                guard answer.head.status == 201, let id = answer.json?["Id"]?.string,
                    ContainerID(id) != nil
                else { return self.refuse(Self.words(answer.json)) }
                self.exec = id
                // Known before it can have a process.
                self.execs.made(id, for: self.seat)
                self.start()
            }
        }
    }

    private func start() {
        pool.lease(fresh: true) { result in
            switch result {
            case .failure(let failure): self.fail(failure.description)
            case .success(let connection):
                guard !self.hasEnded else { return connection.close() }
                self.connection = connection
                connection.user = self
                let body = Self.json([("Detach", .bool(false)), ("Tty", .bool(false))])
                let target = "/exec/\(self.exec)/start"
                // The gateway's own: the engine tells once of its start, soon.
                self.pool.watch?.note("POST", target, body)
                var writer = HeadWriter(.post, target)
                writer.field(.host, "docker")
                writer.field(.userAgent, "Quaymaster")
                writer.field(.contentType, "application/json")
                writer.field(.connection, "Upgrade")
                writer.field(.upgrade, "tcp")
                writer.framing(.length(body.count))
                self.isStarting = true
                self.execs.started(self.exec)
                connection.write(ByteBuffer(bytes: writer.end() + body))
                connection.flush()
                connection.read()
            }
        }
    }

    private static func json(_ members: [(String, JSONValue)]) -> [UInt8] {
        JSONWriter.bytes(.object(JSONObject(members)))
    }

    private static func words(_ json: JSONValue?) -> String {
        json?["message"]?.string ?? "the engine has refused the exec"
    }

    private func refuse(_ words: String) {
        guard !hasEnded else { return }
        end()
        report(.reply(.refused(Sentence("engine.exec", words))))
    }

    private func fail(_ words: String) {
        guard !hasEnded else { return }
        end()
        report(.failed(words))
    }

    /// The person, or the clock, waits no longer: what runs is ended, and the line with it.
    private func give(up cause: Ended.Cause) {
        guard !hasEnded, self.cause == .done else { return }
        self.cause = cause
        deadline?.cancel()
        // Nothing of it runs, or its end is being asked for.
        guard connection != nil else { return finish(status: nil) }
        execs.giveUp(exec, why)
        // What it still says is read, so that its end is.
        isHeld = false
        let bound = NIOLoopBound(self, eventLoop: pool.eventLoop)
        deadline = pool.eventLoop.scheduleTask(in: Self.patience) { bound.value.despair() }
    }

    /// Why the exec is ended, for the record.
    private var why: String {
        switch cause {
        case .done: "nobody waits for its line any more"
        case .time: "its line has run for a minute"
        case .person: "its line was interrupted"
        }
    }

    /// What was given up does not end.
    private func despair() {
        guard !hasEnded else { return }
        let words =
            "what runs has not ended within three seconds; the gateway goes on trying to end it, and it "
            + "may run unseen"
        report(.reply(.notice(Sentence("engine.exec", words))))
        finish(status: nil)
    }

    /// Tells how it ended.
    ///
    /// - Parameter status: The exit status; nil when it is not known.
    private func finish(status: UInt8?) {
        guard !hasEnded else { return }
        end()
        let status = cause == .done ? status ?? 137 : cause == .time ? 137 : 130
        report(.reply(.ended(Ended(status: status, cause: cause, dropped: dropped))))
    }

    private func end() {
        hasEnded = true
        deadline?.cancel()
        connection?.close()
        connection = nil
        if exec.isEmpty { return }
        endStart(isAnswered: false)
        if isOver { execs.ended(exec) } else { execs.giveUp(exec, why) }
    }

    private func endStart(isAnswered: Bool) {
        guard isStarting else { return }
        isStarting = false
        execs.startEnded(exec, isAnswered: isAnswered)
    }

    // MARK: ShellLine

    func send(_ request: Request) {
        switch request {
        case .signal, .close: give(up: .person)
        case .run, .describe, .resize: break
        }
    }

    func close() {
        if !hasEnded { end() }
    }

    var isHeld = false {
        didSet {
            guard !isHeld, isPaused else { return }
            isPaused = false
            connection?.read()
        }
    }

    // MARK: EngineConnectionUser

    func engineDidSend(_ bytes: ByteBuffer) {
        guard !hasEnded else { return }
        reader.add(bytes)
        do {
            while frames == nil {
                guard let head = try reader.responseHead(to: .post) else { return }
                if head.status >= 200 || head.status == 101 { endStart(isAnswered: true) }
                if head.status == 101 || head.status == 200 { frames = StreamFrames() }
                if head.status >= 300 {
                    return refuse("the engine does not start the exec (status \(head.status))")
                }
            }
        } catch {
            return fail("the engine answered what is no HTTP")
        }
        for piece in frames?.receive(reader.takeAll().readableBytesView) ?? [] { show(piece) }
    }

    private func show(_ piece: (isError: Bool, bytes: [UInt8])) {
        let shown = Array(piece.bytes.prefix(left))
        left -= shown.count
        if shown.count < piece.bytes.count {
            if dropped == 0 {
                report(.reply(.notice(Sentence("limit.output", "cut after 1 MiB"))))
            }
            dropped += UInt64(piece.bytes.count - shown.count)
        }
        if shown.isEmpty { return }
        report(.reply(piece.isError ? .errors(shown) : .output(shown)))
    }

    func engineDidPause() {
        if isHeld, cause == .done { isPaused = true } else { connection?.read() }
    }

    func engineDidEnd() { streamEnded() }
    func engineWritabilityChanged() {}
    func engineDidClose() { streamEnded() }

    private func streamEnded() {
        guard !hasEnded, connection != nil else { return }
        connection?.close()
        connection = nil
        guard frames != nil else { return fail("the engine broke the exec off") }
        EngineCall.make(pool, .get, "/exec/\(exec)/json") { result in
            guard case .success(let answer) = result, answer.head.status == 200,
                answer.json?["Running"]?.bool == false,
                let status = answer.json?["ExitCode"]?.int64
            else {
                // The engine hears a moment late of what was killed.
                if self.cause != .done { return self.finish(status: nil) }
                return self.fail("the engine does not say how the exec ended")
            }
            if !self.hasEnded { self.isOver = true }
            self.finish(status: UInt8(clamping: status))
        }
    }
}
