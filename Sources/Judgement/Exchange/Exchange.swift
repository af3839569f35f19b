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
    enum State {
        case idle
        case collecting(Call)
        case judging(Draft)
        case recording(Outbound)
        case open(Open)
        case switched(clientEnded: Bool, engineEnded: Bool)
        case over
    }

    /// An exchange that the engine has been sent.
    struct Open {
        var bodyEnded: Bool
        /// What the archive turned out to hold, while it is judged.
        var contents: ArchiveContents?
        var relayed: ResponseHead?
        /// True when the answer's head told the client that the connection ends.
        var saidClose = false
        var view: AnswerView?
    }

    var state: State = .idle
    var head: RequestHead?
    /// True when the connection becomes a raw stream if the engine agrees.
    package private(set) var hijacks = false
    /// True when what runs on it has a terminal.
    package private(set) var hasTerminal = false
    /// The most entries of a list that is narrowed in its answer; nil for all.
    private var limit: Int?
    var hasCollectedBody = false
    package internal(set) var clientHasEnded = false

    /// The most bytes of a judged JSON body; secrets and configs are up to 500 KiB.
    let bodyLimit: Int
    /// What the client may call us.
    private let hosts: HostNames

    /// What the request turned out to be, once it is understood.
    package private(set) var act: Act?
    /// The operation, once the target is understood.
    package private(set) var operation: Operation?
    /// The objects that a list's filters name, by the client's names.
    package var filterNames: [FilterName] {
        if case .judging(let draft) = state { draft.filterNames } else { [] }
    }
    /// True for a list that is asked for by labels.
    package var filtersLabels: Bool {
        if case .judging(let draft) = state { draft.filtersLabels } else { asksByLabels }
    }
    private var asksByLabels = false
    /// The permission, once there is one.
    package private(set) var permit: Permit?
    /// The images that are made for a tenant, and what keeps them on the engine.
    package internal(set) var namings: [ImageNaming] = []
    /// How what the engine says of images is told.
    package var imageTelling = ImageTelling()
    /// Which images of a list are shown, where the engine cannot tell.
    private(set) var imageFilter = ImageFilter()
    /// The permission for what the request's archive holds.
    package internal(set) var contentsPermit: Permit?
    var archive: ArchiveJudge?
    /// How the engine's words for a failure are told; nil: as they are.
    var failures: AnswerView?
    /// What the client's `name` filter asks for.
    var nameFilter: NameFilter?
    /// The objects that the client wants to hear of by names that are its own.
    package private(set) var eventFilter: EventFilter?
    /// What narrows the engine's list while it passes.
    var sieve: ListSieve?
    /// What the grant hides in the answer.
    var veil: Veil?
    /// What has come of an answer that is shown as a whole behind its head.
    var late: [UInt8] = []
    /// True when the request's body is an archive that is judged as it streams.
    package private(set) var isArchive = false
    /// The exec that the engine made for this request, once its answer is whole.
    package internal(set) var madeExec: String?
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

    /// True when the request brings a body that is passed on while it comes.
    package var bringsStream: Bool {
        guard let operation, case .stream = operation.body else { return false }
        return head?.framing != BodyFraming.none
    }

    /// True when the request is to be carried out whatever stands against it (`docker rmi -f`).
    package private(set) var forces = false

    /// True when the client wants the connection for itself.
    package var asksUpgrade: Bool { head?.upgrade != nil }

    /// True when the answer has no body, whatever it says.
    package var isHead: Bool { head?.method == .head }

    /// The whole body has arrived.
    package mutating func bodyCollected(_ body: [UInt8]) -> Action {
        guard case .collecting(let call) = state else { return abort() }
        hasCollectedBody = true
        if !call.operation.takesJSON {
            guard FrontMatter.saysNothing(body) || call.repeatsQuery(body) else {
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
        // The engine gets no whole body, and the client an answer as long as it has none.
        case .open(let open) where !open.bodyEnded && open.relayed == nil: refuse(Answer(failure))
        case .idle, .judging, .recording, .open, .switched, .over: abort()
        }
    }

    private mutating func understand(
        _ draft: () throws(BodyRefusal) -> Draft
    ) -> Action {
        do {
            let draft = try draft()
            hijacks = draft.hijacks
            hasTerminal = draft.hasTerminal
            act = draft.act
            forces = draft.call.query.value("force") == "1"
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
    ///   - marks: What our store says of the objects.
    /// - Returns: To record, to send, or to answer with the refusal.
    package mutating func decided(
        _ decision: Decision, for identity: String, on engine: EngineTraits?,
        seeing facts: Facts = Facts(), with marks: Marks = Marks()
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
        namings = marks.namings
        imageTelling = ImageTelling.of(namings, draft.act, facts)
        failures = AnswerView.failure(draft.act, facts, permit)
        veil = Veil(draft.call.operation.name, permit.hides)
        if veil?.coversFailures == true, failures == nil {
            failures = .failure(spelled: [:], hidesOthers: false)
        }
        archive = ArchiveJudge(draft, renames: permit.namesImages)
        isArchive = archive != nil
        if isArchive { draft.sendArchiveAnew() }
        for obligation in permit.obligations {
            draft.apply(obligation, for: identity, on: engine, with: marks)
        }
        if permit.obligations.contains(.useOwnNetwork) {
            guard let network = facts.ownNetwork else {
                return refuse(
                    Answer(
                        status: 503, message: "quaymaster: the tenant's own network is not known"))
            }
            // Links by name become aliases of names there; they are not pinned.
            draft.leaveDefaultNetwork(for: network)
        }
        draft.pin(facts)
        if permit.namesImages {
            draft.pinImages(facts)
            draft.anchor(namings)
            if let anchor = marks.removed { draft.remove(anchor) }
            if let digest = marks.pulled, let naming = namings.first {
                draft.pull(digest)
                imageTelling.add(pull: naming, by: digest)
            }
        } else {
            draft.pinSaved(facts)
        }
        imageFilter = draft.imageFilter
        asksByLabels = draft.filtersLabels
        do {
            if marks.namesAreOurs {
                nameFilter = try draft.nameFilter()
                eventFilter = draft.eventFilter
            }
        } catch {
            return refuse(Answer(error))
        }
        draft.sayNames(marks)
        limit = draft.limit
        let isHardened = permit.obligations.contains {
            if case .harden = $0 { true } else { false }
        }
        if isHardened, draft.call.operation.takesJSON { draft.speak(engine.version) }
        let outbound = outbound(draft, head, permit, draft.call.version ?? engine.version)
        guard draft.act.harm.isRecordedFirst else { return send(outbound) }
        state = .recording(outbound)
        return .record
    }

    /// The intent is durable.
    package mutating func recorded() -> Action {
        guard case .recording(let outbound) = state else { return abort() }
        return send(outbound)
    }

    /// The ledger cannot write: nothing that changes state or carries data out happens without a
    /// record.
    package mutating func recordFailed(_ reason: String) -> Action {
        refuse(
            Answer(
                status: 507,
                message: "quaymaster: this cannot be recorded, so it is not done: \(reason)",
                rule: "ledger.durable"))
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
        let view =
            AnswerView(operation, permit, limit: limit, images: imageFilter)
            ?? AnswerView(veil, of: operation) ?? AnswerView(pruning: operation)
        state = .open(Open(bodyEnded: !outbound.streamsBody, view: view))
        return .send(outbound)
    }
}

extension Operation {
    /// True when the answer lasts until somebody leaves.
    var isLive: Bool { answer.isLive }
}
