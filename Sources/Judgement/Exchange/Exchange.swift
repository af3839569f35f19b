package import Acts
package import EngineAPI
package import Wire

/// The life of one request and its answer, without I/O.
///
/// Events come in through one method each and return what is to be done. Nothing that a peer sends
/// can trap; an event that does not fit the state ends the exchange.
///
///     received → (bodyCollected) → decided → (recorded) → answered → answerEnded
///                                                       ↘ switched: clientEnded, engineEnded
package struct Exchange: ~Copyable {
    private enum State {
        case idle
        case collecting(Call)
        case judging(Draft)
        case recording(Outbound)
        case open(Open)
        case switched(clientEnded: Bool, engineEnded: Bool)
        case over
    }

    /// An exchange that the engine has been sent.
    private struct Open {
        var bodyEnded: Bool
        /// What the archive turned out to hold, while it is judged.
        var contents: ArchiveContents?
        var relayed: ResponseHead?
        /// True when the answer's head told the client that the connection ends.
        var saidClose = false
        var view: AnswerView?
    }

    private var state: State = .idle
    private var head: RequestHead?
    private var hijacks = false
    private var hasCollectedBody = false
    private var clientHasEnded = false

    /// The most bytes of a judged JSON body; secrets and configs are up to 500 KiB.
    private let bodyLimit: Int
    /// What the client may call us.
    private let hosts: HostNames

    /// What the request turned out to be, once it is understood.
    package private(set) var act: Act?
    /// The operation, once the target is understood.
    package private(set) var operation: Operation?
    /// The permission, once there is one.
    package private(set) var permit: Permit?
    /// The names of images that went with this request, in canonical spelling.
    package private(set) var lostNames: [String] = []
    /// The permission for what the request's archive holds.
    package private(set) var contentsPermit: Permit?
    private var archive: ArchiveJudge?
    /// The exec that the engine made for this request, once its answer is whole.
    package private(set) var madeExec: String?
    /// The request as it goes to the engine, for the record's digest.
    package private(set) var request: EngineRequest?

    /// Makes the exchange of one request.
    ///
    /// - Parameters:
    ///   - bodyLimit: The most bytes of a judged body.
    ///   - hosts: The names that its listener may be asked by.
    package init(bodyLimit: Int, hosts: HostNames = HostNames([])) {
        self.bodyLimit = bodyLimit
        self.hosts = hosts
    }

    // MARK: The request

    /// The head has arrived.
    package mutating func received(_ head: RequestHead) -> Action {
        guard case .idle = state else { return abort() }
        self.head = head
        let call: Call
        do {
            call = try Call(head.method.rawValue, head.target)
        } catch {
            return refuse(Answer(error))
        }
        operation = call.operation
        if let answer = FrontMatter.refusal(head, for: call.operation, by: hosts) {
            return refuse(answer)
        }
        switch call.operation.body {
        case .stream where call.bringsBody:
            return understand { () throws(BodyRefusal) in try Draft(call) }
        case .none, .json, .stream:
            guard head.framing != .none else {
                return understand { () throws(BodyRefusal) in try Draft(call) }
            }
            state = .collecting(call)
            return .collectBody(limit: bodyLimit, sendContinue: head.expectsContinue)
        }
    }

    /// Whatever the body says, the policy refuses: it is not read.
    package mutating func refused(_ refusal: Refusal) -> Action {
        guard case .collecting = state else { return abort() }
        return refuse(Answer(refusal))
    }

    /// True when the answer has no body, whatever it says.
    package var isHead: Bool { head?.method == .head }

    /// The whole body has arrived.
    package mutating func bodyCollected(_ body: [UInt8]) -> Action {
        guard case .collecting(let call) = state else { return abort() }
        hasCollectedBody = true
        if !call.operation.takesJSON {
            guard FrontMatter.saysNothing(body) else {
                return refuse(
                    Answer(
                        status: 400,
                        message: "quaymaster: refused: \(call.operation.name) has no body; "
                            + "rule body.none", rule: "body.none"))
            }
            return understand { () throws(BodyRefusal) in try Draft(call) }
        }
        return understand { () throws(BodyRefusal) in try Draft(call, body: body) }
    }

    /// The body is longer than the limit.
    package mutating func bodyTooLong() -> Action {
        refuse(
            Answer(
                status: 413,
                message: "quaymaster: refused: the body is longer than \(bodyLimit) bytes",
                rule: "body.size"))
    }

    /// The client's framing is broken.
    package mutating func bodyRefused(_ failure: BodyFailure) -> Action {
        switch state {
        case .collecting: refuse(Answer(failure))
        case .idle, .judging, .recording, .open, .switched, .over: abort()
        }
    }

    private mutating func understand(
        _ draft: () throws(BodyRefusal) -> Draft
    ) -> Action {
        do {
            let draft = try draft()
            hijacks = draft.hijacks
            act = draft.act
            state = .judging(draft)
            return .judge(draft.act)
        } catch {
            return refuse(Answer(error))
        }
    }

    /// The policy has spoken.
    ///
    /// - Parameters:
    ///   - decision: What it said.
    ///   - identity: Who asks, for stamps.
    ///   - engine: What is known of the engine; nil when it could not be reached.
    ///   - facts: What the references turned out to be, whose ids are sent.
    /// - Returns: To record, to send, or to answer with the refusal.
    package mutating func decided(
        _ decision: Decision, for identity: String, on engine: EngineTraits?,
        seeing facts: Facts = Facts()
    ) -> Action {
        guard case .judging(var draft) = state, let head else { return abort() }
        let permit: Permit
        switch decision {
        case .refuse(let refusal): return refuse(Answer(refusal))
        case .permit(let given): permit = given
        }
        self.permit = permit
        guard let engine else {
            return refuse(Answer(status: 503, message: "quaymaster: the engine is not reachable"))
        }
        archive = ArchiveJudge(draft)
        if archive != nil { draft.sendArchiveAnew() }
        for obligation in permit.obligations {
            draft.apply(obligation, for: identity, on: engine)
        }
        draft.pin(facts)
        let outbound = outbound(draft, head, permit, draft.call.version ?? engine.version)
        guard draft.act.harm.contains(.changes) else { return send(outbound) }
        state = .recording(outbound)
        return .record
    }

    /// The intent is durable.
    package mutating func recorded() -> Action {
        guard case .recording(let outbound) = state else { return abort() }
        return send(outbound)
    }

    /// The ledger cannot write: nothing that changes state happens without a record.
    package mutating func recordFailed(_ reason: String) -> Action {
        refuse(
            Answer(
                status: 507,
                message: "quaymaster: this cannot be recorded, so it is not done: \(reason)",
                rule: "ledger.durable"))
    }

    /// A name that the act would make is another tenant's by now.
    package mutating func nameTaken(_ name: String) -> Action {
        let reference = Reference(.image, name, origin: "name", use: .makes)
        return refuse(
            Answer(Refusal(rule: "tenant.own", location: nil, reason: .taken(reference))))
    }

    private mutating func outbound(
        _ draft: Draft, _ head: RequestHead, _ permit: Permit, _ version: APIVersion
    ) -> Outbound {
        let request = draft.request(version: version)
        self.request = request
        let upgrade = hijacks ? head.upgrade : nil
        let streams = draft.call.bringsBody && (head.framing != .none || archive != nil)
        // An archive is written anew, however long that is.
        let framing: BodyFraming = archive == nil ? head.framing : .chunked
        let volumes = permit.obligations.flatMap { obligation -> [String] in
            if case .makeVolumes(let names) = obligation { names } else { [] }
        }
        return Outbound(
            bytes: RelayHead.request(
                request, head.method, framing: streams ? framing : .none, upgrade: upgrade,
                from: head, carriesCredentials: draft.act.harm.contains(.connectsOut)),
            streamsBody: streams, isArchive: archive != nil,
            sendContinue: streams && head.expectsContinue,
            method: head.method, volumes: volumes, tenant: permit.tenant,
            isRepeatable: (head.method == .get || head.method == .head) && !hijacks)
    }

    private mutating func send(_ outbound: Outbound) -> Action {
        if clientHasEnded, operation?.isLive == true { return abort() }
        let view = AnswerView(operation, permit)
        state = .open(Open(bodyEnded: !outbound.streamsBody, view: view))
        return .send(outbound)
    }

    // MARK: The archive

    /// Hands the judge of the request's archive to who moves its bytes; nil when there is none.
    package mutating func takeArchive() -> ArchiveJudge? {
        defer { archive = nil }
        return archive
    }

    /// The whole archive has passed, but for its end.
    ///
    /// - Parameter contents: What it turned out to hold.
    /// - Returns: To judge what it asks for, or to write its end.
    package mutating func archiveEnded(_ contents: ArchiveContents) -> Action {
        guard case .open(var open) = state, open.relayed == nil else { return abort() }
        open.contents = contents
        state = .open(open)
        guard let act = contents.act else { return endArchive(Facts()) }
        return .judgeContents(act)
    }

    /// Something in the archive is refused, at its place or at its end.
    package mutating func archiveRefused(_ refusal: BodyRefusal) -> Action {
        guard case .open(let open) = state, open.relayed == nil else { return abort() }
        return refuse(Answer(refusal))
    }

    /// The policy has spoken about what the archive holds.
    ///
    /// - Parameters:
    ///   - decision: What it said.
    ///   - facts: What the images are that it takes from.
    /// - Returns: To write the archive's end, or to answer with the refusal.
    package mutating func contentsDecided(_ decision: Decision, seeing facts: Facts) -> Action {
        guard case .open(let open) = state, open.contents != nil else { return abort() }
        switch decision {
        case .refuse(let refusal): return refuse(Answer(refusal))
        case .permit(let permit):
            contentsPermit = permit
            return endArchive(facts)
        }
    }

    private mutating func endArchive(_ facts: Facts) -> Action {
        guard case .open(let open) = state, let contents = open.contents else { return abort() }
        let isShared = contentsPermit?.obligations.contains(.keepImagesApart) == true
        do throws(BodyRefusal) {
            let files = try contents.files(
                seeing: facts, for: isShared ? contentsPermit?.tenant : nil)
            return .endArchive(files: files.map { ArchiveFile(name: $0.name, content: $0.content) })
        } catch {
            return refuse(Answer(error))
        }
    }

    // MARK: The answer

    /// The client's streamed body has been passed on to its end.
    package mutating func bodyEnded() {
        guard case .open(var open) = state else { return }
        open.bodyEnded = true
        state = .open(open)
    }

    /// The engine could not be reached, or closed before it answered.
    ///
    /// - Parameters:
    ///   - reason: What failed, naming the socket.
    ///   - status: The status code for the client.
    /// - Returns: To answer, or to break off what has begun.
    package mutating func engineFailed(_ reason: String, status: Int) -> Action {
        guard case .open(let open) = state else { return abort() }
        guard open.relayed == nil else { return abort() }
        return refuse(Answer(status: status, message: "quaymaster: \(reason)"))
    }

    /// The engine's answer has begun.
    package mutating func answered(_ answer: ResponseHead) -> Action {
        guard case .open(var open) = state, let head else { return abort() }
        if answer.status < 200, answer.status != 101 { return .wait }
        if hijacks, Self.consents(answer) {
            state = .switched(clientEnded: clientHasEnded, engineEnded: false)
            return .switchProtocols(
                head: RelayHead.switching(answer), clientHasEnded: clientHasEnded)
        }
        // The engine must not switch what was not judged as a hijack.
        guard answer.status != 101 else {
            return refuse(
                Answer(status: 502, message: "quaymaster: the engine switched protocols unasked"))
        }
        open.relayed = answer
        let close = !keepsClient(open)
        open.saidClose = close
        state = .open(open)
        if let view = open.view, answer.status == view.status {
            return .relay(.collect(limit: bodyLimit * 8))
        }
        switch answer.framing {
        case .untilClose:
            let bytes = RelayHead.answer(
                answer, framing: .chunked, close: close, isHead: false)
            return .relay(.chunked(head: bytes))
        case .none, .length, .chunked:
            let bytes = RelayHead.answer(
                answer, framing: answer.framing, close: close, isHead: head.method == .head)
            return .relay(.asFramed(head: bytes))
        }
    }

    /// An answer that had to be collected is whole.
    ///
    /// - Parameters:
    ///   - body: What the engine answered.
    ///   - execs: The execs that the identity itself has made.
    ///   - imageOwner: The tenant that made an image's name, in canonical spelling.
    /// - Returns: The head and body to write, or nil when the answer cannot be shown.
    package mutating func answerCollected(
        _ body: [UInt8], execs: Set<String> = [], imageOwner: (String) -> String? = { _ in nil }
    ) -> [UInt8]? {
        guard case .open(let open) = state, let answer = open.relayed, let view = open.view,
            let shown = view.show(body, execs: execs, imageOwner: imageOwner)
        else { return nil }
        madeExec = view.madeExec(body)
        lostNames = view.lostNames(body)
        return RelayHead.answer(
            answer, framing: .length(shown.count), close: open.saidClose, isHead: false)
            + shown
    }

    /// An answer that had to be collected cannot be shown; nothing of it has been written.
    package mutating func answerUnreadable() -> Action {
        guard case .open(let open) = state, open.view != nil else { return abort() }
        return refuse(
            Answer(
                status: 502,
                message: "quaymaster: the engine's answer cannot be read, so it is not shown"))
    }

    /// The engine's answer has ended as its framing promised.
    package mutating func answerEnded() -> Action {
        guard case .open(let open) = state, let answer = open.relayed else { return abort() }
        state = .over
        return .finish(
            Ending(
                keepClient: !open.saidClose, keepEngine: answer.persistent && open.bodyEnded))
    }

    /// A request whose body was not read to its end cannot be followed by another.
    private func keepsClient(_ open: Open) -> Bool {
        open.bodyEnded && head?.persistent == true
    }

    /// True when the engine agrees to a raw stream: 101, or a 200 that has no framing.
    private static func consents(_ answer: ResponseHead) -> Bool {
        if answer.status == 101 { return true }
        let type = answer.fields[.contentType] ?? ""
        return answer.status == 200 && answer.framing == .untilClose
            && type.hasPrefix("application/vnd.docker.")
    }

    // MARK: Either side ends

    /// The client sends no more.
    package mutating func clientEnded() -> Action {
        clientHasEnded = true
        switch state {
        case .switched(false, let engineEnded):
            state = engineEnded ? .over : .switched(clientEnded: true, engineEnded: false)
            return engineEnded ? .finish(.close) : .endEngineInput
        case .collecting: return refuse(Answer(BodyFailure.incomplete))
        case .open(let open) where !open.bodyEnded && open.contents == nil: return abort()
        case .open where operation?.isLive == true: return abort()
        case .idle: return abort()
        case .judging, .recording, .open, .switched, .over: return .wait
        }
    }

    /// The engine sends no more.
    package mutating func engineEnded() -> Action {
        switch state {
        case .switched(let clientEnded, false):
            state = clientEnded ? .over : .switched(clientEnded: clientEnded, engineEnded: true)
            return clientEnded ? .finish(.close) : .endClientInput
        case .idle, .collecting, .judging, .recording, .open, .switched, .over: return abort()
        }
    }

    /// The engine's connection is gone: for a raw stream that is its end.
    package mutating func engineClosed() -> Action {
        guard case .switched = state else { return abort() }
        state = .over
        return .finish(.close)
    }

    /// One side is gone, or an authority has ended.
    package mutating func abort() -> Action {
        if case .over = state { return .wait }
        state = .over
        return .finish(.abort)
    }

    /// Answers and ends. The connection serves on only when nothing of the request is unread.
    private mutating func refuse(_ answer: Answer) -> Action {
        let isWhole = head?.framing == BodyFraming.none || hasCollectedBody
        state = .over
        return .answer(
            answer, Ending(keepClient: isWhole && head?.persistent == true, keepEngine: false))
    }
}

extension Operation {
    /// True when the answer lasts until somebody leaves.
    fileprivate var isLive: Bool {
        if case .live = answer { true } else { false }
    }
}
