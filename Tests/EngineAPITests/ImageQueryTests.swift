import Acts
import EngineAPI
import Testing

/// What targets say of images: names that are made, fetched, read, and the registries they lead to.
@Suite struct ImageQueryTests {
    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let references: [Reference]
        let demands: [Demand.Kind]

        init(_ target: String, _ references: [Reference], _ demands: [Demand.Kind] = []) {
            testDescription = target
            self.references = references
            self.demands = demands
        }
    }

    private static func made(_ name: String, _ origin: String) -> Reference {
        Reference(.image, name, origin: origin, use: .makes)
    }

    private static func path(_ name: String, _ use: Reference.Use = .reads) -> Reference {
        Reference(.image, name, origin: "path", use: use)
    }

    private static let hub = "docker.io"

    @Test(arguments: [
        Row(
            "POST /images/bb:1/tag?repo=mine&tag=2",
            [path("bb:1"), made("docker.io/library/mine:2", "repo")]),
        Row("POST /images/bb:1/tag?repo=mine:3", [path("bb:1"), made("docker.io/library/mine:3", "repo")]),
        Row(
            "POST /images/bb:1/tag?repo=mine:3&tag=2",
            [path("bb:1"), made("docker.io/library/mine:2", "repo")]),
        Row("DELETE /images/mine:1", [path("mine:1", .changes)]),
        Row("GET /images/mine:1/json", [path("mine:1")]),
        Row(
            "POST /commit?container=web&repo=a/b&tag=1",
            [
                Reference(.container, "web", origin: "container", lendsPower: true),
                made("docker.io/a/b:1", "repo"),
            ]),
        Row("POST /commit?container=web", [Reference(.container, "web", origin: "container", lendsPower: true)]),
        Row("POST /images/create?fromSrc=-&repo=a", [made("docker.io/library/a:latest", "repo")]),
        Row(
            "POST /images/create?fromSrc=http%3A%2F%2Fx%2Fy&repo=a",
            [made("docker.io/library/a:latest", "repo")], [.fetch("http://x/y")]),
        Row(
            "POST /images/create?fromImage=quay.io/a/b&tag=1",
            [Reference(.image, "quay.io/a/b:1", origin: "fromImage", use: .fetches)],
            [.image("quay.io/a/b:1"), .registry("quay.io")]),
        Row(
            "POST /images/create?fromImage=localhost:5000/x",
            [Reference(.image, "localhost:5000/x:latest", origin: "fromImage", use: .fetches)],
            [.image("localhost:5000/x:latest"), .registry("localhost:5000")]),
        Row("POST /images/reg.example.com/a/push?tag=1", [path("reg.example.com/a:1")], [.registry("reg.example.com")]),
        Row("GET /distribution/10.0.0.9:5000/a/json", [], [.registry("10.0.0.9:5000")]),
        Row(
            "POST /build?t=a&t=b/c:2&cachefrom=%5B%22old:1%22%5D",
            [
                made("docker.io/library/a:latest", "t"), made("docker.io/b/c:2", "t"),
                Reference(.image, "old:1", origin: "cachefrom", use: .fetches),
            ]),
        Row("GET /images/search?term=127.0.0.1:8500/x", [], [.registry("127.0.0.1:8500")]),
        Row("GET /images/search?term=library/alpine", []),
        Row("POST /build?labels=%7B%22traefik.enable%22:%22true%22%7D", [], [.label("traefik.enable")]),
    ])
    func reads(row: Row) throws {
        let words = row.testDescription.split(separator: " ").map(String.init)
        let act = try Draft(try Call(words[0], words[1])).act
        #expect(act.references == row.references)
        #expect(act.demands.map(\.kind) == row.demands)
    }

    /// Engines take a name without a tag for all tags when they pull, push or save.
    @Test(arguments: [
        ("POST /v1.41/images/create?fromImage=reg.example.com/app", "fromImage=reg.example.com%2Fapp&tag=latest"),
        ("POST /v1.41/images/create?fromImage=app:2", "fromImage=docker.io%2Flibrary%2Fapp&tag=2"),
        ("POST /v1.41/images/create?fromImage=app&tag=3", "fromImage=docker.io%2Flibrary%2Fapp&tag=3"),
        ("POST /v1.41/images/app/push", "/images/docker.io/library/app/push?tag=latest"),
        ("POST /v1.41/images/reg.example.com/app/push?tag=2", "/images/reg.example.com/app/push?tag=2"),
    ])
    func oneTagIsSent(target: String, sent: String) throws {
        let words = target.split(separator: " ").map(String.init)
        let request = try Draft(try Call(words[0], words[1])).request(version: .ceiling)
        #expect(request.target.hasSuffix(sent), "\(request.target)")
    }

    @Test func whatIsSavedIsWhatWasJudged() throws {
        func sent(_ target: String, _ name: String?) throws -> String {
            var draft = try Draft(try Call("GET", "/v1.41" + target))
            var facts = Facts()
            for reference in draft.act.references {
                facts[reference] = .found(id: "sha256:0a", tenant: nil)
                facts.images[reference] = ImageFinding(
                    owners: [], isShared: true, soleOwner: nil, name: name)
            }
            draft.pinSaved(facts)
            return draft.request(version: .ceiling).target
        }
        #expect(try sent("/images/app/get", "docker.io/library/app:latest") == "/v1.41/images/docker.io/library/app:latest/get")
        #expect(try sent("/images/0a1b/get", nil) == "/v1.41/images/sha256:0a/get")
        #expect(try sent("/images/get?names=app", "docker.io/library/app:latest").contains("names=docker.io%2Flibrary%2Fapp%3Alatest"))
    }

    /// What the engine's `url.Parse` makes of an address is what is judged, byte by byte.
    @Test(arguments: [
        ("https://index.docker.io/v1/", nil), ("", nil), ("docker.io", nil),
        ("https://reg.example.com:5000/v2/", "reg.example.com:5000"), ("reg.example.com", "reg.example.com"),
        ("http://10.0.0.1", "10.0.0.1"),
        ("https://a.example.com:80@127.0.0.1/", "https://a.example.com:80@127.0.0.1/"),
        ("https://http://a.example.com", "http:"), ("http://https://x", "https:"),
        ("https://\\u0301a.example.com", "\u{301}a.example.com"),
        ("https://127.0.0.1?a.example.com", "https://127.0.0.1?a.example.com"),
    ])
    func credentialsAreForTheHostThatTheyGoTo(address: String, host: String?) throws {
        let body = #"{"username":"ann","password":"x","serveraddress":"\#(address)"}"#
        let demands = try Draft(try Call("POST", "/auth"), body: Array(body.utf8)).act.demands
        #expect(demands.map(\.kind) == (host.map { [.registry($0)] } ?? []))
    }

    /// Engines fail over a name that is none, or answer with another address.
    @Test(arguments: [
        ("GET /images/get?names=", true), ("GET /images/get?names=a&names=", true),
        ("GET /images/get?names=a", false), ("GET /images/get", false),
        ("POST /build?t=", false),
    ])
    func namesOfNothingAreRefused(target: String, isRefused: Bool) throws {
        let words = target.split(separator: " ").map(String.init)
        var rule: String?
        do {
            _ = try Draft(try Call(words[0], words[1]))
        } catch let error as BodyRefusal {
            rule = error.rule
        }
        #expect(rule == (isRefused ? "query.empty" : nil))
    }

    @Test(arguments: [
        "POST /images/bb:1/tag?repo=UPPER", "POST /images/bb:1/tag?repo=a%40sha256:01",
        "POST /build?t=a:b:c", "POST /commit?container=x&repo=-a", "POST /images/create?fromSrc=-&repo=a..b",
    ])
    func namesThatNoImageHasAreRefused(target: String) throws {
        let words = target.split(separator: " ").map(String.init)
        var isRefused = false
        do {
            _ = try Draft(try Call(words[0], words[1]))
        } catch {
            isRefused = true
        }
        #expect(isRefused)
    }
}
