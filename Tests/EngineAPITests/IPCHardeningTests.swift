import Acts
import EngineAPI
import Testing

/// What a level makes safe is safe in every version that a client speaks.
@Suite struct IPCHardeningTests {
    struct Row: CustomTestStringConvertible {
        let version: String
        let host: String
        /// What HostConfig says of IPC in the end; nil leaves it to the engine.
        let mode: String?
        var testDescription: String { "\(version) \(host)" }

        init(_ version: String, _ host: String, _ mode: String?) {
            self.version = version
            self.host = host
            self.mode = mode
        }
    }

    /// To clients below API 1.40 an engine gives an IPC namespace that others may join, which a level
    /// may refuse by its name. An inspect then shows it, and what is shown must be accepted.
    @Test(arguments: [
        Row("/v1.24", "{}", "private"), Row("/v1.39", #"{"IpcMode":""}"#, "private"),
        Row("/v1.39", #"{"IpcMode":"none"}"#, "none"),
        Row("/v1.39", #"{"IpcMode":"container:x"}"#, "container:x"),
        // Later ones get what the engine is configured to give.
        Row("/v1.40", "{}", nil), Row("", "{}", nil),
    ])
    func nobodyJoinsUnasked(row: Row) throws {
        var draft = try Draft(
            Call("POST", row.version + "/containers/create"),
            body: Array(#"{"Image":"a","HostConfig":\#(row.host)}"#.utf8))
        draft.apply(
            .harden(Hardening(ownIPCNamespace: true)), for: "ann",
            on: EngineTraits(version: APIVersion(minor: 41)))
        let body = String(
            decoding: draft.request(version: APIVersion(minor: 41)).body ?? [], as: UTF8.self)
        let mode = row.mode.map { #""IpcMode":"\#($0)""# } ?? ""
        #expect(body == #"{"Image":"a","HostConfig":{\#(mode)}}"#)
    }
}
