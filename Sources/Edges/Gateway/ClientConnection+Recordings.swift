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
        let library = loop.services.recorder.library
        let mayBeSeen = self.mayBeSeen
        switch ask {
        case .recordings(let wish) where wish.text != nil:
            look {
                try library.search(wish, where: mayBeSeen)
            } then: { hits in
                self.give(values: hits.filter { mayBeSeen($0.recording) }.map(\.value))
            }
        case .recordings(let wish):
            look {
                try library.list(wish, where: mayBeSeen)
            } then: { recordings in
                self.give(values: recordings.filter(mayBeSeen).map(\.value))
            }
        case .sessions: giveSessions()
        case .watch(let id): watch(id)
        case .moderate(let id, let what, let reason): moderate(id, what, reason)
        case .approvals: giveApprovals()
        case .decide(let id, let approves, let reason): decide(id, approves: approves, reason)
        case .recording(let id):
            look {
                library.find(id)
            } then: { found in
                guard let found, mayBeSeen(found) else {
                    return self.giveNothing("there is no recording \(id)")
                }
                self.begin(
                    .recording(found, offset: 0, isReading: false), head: Self.recordingHead)
            }
        }
    }

    /// Whether the client may see a recording by the policy of the moment at which that is asked: a look
    /// at the disk may take longer than a grant lasts.
    private var mayBeSeen: @Sendable (Recording) -> Bool {
        let identity = peer.identity
        let authority = loop.services.authority
        return {
            authority.policy.showsRecording(of: $0.identity, in: $0.tenant, to: identity)
        }
    }

    /// Why the client may not read on in a recording; nil while it may, and when it reads none.
    var recordingObjection: String? {
        guard case .recording(let recording, _, _)? = own?.content, !mayBeSeen(recording) else {
            return nil
        }
        return "the grant to see the recording has ended"
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
    func read(_ recording: Recording, from offset: UInt64) {
        own?.content = .recording(recording, offset: offset, isReading: true)
        let library = loop.services.recorder.library
        look {
            try library.piece(of: recording.id, from: offset)
        } then: { piece in
            let next = offset + UInt64(piece.count)
            self.own?.content =
                piece.isEmpty ? .nothing : .recording(recording, offset: next, isReading: false)
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
