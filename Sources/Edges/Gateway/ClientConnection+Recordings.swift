import Acts
import Dispatch
import EngineAPI
import Exchange
import GuardedShell
import JSON
import Logging
import NIOCore
import Policy

/// What is asked of the guarded shell from outside of a session: nothing of it reaches the engine.
extension ClientConnection {
    /// Answers it; whose the thing is that is asked for was not known before.
    func answer(_ ask: ShellAsk) {
        let identity = peer.identity
        let policy = loop.services.authority.policy
        let library = loop.services.recorder.library
        let mayBeSeen = { @Sendable (recording: Recording) in
            policy.showsRecording(of: recording.identity, in: recording.tenant, to: identity)
        }
        switch ask {
        case .recordings(let wish):
            look {
                if wish.text != nil {
                    return try library.search(wish, where: mayBeSeen).map(\.value)
                }
                return try library.list(wish, where: mayBeSeen).map(\.value)
            } then: {
                self.give(values: $0)
            }
        case .sessions: giveSessions()
        case .watch(let id): watch(id)
        case .moderate(let id, let what, let reason): moderate(id, what, reason)
        case .approvals: giveApprovals()
        case .decide(let id, let approves, let reason): decide(id, approves: approves, reason)
        case .recording(let id):
            look {
                library.find(id).flatMap { mayBeSeen($0) ? $0.id : nil }
            } then: { found in
                guard let found else {
                    return self.giveNothing("there is no recording \(id)")
                }
                self.begin(
                    .recording(found, offset: 0, isReading: false), head: Self.recordingHead)
            }
        }
    }

    private static let recordingHead = Array(
        ("HTTP/1.1 200 OK\r\nContent-Type: application/x-asciicast\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n").utf8)

    /// Answers with a list of values.
    func give(values: [JSONValue]) {
        begin(.nothing, head: Self.valueHead)
        say(JSONWriter.bytes(.array(values)) + [0x0A], isLast: true)
        flush()
    }

    /// What is another tenant's is told as what is not there.
    func giveNothing(_ words: String) {
        run(.answer(Answer(status: 404, message: "quaymaster: " + words), .close))
    }

    /// Reads on in a recording, once the client has taken what it got.
    func readRecording(_ id: String, from offset: UInt64) {
        own?.content = .recording(id, offset: offset, isReading: true)
        let library = loop.services.recorder.library
        look {
            try library.piece(of: id, from: offset)
        } then: { piece in
            let next = offset + UInt64(piece.count)
            self.own?.content =
                piece.isEmpty ? .nothing : .recording(id, offset: next, isReading: false)
            self.say(piece, isLast: piece.isEmpty)
            self.flush()
            self.readOwn()
        }
    }

    /// One look after the other: whoever searches takes no thread from anything else.
    private static let looks = DispatchQueue(label: "quaymaster.recordings-looks")

    /// Waits for the disk elsewhere.
    private func look<Found: Sendable>(
        _ work: @escaping @Sendable () throws -> Found, then: @escaping (Found) -> Void
    ) {
        let number = self.number
        let bound = NIOLoopBound((connection: self, then: then), eventLoop: loop.eventLoop)
        let eventLoop = loop.eventLoop
        Self.looks.async {
            let result = Result { try work() }
            eventLoop.execute {
                let (connection, then) = bound.value
                guard number == connection.number, connection.isActive else { return }
                switch result {
                case .success(let found): then(found)
                case .failure(let error):
                    connection.loop.services.log.error(
                        "a recording cannot be read", metadata: ["error": "\(error)"])
                    connection.failToRead()
                }
                connection.process()
            }
        }
    }

    /// What has begun breaks off; what has not is told.
    private func failToRead() {
        guard own == nil else { return run(exchange.abort()) }
        let words = "quaymaster: the recordings cannot be read; the gateway's log says why"
        run(.answer(Answer(status: 500, message: words), .close))
    }
}
