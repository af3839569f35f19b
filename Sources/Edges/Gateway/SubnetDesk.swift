import Acts
import Engine
import EngineAPI
import JSON
import Synchronization
import Wire

/// Gives networks of tenants subnets out of the pool, each to one: what was given and does not stand in
/// the engine's list yet is remembered.
final class SubnetDesk: Sendable {
    typealias Subnet = SubnetPool.Subnet

    let pool: SubnetPool
    private let turns = Turns()
    // Guards what was given to networks that are being made; held for a look-up or a change.
    private let given = Mutex<Set<Subnet>>([])

    init(_ pool: SubnetPool) {
        self.pool = pool
    }

    /// Chooses a subnet apart from all that there are.
    ///
    /// - Parameters:
    ///   - engine: Who is asked for the networks that there are.
    ///   - version: In which version.
    ///   - refused: What the engine would not take.
    ///   - completion: Called once, on the engine's loop; what it gets is to be given back.
    func choose(
        _ engine: EnginePool, _ version: APIVersion, beside refused: Set<Subnet> = [],
        _ completion: @escaping (Result<Subnet, EngineFailure>) -> Void
    ) {
        // A list that is older than a choice of somebody else's would not show what came of it.
        turns.take("subnet", on: engine.eventLoop) {
            let before = self.given.withLock { $0 }
            EngineCall.make(engine, .get, "/v\(version)/networks", limit: 64 << 20) { result in
                let chosen = result.flatMap { self.choose($0, beside: refused.union(before)) }
                self.turns.leave("subnet")
                completion(chosen)
            }
        }
    }

    private func choose(
        _ answer: EngineAnswer, beside others: Set<Subnet>
    ) -> Result<Subnet, EngineFailure> {
        guard answer.head.status == 200, let networks = answer.json?.array else {
            return .failure(
                EngineFailure("the engine would not say which networks there are", status: 502))
        }
        let taken = networks.flatMap { network in
            (network["IPAM"]?["Config"]?.array ?? []).compactMap { part in
                part["Subnet"]?.string.flatMap { Subnet($0) }
            }
        }
        return given.withLock { given in
            guard let subnet = pool.free(beside: taken + others.union(given)) else {
                return .failure(
                    EngineFailure(
                        "no subnet is left in the pool \(pool.range) for the network of a tenant; an "
                            + "operator gives a larger one under networks: in quaymaster.yaml",
                        status: 503))
            }
            given.insert(subnet)
            return .success(subnet)
        }
    }

    /// The network is made, or will not be.
    func giveBack(_ subnet: Subnet) {
        given.withLock { _ = $0.remove(subnet) }
    }
}
