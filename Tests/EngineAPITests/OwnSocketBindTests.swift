import Acts
import EngineAPI
import JSON
import Testing

/// What stands in a request where the engine's socket was asked for.
@Suite struct OwnSocketBindTests {
    private static func sent(_ host: String, _ socket: OwnSocket?) throws -> JSONValue {
        let body = #"{"Image":"a","HostConfig":\#(host)}"#
        var draft = try Draft(try Call("POST", "/v1.41/containers/create"), body: Array(body.utf8))
        var hardening = Hardening()
        hardening.socket = socket
        draft.apply(.harden(hardening), for: "alice", on: EngineTraits(version: .ceiling))
        return try JSONReader.value(of: draft.request(version: .ceiling).body ?? [])["HostConfig"] ?? .null
    }

    private static let own = OwnSocket(path: "/q/a.sock", engine: ["/var/run/docker.sock", "/run/docker.sock"])

    @Test(arguments: [
        ("/var/run/docker.sock:/s", "/q/a.sock:/s"),
        ("/run/docker.sock:/var/run/docker.sock:ro", "/q/a.sock:/var/run/docker.sock:ro"),
        ("/q/a.sock:/s", "/q/a.sock:/s"), ("data:/run/docker.sock", "data:/run/docker.sock"),
        ("/run/docker.sock.d:/s", "/run/docker.sock.d:/s"), ("/run/docker.sock", "/run/docker.sock"),
    ])
    func binds(asked: String, bound: String) throws {
        let host = try Self.sent(#"{"Binds":["\#(asked)","v:/d"]}"#, Self.own)
        #expect(host["Binds"] == .array([.string(bound), .string("v:/d")]))
        let untouched = try Self.sent(#"{"Binds":["\#(asked)","v:/d"]}"#, nil)
        #expect(untouched["Binds"] == .array([.string(asked), .string("v:/d")]))
    }

    @Test func mounts() throws {
        let mounts = #"""
            {"Mounts":[{"Type":"bind","Source":"/run/docker.sock","Target":"/s","ReadOnly":true},
                {"Type":"volume","Source":"data","Target":"/run/docker.sock"}]}
            """#
        let host = try Self.sent(mounts, Self.own)
        let first = host["Mounts"]?.array?.first
        #expect(first?["Source"]?.string == "/q/a.sock")
        #expect(first?["Target"]?.string == "/s")
        #expect(first?["ReadOnly"]?.bool == true)
        #expect(host["Mounts"]?.array?.last?["Source"]?.string == "data")
    }
}
