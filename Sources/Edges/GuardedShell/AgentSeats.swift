import Synchronization

/// How many lines run for each tenant, and for each identity: the agent of a host has so many connections,
/// and nobody takes those of the others.
package final class AgentSeats: Sendable {
    /// The most lines of a tenant at once; of the agent's 64 connections a quarter.
    static let mostOfTenant = 16
    /// The most lines of an identity at once.
    static let mostOfIdentity = 8

    /// One line's right to a connection, given back when nobody holds it any more.
    package final class Seat: Sendable {
        private let seats: AgentSeats
        private let owners: [String]

        fileprivate init(_ seats: AgentSeats, _ owners: [String]) {
            self.seats = seats
            self.owners = owners
        }

        deinit { seats.giveBack(owners) }
    }

    // Guards the numbers of lines, by owner.
    private let taken = Mutex<[String: Int]>([:])

    /// Makes an empty table.
    package init() {}

    /// Takes a seat; nil when the tenant or the identity has as many as it may.
    ///
    /// - Parameters:
    ///   - tenant: In whose name; "" for administrators, who are counted by themselves alone.
    ///   - identity: Who.
    /// - Returns: The seat.
    func take(tenant: String, identity: String) -> Seat? {
        var owners = [(name: "identity " + identity, most: Self.mostOfIdentity)]
        if !tenant.isEmpty { owners.append(("tenant " + tenant, Self.mostOfTenant)) }
        let isFree = taken.withLock { taken in
            guard owners.allSatisfy({ taken[$0.name, default: 0] < $0.most }) else { return false }
            for owner in owners { taken[owner.name, default: 0] += 1 }
            return true
        }
        return isFree ? Seat(self, owners.map(\.name)) : nil
    }

    private func giveBack(_ owners: [String]) {
        taken.withLock { taken in
            for owner in owners {
                let count = taken[owner, default: 1] - 1
                taken[owner] = count > 0 ? count : nil
            }
        }
    }
}
