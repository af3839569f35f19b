import Acts
import Engine
import EngineAPI
import Exchange
import NIOCore
import Store
import Wire

/// Containers that were renamed, on their way to run again.
extension ClientConnection {
    /// Makes the endpoints of a container anew that answer to a name which it has no more, before it is
    /// started. One that runs keeps them: it would lose its connections.
    func followName(_ then: @escaping () -> Void) {
        guard tenants != nil, exchange.operation?.name == "ContainerStart", let act = exchange.act,
            let (kind, id) = subject(of: act),
            let object = loop.services.ownership.object(kind, id), !object.name.isEmpty
        else { return then() }
        let number = self.number
        let turns = loop.services.listTurns
        let turn = "endpoints of " + id
        // Two who start it at once would each take away what the other has just made.
        turns.take(turn, on: loop.eventLoop) {
            guard number == self.number, self.isActive else { return turns.leave(turn) }
            self.renewEndpoints(of: object, kind, id) { failure in
                turns.leave(turn)
                guard number == self.number, self.isActive else { return }
                if let failure { self.fail(failure) } else { then() }
                self.process()
            }
            self.process()
        }
    }

    /// Goes on to its end whether the client is still there or not: what was left is joined again.
    private func renewEndpoints(
        of object: OwnedObject, _ kind: ObjectKind, _ id: String,
        _ then: @escaping (EngineFailure?) -> Void
    ) {
        let former = loop.services.ownership.objects.called(object.mark).filter {
            $0.tenant == object.tenant && $0.kind == object.kind
        }.map(\.name)
        loop.resolver.inspect(kind, id) { result in
            switch result {
            case .failure(let failure): then(failure)
            case .success(let value):
                let renewals =
                    value.map {
                        RenamedEndpoints.renewals(of: $0, named: object.name, before: former)
                    } ?? []
                self.renew(renewals[...], then)
            }
        }
    }

    private func renew(
        _ left: ArraySlice<RenamedEndpoints.Renewal>, _ then: @escaping (EngineFailure?) -> Void
    ) {
        guard let renewal = left.first else { return then(nil) }
        let network = renewal.network
        change(network, "disconnect", renewal.disconnect) { outcome in
            // What cannot be left keeps its old name; nothing is lost. Without an answer it may be left.
            if outcome == .refused { return self.renew(left.dropFirst(), then) }
            self.change(network, "connect", renewal.connect) { outcome in
                if outcome == .done { return self.renew(left.dropFirst(), then) }
                // Better under its old name than nowhere.
                self.change(network, "connect", renewal.restore) { outcome in
                    if outcome == .done { return self.renew(left.dropFirst(), then) }
                    self.lookFor(renewal, then) { self.renew(left.dropFirst(), then) }
                }
            }
        }
    }

    /// Looks whether a container is in a network, where the engine has not said so.
    private func lookFor(
        _ renewal: RenamedEndpoints.Renewal, _ then: @escaping (EngineFailure?) -> Void,
        isThere: @escaping () -> Void
    ) {
        loop.resolver.inspect(.container, renewal.container) { result in
            if case .success(let value?) = result, renewal.isConnected(in: value) {
                return isThere()
            }
            then(
                EngineFailure(
                    "the engine would not connect the container to a network of its under its new "
                        + "name, nor under its old one; connect it again, then start it",
                    status: 502))
        }
    }

    /// What has come of a change.
    private enum Outcome {
        case done
        case refused
        /// Nobody has said; it may be done.
        case unknown
    }

    private func change(
        _ network: String, _ word: String, _ body: [UInt8], _ then: @escaping (Outcome) -> Void
    ) {
        let version = loop.services.facts.traits?.version ?? .floor
        EngineCall.make(
            loop.pool, .post, "/v\(version)/networks/\(network)/\(word)", json: body
        ) { result in
            guard case .success(let answer) = result else { return then(.unknown) }
            then((200..<300).contains(answer.head.status) ? .done : .refused)
        }
    }
}
