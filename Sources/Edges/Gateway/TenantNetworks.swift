import Acts
import Engine
import EngineAPI
import JSON
import NIOCore
import Wire

/// Each tenant's own networks, which stand for the engine's default one on a shared engine: they are
/// looked for by their names, and made when they are missing. Confined to its pool's loop.
final class TenantNetworks {
    private let pool: EnginePool
    private let turns: Turns
    private let subnets: SubnetDesk?
    private let isOwner: (_ tenant: String, _ network: InspectedNetwork) -> Bool

    /// How often a subnet is chosen anew that somebody took first.
    private static let attempts = 8

    /// Whose network it is, and how it is made.
    struct Wish {
        let network: TenantNetwork
        let tenant: String
        let version: APIVersion
        let labels: JSONObject
        /// The name of its bridge on the host, where it has one.
        let bridge: String
        /// Called before the network is made, with its name; calls `then` in any case, with nil
        /// once it is recorded.
        let record: (_ name: String, _ then: @escaping (EngineFailure?) -> Void) -> Void
        /// Called with the full id of the network that was made.
        let made: (_ id: String) -> Void

        var name: String { network.name(of: tenant) }
    }

    /// Makes the networks of an engine.
    ///
    /// - Parameters:
    ///   - pool: Whose connections are used.
    ///   - turns: Who makes one at a time.
    ///   - subnets: Who chooses subnets; nil: the engine.
    ///   - isOwner: Whether a tenant owns a network.
    init(
        _ pool: EnginePool, _ turns: Turns, _ subnets: SubnetDesk?,
        isOwner: @escaping (String, InspectedNetwork) -> Bool
    ) {
        self.pool = pool
        self.turns = turns
        self.subnets = subnets
        self.isOwner = isOwner
    }

    /// Finds a tenant's network, or makes it.
    ///
    /// - Parameters:
    ///   - wish: Whose, and what to do before one is made.
    ///   - completion: Called with its full id.
    func find(_ wish: Wish, _ completion: @escaping (Result<String, EngineFailure>) -> Void) {
        look(for: wish, completion) {
            // Engines make several networks of one name when they are asked at the same time.
            self.turns.take(wish.name, on: self.pool.eventLoop) {
                let completion = { (result: Result<String, EngineFailure>) in
                    self.turns.leave(wish.name)
                    completion(result)
                }
                self.look(for: wish, completion) {
                    wish.record(wish.name) { failure in
                        if let failure { return completion(.failure(failure)) }
                        self.choose(wish, [], left: Self.attempts, completion)
                    }
                }
            }
        }
    }

    private func look(
        for wish: Wish, _ completion: @escaping (Result<String, EngineFailure>) -> Void,
        orElse make: @escaping () -> Void
    ) {
        EngineCall.make(pool, .get, "/v\(wish.version)/networks/\(wish.name)") { result in
            switch result {
            case .failure(let failure): completion(.failure(failure))
            case .success(let answer) where answer.head.status == 404: make()
            case .success(let answer):
                guard answer.head.status == 200, let value = answer.json,
                    let network = InspectedNetwork(value), value["Name"]?.string == wish.name
                else { return completion(.failure(Self.failure(wish, answer))) }
                guard self.isOwner(wish.tenant, network) else {
                    return completion(
                        .failure(
                            EngineFailure(
                                "the network \(wish.name) is not the tenant's; "
                                    + "an administrator removes it", status: 409)))
                }
                completion(.success(network.sighting.id))
            }
        }
    }

    /// Makes it, on a subnet out of the pool when there is one.
    private func choose(
        _ wish: Wish, _ refused: Set<SubnetDesk.Subnet>, left: Int,
        _ completion: @escaping (Result<String, EngineFailure>) -> Void
    ) {
        // Overlays have addresses out of the Swarm's own pool, which all of its nodes know.
        guard let subnets, wish.network == .containers else {
            return make(wish, nil, refused, left: left, completion)
        }
        subnets.choose(pool, wish.version, beside: refused) { result in
            switch result {
            case .failure(let failure): completion(.failure(failure))
            case .success(let subnet):
                self.make(wish, subnet, refused, left: left) { result in
                    subnets.giveBack(subnet)
                    completion(result)
                }
            }
        }
    }

    private func make(
        _ wish: Wish, _ subnet: SubnetDesk.Subnet?, _ refused: Set<SubnetDesk.Subnet>, left: Int,
        _ completion: @escaping (Result<String, EngineFailure>) -> Void
    ) {
        var body = JSONObject([
            ("Name", .string(wish.name)), ("CheckDuplicate", .bool(true)),
            ("Labels", .object(wish.labels)),
        ])
        switch wish.network {
        case .containers:
            let options = JSONObject([(TenantBridge.option, .string(wish.bridge))])
            body["Driver"] = .string("bridge")
            body["Options"] = .object(options)
        case .services: body["Driver"] = .string("overlay")
        }
        if let subnet {
            let part = JSONObject([("Subnet", .string(subnet.description))])
            body["IPAM"] = .object(JSONObject([("Config", .array([.object(part)]))]))
        }
        EngineCall.make(
            pool, .post, "/v\(wish.version)/networks/create",
            json: JSONWriter.bytes(.object(body))
        ) { result in
            switch result {
            case .failure(let failure): completion(.failure(failure))
            case .success(let answer) where answer.head.status == 201:
                guard let id = answer.json?["Id"]?.string, !id.isEmpty else {
                    return completion(.failure(Self.failure(wish, answer)))
                }
                wish.made(id)
                completion(.success(id))
            case .success(let answer):
                // The host may use the subnet itself, which only the engine knows.
                guard left > 0, let subnet else {
                    return completion(.failure(Self.failure(wish, answer)))
                }
                self.choose(wish, refused.union([subnet]), left: left - 1, completion)
            }
        }
    }

    private static func failure(_ wish: Wish, _ answer: EngineAnswer) -> EngineFailure {
        EngineFailure(
            "the network \(wish.name) cannot be had: "
                + (answer.json?["message"]?.string.map { String($0.prefix(400)) }
                    ?? "status \(answer.head.status)"),
            status: 502)
    }
}
