import Acts

/// An act is judged against what the object is, not only by what the request says (invariant 14).
extension Policy {
    /// What no grant permits: a bind of the engine's own state, and an exec that somebody else made.
    func objectionForAll(to act: Act, by identity: String, _ facts: Facts) -> Refusal? {
        if isShared, let refusal = Self.reserved(act) { return refusal }
        let own = socketBinds(act, of: identity)
        for demand in act.demands {
            guard case .bind(let bind) = demand.kind, !own.contains(demand) else { continue }
            guard let path = Self.protected(bind.source, facts, withParents: false) else {
                continue
            }
            return Self.protected(bind, path, sockets)
        }
        for reference in act.references where reference.kind == .exec {
            guard let maker = facts.makers[reference] else { continue }
            if maker != identity {
                return Refusal(rule: "exec.own", location: nil, reason: .foreignExec(reference))
            }
        }
        return nil
    }

    /// Why what an act enters, joins or binds is beyond a grant's levels, or nil.
    func stray(
        _ act: Act, _ grant: Grant, _ identity: String, _ facts: Facts
    ) -> Refusal? {
        if let refusal = unknownExec(act, grant, facts) { return refusal }
        for level in grant.levels where level.standard != .privileged {
            for demand in act.demands {
                if let refusal = movable(demand, grant, facts) { return refusal }
            }
            for reference in act.references where reference.kind == .image {
                if let refusal = unnamed(reference, level, grant, facts) { return refusal }
            }
            for reference in act.references where reference.lendsPower {
                if let refusal = stronger(reference, level, grant, identity, facts) {
                    return refusal
                }
            }
        }
        return nil
    }

    /// An exec that the gateway did not see made belongs to whoever holds the engine's socket.
    private func unknownExec(_ act: Act, _ grant: Grant, _ facts: Facts) -> Refusal? {
        if grant.scope == .everything { return nil }
        for reference in act.references
        where reference.kind == .exec && facts.makers[reference] == nil {
            return Refusal(rule: "exec.own", location: nil, reason: .foreignExec(reference))
        }
        return nil
    }

    /// Why an image is none that a level names, or nil: one that was asked for by its id, or by a text
    /// that begins an id, has not been judged by its name.
    private func unnamed(
        _ reference: Reference, _ level: Level, _ grant: Grant, _ facts: Facts
    ) -> Refusal? {
        guard level.images != nil || level.pinsImages, reference.use == .reads else { return nil }
        if facts.images[reference]?.name != nil { return nil }
        return Refusal(
            rule: "target.absent", location: level.location ?? grant.location,
            reason: .absent(reference))
    }

    private func stronger(
        _ reference: Reference, _ level: Level, _ grant: Grant, _ identity: String, _ facts: Facts
    ) -> Refusal? {
        switch facts[reference] {
        case .absent? where reference.mayBeAbsent: return nil
        // It could be made between now and then, as anything.
        case .absent?, nil:
            return Refusal(rule: "target.absent", location: nil, reason: .absent(reference))
        case .found?: break
        }
        guard let powers = facts.powers[reference] else {
            return Refusal(rule: "target.absent", location: nil, reason: .absent(reference))
        }
        for demand in powers
        where demand.kind.isConfinement && !isOwnSocket(demand, grant, identity) {
            guard level.allows(demand) else {
                return Refusal(
                    rule: demand.kind.rule, location: level.location ?? grant.location,
                    reason: .strongerTarget(
                        level.name, reference, demand, allowed: level.alternative(to: demand)))
            }
            if let refusal = movable(demand, grant, facts) { return refusal }
        }
        return nil
    }

    /// Why a bind that a level names could lead elsewhere when the engine follows it, or nil.
    private func movable(_ demand: Demand, _ grant: Grant, _ facts: Facts) -> Refusal? {
        guard case .bind(let bind) = demand.kind else { return nil }
        if let path = Self.protected(bind.source, facts, withParents: true) {
            return Refusal(rule: "level.bind", location: nil, reason: .protectedPath(path))
        }
        let problem: String
        switch facts.paths[bind.source] {
        case .plain?: return nil
        case .missing?: problem = "there is nothing"
        case .movable(let part)?: problem = part
        case .unseen?: problem = "the gateway cannot see the engine's files"
        case nil: problem = "nobody has looked"
        }
        return Refusal(
            rule: "level.bind-path", location: grant.location,
            reason: .movablePath(bind, problem))
    }

    /// The protected path that a bind reaches: it itself, one beneath it, or, with parents, one above.
    private static func protected(
        _ source: String, _ facts: Facts, withParents: Bool
    ) -> String? {
        facts.protectedPaths.first { path in
            HostPath.isWithin(source, path) || (withParents && HostPath.isWithin(path, source))
        }
    }
}
