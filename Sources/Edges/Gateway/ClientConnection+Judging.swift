import Acts
import Engine
import EngineAPI
import Exchange
import NIOCore
import Policy

/// How an act is decided: what it refers to is looked up first, where what it says is not enough.
extension ClientConnection {
    func judge(_ act: Act) {
        let policy = loop.services.authority.policy
        record?.policy = policy.version
        tenants = policy.tenants(named: act, by: peer.identity)
        facts = known(act)
        guard policy.needsFacts(act, by: peer.identity) else { return decide(act) }
        lookUp(act, under: policy) { facts in
            self.facts = facts
            self.decide(act, isLookedUp: true)
        }
    }

    /// Finds out what an act's references and host paths are.
    ///
    /// - Parameters:
    ///   - act: What would be done.
    ///   - policy: The policy that says what matters.
    ///   - then: Called with what was found; not called when the exchange ended meanwhile.
    func lookUp(_ act: Act, under policy: Policy, _ then: @escaping (Facts) -> Void) {
        let number = self.number
        let wanted = act.references.filter {
            $0.lendsPower || $0.kind == .image || (policy.isShared && $0.kind.isOwned)
        }
        let viewers = policy.viewers(of: peer.identity)
        loop.resolver.resolve(wanted, in: tenants, for: viewers) {
            number == self.number && self.isActive
        } _: { result in
            guard number == self.number, self.isActive else { return }
            switch result {
            case .success(let found):
                var facts = self.known(act)
                facts.add(found)
                self.lookAtPaths(act, facts, then)
            case .failure(let failure): self.fail(failure)
            }
            self.process()
        }
    }

    /// What is known without asking anybody.
    private func known(_ act: Act) -> Facts {
        var facts = Facts()
        facts.protectedPaths = loop.services.protectedPaths
        if let root = loop.services.facts.traits?.dataRoot, !root.isEmpty {
            facts.protectedPaths.append(root)
        }
        for reference in act.references where reference.kind == .exec {
            facts.makers[reference] = loop.services.execs.maker(of: reference.text)
        }
        return facts
    }

    /// Looks at the host paths that are bound by what is made, or by what is entered.
    private func lookAtPaths(_ act: Act, _ facts: Facts, _ then: @escaping (Facts) -> Void) {
        let demands = act.demands + facts.powers.values.joined()
        let paths = Set(
            demands.compactMap { demand -> String? in
                guard case .bind(let bind) = demand.kind else { return nil }
                return bind.source
            })
        if paths.isEmpty { return then(facts) }
        let number = self.number
        let bound = NIOLoopBound((connection: self, then: then), eventLoop: loop.eventLoop)
        loop.services.paths.find(Array(paths), on: loop.eventLoop).whenComplete { result in
            let (connection, then) = bound.value
            guard number == connection.number, connection.isActive else { return }
            var facts = facts
            // What could not be looked at is not there, and so refused.
            if case .success(let found) = result { facts.paths = found }
            then(facts)
            connection.process()
        }
    }

    /// Decides by the policy of this moment, which may be newer than the one that was looked at
    /// when facts had to be looked up.
    private func decide(_ act: Act, isLookedUp: Bool = false) {
        let policy = loop.services.authority.policy
        record?.policy = policy.version
        guard isLookedUp || !policy.needsFacts(act, by: peer.identity) else { return judge(act) }
        let decision = policy.decide(act, by: peer.identity, seeing: facts)
        if let traits = loop.services.facts.traits { return decided(decision, traits) }
        if case .refuse = decision { return decided(decision, nil) }
        let number = self.number
        loop.services.facts.withTraits(loop.pool) { result in
            guard number == self.number, self.isActive else { return }
            switch result {
            case .success: self.judge(act)
            case .failure(let failure): self.fail(failure)
            }
            self.process()
        }
    }

    private func decided(_ decision: Decision, _ engine: EngineTraits?) {
        if case .permit(let permit) = decision {
            guard takeMeans(for: permit) else { return }
            if exchange.operation?.name == "ContainerExec",
                loop.services.execs.isFull(for: peer.identity)
            {
                let words =
                    "quaymaster: refused: \(ExecRegister.mostOpen) execs of \(peer.identity) "
                    + "have processes; rule exec.limit; end some first"
                return run(.answer(Answer(status: 429, message: words, rule: "exec.limit"), .close))
            }
            for case .harden(let hardening) in permit.obligations {
                record?.hardened = hardening.words
            }
            if permit.obligations.contains(.useOwnNetwork), let tenant = permit.tenant,
                let engine, facts.ownNetwork == nil, let network = exchange.act?.defaultNetwork
            {
                // The policy may have changed meanwhile.
                return find(network, of: tenant, engine) {
                    guard let act = self.exchange.act else { return }
                    self.decide(act, isLookedUp: true)
                }
            }
        }
        if case .permit(let permit) = decision, permit.namesImages, let tenant = permit.tenant {
            facts = facts.seen(by: tenant)
        }
        if case .permit(let permit) = decision, permit.isShared, permit.tenant == nil,
            let act = exchange.act, let answer = lentName(act)
        {
            return run(.answer(answer, .close))
        }
        mark(decision) { marks in
            self.run(
                self.exchange.decided(
                    decision, for: self.peer.identity, on: engine, seeing: self.facts, with: marks))
        }
    }
}
