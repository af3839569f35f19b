import Acts
import EngineAPI
import JSON
import Testing

/// What docker-py's `run(network="web")` sends: `{"web": null}` where EndpointsConfig belongs.
@Suite struct NetworkNullTests {
    @Test(arguments: [
        (#""NetworkingConfig":{"web":null},"HostConfig":{"NetworkMode":"web"}"#, true),
        (#""NetworkingConfig":{"web":null},"HostConfig":{"NetworkMode":"other"}"#, false),
        (#""NetworkingConfig":{"web":null}"#, false),
        (#""NetworkingConfig":{"web":{}},"HostConfig":{"NetworkMode":"web"}"#, false),
        (#""NetworkingConfig":{"web":false},"HostConfig":{"NetworkMode":"web"}"#, false),
        (#""NetworkingConfig":{"web":null,"x":null},"HostConfig":{"NetworkMode":"web"}"#, false),
    ])
    func aNetworksNameWithoutAValueSaysNothing(fields: String, isTaken: Bool) throws {
        let body = #"{"Image":"a",\#(fields)}"#
        do {
            let draft = try Draft(try Call("POST", "/v1.41/containers/create"), body: Array(body.utf8))
            #expect(isTaken)
            #expect(draft.act.references.contains { $0.kind == .network && $0.text == "web" })
            let sent = try JSONReader.value(of: draft.request(version: .ceiling).body ?? [])
            #expect(sent["NetworkingConfig"]?["web"] == nil)
            #expect(sent["HostConfig"]?["NetworkMode"]?.string == "web")
        } catch let refusal as BodyRefusal {
            #expect(!isTaken && refusal.rule == "body.unknown-field", "\(refusal)")
        }
    }
}
