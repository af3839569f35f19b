import Acts
import JSON
import Testing

@testable import EngineAPI

@Suite struct DefaultNetworkTests {
    private static let own = String(repeating: "a", count: 64)

    struct Row: Sendable, CustomTestStringConvertible {
        let body: String
        /// What is sent instead; nil when the container is not on the default network.
        let sent: String?

        var testDescription: String { body }
    }

    @Test(arguments: [
        Row(body: #"{}"#, sent: #"{"HostConfig":{"NetworkMode":"OWN"}}"#),
        Row(
            body: #"{"HostConfig":{"NetworkMode":"default"}}"#,
            sent: #"{"HostConfig":{"NetworkMode":"OWN"}}"#),
        Row(
            body: #"{"HostConfig":{"NetworkMode":"bridge","Links":["db:d"]}}"#,
            sent:
                #"{"HostConfig":{"NetworkMode":"OWN"},"NetworkingConfig":{"EndpointsConfig":{"OWN":{"Links":["db:d"]}}}}"#
        ),
        Row(
            body:
                #"{"NetworkingConfig":{"EndpointsConfig":{"bridge":{"Aliases":["a"]},"default":{}}}}"#,
            sent:
                #"{"HostConfig":{"NetworkMode":"OWN"},"NetworkingConfig":{"EndpointsConfig":{"OWN":{"Aliases":["a"]}}}}"#
        ),
        // A second endpoint, and one that is named inside another.
        Row(
            body:
                #"{"HostConfig":{"NetworkMode":"mine"},"NetworkingConfig":{"EndpointsConfig":{"mine":{},"bridge":{}}}}"#,
            sent:
                #"{"HostConfig":{"NetworkMode":"mine"},"NetworkingConfig":{"EndpointsConfig":{"mine":{},"OWN":{}}}}"#
        ),
        Row(
            body:
                #"{"HostConfig":{"NetworkMode":"mine"},"NetworkingConfig":{"EndpointsConfig":{"mine":{"NetworkID":"bridge"}}}}"#,
            sent:
                #"{"HostConfig":{"NetworkMode":"mine"},"NetworkingConfig":{"EndpointsConfig":{"mine":{"NetworkID":"OWN"}}}}"#
        ),
        Row(body: #"{"HostConfig":{"NetworkMode":"none"}}"#, sent: nil),
        Row(body: #"{"HostConfig":{"NetworkMode":"mine","Links":["db:d"]}}"#, sent: nil),
        Row(body: #"{"HostConfig":{"NetworkMode":"container:db"}}"#, sent: nil),
        Row(body: #"{"NetworkDisabled":true}"#, sent: nil),
    ])
    func containersLeaveTheDefaultNetwork(_ row: Row) throws {
        var draft = try Draft(
            try Call("POST", "/v1.41/containers/create"), body: Array(row.body.utf8))
        #expect(draft.act.defaultNetwork == (row.sent == nil ? nil : .containers))
        let before = draft.request(version: .ceiling).body
        draft.leaveDefaultNetwork(for: Self.own)
        let body = try #require(draft.request(version: .ceiling).body)
        let sent = try JSONReader.value(of: body)
        guard let text = row.sent?.replacing("OWN", with: Self.own) else {
            #expect(body == before)
            return
        }
        let expected = try JSONReader.value(of: Array(text.utf8))
        #expect(sent["HostConfig"]?["NetworkMode"] == expected["HostConfig"]?["NetworkMode"])
        #expect(sent["HostConfig"]?["Links"] == expected["HostConfig"]?["Links"])
        for member in expected["NetworkingConfig"]?["EndpointsConfig"]?.object?.members ?? [] {
            let endpoint = sent["NetworkingConfig"]?["EndpointsConfig"]?[member.name]
            for field in ["Links", "Aliases", "NetworkID"] {
                #expect(endpoint?[field] == member.value[field], "\(field)")
            }
        }
        let names = sent["NetworkingConfig"]?["EndpointsConfig"]?.object?.members.map(\.name) ?? []
        #expect(!names.contains("bridge") && !names.contains("default"))
    }

    @Test(arguments: [
        (#"{"TaskTemplate":{"ContainerSpec":{"Image":"bb:1"}}}"#, true),
        (#"{"TaskTemplate":{"ContainerSpec":{"Image":"bb:1"},"Networks":[]},"Networks":null}"#, true),
        (#"{"TaskTemplate":{"ContainerSpec":{"Image":"bb:1"},"Networks":[{"Target":"mine"}]}}"#, false),
        (#"{"TaskTemplate":{"ContainerSpec":{"Image":"bb:1"}},"Networks":[{"Target":"mine"}]}"#, false),
    ])
    func tasksOfServicesLeaveItToo(_ text: String, _ isOn: Bool) throws {
        for target in ["/v1.41/services/create", "/v1.41/services/web/update?version=1"] {
            var draft = try Draft(try Call("POST", target), body: Array(text.utf8))
            #expect(draft.act.defaultNetwork == (isOn ? .services : nil))
            let before = draft.request(version: .ceiling).body
            draft.leaveDefaultNetwork(for: Self.own)
            let sent = try JSONReader.value(of: try #require(draft.request(version: .ceiling).body))
            let networks = sent["TaskTemplate"]?["Networks"]?.array ?? []
            if isOn {
                #expect(networks.map { $0["Target"]?.string } == [Self.own])
            } else {
                #expect(draft.request(version: .ceiling).body == before)
            }
        }
    }

    /// The mode by which a port is published; what no mode says is the ingress network's.
    @Test(arguments: [("", true), (#","PublishMode":"ingress""#, true), (#","PublishMode":"host""#, false)])
    func portsByTheIngressNetworkAreKnown(_ mode: String, _ isIngress: Bool) throws {
        let text =
            #"{"TaskTemplate":{"ContainerSpec":{"Image":"bb:1"}},"EndpointSpec":{"Ports":[{"TargetPort":80"#
            + mode + "}]}}"
        let draft = try Draft(try Call("POST", "/v1.41/services/create"), body: Array(text.utf8))
        #expect(draft.act.ingressOrigin == (isIngress ? "EndpointSpec.Ports[0].PublishMode" : nil))
    }

    @Test(arguments: [
        ("", true), ("networkmode=default", true), ("networkmode=bridge", true),
        ("networkmode=none", false), ("networkmode=mine", false),
    ])
    func stepsOfBuildsLeaveItToo(_ query: String, _ isOn: Bool) throws {
        var draft = try Draft(try Call("POST", "/v1.41/build?" + query))
        #expect(draft.act.defaultNetwork == (isOn ? .containers : nil))
        draft.leaveDefaultNetwork(for: Self.own)
        let target = draft.request(version: .ceiling).target
        #expect(target.contains("networkmode=" + Self.own) == isOn, "\(target)")
    }
}
