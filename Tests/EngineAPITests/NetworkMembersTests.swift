import Acts
import EngineAPI
import JSON
import Testing

/// What tenants see of a network that several are on.
@Suite struct NetworkMembersTests {
    private static let network = """
        {"Name":"red-qm0123456789abcdef-edge","Id":"n","Created":"2024-01-01T00:00:00Z","Scope":"local","Driver":"bridge",
        "EnableIPv6":false,"Internal":false,"Attachable":false,"Ingress":false,"ConfigFrom":{"Network":"secret"},"ConfigOnly":false,
        "IPAM":{"Driver":"default","Options":{"x":"y"},
        "Config":[{"Subnet":"10.1.0.0/24","Gateway":"10.1.0.1","AuxiliaryAddresses":{"db":"10.1.0.9"}}]},
        "Containers":{"r1":{"Name":"red-qm0123456789abcdef-web","IPv4Address":"10.1.0.2/24"},
        "b1":{"Name":"blue-qmfedcba9876543210-web","IPv4Address":"10.1.0.3/24"},
        "t1":{"Name":"blue-qmfedcba9876543210-svc.1.abc","IPv4Address":"10.1.0.4/24"}},
        "Services":{"blue-qmfedcba9876543210-svc":{"VIP":"10.1.0.5"},"red-qm0123456789abcdef-svc":{"VIP":"10.1.0.6"}},
        "Options":{"com.docker.network.bridge.name":"qm-0123456789a","mtu":"1"},"Labels":{"team":"red"},"Peers":[{"IP":"1.2.3.4"}],
        "Unjudged":"something"}
        """

    private static func owners(_ tenant: String, isOffered: Bool = true) -> Owners {
        let ids = ["n": "red", "r1": "red", "b1": "blue"]
        return Owners(
            objects: { ids[$0.id] },
            names: Retelling { mark in
                switch mark {
                case "0123456789abcdef":
                    ["edge", "web", "svc"].map { (name: String) in
                        Retelling.Name(
                            engineName: "red-qm\(mark)-\(name)", shown: tenant == "red" || name == "edge" ? name : nil)
                    }
                default:
                    ["web", "svc"].map { (name: String) in
                        Retelling.Name(engineName: "blue-qm\(mark)-\(name)", shown: tenant == "blue" ? name : nil)
                    }
                }
            }, offered: { network, tenant in isOffered && network.id == "n" && tenant == "blue" })
    }

    private static func shown(_ tenant: String) throws -> JSONValue {
        try JSONReader.value(
            of: try #require(NetworkMembers.show(Array(network.utf8), to: tenant, owners(tenant))))
    }

    @Test func whoHasJoinedSeesItsOwn() throws {
        let seen = try Self.shown("blue")
        #expect(seen["Containers"]?.object?.members.map(\.name) == ["b1"])
        #expect(seen["Options"]?.object?.members.isEmpty == true && seen["Labels"]?.object?.members.isEmpty == true)
        #expect(seen["ConfigFrom"]?["Network"]?.string == "")
        let part = seen["IPAM"]?["Config"]?.array?.first
        #expect(part?["Subnet"]?.string == "10.1.0.0/24" && part?["Gateway"]?.string == "10.1.0.1")
        #expect(part?["AuxiliaryAddresses"] == nil && seen["IPAM"]?["Options"] == .null)
        for name in ["Services", "Peers", "Unjudged"] { #expect(seen[name] == nil, "\(name)") }
        #expect(seen["Driver"]?.string == "bridge" && seen["Id"]?.string == "n")
    }

    @Test func itsOwnerSeesNoneOfTheOthers() throws {
        let seen = try Self.shown("red")
        #expect(seen["Containers"]?.object?.members.map(\.name) == ["r1"])
        #expect(seen["Services"]?.object?.members.map(\.name) == ["red-qm0123456789abcdef-svc"])
        #expect(seen["Options"]?.object?.members.map(\.name) == ["mtu"])
        #expect(seen["Labels"]?["team"]?.string == "red")
    }

    @Test(arguments: [("red", true, 1), ("blue", true, 1), ("blue", false, 0), ("green", true, 0)])
    func itStandsInTheListsOfWhomItIsOfferedTo(_ tenant: String, _ isOffered: Bool, _ count: Int) throws {
        var sieve = ListSieve(.objects(.network))
        let list = try sieve.receive(
            Array("[\(Self.network)]".utf8), showing: tenant, seeing: Self.owners(tenant, isOffered: isOffered))
        let items = try JSONReader.value(of: list).array ?? []
        #expect(items.count == count)
        for item in items { #expect(item["Name"]?.string == "edge", "\(item)") }
        if tenant == "blue" { #expect(!String(decoding: list, as: UTF8.self).contains("red")) }
    }

    private static let join =
        #"{"Type":"network","Action":"connect","Actor":{"ID":"n","Attributes":{"container":"b1","name":"edge","type":"bridge"}}}"#
    private static let made = #"{"Type":"network","Action":"create","Actor":{"ID":"n","Attributes":{"name":"edge","type":"bridge"}}}"#

    /// Each hears of its own containers that join.
    @Test(arguments: [
        (join, "blue", true, EventView.Verdict.shown), (join, "blue", false, .hidden), (join, "red", true, .hidden),
        (join.replacing("b1", with: "r1"), "red", true, .shown), (join.replacing("b1", with: "r1"), "blue", true, .hidden),
        (join.replacing("b1", with: "new"), "red", true, .unknown(.container, "new")), (made, "red", true, .shown),
        (made, "blue", true, .hidden), (made.replacing(#""n""#, with: #""m""#), "red", true, .unknown(.network, "m")),
    ])
    func eventsOfMembersAreTheirOwners(_ line: String, _ tenant: String, _ isOffered: Bool, _ verdict: EventView.Verdict) {
        let owners = Self.owners(tenant, isOffered: isOffered)
        let judged = EventView.judge(
            Array(line.utf8), for: tenant, owner: owners.objects, names: ImageNames(),
            offered: { owners.offered($0, tenant) })
        #expect(judged == verdict)
    }
}
