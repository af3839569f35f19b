import Acts
import Engine
import EngineAPI
import Exchange

/// Networks that tenants make and join.
extension ClientConnection {
    /// False for a list by labels: those of a network that is offered are its owner's alone, and no
    /// client may take it for one that it has labelled itself.
    var showsOffers: Bool { !exchange.filtersLabels }

    /// Chooses the subnet of a network that a tenant makes and that names none.
    ///
    /// - Parameters:
    ///   - named: The IPv4 subnets that it names.
    ///   - then: Called with the subnet; nil leaves it to the engine.
    func chooseSubnet(beside named: [String], _ then: @escaping (String?) -> Void) {
        guard let desk = loop.services.subnets else { return then(nil) }
        if let greedy = named.first(where: { Self.isGreedy($0, desk.pool) }) {
            return run(.answer(Self.tooLarge(greedy, desk.pool), .close))
        }
        guard named.isEmpty else { return then(nil) }
        let number = self.number
        let version = loop.services.facts.traits?.version ?? .floor
        desk.choose(loop.pool, version) { result in
            guard number == self.number, self.isActive else {
                if case .success(let subnet) = result { desk.giveBack(subnet) }
                return
            }
            switch result {
            case .failure(let failure): self.fail(failure)
            case .success(let subnet):
                self.subnet = subnet
                then(subnet.description)
            }
            self.process()
        }
    }

    /// True for what takes more of the pool than one network gets; what is shown can be sent back.
    private static func isGreedy(_ text: String, _ pool: SubnetPool) -> Bool {
        SubnetPool.Subnet(text).map { !pool.admits($0) } ?? true
    }

    private static func tooLarge(_ subnet: String, _ pool: SubnetPool) -> Answer {
        Answer(
            status: 403,
            message:
                "quaymaster: refused: the subnet \(subnet) takes more than one part of the pool of "
                + "tenants' networks; rule network.pool; leave the subnet out, or name one from "
                + "/\(pool.size) on or beside the pool \(pool.range)",
            rule: "network.pool")
    }

    /// What was chosen stands in the engine's list by now, or is free.
    func giveBackSubnet() {
        if let subnet { loop.services.subnets?.giveBack(subnet) }
        subnet = nil
    }
}
