import Acts
import Engine
import EngineAPI
import Exchange
import JSON
import Ledger
import Logging
import NIOCore
import Store
import Wire

/// Objects that come and go with a request beside what it asks for.
extension ClientConnection {
    /// Makes volumes that do not exist yet, stamped as the tenant's.
    func makeVolumes(
        _ names: ArraySlice<String>, _ tenant: String?, _ then: @escaping () -> Void
    ) {
        guard let name = names.first, let tenant,
            let intent = volumeIntents.removeValue(forKey: name)
        else { return then() }
        intend(intent) {
            self.makeVolume(name, intent, self.loop.services.ownership.seal(of: intent)) {
                self.makeVolumes(names.dropFirst(), tenant, then)
            }
        }
    }

    private func makeVolume(
        _ name: String, _ intent: OwnedObject, _ seal: Seal, _ then: @escaping () -> Void
    ) {
        let labels = JSONObject([
            (StampedLabel.tenant, .string(intent.tenant)),
            (StampedLabel.identity, .string(intent.identity)),
            (StampedLabel.seal, .string(seal.text)), (StampedLabel.name, .string(name)),
        ])
        let ownership = loop.services.ownership
        let body = JSONObject([
            ("Name", .string(intent.engineName)), ("Labels", .object(labels)),
        ])
        let number = self.number
        let version = loop.services.facts.traits?.version ?? .floor
        EngineCall.make(
            loop.pool, .post, "/v\(version)/volumes/create",
            json: JSONWriter.bytes(.object(body))
        ) { result in
            let isMade = self.settle(result, intent, ownership)
            ownership.objects.end(intent.nonce)
            guard number == self.number, self.isActive else { return }
            switch result {
            case .success where isMade:
                self.noteVolume(name)
                then()
            case .success(let answer) where answer.head.status < 300:
                // Somebody else has made it since it was looked for.
                self.run(
                    self.exchange.engineFailed(
                        "refused: the name of the volume \(name) is not available; rule tenant.own; "
                            + "choose another", status: 409))
            case .success(let answer):
                let words = (try? JSONReader.answer(answer.body))?["message"]?.string
                let isClients = answer.head.status == 400
                self.run(
                    self.exchange.engineFailed(
                        "the volume \(name) cannot be made: "
                            + (words.map { String($0.prefix(400)) }
                                ?? "status \(answer.head.status)"),
                        status: isClients ? 400 : 502))
            case .failure(let failure):
                self.run(self.exchange.engineFailed("\(failure)", status: failure.status))
            }
            self.process()
        }
    }

    /// Settles the intent of a volume; true when it is the one that was made: the engine answers with
    /// what exists as if it were new. What the engine refused came to nothing.
    private func settle(
        _ result: Result<EngineAnswer, EngineFailure>, _ intent: OwnedObject,
        _ ownership: Ownership
    ) -> Bool {
        guard case .success(let answer) = result else { return false }
        if answer.head.status < 300 {
            let made = MadeObject(.volume, answer.body)
            let nonce = made?.seal.flatMap { Seal(parsing: $0) }?.nonce
            if made?.id == intent.engineName, nonce == intent.nonce {
                ownership.settle(intent.nonce, as: intent.engineName)
                return true
            }
        }
        if answer.head.status < 500 { ownership.objects.drop([intent.nonce]) }
        return false
    }

    /// Finds the network that stands for the engine's default one, or makes it.
    func find(
        _ network: TenantNetwork, of tenant: String, _ engine: EngineTraits,
        _ then: @escaping () -> Void
    ) {
        let number = self.number
        let ownership = loop.services.ownership
        let isWanted = { number == self.number && self.isActive }
        let intent = ownership.intent(
            .network, for: tenant, by: peer.identity, name: network.name(of: tenant),
            isOwnName: false)
        let seal = ownership.seal(of: intent)
        let wish = TenantNetworks.Wish(
            network: network, tenant: tenant, version: engine.version,
            // Without the tenant's label no prune of the tenant's finds it: stopped containers need it.
            labels: JSONObject([
                (StampedLabel.identity, .string(peer.identity)),
                (StampedLabel.seal, .string(seal.text)),
            ]),
            bridge: TenantBridge.name(intent.nonce),
            record: { name, then in
                guard isWanted() else {
                    return then(EngineFailure("the client has gone", status: 499))
                }
                self.recordNetwork(name, intent, then)
            },
            made: { ownership.settle(intent.nonce, as: $0) })
        loop.networks.find(wish) { result in
            guard number == self.number, self.isActive else { return }
            switch result {
            case .success(let id):
                self.facts.ownNetwork = id
                then()
            case .failure(let failure): self.fail(failure)
            }
            self.process()
        }
    }

    private func recordNetwork(
        _ name: String, _ intent: OwnedObject, _ then: @escaping (EngineFailure?) -> Void
    ) {
        guard
            var entry = record?.entry(
                .intent, act: exchange.act, operation: exchange.operation, permit: nil)
        else { return then(EngineFailure("the client has gone", status: 499)) }
        entry.operation = "NetworkCreate"
        entry.target = "network/\(name)"
        let bound = NIOLoopBound(then, eventLoop: loop.eventLoop)
        let eventLoop = loop.eventLoop
        let answer: @Sendable (String?) -> Void = { problem in
            eventLoop.execute {
                bound.value(
                    problem.map {
                        EngineFailure(
                            "this cannot be recorded, so it is not done: \($0)", status: 507)
                    })
            }
        }
        let ledger = loop.services.ledger
        loop.services.store.objects.intend(intent) { [entry] result in
            if case .failure(let error) = result { return answer("\(error)") }
            ledger.append(entry) { result in
                if case .failure(let error) = result { return answer("\(error)") }
                answer(nil)
            }
        }
    }

    /// A volume that was made on the way is an act of its own in the record.
    private func noteVolume(_ name: String) {
        guard
            var entry = record?.entry(
                .outcome, act: exchange.act, operation: exchange.operation, permit: exchange.permit,
                outcome: "done")
        else { return }
        entry.operation = "VolumeCreate"
        entry.target = "volume/\(name)"
        entry.status = 201
        loop.services.ledger.append(entry)
    }

    func noteExec(_ exec: String) {
        guard let act = exchange.act else { return }
        let isRecorded = exchange.permit?.obligations.contains(.record) == true
        loop.services.execs.note(
            MadeExec(id: exec, peer: peer, act: act, facts: facts, isRecorded: isRecorded))
    }

    /// An exec was started, or its stream has ended: its processes are to be looked at.
    func noteExecMove() {
        guard let exec = startedExec else { return }
        loop.services.execs.noteMove(of: exec)
    }

    /// The engine is sent an exec's start.
    func noteStart() {
        if let exec = startedExec { loop.services.execs.noteStart(of: exec) }
    }

    /// It has answered that, or nobody waits for it any more.
    func noteStartEnd() {
        guard outbound != nil, let exec = startedExec else { return }
        loop.services.execs.noteStartEnd(of: exec, isAnswered: engineStatus > 0)
    }

    /// The exec that the request starts; nil when it does something else.
    var startedExec: String? {
        guard exchange.operation?.name == "ExecStart" else { return nil }
        return exchange.act?.references.first { $0.kind == .exec }?.text
    }
}
