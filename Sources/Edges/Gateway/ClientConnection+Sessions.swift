import Acts
import Approvals
import EngineAPI
import Exchange
import GuardedShell
import JSON
import Ledger
import NIOCore
import Policy

/// Sessions of the guarded shell as others see and stop them, and what waits for a second person.
extension ClientConnection {
    private var policy: Policy { loop.services.authority.policy }

    /// Answers with the sessions that somebody may watch or moderate.
    func giveSessions() {
        let seats = loop.services.sessions.all.filter { seat in
            [Verb.watch, .moderate].contains {
                policy.allows($0, by: peer.identity, over: seat.tenant)
            }
        }
        give(values: seats.map(\.value))
    }

    /// The session of an id, if somebody may do that with it; else the client was told that there is
    /// none.
    private func seat(_ id: String, for verb: Verb) -> SessionBoard.Seat? {
        if let seat = loop.services.sessions.find(id),
            policy.allows(verb, by: peer.identity, over: seat.tenant)
        {
            return seat
        }
        giveNothing("there is no session \(id) under way")
        return nil
    }

    /// Shows a session from now on.
    func watch(_ id: String) {
        guard let seat = seat(id, for: .watch) else { return }
        guard exchange.asksUpgrade else {
            let words = "watching needs the whole connection; use quaymaster watch"
            return refuseShell(426, "shell.upgrade", words)
        }
        let number = self.number
        let watcher = Watcher(
            peer.identity, on: loop.eventLoop,
            say: { [weak self] bytes in self?.show(bytes, number) },
            leave: { [weak self] in
                guard let self, self.isActive, number == self.number else { return }
                self.run(self.exchange.engineClosed())
            })
        watching = (seat, watcher)
        begin(.nothing, head: Self.switchHead)
    }

    private func show(_ bytes: [UInt8], _ number: Int) {
        guard isActive, number == self.number, let context, let watching else { return }
        record?.bytesOut += Int64(bytes.count)
        let watcher = watching.watcher
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { _ in watcher.taken(bytes.count) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: promise)
    }

    /// Why a watcher may not see the session any more; nil while they may.
    var watchingObjection: String? {
        guard let seat = watching?.seat,
            !policy.allows(.watch, by: peer.identity, over: seat.tenant)
        else { return nil }
        return "the grant to watch has ended"
    }

    /// Pauses, resumes or ends a session.
    func moderate(_ id: String, _ what: ShellAsk.Moderation, _ reason: String) {
        guard let seat = seat(id, for: .moderate) else { return }
        if what == .resume, seat.identity == peer.identity {
            return refuseShell(
                403, "session.oneself", "nobody resumes their own session; another moderator can")
        }
        loop.services.sessions.moderate(seat, what, by: peer.identity, reason)
        give(values: [seat.value])
    }

    // MARK: Four eyes

    private func mayApprove(_ request: ApprovalDesk.Request) -> Bool {
        policy.allows(.approve, by: peer.identity, over: request.tenant)
    }

    /// Answers with what waits and somebody may decide about; their own is never among it.
    func giveApprovals() {
        let waiting = loop.services.approvals.waiting().filter {
            $0.request.identity != peer.identity && mayApprove($0.request)
        }
        give(values: waiting.map { $0.request.value($0.seconds) })
    }

    /// Approves or denies what waits.
    func decide(_ id: String, approves: Bool, _ reason: String) {
        do throws(ApprovalDesk.Objection) {
            let request = try loop.services.approvals.decide(
                id, approves: approves, by: peer.identity, reason, mayApprove: mayApprove)
            give(values: [request.value(0)])
        } catch {
            refuse(error, id)
        }
    }

    private func refuse(_ objection: ApprovalDesk.Objection, _ id: String) {
        switch objection {
        case .unknown:
            giveNothing(
                "nothing waits for an approval as \(id): it was used, is older than five minutes or not "
                    + "yours to decide about, or the gateway has started anew since and forgotten it; "
                    + "whoever wants it asks again")
        case .isDecided:
            refuseShell(409, "approval.decided", "somebody has decided about \(id) before")
        case .oneself:
            refuseShell(
                403, "approval.oneself",
                "nobody approves what they ask for themselves; another identity with the verb "
                    + "approve can")
        }
    }

    /// What of an act stands in the record before it is done, beside what it is about.
    func words(of ask: ShellAsk) -> String {
        switch ask {
        case .recordings(let wish): wish.text.map { "searches: " + $0 } ?? ""
        case .recording, .sessions, .approvals: ""
        case .watch(let id):
            words(ofSession: id, for: .watch)
        case .moderate(let id, let what, let reason):
            what.rawValue + " " + words(ofSession: id, for: .moderate)
                + (reason.isEmpty ? "" : ": " + reason)
        case .decide(let id, let approves, let reason):
            (approves ? "approve" : "deny") + (words(ofRequest: id).map { " " + $0 } ?? "")
                + (reason.isEmpty ? "" : ": " + reason)
        }
    }

    /// Another tenant's session has no words.
    private func words(ofSession id: String, for verb: Verb) -> String {
        guard let seat = loop.services.sessions.find(id),
            policy.allows(verb, by: peer.identity, over: seat.tenant)
        else { return "" }
        return "of \(seat.identity) in \(seat.name)"
    }

    private func words(ofRequest id: String) -> String? {
        do throws(ApprovalDesk.Objection) {
            let request = try loop.services.approvals.look(
                id, by: peer.identity, mayApprove: mayApprove)
            return "\(request.words) of \(request.identity) in \(request.name), digest "
                + request.digest
        } catch {
            return nil
        }
    }
}

extension SessionBoard.Seat {
    /// For programs.
    fileprivate var value: JSONValue {
        var started: [UInt8] = []
        Timestamp.append(began, to: &started)
        return .object(
            JSONObject([
                ("id", .string(id)), ("identity", .string(identity)), ("tenant", .string(tenant)),
                ("container", .string(container)), ("name", .string(name)),
                ("roles", .array(roles.map { .string($0) })), ("reason", .string(reason)),
                ("started", .string(String(decoding: started, as: UTF8.self))),
                ("watchers", .array(watchers.map { .string($0) })),
                ("pausedBy", pausedBy.map { .string($0) } ?? .null),
            ]))
    }
}

extension ApprovalDesk.Request {
    /// For programs.
    fileprivate func value(_ seconds: Int64) -> JSONValue {
        .object(
            JSONObject([
                ("id", .string(id)), ("identity", .string(identity)), ("tenant", .string(tenant)),
                ("container", .string(container)), ("name", .string(name)),
                ("role", .string(role)), ("what", .string(words)), ("reason", .string(reason)),
                ("digest", .string(digest)), ("seconds", .integer(seconds)),
            ]))
    }
}
