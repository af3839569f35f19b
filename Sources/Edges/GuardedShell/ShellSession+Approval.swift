import Acts
import AgentMessages
import Approvals
import Ledger
import NIOCore
import ShellGrammar

/// How a line, or the session as a whole, waits until a second person has approved exactly it.
extension ShellSession {
    /// What waits.
    struct Awaiting {
        /// What for.
        enum Matter {
            /// A line, by a role.
            case line(AcceptedLine, Role)
            /// The session, for so many seconds.
            case session(seconds: Int64)
        }
        let matter: Matter
        /// Who is asked for what is known of the container.
        var agent: AgentLine?
        /// What was found out, and its digest.
        var facts: ContainerFacts?
        var digest = ""
        /// What it waits under; "" before that is known.
        var id = ""
        /// By which it leaves.
        var number: UInt64 = 0
        var end: Scheduled<Void>?
    }

    /// The sentence for what cannot be done while something waits.
    static let waitsAlready = ShellEvent.notice(
        rule: "approval.waits", words: "an approval is waited for; Ctrl-C gives it up")

    /// Asks for an approval. Whoever could start the container anew would have another one approved:
    /// the agent says which run of it this is, and runs what is approved in no other.
    func awaitApproval(_ matter: Awaiting.Matter) {
        awaiting = Awaiting(matter: matter)
        // The engine runs an exec in whatever run of the container it finds.
        guard case .agent(let pool) = tools.way else {
            return giveUp(
                "approval.agent", "an approval needs an agent on the container's host", status: 126)
        }
        let agent = AgentLine(.describe(terms.container), on: pool) { news in
            guard self.awaiting != nil, self.awaiting?.facts == nil else { return }
            switch news {
            case .reply(.facts(let facts)): self.ask(facts)
            case .failed(let words, let details):
                self.tools.note(details)
                self.giveUp("agent.absent", words, status: 125)
            case .reply(.refused(let sentence)):
                self.giveUp(sentence.rule, self.safe(sentence.text), status: 126)
            case .reply:
                self.giveUp("agent.request", "the agent answers something else", status: 125)
            }
        }
        awaiting?.agent = agent
    }

    private func ask(_ facts: ContainerFacts) {
        guard let matter = awaiting?.matter else { return }
        awaiting?.agent?.close()
        awaiting?.agent = nil
        awaiting?.facts = facts
        let (role, words, extent): (String, String, ApprovalSubject.Extent) =
            switch matter {
            case .line(let line, let role):
                (
                    role.name,
                    Printing.line(tools.mask.mask(arguments: line.argv)) ?? line.verb,
                    .line(line.argv)
                )
            case .session(let seconds):
                (
                    terms.roles.map(\.name).joined(separator: "+"),
                    "a session of \(seconds / 60) minutes", .session(seconds: seconds)
                )
            }
        let digest = ApprovalOffice.digest(
            ApprovalSubject(
                container: terms.container.text, start: facts.start, role: role, user: facts.user,
                group: facts.group, extent: extent, reason: terms.reason))
        awaiting?.digest = digest
        let request = ApprovalDesk.Request(
            id: ApprovalOffice.newID(), digest: digest, identity: terms.identity,
            tenant: terms.tenant, container: terms.container.text, name: terms.name, role: role,
            words: words, reason: terms.reason)
        expireOld()
        // Nobody can decide about what is not in the record.
        let entry = event("ApprovalAsked", "\(request.id): \(words), digest \(digest)")
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let eventLoop = self.eventLoop
        tools.ledger.append(entry) { result in
            eventLoop.execute {
                let session = bound.value
                guard session.awaiting?.digest == digest, session.awaiting?.id == "" else { return }
                guard case .success = result else {
                    return session.bye("the record cannot be written, so nothing is asked for")
                }
                session.wait(request)
            }
        }
    }

    private func wait(_ request: ApprovalDesk.Request) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let eventLoop = self.eventLoop
        let digest = request.digest
        let (asked, number) = tools.approvals.ask(request) { news in
            eventLoop.execute {
                guard bound.value.awaiting?.digest == digest else { return }
                bound.value.hear(news)
            }
        }
        awaiting?.number = number
        switch asked {
        case .isFull:
            giveUp(
                "approval.limit",
                "\(ApprovalDesk.mostOfOne) approvals of yours are open; wait until some are decided",
                status: 126)
        case .isApproved(let id):
            awaiting?.id = id
            hear(.approved)
        case .waits(let id):
            awaiting?.id = id
            tell(
                .waiting(
                    ShellEvent.Waiting(
                        id: id, digest: digest, words: request.words, place: terms.tenant)))
            awaiting?.end = eventLoop.scheduleTask(
                in: .nanoseconds(ApprovalDesk.lifetime)
            ) {
                guard bound.value.awaiting?.id == id else { return }
                bound.value.expireOld()
                bound.value.giveUp(
                    "approval.expired", "nobody has decided in five minutes", status: 126)
            }
        }
    }

    private func hear(_ news: ApprovalOffice.News) {
        guard let awaiting, let facts = awaiting.facts else { return }
        if case .denied(let who, let reason) = news {
            return giveUp(
                "approval.denied",
                "\(who) has denied this" + (reason.isEmpty ? "" : ": \(safe(reason))"), status: 126)
        }
        let approver = tools.approvals.use(awaiting.id, awaiting.digest, by: terms.identity) {
            tools.mayApprove($0, $1.tenant)
        }
        guard let approver else {
            return giveUp("approval.ended", "the approval does not count any more", status: 126)
        }
        awaiting.end?.cancel()
        self.awaiting = nil
        tools.ledger.append(
            event(
                "ApprovalUsed",
                "\(awaiting.id), approved by \(approver), digest \(awaiting.digest)"))
        tell(.notice(rule: "approval.used", words: "\(approver) has approved it"))
        switch awaiting.matter {
        case .line(let line, let role):
            intend(line, as: role, start: facts.start, approval: "\(awaiting.id) of \(approver)")
        case .session(let seconds):
            start = facts.start
            greet()
            endAfter(.seconds(seconds), "the approval was for \(seconds / 60) minutes")
        }
    }

    /// What is waited for does not come.
    func giveUp(_ rule: String, _ words: String, status: Int) {
        guard let awaiting else { return }
        leaveApproval()
        tools.ledger.append(
            event("ApprovalNotGiven", "\(awaiting.id.isEmpty ? "-" : awaiting.id): \(words)", rule))
        switch awaiting.matter {
        case .line:
            tell(.notice(rule: rule, words: words))
            tell(.ended(number: number, status: status, cause: "refused", dropped: 0))
        case .session: bye("\(words); rule \(rule)")
        }
    }

    /// The session is over: nobody hears what is decided.
    func leaveApproval() {
        guard let awaiting else { return }
        awaiting.agent?.close()
        awaiting.end?.cancel()
        if !awaiting.id.isEmpty { tools.approvals.leave(awaiting.id, awaiting.number) }
        self.awaiting = nil
    }

    /// Notes what was not decided or not used in its time; whoever comes next does.
    private func expireOld() {
        for (request, approver) in tools.approvals.expire() {
            let words = approver.map { "approved by \($0) and not used" } ?? "not decided"
            var entry = event("ApprovalExpired", "\(request.id), \(words)")
            entry.identity = request.identity
            entry.tenant = request.tenant
            entry.target = "container/" + request.container
            tools.ledger.append(entry)
        }
    }

    private func event(_ name: String, _ words: String, _ rule: String = "") -> Entry {
        var entry = entry(.event, words)
        entry.operation = name
        entry.rule = rule
        return entry
    }
}
