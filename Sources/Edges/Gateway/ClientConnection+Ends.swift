import Acts
import Engine
import EngineAPI
import Exchange
import Foundation
import GuardedShell
import Ledger
import Logging
import NIOCore
import Policy

/// How exchanges and connections end, and what is looked at from time to time.
extension ClientConnection {
    /// Gives an answer of the gateway's own and ends the exchange.
    func give(_ answer: Answer, _ ending: Ending) {
        let keep = ending.keepClient && !loop.isDraining
        record?.status = answer.status
        record?.rule = answer.rule
        record?.reason = answer.message
        let isHead = exchange.isHead
        let bytes = answer.bytes(close: !keep, isHead: isHead, entry: noteRefusal(answer))
        write(ByteBuffer(bytes: bytes))
        finish(keep ? ending : .close)
    }

    /// Notes a refusal before it is told; the id of the entry that says of it.
    private func noteRefusal(_ answer: Answer) -> String? {
        guard answer.rule != nil, let record else { return nil }
        self.record?.isNoted = true
        return loop.services.ledger.refuse(
            record.entry(
                .refused, act: exchange.act, operation: exchange.operation,
                permit: exchange.permit, outcome: "done"))
    }

    /// Ends the exchange: notes it, and gives both connections their due.
    func finish(_ ending: Ending) {
        guard isActive else { return }
        isActive = false
        loop.counters.active -= 1
        if case .raw = outflow { loop.counters.streams -= 1 }
        noteOutcome(ending)
        watchEnd(ending)
        giveBackShares()
        touchChanged()
        leaveTurn()
        forgetIntent()
        giveBackSubnet()
        endAnchored()
        noteExecMove()
        noteStartEnd()
        record?.tape?.end()
        record?.tape = nil
        if let making { loop.services.execs.endMaking(making) }
        making = nil
        releaseEngine(reusable: ending.keepEngine)
        flush()
        guard ending.keepClient, !loop.isDraining, !wasTruncated else { return endAfterWriting() }
        record = nil
        intake = .head
        deadline = .now() + .seconds(Int64(loop.services.limits.idleSeconds))
        resumeReading()
    }

    private func noteOutcome(_ ending: Ending) {
        guard let record else { return }
        let duration = record.duration
        let phase: Entry.Phase
        var outcome = "done"
        if record.rule != nil {
            phase = .refused
            loop.counters.refused += 1
        } else {
            phase = .outcome
            if record.status >= 500 {
                outcome = "failed"
                loop.counters.failed += 1
            } else if !ending.isWhole || record.status == 0 {
                outcome = "aborted"
                loop.counters.aborted += 1
            } else {
                loop.counters.answered[min(record.status / 100, 5)] += 1
            }
        }
        loop.counters.bytesIn += record.bytesIn
        loop.counters.bytesOut += record.bytesOut
        loop.counters.count(duration: duration)
        if record.isNoted { return }
        loop.services.ledger.append(
            record.entry(
                phase, act: exchange.act, operation: exchange.operation,
                permit: exchange.permit, outcome: outcome))
    }

    private func releaseEngine(reusable: Bool) {
        defer {
            engine = nil
            if own != nil { loop.stopListening(self) }
            own = nil
            if let why = record?.reason, !why.isEmpty { shell?.close(why) } else { shell?.close() }
            shell = nil
            if let watching { loop.services.sessions.leave(watching.seat, watching.watcher) }
            watching = nil
            outbound = nil
            outflow = .idle
            answers = MessageReader()
            events = EventStream()
        }
        guard let engine else { return }
        if reusable, answers.unread == 0, !loop.isDraining {
            loop.pool.giveBack(engine)
        } else {
            engine.close()
        }
    }

    /// Ends the connection once the client has taken what was written.
    func endAfterWriting() {
        guard let context else { return }
        intake = .discarding
        deadline = .now() + .seconds(Self.patience)
        let promise = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: promise)
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        promise.futureResult.whenComplete { _ in bound.value.lingerAfterWriting() }
        isReadPending = true
        resumeReading()
    }

    /// Half-closes and gives the client a moment to close too, so that a client that is still
    /// sending reads the answer before its own writes fail.
    private func lingerAfterWriting() {
        deadline = .now() + .seconds(2)
        context?.close(mode: .output, promise: nil)
    }

    /// Ends the connection at once; a reason is for the log.
    func end(_ reason: String?) {
        if let reason {
            loop.services.log.info(
                "a connection is ended",
                metadata: [
                    "reason": "\(reason)", "identity": "\(peer.identity)", "from": "\(from)",
                ])
        }
        if isActive {
            if let reason {
                record?.reason = reason
                sayGoodbye(reason)
            }
            run(exchange.abort())
        }
        // Whatever still arrives is nobody's any more.
        intake = .discarding
        context?.close(promise: nil)
    }

    func write(_ bytes: ByteBuffer) {
        isUnflushed = true
        context?.write(wrapOutboundOut(bytes), promise: nil)
    }

    /// Sends what was written; a flush of nothing would go through all of TLS.
    func flush() {
        guard isUnflushed else { return }
        isUnflushed = false
        context?.flush()
    }

    // MARK: From time to time

    /// Looks at deadlines and at whether the peer is still believed.
    func look(at now: NIODeadline, _ date: Date) {
        if let deadline, now >= deadline { return expire() }
        if case .unknown = peer { return }
        lookAtLent(at: now)
        endIfDisbelieved(at: date)
    }

    /// Ends the connection of a peer that is not believed any more.
    ///
    /// Whoever never was believed is told so with its first request: an end between the handshake and
    /// that request would tell it nothing.
    ///
    /// - Returns: Whether it was ended.
    @discardableResult
    private func endIfDisbelieved(at date: Date) -> Bool {
        guard let objection = loop.services.authority.objection(to: peer, at: date) else {
            wasBelieved = true
            return false
        }
        // Two changes may follow each other before anybody looks: what was permitted in between ends.
        let ends = wasBelieved || isActive && exchange.permit != nil
        if ends { end(objection) }
        return ends
    }

    /// After signing in: a peer that is not believed has a moment for a request that is answered why.
    func greet() {
        endIfDisbelieved(at: Date())
        if !wasBelieved { deadline = .now() + .seconds(2) }
    }

    /// An authority has changed: whoever is not believed any more is ended at once, and so is an
    /// act that would be refused now.
    func reconsider() {
        if case .unknown = peer { return }
        if endIfDisbelieved(at: Date()) { return }
        guard isActive, exchange.permit != nil, let act = exchange.act else { return }
        if let objection = watchingObjection ?? recordingObjection { return end(objection) }
        let policy = loop.services.authority.policy
        switch policy.decide(act, by: peer.identity, seeing: facts) {
        case .refuse(let refusal): end("the grant has ended: \(refusal.words)")
        case .permit(let permit) where permit.hides != exchange.permit?.hides:
            end("the grant hides other things now")
        case .permit(let permit) where permit.shellRoles != exchange.permit?.shellRoles:
            end("the grant has other roles of the guarded shell now")
        case .permit(let permit)
        where shell.map { !$0.has(permit.shellRoles, of: authorityRoles) } ?? false:
            end("a role of the guarded shell is another now")
        case .permit(let permit)
        where exchange.operation?.name == "ExecStart" && record?.tape == nil
            && permit.obligations.contains(.record):
            end("the grant asks for a recording now")
        case .permit(let permit) where permit.shellApproval != exchange.permit?.shellApproval:
            end("the grant asks for another approval now")
        case .permit: break
        }
    }

    /// These objects are another's now: what reaches into them is over.
    func ownersChanged(_ ids: Set<String>) {
        guard isActive, exchange.permit != nil, facts.name(ids) else { return }
        end("what the request is about is not the tenant's any more")
    }

    private func expire() {
        deadline = nil
        switch intake {
        case .collecting:
            run(
                .answer(
                    Answer(status: 408, message: "quaymaster: the body did not arrive in time"),
                    .close))
        case .head where reader.isInsideHead:
            startExchange()
            run(
                .answer(
                    Answer(status: 408, message: "quaymaster: the head did not arrive in time"),
                    .close))
        // The engine takes its time, not the client.
        case .streaming where engine?.isWritable == false: awaitUpload()
        case .streaming: end("the body did not arrive in time")
        case .head, .held, .raw, .discarding: context?.close(promise: nil)
        }
    }

    /// The gateway is stopping: an unused connection ends now, another after its exchange.
    func drain() {
        if !isActive { context?.close(promise: nil) }
    }
}
