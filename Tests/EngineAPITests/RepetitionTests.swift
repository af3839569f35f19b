import Acts
import EngineAPI
import Testing

/// What docker-modem's clients send twice is read once.
@Suite struct RepetitionTests {
    @Test(arguments: [
        ("/containers/create?name=web&Image=a&Cmd=%5B%22x%22%5D&HostConfig=%7B%7D", "name=web"),
        ("/containers/create?name=web&HostConfig=%7B%22Privileged%22%3Atrue%7D", "name=web"),
        ("/networks/create?Name=n&Driver=bridge&Labels=%7B%7D", ""),
        ("/volumes/create?Name=v&Driver=local", ""),
        ("/containers/create?image=a", nil), ("/containers/create?NetworkMode=host", nil),
        ("/containers/create?Name=x", nil), ("/networks/create?name=n", nil),
        ("/containers/x/start?Image=a", nil), ("/containers/x/exec?Ima%67e=a", nil),
    ])
    func aBodysFieldInTheQueryIsLeftOut(target: String, query: String?) {
        #expect((try? Call("POST", target))?.query.canonical == query)
    }

    @Test(arguments: [
        ("/containers/x/stop?t=5", #"{"t":5}"#, true),
        ("/containers/x/kill?signal=TERM", #"{"signal":"TERM"}"#, true),
        ("/containers/x/attach?stream=1&stdout=1&hijack=true", #"{"stream":true,"hijack":true}"#, true),
        ("/containers/x/start", #"{"Binds":["/:/h"]}"#, false),
        ("/containers/x/start", #"{"HostConfig":{"Privileged":true}}"#, false),
        ("/containers/x/stop", #"{"t":5,"Privileged":true}"#, false),
        ("/containers/x/stop", #"{"T":5}"#, false), ("/containers/x/stop", #"[{"t":5}]"#, false),
        ("/containers/x/stop", #"{"t":5}{}"#, false), ("/containers/x/stop", #"{"t":5"#, false),
        ("/containers/x/stop", #"{"t":5,"t":6}"#, false),
    ])
    func aBodyMayRepeatTheQuery(target: String, body: String, repeats: Bool) throws {
        #expect(try Call("POST", target).repeatsQuery(Array(body.utf8)) == repeats)
    }

    /// The engine takes a name from the query only, and so do we.
    @Test func aNameInTheBodyIsNone() throws {
        let call = try Call("POST", "/containers/create?name=web")
        let body = #"{"Image":"a","name":"other","platform":"linux/arm64"}"#
        let act = try Draft(call, body: Array(body.utf8)).act
        #expect(act.newName == "web")
        let commit = try Call("POST", "/commit?container=c1&repo=mine")
        let said = Array(#"{"container":"c2","repo":"theirs"}"#.utf8)
        let texts = try Draft(commit, body: said).act.references.map(\.text)
        #expect(texts.contains("c1") && !texts.contains("c2") && !texts.contains("theirs"))
        #expect(throws: BodyRefusal.self) {
            _ = try Draft(call, body: Array(#"{"Image":"a","names":["x"]}"#.utf8))
        }
    }
}
