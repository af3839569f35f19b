import Acts
import EngineAPI
import Testing

/// A refusal says what was refused, by which rule, and what would be allowed.
@Suite struct RefusalWordsTests {
    @Test(arguments: [
        ("POST", "/containers/web/rename", "name must say the new name", "query.empty"),
        ("POST", "/containers/web/rename?name=", "name must say the new name", "query.empty"),
    ])
    func aRenameSaysTheNewName(method: String, target: String, what: String, rule: String) throws {
        do {
            _ = try Draft(try Call(method, target)).act
            Issue.record("understood")
        } catch let refusal as BodyRefusal {
            #expect(refusal.sentence == "the field \(what); rule \(rule)")
        }
        // A container may be made without a name.
        #expect(try Draft(try Call("POST", "/containers/web/rename?name=x")).act.newName == "x")
        let create = try Call("POST", "/containers/create")
        #expect(try Draft(create, body: Array(#"{"Image":"a"}"#.utf8)).act.newName.isEmpty)
    }

    @Test(arguments: [
        ("GET", "/containers/%6ason", "rule target.grammar", "without percent-encoding"),
        ("GET", "/containers//json", "rule target.grammar", "write it without"),
        ("GET", "http://d/containers/json", "rule target.grammar", "/path?query"),
        ("GET", "/v1.x/containers/json", "rule target.grammar", "write it as /v1.41"),
        ("PUT", "/containers/web/start", "rule operation.unknown", "it has POST"),
        ("POST", "/volumes/v", "rule operation.unknown", "it has GET, PUT, DELETE"),
        ("POST", "/nosuch", "rule operation.unknown", "operations of API 1.24"),
        ("GET", "/containers/json?all=maybe", "rule query.parameter", "1, true, 0 or false"),
        ("GET", "/containers/json?limit=x", "rule query.parameter", "an integer"),
        ("GET", "/containers/json?filters=[]", "rule query.parameter", "a JSON object like"),
        ("POST", "/containers/c/rename?name=../x", "rule query.parameter", "name of a container"),
        ("POST", "/containers/c/wait?condition=x", "rule query.parameter", "not-running"),
        ("GET", "/containers/c/top?ps_args=e", "rule query.parameter", "like -ef"),
        ("POST", "/build?cachefrom={}", "rule query.parameter", "a JSON list of strings"),
        ("GET", "/containers/json?nosuch=1", "rule query.parameter", "it has all, limit"),
    ])
    func aTargetsRefusalSaysWhatIsAccepted(
        method: String, target: String, rule: String, accepted: String
    ) {
        do {
            _ = try Call(method, target)
            Issue.record("understood")
        } catch {
            #expect(error.sentence.contains(rule), "\(error.sentence)")
            #expect(error.sentence.contains(accepted), "\(error.sentence)")
        }
    }
}
