import Acts
import EngineAPI
import JSON
import Testing

@Suite struct ShapeTests {
    private func create(_ body: String) throws(BodyRefusal) -> String {
        let call: Call
        do {
            call = try Call("POST", "/v1.41/containers/create")
        } catch {
            Issue.record("\(error)")
            return ""
        }
        let draft = try Draft(call, body: Array(body.utf8))
        return String(decoding: draft.request(version: .floor).body ?? [], as: UTF8.self)
    }

    @Test func writesWhatWasReadInOneSpelling() throws {
        #expect(
            try create(#" {"image":"bb:1", "cmd":"echo", "HOSTCONFIG":{"memory":67108864}} "#)
                == #"{"Cmd":["echo"],"Image":"bb:1","HostConfig":{"Memory":67108864}}"#)
        // Falsy values of fields that would be refused are read, judged harmless and dropped.
        #expect(
            try create(
                #"{"Image":"a","Memory":0,"HostConfig":{"ContainerIDFile":"","Capabilities":[]},"OnBuild":["x"]}"#)
                == #"{"Image":"a","HostConfig":{}}"#)
        // Nulls say nothing in structs, and are the zero value in maps.
        #expect(
            try create(#"{"Image":"a","Env":null,"Labels":{"a":null},"Volumes":{"/v":null}}"#)
                == #"{"Image":"a","Volumes":{"/v":{}},"Labels":{"a":""}}"#)
        #expect(
            try create(#"{"Image":"a","NetworkingConfig":{"EndpointsConfig":{"n":{}}}}"#)
                == #"{"Image":"a","NetworkingConfig":{"EndpointsConfig":{"n":{}}}}"#)
        // Keys of maps are the client's own, whatever their case.
        #expect(
            try create(#"{"Image":"a","Labels":{"Privileged":"1","privileged":"2"}}"#)
                == #"{"Image":"a","Labels":{"Privileged":"1","privileged":"2"}}"#)
    }

    struct Refused: CustomTestStringConvertible {
        let testDescription: String
        let rule: String
        let path: String

        init(_ body: String, _ rule: String, _ path: String) {
            testDescription = body
            self.rule = rule
            self.path = path
        }
    }

    @Test(arguments: [
        Refused("[]", "body.type", ""),
        Refused("{\"Image\":\"a\"}\u{0}", "body.json", ""),
        Refused(#"{"HostConfig":{"Privileged":true,"Privileged":false}}"#, "body.json", ""),
        Refused(
            #"{"HostConfig":{"Privileged":false,"privileged":true}}"#, "body.duplicate-field",
            #"HostConfig."privileged""#),
        Refused(
            #"{"HostConfig":{},"hostconfig":{"Privileged":true}}"#, "body.duplicate-field",
            #""hostconfig""#),
        Refused(
            "{\"Ho\u{17F}tConfig\":{\"Privileged\":true}}", "body.unknown-field",
            "\"Ho\u{17F}tConfig\""),
        Refused(
            "{\"HostConfig\":{\"Networ\u{212A}Mode\":\"host\"}}", "body.unknown-field",
            "HostConfig.\"Networ\u{212A}Mode\""),
        Refused(#"{"HostConfig":{"NewThing":1}}"#, "body.unknown-field", #"HostConfig."NewThing""#),
        Refused(#"{"Privileged":true}"#, "body.unknown-field", #""Privileged""#),
        Refused(#"{"Memory":1}"#, "body.refused-field", "Memory"),
        Refused(#"{"VolumeDriver":"x"}"#, "body.refused-field", "VolumeDriver"),
        Refused(#"{"HostConfig":{"ContainerIDFile":"/x"}}"#, "body.refused-field", "HostConfig.ContainerIDFile"),
        Refused(#"{"HostConfig":{"Capabilities":["ALL"]}}"#, "body.refused-field", "HostConfig.Capabilities"),
        Refused(#"{"HostConfig":{"Privileged":1}}"#, "body.type", "HostConfig.Privileged"),
        // An engine breaks off over an endpoint that is null; others refuse it.
        Refused(
            #"{"NetworkingConfig":{"EndpointsConfig":{"n":null}}}"#, "body.type",
            "NetworkingConfig.EndpointsConfig.n"),
        Refused(#"{"HostConfig":{"Privileged":"true"}}"#, "body.type", "HostConfig.Privileged"),
        Refused(#"{"HostConfig":{"Memory":1e9}}"#, "body.type", "HostConfig.Memory"),
        Refused(#"{"HostConfig":{"Memory":1.0}}"#, "body.type", "HostConfig.Memory"),
        Refused(#"{"HostConfig":{"Binds":"/:/h"}}"#, "body.type", "HostConfig.Binds"),
        Refused(#"{"HostConfig":{"Mounts":[{"Type":"loop"}]}}"#, "body.value", "HostConfig.Mounts[0].Type"),
        Refused(#"{"HostConfig":{"Mounts":[{"Type":"BIND"}]}}"#, "body.value", "HostConfig.Mounts[0].Type"),
        Refused(#"{"HostConfig":{"Isolation":"hyperv"}}"#, "body.value", "HostConfig.Isolation"),
    ])
    func refuses(row: Refused) {
        do {
            let text = try create(row.testDescription)
            Issue.record("became \(text)")
        } catch {
            #expect(error.rule == row.rule)
            #expect(error.path == row.path)
            #expect(error.sentence.contains(error.rule))
        }
    }

    @Test func stampsReplaceWhatTheClientSays() throws {
        let call = try Call("POST", "/v1.41/containers/create")
        let body = #"{"Image":"a","Labels":{"a":"b","quaymaster.tenant":"blue","Quaymaster.Seal":"x"}}"#
        var draft = try Draft(call, body: Array(body.utf8))
        draft.apply(.stamp(tenant: "red"), for: "alice", on: EngineTraits(version: .ceiling))
        let text = String(decoding: draft.request(version: .floor).body ?? [], as: UTF8.self)
        #expect(
            text == #"{"Image":"a","Labels":{"a":"b","quaymaster.tenant":"red","quaymaster.identity":"alice"}}"#)
    }

    /// A combining mark behind the dot makes one character of both, and no prefix for Swift.
    @Test(arguments: [
        ("quaymaster.\u{301}x", true), ("QUAYMASTER.", true), ("quaymaster", false), ("quaymaster-x", false),
        ("quaymaste\u{301}r.x", false), ("\u{301}quaymaster.x", false), ("", false),
    ])
    func reservedLabelsAreTakenByTheirBytes(name: String, isReserved: Bool) {
        #expect(StampedLabel.isReserved(name) == isReserved)
    }
}
