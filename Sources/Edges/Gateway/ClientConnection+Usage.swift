import Acts
import EngineAPI
import Exchange
import NIOCore
import Policy

/// What a connection and its exchange take up, and give back when they end.
extension ClientConnection {
    /// Takes something up until the exchange ends; refuses and is false when it is too much.
    func take(_ amount: Int = 1, of means: Means, for tenant: String? = nil) -> Bool {
        do throws(Usage.Excess) {
            let share = try loop.services.usage.take(
                amount, of: means, by: peer.identity, for: tenant, within: bound(of: means))
            shares[means] = Usage.Share(
                takers: share.takers, amount: share.amount + (shares[means]?.amount ?? 0))
            return true
        } catch {
            refuse(error)
            return false
        }
    }

    private func bound(of means: Means) -> (Taker) -> Int {
        let policy = loop.services.authority.policy
        let limits = loop.services.limits
        return { taker in
            if let said = policy.bounds[taker]?[means] { return said }
            return switch taker {
            case .identity: limits.ofIdentity[means] ?? .max
            case .tenant: limits.ofTenant[means] ?? .max
            }
        }
    }

    private func refuse(_ excess: Usage.Excess) {
        run(
            .answer(
                Answer(
                    status: 429, message: "quaymaster: refused: " + excess.words,
                    rule: "limit.\(excess.means.rawValue)"), .close))
    }

    /// Gives back what the exchange has taken up.
    func giveBackShares() {
        for (means, share) in shares { loop.services.usage.giveBack(share, of: means) }
        shares = [:]
    }

    /// Takes up the connection itself, once it is known whose it is.
    func takePlace() {
        guard place == nil, excess == nil else { return }
        greet()
        do throws(Usage.Excess) {
            place = try loop.services.usage.take(
                1, of: .connections, by: peer.identity, for: nil, within: bound(of: .connections))
        } catch {
            // It is told why with its first request, if that comes soon.
            excess = error
            deadline = .now() + .seconds(2)
        }
    }

    /// Gives the connection's own place back.
    func leavePlace() {
        if let place { loop.services.usage.giveBack(place, of: .connections) }
        place = nil
    }

    /// Takes up a request; false when it is refused.
    func takeRequest() -> Bool {
        if let excess {
            refuse(excess)
            return false
        }
        return take(of: .requests)
    }

    /// Takes up what a permitted request needs while it lasts; false when it is refused.
    func takeMeans(for permit: Permit) -> Bool {
        guard let operation = exchange.operation else { return true }
        switch operation.answer {
        case .live, .hijack, .webSocket:
            if shares[.streams] == nil, !take(of: .streams, for: permit.tenant) { return false }
        case .value: break
        }
        guard exchange.bringsStream, shares[.uploads] == nil else { return true }
        return take(of: .uploads, for: permit.tenant)
    }

    /// Takes up what a body or an answer has grown by; false when it is refused.
    func takeBytes(_ count: Int) -> Bool {
        let more = count - (shares[.bytes]?.amount ?? 0)
        return more <= 0 || take(more, of: .bytes)
    }
}
