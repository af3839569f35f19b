import Acts
import Policy
import Testing

/// Networks that are offered are joined and looked at, by whom they are offered to and no further.
@Suite struct OfferTests {
    private static func policy(_ offers: NetworkOffer...) -> Policy {
        let place = Location(file: "policy.yaml", line: 7)
        func grant(_ tenant: String) -> [Grant] {
            [Grant(verbs: .all, scope: .tenant(tenant), levels: [.builtIn(.baseline)], location: place)]
        }
        var policy = Policy(
            tenants: ["blue", "green", "red"],
            grants: ["alice": grant("red"), "bo": grant("blue"), "cy": grant("green")], version: "v")
        policy.networkOffers = offers
        return policy
    }

    private static let place = Location(file: "policy.yaml", line: 3)
    private static let reds = policy(NetworkOffer(owner: "red", name: "edge", tenants: ["blue"], location: place))
    private static let administrators = policy(
        NetworkOffer(owner: nil, name: "edge", tenants: ["blue"], location: place))

    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let who: String
        var policy = OfferTests.reds
        var owner: String? = "red"
        var name = "edge"
        var kind = ObjectKind.network
        var use = Reference.Use.reads
        var isPermitted = false
        var rule = "tenant.own"
    }

    @Test(arguments: [
        Row(testDescription: "its owner", who: "alice", isPermitted: true),
        Row(testDescription: "its owner removes it", who: "alice", use: .changes, isPermitted: true),
        Row(testDescription: "who it is offered to", who: "bo", isPermitted: true),
        Row(testDescription: "who it is offered to, removing it", who: "bo", use: .changes, rule: "network.offered"),
        Row(testDescription: "who it is offered to, making its own", who: "bo", use: .makes, isPermitted: true),
        Row(testDescription: "who it is not offered to, removing it", who: "cy", use: .changes),
        Row(testDescription: "who it is not offered to", who: "cy"),
        Row(testDescription: "another network of the owner", who: "bo", name: "back"),
        Row(testDescription: "another's of the same name", who: "bo", owner: "green"),
        Row(testDescription: "an administrators' of the same name", who: "bo", owner: nil),
        Row(testDescription: "another kind of object", who: "bo", kind: .volume),
        Row(testDescription: "the administrators'", who: "bo", policy: administrators, owner: nil, isPermitted: true),
        Row(testDescription: "the administrators', not offered", who: "cy", policy: administrators, owner: nil),
        Row(
            testDescription: "the administrators', removing it", who: "bo", policy: administrators, owner: nil, use: .changes,
            rule: "network.offered"),
        Row(testDescription: "a tenant's for the administrators'", who: "bo", policy: administrators),
        Row(testDescription: "without offers", who: "bo", policy: policy()),
    ])
    func joins(row: Row) {
        let reference = Reference(row.kind, "n", origin: "path", use: row.use)
        let act = Act(operation: "Test", verbs: [.network], harm: [], references: [reference])
        var facts = Facts([reference: .found(id: "1", tenant: row.owner)])
        facts.networks[reference] = row.name
        switch row.policy.decide(act, by: row.who, seeing: facts) {
        case .permit: #expect(row.isPermitted)
        case .refuse(let refusal): #expect(!row.isPermitted && refusal.rule == row.rule)
        }
        #expect(row.policy.needsFacts(act, by: row.who))
        // What nobody has said the name of is not offered.
        facts.networks = [:]
        guard row.owner != "red" || row.who != "alice" else { return }
        if case .permit = row.policy.decide(act, by: row.who, seeing: facts) { Issue.record("permitted unnamed") }
    }

    /// Whoever joins brings containers of its own.
    @Test func nobodyElsesContainerIsJoined() {
        let network = Reference(.network, "edge", origin: "path")
        let container = Reference(.container, "web", origin: "Container")
        let act = Act(operation: "Test", verbs: [.network], harm: [], references: [network, container])
        for (owner, isPermitted) in [("blue", true), ("red", false)] {
            var facts = Facts([network: .found(id: "1", tenant: "red"), container: .found(id: "2", tenant: owner)])
            facts.networks[network] = "edge"
            let decision = Self.reds.decide(act, by: "bo", seeing: facts)
            if case .permit = decision { #expect(isPermitted) } else { #expect(!isPermitted) }
        }
    }

    @Test func offersAreTenants() {
        #expect(Self.reds.offers(to: "blue").map(\.name) == ["edge"])
        #expect(Self.reds.offers(to: "green").isEmpty && Self.reds.offers(to: "red").isEmpty)
    }
}
