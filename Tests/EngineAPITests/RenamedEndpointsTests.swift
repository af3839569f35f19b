import EngineAPI
import JSON
import Testing

/// Containers that answer to a name that they have no more.
@Suite struct RenamedEndpointsTests {
    private static func connects(
        _ networks: String, named name: String, before former: [String] = [], runs: Bool = false
    ) throws -> [String] {
        let id = "0123456789ab" + String(repeating: "c", count: 52)
        let container = """
            {"Id":"\(id)","State":{"Running":\(runs)},"Config":{"Labels":{"quaymaster.name":"web"}},
            "NetworkSettings":{"Networks":{\(networks)}}}
            """
        let value = try JSONReader.value(of: Array(container.utf8))
        return try RenamedEndpoints.renewals(of: value, named: name, before: former).map { renewal in
            #expect(renewal.container == id && renewal.isConnected(in: value))
            // What is made again when that fails is as it was, but for what the engine adds itself.
            let restore = try JSONReader.value(of: renewal.restore)
            let networks = value["NetworkSettings"]?["Networks"]?.object?.members ?? []
            let old = networks.first { $0.value["NetworkID"]?.string == renewal.network }
            let given = (old?.value["Aliases"]?.array ?? []).filter { $0 != .string("0123456789ab") }
            #expect(restore["EndpointConfig"]?["Aliases"] == .array(given))
            #expect(restore["Container"] == .string(id))
            #expect(String(decoding: renewal.disconnect, as: UTF8.self) == #"{"Container":"\#(id)","Force":true}"#)
            let connect = try JSONReader.value(of: renewal.connect)
            #expect(connect["Container"] == .string(id))
            return renewal.network + " " + JSONWriter.text(connect["EndpointConfig"] ?? .null)
        }
    }

    @Test(arguments: [
        // As engine 20.10 says it, and as engine 28 does.
        (#"["web","0123456789ab"]"#, "site", #"["site"]"#), (#"["web"]"#, "site", #"["site"]"#),
        (#"["db","web"]"#, "site", #"["db","site"]"#), (#"["site"]"#, "web", #"["site","web"]"#),
        // It has the name; it was connected by nobody's name.
        (#"["web"]"#, "web", nil), (#"["site","web"]"#, "site", nil), (#"["0123456789ab"]"#, "site", nil), ("[]", "site", nil),
        ("null", "site", nil),
    ]) func endpointsAreRenewed(aliases: String, name: String, new: String?) throws {
        let found = try Self.connects(#""n":{"NetworkID":"f00","Aliases":\#(aliases),"Links":null}"#, named: name)
        #expect(found == (new.map { [#"f00 {"Aliases":\#($0)}"#] } ?? []))
    }

    /// A name between the first and the present one is given up with it.
    @Test(
        arguments: [
            (#"["site","db"]"#, ["shop", "site", "web"], #"["db","shop"]"#),
            (#"["site","db"]"#, ["shop", "web"], #"["site","db","shop"]"#),
            (#"["shop","site"]"#, ["shop", "site", "web"], nil),
        ] as [(String, [String], String?)])
    func namesInBetweenAreGivenUp(aliases: String, former: [String], new: String?) throws {
        let found = try Self.connects(
            #""n":{"NetworkID":"f00","Aliases":\#(aliases)}"#, named: "shop", before: former)
        #expect(found == (new.map { [#"f00 {"Aliases":\#($0)}"#] } ?? []))
    }

    @Test func whatElseIsAskedForStays() throws {
        let endpoint = #"""
            {"NetworkID":"f00","Aliases":["web"],"IPAMConfig":{"IPv4Address":"10.0.0.9"},"DriverOpts":{"a":"b"},"IPAddress":"10.0.0.9",
            "Links":["db:d"],"EndpointID":"e","GwPriority":7,"MacAddress":""}
            """#
        #expect(
            try Self.connects("\"n\":" + endpoint, named: "site") == [
                #"f00 {"Aliases":["site"],"IPAMConfig":{"IPv4Address":"10.0.0.9"},"Links":["db:d"],"DriverOpts":{"a":"b"},"GwPriority":7}"#
            ])
        #expect(try Self.connects("\"n\":" + endpoint, named: "site", runs: true).isEmpty)
        #expect(try Self.connects("\"bridge\":" + endpoint, named: "site").isEmpty)
        #expect(try Self.connects(#""n":{"NetworkID":"","Aliases":["web"]}"#, named: "site").isEmpty)
    }
}
