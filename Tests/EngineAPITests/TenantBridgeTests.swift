import Acts
import JSON
import Testing

@testable import EngineAPI

@Suite struct TenantBridgeTests {
    private static func draft(_ body: String) throws -> Draft {
        try Draft(try Call("POST", "/v1.41/networks/create"), body: Array(body.utf8))
    }

    private static let marks: Marks = {
        var marks = Marks()
        marks.bridge = TenantBridge.name("0123456789abcdef")
        marks.subnet = "10.9.0.0/26"
        return marks
    }()

    struct Row: Sendable, CustomTestStringConvertible {
        let body: String
        /// The subnets that it names; nil when it makes no bridge.
        let named: [String]?
        /// Options and IPAM.Config as they are sent.
        let options: String
        let config: String
        var testDescription: String { body }

        init(_ body: String, named: [String]?, options: String = #"{"\#(TenantBridge.option)":"qm-0123456789a"}"#, config: String) {
            self.body = body
            self.named = named
            self.options = options
            self.config = config
        }
    }

    @Test(arguments: [
        Row(#"{"Name":"n"}"#, named: [], config: #"[{"Subnet":"10.9.0.0/26"}]"#),
        Row(
            #"{"Name":"n","Driver":"bridge","IPAM":{"Driver":"default","Config":[{}]}}"#, named: [], config: #"[{"Subnet":"10.9.0.0/26"}]"#),
        Row(
            #"{"Name":"n","EnableIPv6":true,"IPAM":{"Config":[{"Subnet":"fd00:1::/64"}]}}"#, named: [],
            config: #"[{"Subnet":"10.9.0.0/26"},{"Subnet":"fd00:1::/64"}]"#),
        Row(#"{"Name":"n","EnableIPv4":false}"#, named: [], config: "null"),
        // A client's own word for the bridge counts for nothing, at whatever level.
        Row(
            #"{"Name":"n","Options":{"com.docker.network.bridge.name":"eth0"}}"#, named: [],
            config: #"[{"Subnet":"10.9.0.0/26"}]"#),
    ])
    func bridgesAreNamed(_ row: Row) throws {
        var draft = try Self.draft(row.body)
        #expect(draft.act.bridgeSubnets == row.named)
        draft.apply(
            .ownBridge(subnets: draft.act.bridgeSubnets ?? []), for: "a", on: EngineTraits(version: .ceiling), with: Self.marks)
        let sent = try JSONReader.value(of: try #require(draft.request(version: .ceiling).body))
        #expect(try sent["Options"] == (JSONReader.value(of: Array(row.options.utf8))))
        #expect(try (sent["IPAM"]?["Config"] ?? .null) == (JSONReader.value(of: Array(row.config.utf8))))
    }

    @Test(arguments: [
        (#"{"Name":"n","IPAM":{"Config":[{"Subnet":"10.1.0.0/16"}]}}"#, ["10.1.0.0/16"]),
        (#"{"Name":"n","Driver":"overlay"}"#, nil), (#"{"Name":"n","Driver":"macvlan"}"#, nil),
    ])
    func whatIsNamedIsKept(_ body: String, _ named: [String]?) throws {
        #expect(try Self.draft(body).act.bridgeSubnets == named)
    }

    /// Interfaces have names of 15 bytes at most.
    @Test func namesFit() {
        #expect(TenantBridge.name(String(repeating: "f", count: 32)).utf8.count == 14)
    }

    @Test(arguments: [
        (#"{"Subnet":"10.1.0.0/16","Gateway":"10.1.0.1"}"#, false), ("{}", false),
        (#"{"Gateway":"10.1.0.1"}"#, true), (#"{"IPRange":"10.1.0.0/24"}"#, true),
        (#"{"AuxiliaryAddresses":{"a":"10.1.0.9"}}"#, true),
    ])
    func addressesNeedTheirSubnet(_ part: String, _ isRefused: Bool) throws {
        let demands = try Self.draft(#"{"Name":"n","IPAM":{"Config":[\#(part)]}}"#).act.demands
        #expect((demands.map(\.kind.rule) == ["level.network"]) == isRefused, "\(demands)")
    }

    @Test(arguments: [
        (#"{"Id":"r","Options":{"com.docker.network.bridge.name":"qm-0123456789a","x":"y"}}"#, #"{"Id":"r","Options":{"x":"y"}}"#),
        // What an operator has named and given away is as it was.
        (
            #"{"Id":"r","Options":{"com.docker.network.bridge.name":"br7"}}"#,
            #"{"Id":"r","Options":{"com.docker.network.bridge.name":"br7"}}"#
        ),
        (#"{"Id":"r","Options":null}"#, #"{"Id":"r","Options":null}"#),
    ])
    func itsNameIsHidden(_ shown: String, _ seen: String) throws {
        let owners = Owners(objects: { _ in "red" })
        let view = try #require(NetworkMembers.show(Array(shown.utf8), to: "red", owners))
        #expect(try JSONReader.value(of: view) == (JSONReader.value(of: Array(seen.utf8))))
        var sieve = ListSieve(.objects(.network))
        let list = try sieve.receive(
            Array("[\(shown)]".utf8), showing: "red", seeing: owners)
        #expect(try JSONReader.value(of: list).array?.first == (JSONReader.value(of: Array(seen.utf8))))
    }
}
