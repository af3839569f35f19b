import Acts
import Engine
import EngineAPI
import Exchange
import GuardedShell
import JSON
import Ledger
import NIOCore
import Wire

/// The engine's side of an exchange.
extension ClientConnection: EngineConnectionUser {
    /// Asks the pool for a connection, and sends over it.
    func lease(_ outbound: Outbound, fresh: Bool) {
        let number = self.number
        loop.pool.lease(fresh: fresh) { result in
            switch result {
            case .failure(let failure):
                guard number == self.number, self.isActive else { return }
                self.loop.services.facts.forget()
                self.run(self.exchange.engineFailed(failure.description, status: failure.status))
            case .success(let engine):
                guard number == self.number, self.isActive else {
                    return self.loop.pool.giveBack(engine)
                }
                self.begin(outbound, engine)
            }
            self.process()
        }
    }

    private func begin(_ outbound: Outbound, _ engine: EngineConnection) {
        self.engine = engine
        engine.user = self
        outflow = .head
        answers = MessageReader()
        engine.write(ByteBuffer(bytes: outbound.bytes))
        if outbound.streamsBody {
            upload =
                outbound.isArchive
                ? exchange.takeArchive().map {
                    ArchiveUpload($0, loop.services.limits.archives)
                } : nil
            intake = .streaming
            awaitUpload()
            if outbound.sendContinue {
                write(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"))
                flush()
            }
        }
        engine.flush()
        engine.read()
        resumeReading()
    }

    // MARK: What the engine sends

    func engineDidSend(_ bytes: ByteBuffer) {
        noteAnswer()
        if case .raw = outflow {
            record?.bytesOut += Int64(bytes.readableBytes)
            guard recordOutput(bytes) else { return }
            return write(bytes)
        }
        answers.add(bytes)
        // An engine that speaks before it has the whole archive waits: what the archive holds may
        // still be refused, and a status is said once.
        if upload == nil || answers.unread > Self.earlyAnswer { readAnswer() }
        process()
    }

    func engineDidPause() {
        flush()
        // An upload's bytes go out as they are read, not at the answer's pace.
        if upload != nil { engine?.flush() }
        readEngine()
    }

    /// Reads on when the client has taken what it got, and nothing waits.
    func readEngine() {
        guard let context, context.channel.isWritable, !events.isHeld, !awaitsTape
        else { return }
        if own != nil {
            // Nobody else writes what is said here: it may be the last for a long time.
            readOwn()
            return flush()
        }
        engine?.read()
    }

    func engineWritabilityChanged() {
        process()
        resumeReading()
    }

    func engineDidEnd() {
        touchChanged()
        if upload != nil { readAnswer() }
        switch outflow {
        case .raw: run(exchange.engineEnded())
        case .chunked: endChunks()
        case .events, .list, .lines, .progress: endParts()
        case .idle, .head, .framed, .collecting: engineBrokeOff()
        }
        process()
    }

    func engineDidClose() {
        if upload != nil { readAnswer() }
        switch outflow {
        case .chunked: endChunks()
        case .events, .list, .lines, .progress: endParts()
        case .raw: run(exchange.engineClosed())
        case .idle, .head, .framed, .collecting: engineBrokeOff()
        }
        process()
    }

    /// The engine ended before its answer did.
    func engineBrokeOff() {
        guard isActive else { return }
        loop.services.facts.forget()
        // A connection that waited in the pool may have been closed by an engine that restarted:
        // what changes nothing is asked again.
        if case .head = outflow, let outbound, outbound.isRepeatable, let engine, engine.uses > 0 {
            engine.close()
            self.engine = nil
            outflow = .idle
            return lease(outbound, fresh: true)
        }
        run(
            exchange.engineFailed(
                "the engine at \(loop.services.engine) closed the connection before it answered; "
                    + "whether the request was carried out is not known", status: 502))
    }

    /// How much an engine may say before it has the whole of an archive.
    private static let earlyAnswer = 256 << 10

    func readAnswer() {
        while engine != nil || own != nil {
            switch outflow {
            case .head:
                guard readAnswerHead() else { return }
            case .framed: return relayFramed()
            case .chunked: return relayChunk()
            case .events: return relayEvents()
            case .list: return relayList()
            case .lines: return relayLines()
            case .progress: return relayProgress()
            case .collecting(var body, let limit):
                outflow = .idle
                return collectAnswer(&body, limit)
            case .raw:
                let rest = answers.takeAll()
                record?.bytesOut += Int64(rest.readableBytes)
                guard recordOutput(rest) else { return }
                return write(rest)
            case .idle:
                // More than the answer's framing promised.
                return run(exchange.abort())
            }
        }
    }

    /// Reads a head; false when it is not whole, or when nothing follows.
    private func readAnswerHead() -> Bool {
        do {
            guard let outbound, let head = try answers.responseHead(to: outbound.method) else {
                return false
            }
            if head.status >= 200 || head.status == 101 {
                record?.status = head.status
                engineStatus = head.status
                leaveTurn()
                forgetRemoved()
                noteLateOrigin()
            }
            run(exchange.answered(head))
            return true
        } catch {
            run(
                exchange.engineFailed(
                    "the engine at \(loop.services.engine) answered what is no HTTP/1.1: "
                        + error.sentence, status: 502))
            return false
        }
    }

    /// Begins to pass an answer on.
    func relay(_ relay: Relay) {
        if record?.tape != nil, engineStatus < 300 {
            return end("the engine did not switch protocols, so nothing could be recorded")
        }
        switch relay {
        case .asFramed(let head):
            outflow = .framed
            var bytes = ByteBuffer(bytes: head)
            // Head and body in one write are one TLS record.
            appendFramed(to: &bytes)
            write(bytes)
            endIfRead()
        case .chunked(let head):
            outflow = .chunked
            write(ByteBuffer(bytes: head))
        case .events(let head):
            outflow = .events
            events = EventStream()
            write(ByteBuffer(bytes: head))
        case .list(let head):
            outflow = .list
            write(ByteBuffer(bytes: head))
        case .lines(let head):
            outflow = .lines
            heldLine = []
            write(ByteBuffer(bytes: head))
        case .progress(let head):
            outflow = .progress
            progress = ProgressLines(exchange.imageTelling)
            write(ByteBuffer(bytes: head))
        case .collect(let limit):
            outflow = .collecting([], limit: limit)
        }
    }

    private func appendFramed(to bytes: inout ByteBuffer) {
        do {
            var (body, payload) = try answers.framedBody()
            record?.bytesOut += Int64(payload)
            bytes.writeBuffer(&body)
        } catch {
            run(exchange.abort())
        }
    }

    private func relayFramed() {
        do {
            let (body, payload) = try answers.framedBody()
            record?.bytesOut += Int64(payload)
            if body.readableBytes > 0 { write(body) }
        } catch {
            return run(exchange.abort())
        }
        endIfRead()
    }

    private func endIfRead() {
        guard isActive, case .framed = outflow, answers.isBodyRead else { return }
        run(exchange.answerEnded())
    }

    private func collectAnswer(_ body: inout [UInt8], _ limit: Int) {
        do {
            guard try answers.collectBody(into: &body, limit: limit) else {
                return run(exchange.answerUnreadable())
            }
        } catch {
            return run(exchange.answerUnreadable())
        }
        guard takeBytes(body.count) else { return }
        guard answers.isBodyRead else {
            outflow = .collecting(body, limit: limit)
            return
        }
        let answer = body
        if exchange.operation?.isPrune == true { record?.pruned = ExpectedEvents.pruned(body) }
        guard let made = exchange.makingAnswered(body) else {
            return settleImages { self.show(answer) }
        }
        if made.kind == .container { loop.services.inventory.touch([made.id]) }
        settle(made) { self.show(answer) }
    }

    /// Whose objects and images are.
    var owners: Owners {
        let ownership = loop.services.ownership
        let showsOffers = self.showsOffers
        return Owners(
            objects: ownership.owner, images: loop.imageNames, names: retelling,
            offered: { showsOffers && ownership.isOffered($0, to: $1) },
            networks: { ownership.engineName(.network, $0) })
    }

    /// Tells the engine's names as the client knows them; nil: as the engine says them.
    var retelling: Retelling? {
        guard tenants != nil, let permit = exchange.permit, permit.tellsNames,
            let tenant = permit.tenant
        else { return nil }
        return loop.services.ownership.retelling(for: tenant)
    }

    /// Shows an answer that was collected, as far as the client may see it.
    private func show(_ body: [UInt8]) {
        let execs = loop.services.execs
        let seesUnknown = exchange.permit?.isUnrestricted == true
        guard
            let bytes = exchange.answerCollected(
                body,
                isSeen: { execs.isSeen($0, by: peer.identity, seesUnknown: seesUnknown) },
                seeing: owners)
        else { return run(exchange.answerUnreadable()) }
        // Noted before its maker can know of it.
        if let exec = exchange.madeExec {
            noteExec(exec)
        }
        record?.bytesOut += Int64(bytes.count)
        write(ByteBuffer(bytes: bytes))
        run(exchange.answerEnded())
    }

    // MARK: Raw streams

    /// Both sides flow from here on; what was sent ahead goes first.
    func switchProtocols(_ head: [UInt8]) {
        loop.counters.streams += 1
        noteExecMove()
        outflow = .raw
        intake = .raw
        write(ByteBuffer(bytes: head))
        let rest = answers.takeAll()
        if rest.readableBytes > 0 {
            record?.bytesOut += Int64(rest.readableBytes)
            guard recordOutput(rest) else { return }
            write(rest)
        }
        flush()
        shell?.begin()
        if let watching { loop.services.sessions.watch(watching.seat, watching.watcher) }
        process()
        engine?.flush()
        resumeReading()
    }

    /// The engine has ended its side: the client is told after the last byte.
    func endClientInput() {
        flush()
        context?.close(mode: .output, promise: nil)
    }
}
