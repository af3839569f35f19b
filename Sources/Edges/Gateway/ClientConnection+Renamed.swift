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
            let name = loop.services.ownership.object(kind, id)?.name, !name.isEmpty
        else { return then() }
        let number = self.number
        loop.resolver.inspect(kind, id) { result in
            guard number == self.number, self.isActive else { return }
            switch result {
            case .failure(let failure): self.fail(failure)
            case .success(let value):
                let renewals = value.map { RenamedEndpoints.renewals(of: $0, named: name) } ?? []
                self.renew(renewals[...]) { isWhole in
                    guard number == self.number, self.isActive else { return }
                    if isWhole {
                        then()
                    } else {
                        self.fail(
                            EngineFailure(
                                "the engine would not connect the container to a network of its "
                                    + "under its new name; connect it again, then start it",
                                status: 502))
                    }
                    self.process()
                }
            }
            self.process()
        }
    }

    /// Goes on to its end whether the client is still there or not: what was left is joined again.
    private func renew(
        _ left: ArraySlice<RenamedEndpoints.Renewal>, _ then: @escaping (Bool) -> Void
    ) {
        guard let renewal = left.first else { return then(true) }
        change(renewal.network, "disconnect", renewal.disconnect) { isDone in
            // What cannot be left keeps its old name; nothing is lost.
            guard isDone else { return self.renew(left.dropFirst(), then) }
            self.change(renewal.network, "connect", renewal.connect) { isDone in
                guard isDone else { return then(false) }
                self.renew(left.dropFirst(), then)
            }
        }
    }

    private func change(
        _ network: String, _ word: String, _ body: [UInt8], _ then: @escaping (Bool) -> Void
    ) {
        let version = loop.services.facts.traits?.version ?? .floor
        EngineCall.make(
            loop.pool, .post, "/v\(version)/networks/\(network)/\(word)", json: body
        ) { result in
            guard case .success(let answer) = result else { return then(false) }
            then((200..<300).contains(answer.head.status))
        }
    }
}
