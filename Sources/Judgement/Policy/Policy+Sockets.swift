import Acts

/// A bind of the engine's socket that becomes the identity's own socket of the gateway: whoever connects
/// there is the identity, no more (`socket: own`).
extension Policy {
    /// The demands of a new container for the engine's socket, or for what has become of it before, that
    /// a level makes the identity's own.
    ///
    /// The tasks of services run on any engine of a Swarm, so their binds are what they say.
    ///
    /// - Parameters:
    ///   - act: What would be done.
    ///   - identity: Who asks.
    /// - Returns: The demands; none when no grant of the identity has such a level.
    func socketBinds(_ act: Act, of identity: String) -> [Demand] {
        guard act.creates == .container,
            (grants[identity] ?? []).contains(where: \.ownsSocket)
        else { return [] }
        return act.demands.filter { demand in
            guard case .bind(let bind) = demand.kind else { return false }
            return !bind.hasOptions
                && (sockets.engine.contains(bind.source) || bind.source == sockets.paths[identity])
        }
    }

    /// Why a bind of the engine's own state is nobody's.
    static func protected(_ bind: BindRequest, _ path: String, _ sockets: OwnSockets) -> Refusal {
        let isEngines = sockets.engine.contains(bind.source)
        return Refusal(
            rule: "level.bind", location: nil,
            reason: isEngines ? .engineSocket(bind.source) : .protectedPath(path))
    }

    /// Why a grant does not make these binds the identity's own, or nil.
    func unsocketed(_ binds: [Demand], _ grant: Grant, _ identity: String) -> Refusal? {
        guard case .bind(let bind)? = binds.first?.kind else { return nil }
        if !grant.ownsSocket {
            return Refusal(
                rule: "level.bind", location: grant.location, reason: .engineSocket(bind.source))
        }
        guard sockets.paths[identity] == nil else { return nil }
        return Refusal(
            rule: "level.bind", location: grant.location,
            reason: .noOwnSocket(bind.source, identity: identity))
    }

    /// True when what an object has is the identity's own socket: entering it gives nothing more.
    func isOwnSocket(_ demand: Demand, _ grant: Grant, _ identity: String) -> Bool {
        guard grant.ownsSocket, case .bind(let bind) = demand.kind, !bind.hasOptions,
            let own = sockets.paths[identity]
        else { return false }
        return bind.source == own
    }
}

extension Grant {
    /// True when its levels make the engine's socket the identity's own; one that allows everything may
    /// stand beside one that says so, as where a zone says nothing.
    var ownsSocket: Bool {
        levels.contains(where: \.ownsSocket)
            && levels.allSatisfy { $0.ownsSocket || $0.standard == .privileged }
    }
}
