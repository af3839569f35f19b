import AgentLink
import AgentMessages
import Engine
import NIOCore

/// One line that the host's agent runs, over a connection of its own. Confined to its pool's loop.
final class AgentLine: EngineConnectionUser, ShellLine {
    private let report: (LineNews) -> Void
    private var connection: EngineConnection?
    private var reader = FrameReader(fromGateway: false)
    private var hasEnded = false
    private var waiting: [Request] = []
    private var isPaused = false

    /// Asks the agent.
    ///
    /// - Parameters:
    ///   - request: What for: a line to run.
    ///   - pool: Where the agent listens.
    ///   - report: Called on the loop.
    init(_ request: Request, on pool: EnginePool, _ report: @escaping (LineNews) -> Void) {
        self.report = report
        waiting = [request]
        // Nothing is told before whoever asks has noted whom.
        let bound = NIOLoopBound((line: self, pool: pool), eventLoop: pool.eventLoop)
        pool.eventLoop.execute { bound.value.line.connect(bound.value.pool) }
    }

    private func connect(_ pool: EnginePool) {
        guard !hasEnded else { return }
        pool.lease(fresh: true) { result in
            switch result {
            case .failure(let failure):
                // What was reached and is not the agent says so itself.
                self.fail(
                    Self.absence,
                    failure.status == 503
                        ? "the agent is not reachable at \(pool.door)" : failure.description)
            case .success(let connection):
                guard !self.hasEnded else { return connection.close() }
                self.connection = connection
                connection.user = self
                let waiting = self.waiting
                self.waiting = []
                for request in waiting { self.send(request) }
                connection.read()
            }
        }
    }

    /// Tells the agent something more.
    func send(_ request: Request) {
        guard !hasEnded else { return }
        guard let connection else { return waiting.append(request) }
        connection.write(ByteBuffer(bytes: request.frame.bytes))
        connection.flush()
    }

    /// Nobody waits for it any more: what runs is ended by the agent, which sees the line go.
    func close() {
        hasEnded = true
        connection?.close()
        connection = nil
    }

    /// Reads no more until it is told to: whoever reads what it says is slow.
    var isHeld = false {
        didSet {
            guard !isHeld, isPaused else { return }
            isPaused = false
            connection?.read()
        }
    }

    private func fail(_ words: String, _ details: String? = nil) {
        guard !hasEnded else { return }
        close()
        report(.failed(words, details: details))
    }

    private static let absence =
        "the agent of the container's host is not to be had; whoever runs the gateway finds the reason in "
        + "its log"

    // MARK: EngineConnectionUser

    func engineDidSend(_ bytes: ByteBuffer) {
        reader.receive(bytes.readableBytesView)
        do throws(MessageFailure) {
            while !hasEnded, let frame = try reader.next() {
                report(.reply(try Reply(frame)))
            }
        } catch {
            fail(Self.absence, "the agent is not understood: \(error)")
        }
    }

    func engineDidPause() {
        if isHeld { isPaused = true } else { connection?.read() }
    }

    func engineDidEnd() { part() }
    func engineWritabilityChanged() {}
    func engineDidClose() { part() }

    private func part() {
        guard let failure = connection?.failure as? LinkFailure else {
            return fail("the agent has ended before the line did")
        }
        fail(Self.absence, "the agent is not reached: \(failure)")
    }
}
