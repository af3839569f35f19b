import Acts
import Engine
import EngineAPI
import Exchange
import Foundation
import Ledger
import NIOCore
import Policy
import Store
import Wire

/// One request of a connection: the steps that its `Exchange` asks for.
extension ClientConnection {
    func startExchange() {
        number += 1
        isActive = true
        deadline = nil
        exchange = Exchange(bodyLimit: loop.services.limits.bodyBytes, hosts: hosts)
        facts = Facts()
        intent = nil
        removal = nil
        volumeIntents = [:]
        renaming = nil
        tenants = nil
        turns = 0
        engineStatus = 0
        change = .nothing
        upload = nil
        isUploadBusy = false
        isUploadWhole = false
        hasPulled = false
        pullsImages = false
        contentsAct = nil
        isSettling = false
        record = ActRecord(loop.services.ledger, identity: peer.identity, from: from)
        loop.counters.active += 1
        intake = .held
    }

    func start(_ head: RequestHead) {
        startExchange()
        if let objection = loop.services.authority.objection(to: peer, at: Date()) {
            let answer = Answer(
                status: 403,
                message: "quaymaster: refused: \(objection); rule identity.valid; "
                    + "an operator issues another", rule: "identity.valid")
            return run(.answer(answer, .close))
        }
        guard takeRequest() else { return }
        registryConfig = head.fields[.registryConfig]
        registryAuth = head.fields[.registryAuth]
        run(exchange.received(head))
    }

    /// Carries out what the exchange wants.
    func run(_ action: Action) {
        switch action {
        case .wait: break
        case .collectBody(let limit, let sendContinue):
            // Nobody makes the gateway hold a body for what is refused whatever it says.
            if let operation = exchange.operation,
                let refusal = loop.services.authority.policy.objection(
                    to: operation.verbs, by: peer.identity)
            {
                return run(exchange.refused(refusal))
            }
            deadline = .now() + .seconds(Int64(loop.services.limits.bodySeconds))
            if sendContinue { write(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")) }
            intake = .collecting([], limit: limit)
        case .judge(let act): judge(act)
        case .judgeContents(let act): judgeContents(act)
        case .endArchive(let files): closeArchive(files)
        case .record: recordIntent()
        case .send(let outbound): send(outbound)
        case .relay(let relay): self.relay(relay)
        case .switchProtocols(let head, let clientHasEnded):
            switchProtocols(head)
            if clientHasEnded, isOwnStream { return run(exchange.engineClosed()) }
            if clientHasEnded { engine?.endOutput() }
        // Whoever says nothing more has left.
        case .endEngineInput where isOwnStream: run(exchange.engineClosed())
        case .endEngineInput: engine?.endOutput()
        case .endClientInput: endClientInput()
        case .answer(let answer, let ending): give(answer, ending)
        case .finish(let ending): finish(ending)
        }
    }

    /// Sends a judged request, after the volumes that it names and that do not exist yet.
    func send(_ outbound: Outbound) {
        self.outbound = outbound
        if exchange.operation?.name == "ContainerExec" {
            making = loop.services.execs.beginMaking()
        }
        noteStart()
        noteChange()
        answer(outbound) {
            self.makeVolumes(outbound.volumes[...], outbound.tenant) {
                self.removeOthers {
                    self.followName {
                        self.borrowNames {
                            self.takeTurn {
                                self.watchBegin()
                                self.lease(outbound, fresh: false)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Tells the watch over the engine's events what is about to be asked: no event comes before it.
    private func watchBegin() {
        guard let request = exchange.request, let operation = exchange.operation,
            ExpectedEvents.areOf(operation)
        else { return }
        let entry = record?.id ?? ""
        record?.watched = loop.services.watch.begin(
            request.method.rawValue, request.target, request.body, entry: entry)
    }

    /// Tells it how the request has ended.
    func watchEnd(_ ending: Ending) {
        guard let token = record?.watched else { return }
        record?.watched = nil
        let end: RequestEnd
        if engineStatus == 200, let pruned = record?.pruned {
            end = .pruned(pruned)
        } else if engineStatus >= 300 || engineStatus > 0 && ending.isWhole {
            end = .answered(engineStatus)
        } else if engine == nil, outbound?.isRepeatable != true {
            // What may be asked twice may have been asked before its engine went away.
            end = .unsent
        } else {
            end = engineStatus == 0 && upload != nil && record?.rule != nil ? .cutOff : .left
        }
        loop.services.watch.end(token, end)
    }

    /// Waits until nobody else adds up what the engine's disk holds.
    private func takeTurn(_ then: @escaping () -> Void) {
        guard exchange.operation?.name == "SystemDataUsage" else { return then() }
        let turns = loop.services.listTurns
        let number = self.number
        turns.take(Self.usage, on: loop.eventLoop) {
            guard number == self.number, self.isActive else { return turns.leave(Self.usage) }
            self.hasTurn = true
            then()
            self.process()
        }
    }

    /// The engine has added up, or nobody waits for it any more.
    func leaveTurn() {
        guard hasTurn else { return }
        hasTurn = false
        loop.services.listTurns.leave(Self.usage)
    }

    private static let usage = "usage"

    func fail(_ failure: EngineFailure) {
        run(.answer(Answer(status: failure.status, message: "quaymaster: \(failure)"), .close))
    }

    private func recordIntent() {
        noteRequest()
        guard let act = exchange.act else { return run(exchange.abort()) }
        guard loop.services.ledger.mayIntend(peer.identity) else {
            let words =
                "quaymaster: refused: this identity has had a quarter of a million acts recorded in a rush; "
                + "rule limit.record; a hundred more are taken each second"
            return run(.answer(Answer(status: 429, message: words, rule: "limit.record"), .close))
        }
        if let answer = beginTape() { return run(.answer(answer, .close)) }
        guard let record = self.record else { return run(exchange.abort()) }
        var entry = record.entry(
            .intent, act: act, operation: exchange.operation, permit: exchange.permit)
        for case .makeVolumes(let names) in exchange.permit?.obligations ?? [] {
            entry.reason = "makes first: volume/" + names.joined(separator: ", volume/")
        }
        if let wish = act.shell {
            let roles = exchange.permit?.shellRoles.joined(separator: ", ") ?? ""
            entry.reason = "as \(roles)" + (wish.reason.isEmpty ? "" : ": " + wish.reason)
        }
        if let ask = act.ask { entry.reason = words(of: ask) }
        noteOrigin()
        intend {
            self.append(entry, mayUseReserve: self.makesRoom(act)) {
                self.awaitTape { self.run(self.exchange.recorded()) }
            }
        }
    }

    /// True for what an administrator does about a disk that is full: it is recorded even then.
    private func makesRoom(_ act: Act) -> Bool {
        guard let permit = exchange.permit, permit.isUnrestricted || permit.tenant == nil else {
            return false
        }
        return act.harm.contains(.changes) && (exchange.operation?.makesRoom ?? false)
    }

    /// Makes an entry durable; what cannot be recorded is not done.
    func append(_ entry: Entry, mayUseReserve: Bool = false, _ then: @escaping () -> Void) {
        let bound = NIOLoopBound((connection: self, then: then), eventLoop: loop.eventLoop)
        let number = self.number
        let eventLoop = loop.eventLoop
        loop.record(entry, mayUseReserve: mayUseReserve) { result in
            eventLoop.execute {
                let (connection, then) = bound.value
                guard number == connection.number, connection.isActive else { return }
                switch result {
                case .success: then()
                case .failure(let error):
                    connection.run(connection.exchange.recordFailed(error.description))
                }
                connection.process()
            }
        }
    }

    private func noteRequest() {
        guard let request = exchange.request else { return }
        record?.digest(request, key: loop.services.digestKey)
    }
}
