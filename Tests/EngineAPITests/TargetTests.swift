import Acts
import EngineAPI
import Testing

@Suite struct TargetTests {
    struct Accepted: CustomTestStringConvertible {
        let method: String
        let target: String
        let operation: String
        var version: Int?
        var subject: String?
        var query = ""
        var testDescription: String { "\(method) \(target)" }
    }

    @Test(arguments: [
        Accepted(method: "GET", target: "/_ping", operation: "SystemPing"),
        Accepted(method: "HEAD", target: "/v1.41/_ping", operation: "SystemPingHead", version: 41),
        Accepted(method: "GET", target: "/v1.24/version?", operation: "SystemVersion", version: 24),
        Accepted(
            method: "GET", target: "/v1.41/containers/json?all=True&limit=-1",
            operation: "ContainerList", version: 41, query: "all=1&limit=-1"),
        Accepted(
            method: "GET", target: "/containers/json?filters=%7B%22label%22%3A%5B%22a%3Db%22%5D%7D",
            operation: "ContainerList",
            query: "filters=%7B%22label%22%3A%7B%22a%3Db%22%3Atrue%7D%7D"),
        Accepted(
            method: "GET", target: "/containers/json?trunc_cmd=0", operation: "ContainerList"),
        Accepted(
            method: "POST", target: "/v1.41/containers/web_1.a-b/start",
            operation: "ContainerStart", version: 41, subject: "web_1.a-b"),
        Accepted(
            method: "GET", target: "/images/registry.example.com:5000/a/b:1/json",
            operation: "ImageInspect", subject: "registry.example.com:5000/a/b:1"),
        Accepted(
            method: "GET", target: "/images/json/json", operation: "ImageInspect", subject: "json"),
        Accepted(
            method: "GET", target: "/images/get?names=a&names=b:1", operation: "ImageGetAll",
            query: "names=a&names=b%3A1"),
        Accepted(
            method: "POST", target: "/commit?container=x&comment=two%0Alines+here&pause=",
            operation: "ImageCommit", query: "container=x&comment=two%0Alines%20here&pause=0"),
        Accepted(
            method: "GET", target: "/v1.55/images/a/attestations", operation: "ImageAttestations",
            version: 55, subject: "a"),
    ])
    func understands(row: Accepted) throws {
        let call = try Call(row.method, row.target)
        #expect(call.operation.name == row.operation)
        #expect(call.version?.minor == row.version)
        #expect(call.subject == row.subject)
        #expect(call.query.canonical == row.query)
    }

    struct Refused: CustomTestStringConvertible {
        let method: String
        let target: String
        let rule: String
        var testDescription: String { "\(method) \(target)" }

        init(_ method: String, _ target: String, _ rule: String) {
            self.method = method
            self.target = target
            self.rule = rule
        }
    }

    @Test(arguments: [
        // Forms other than the origin form.
        Refused("GET", "http://x/_ping", "target.grammar"),
        Refused("GET", "http:/_ping", "target.grammar"),
        Refused("GET", "ftp://u:p@x:99/v1.41/containers/json", "target.grammar"),
        Refused("GET", "*", "target.grammar"),
        Refused("GET", "_ping", "target.grammar"),
        // Spellings of a path.
        Refused("GET", "/%5fping", "target.grammar"),
        Refused("POST", "/v1.41/containers/%63reate", "target.grammar"),
        Refused("POST", "/v1.41/containers%2Fcreate", "target.grammar"),
        Refused("POST", "/%76%31%2e%34%31/containers/create", "target.grammar"),
        Refused("GET", "//_ping", "target.grammar"),
        Refused("GET", "/./_ping", "target.grammar"),
        Refused("GET", "/x/../_ping", "target.grammar"),
        Refused("GET", "/_ping/", "target.grammar"),
        Refused("GET", "/", "target.grammar"),
        Refused("GET", "/_ping;x", "target.grammar"),
        Refused("GET", "/_ping#x", "target.grammar"),
        Refused("GET", "/_ping%00", "target.grammar"),
        Refused("GET", "/images/a//json", "target.grammar"),
        Refused("GET", "/images/../json", "target.grammar"),
        Refused("GET", "/images/-a/json", "target.absent"),
        // A link path is no container.
        Refused("GET", "/containers/ours/peer/json", "target.absent"),
        Refused("GET", "/containers/.hidden/json", "target.absent"),
        Refused("POST", "/exec/NOTHEX/start", "target.absent"),
        // Versions.
        Refused("GET", "/v1.12/_ping", "api.version"),
        Refused("GET", "/v1.23/containers/json", "api.version"),
        Refused("GET", "/v1.56/_ping", "api.version"),
        Refused("GET", "/v1.041/_ping", "target.grammar"),
        Refused("GET", "/v1.41.0/_ping", "target.grammar"),
        Refused("GET", "/v01.41/_ping", "target.grammar"),
        Refused("GET", "/v2.0/_ping", "target.grammar"),
        Refused("GET", "/v1.41/v1.41/_ping", "operation.unknown"),
        // What does not exist.
        Refused("GET", "/debug/pprof/cmdline", "operation.Debug"),
        Refused("GET", "/v1.41/debug/vars", "operation.Debug"),
        Refused("POST", "/grpc", "operation.GRPC"),
        Refused("OPTIONS", "/_ping", "operation.unknown"),
        Refused("PATCH", "/containers/x", "operation.unknown"),
        Refused("GET", "/containers/create", "operation.unknown"),
        Refused("GET", "/Containers/json", "operation.unknown"),
        Refused("POST", "/containers/x/copy", "operation.unknown"),
        Refused("POST", "/containers/x/checkpoints", "operation.unknown"),
        Refused("POST", "/session", "operation.Session"),
        // Queries.
        Refused("GET", "/containers/json?all=1&all=0", "query.parameter"),
        Refused("GET", "/containers/json?All=1", "query.parameter"),
        Refused("GET", "/containers/json?%61ll=1&all=0", "query.parameter"),
        Refused("GET", "/containers/json?all=2", "query.parameter"),
        Refused("GET", "/containers/json?limit=1e3", "query.parameter"),
        Refused("GET", "/containers/json?limit=+1", "query.parameter"),
        Refused("GET", "/containers/json?filters=[]", "query.parameter"),
        Refused("GET", "/containers/json?filters=%7B%22a%22%3A%22b%22%7D", "query.parameter"),
        Refused(
            "GET", "/containers/json?filters=%7B%22a%22%3A%5B%5D%2C%22a%22%3A%5B%5D%7D",
            "query.parameter"),
        Refused("GET", "/containers/json?a;b", "target.grammar"),
        Refused("GET", "/containers/json?all=%", "target.grammar"),
        Refused("GET", "/containers/json?all=%ff", "target.grammar"),
        Refused("GET", "/containers/json?all=%00", "target.grammar"),
        Refused("POST", "/containers/x/start?checkpoint=c", "query.parameter"),
        Refused("POST", "/build?remote=http%3A%2F%2Fx", "query.parameter"),
        Refused("POST", "/build?version=2", "query.parameter"),
        Refused("POST", "/build?outputs=%5B%7B%7D%5D", "query.parameter"),
        Refused("POST", "/containers/create?name=../x", "query.parameter"),
        Refused("POST", "/containers/x/wait?condition=never", "query.parameter"),
        Refused("GET", "/containers/x/top?copyUIDGI%E2%84%AA=1", "query.parameter"),
    ])
    func refuses(row: Refused) {
        do {
            let call = try Call(row.method, row.target)
            Issue.record("understood as \(call.operation.name)")
        } catch {
            #expect(error.rule == row.rule)
            #expect(!error.sentence.isEmpty)
        }
    }

    @Test func versionsAreRefusedInTheEnginesWords() {
        do {
            _ = try Call("GET", "/v1.12/_ping")
            Issue.record("understood")
        } catch {
            #expect(
                error.sentence.hasPrefix(
                    "client version 1.12 is too old. Minimum supported API version is 1.24"))
        }
    }

    @Test func filtersAreNarrowedByAnding() throws {
        var call = try Call(
            "GET", "/containers/json?filters=%7B%22label%22%3A%7B%22a%22%3Atrue%7D%7D")
        var draft = try Draft(call)
        draft.apply(.narrow(tenant: "red"), for: "alice", on: EngineTraits(version: .ceiling))
        let target = draft.request(version: APIVersion(minor: 41)).target
        #expect(
            target == "/v1.41/containers/json?filters=%7B%22label%22%3A%7B%22a%22%3Atrue%2C"
                + "%22quaymaster.tenant%3Dred%22%3Atrue%7D%7D")
        call = try Call("GET", "/events")
        draft = try Draft(call)
        draft.apply(.narrow(tenant: "red"), for: "alice", on: EngineTraits(version: .ceiling))
        // Networks' and volumes' events carry no labels: each is judged when it comes.
        #expect(draft.request(version: APIVersion(minor: 41)).target == "/v1.41/events")
    }
}
