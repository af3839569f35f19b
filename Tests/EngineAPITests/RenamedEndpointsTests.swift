import EngineAPI
import JSON
import Testing

/// Containers that answer to a name that they have no more.
@Suite struct RenamedEndpointsTests {
    private static func connects(_ networks: String, named name: String, runs: Bool = false) throws -> [String] {
        let id = "0123456789ab" + String(repeating: "c", count: 52)
        let container = """
            {"Id":"\(id)","State":{"Running":\(runs)},"Config":{"Labels":{"quaymaster.name":"web"}},
            "NetworkSettings":{"Networks":{\(networks)}}}
            """
        let value = try JSONReader.value(of: Array(container.utf8))
        return try RenamedEndpoints.renewals(of: value, named: name).map { renewal in
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
