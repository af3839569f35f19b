package import Acts
package import Wire

/// What the shell is to do next. Each action but the last ones is answered by one event.
package enum Action: Sendable {
    /// Nothing but wait.
    case wait
    /// Read the whole body, at most so many bytes, then call `bodyCollected` or `bodyRefused`.
    case collectBody(limit: Int, sendContinue: Bool)
    /// Resolve the act's references as far as the policy needs it, decide, then call `decided`.
    case judge(Act)
    /// Resolve and decide what an archive holds, then call `contentsDecided`.
    case judgeContents(Act)
    /// Write these files and the archive's end to the engine; the body has ended then.
    case endArchive(files: [ArchiveFile])
    /// Make the intent durable, then call `recorded`.
    case record
    /// Send this to the engine; the client's body follows when `streamsBody`. The engine's answer
    /// comes back as `answered`, or there is `engineFailed`.
    case send(Outbound)
    /// Pass the engine's answer on.
    case relay(Relay)
    /// Write this to the client, then let both sides flow until each has ended. When the client has
    /// ended already, the engine's side is half-closed behind what the client sent ahead.
    case switchProtocols(head: [UInt8], clientHasEnded: Bool)
    /// Half-close the engine's side: the client has ended.
    case endEngineInput
    /// Half-close the client's side: the engine has ended.
    case endClientInput
    /// Give this answer; the exchange is over.
    case answer(Answer, Ending)
    /// The exchange is over.
    case finish(Ending)
}

/// A file that an archive is sent with at its end.
package struct ArchiveFile: Hashable, Sendable {
    /// Its name.
    package let name: String
    /// Its content.
    package let content: [UInt8]
}

/// What becomes of the two connections when an exchange is over.
package struct Ending: Hashable, Sendable {
    /// True when the client's connection serves another request.
    package let keepClient: Bool
    /// True when the engine's connection goes back to its pool.
    package let keepEngine: Bool
    /// True when the exchange ran to its own end; false when somebody broke it off.
    package let isWhole: Bool

    init(keepClient: Bool, keepEngine: Bool, isWhole: Bool = true) {
        self.keepClient = keepClient
        self.keepEngine = keepEngine
        self.isWhole = isWhole
    }

    /// Both connections end, and everything was said.
    package static let close = Ending(keepClient: false, keepEngine: false)

    static let abort = Ending(keepClient: false, keepEngine: false, isWhole: false)
}

/// A request on its way to the engine.
package struct Outbound: Hashable, Sendable {
    /// The head, and the body when it was judged.
    package let bytes: [UInt8]
    /// True when the client's body follows, still framed as it came.
    package let streamsBody: Bool
    /// True when the body is an archive that is judged while it passes.
    package let isArchive: Bool
    /// True when the client waits for `100 Continue` before it sends its body.
    package let sendContinue: Bool
    /// The method, which decides whether the answer has a body.
    package let method: Method
    /// Named volumes to make first, stamped as the tenant's.
    package let volumes: [String]
    /// The tenant in whose name it is sent.
    package let tenant: String?
    /// True when sending it a second time on a fresh connection changes nothing.
    package let isRepeatable: Bool
}

/// How an answer of the engine is passed on.
package enum Relay: Hashable, Sendable {
    /// Write the head; the body's bytes follow with their framing untouched.
    case asFramed(head: [UInt8])
    /// Write the head; each piece of the body is made a chunk.
    case chunked(head: [UInt8])
    /// Write the head; those lines of the body that the client may see are made chunks.
    case events(head: [UInt8])
    /// Write the head; what `listReceived` leaves of the body is made chunks.
    case list(head: [UInt8])
    /// Write the head; each line of the body is told anew and made a chunk.
    case lines(head: [UInt8])
    /// Write the head; the body's lines are made chunks, told in the client's names of images.
    case progress(head: [UInt8])
    /// Collect the whole body, then call `answerCollected`.
    case collect(limit: Int)
}
