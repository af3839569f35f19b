import Testing

@testable import GuardedShell

/// Nobody takes the agent's connections of everybody else.
@Suite struct AgentSeatsTests {
    @Test func aTenantTakesAQuarter() {
        let seats = AgentSeats()
        var held = (0..<16).map { seats.take(tenant: "red", identity: "bo\($0 / 8)") }
        #expect(held.allSatisfy { $0 != nil })
        // Neither one of them nor somebody else of the tenant's.
        #expect(seats.take(tenant: "red", identity: "bo0") == nil)
        #expect(seats.take(tenant: "red", identity: "eve") == nil)
        #expect(seats.take(tenant: "blue", identity: "ann") != nil)
        // What was given back is taken by the next.
        held.removeLast()
        #expect(seats.take(tenant: "red", identity: "eve") != nil)
    }

    @Test func anIdentityTakesEightInWhateverName() {
        let seats = AgentSeats()
        let held = (0..<8).map { seats.take(tenant: $0 < 4 ? "red" : "", identity: "bo") }
        #expect(held.allSatisfy { $0 != nil })
        #expect(seats.take(tenant: "blue", identity: "bo") == nil)
        #expect(seats.take(tenant: "", identity: "bo") == nil)
        #expect(seats.take(tenant: "", identity: "ann") != nil)
    }
}
