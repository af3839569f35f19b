import Acts
import JSON
import Testing

@testable import EngineAPI

/// Names of tenants and of engines.
@Suite struct NameTests {
    static let mark = "0123456789abcdef"

    @Test(arguments: [
        (ObjectKind.container, "ci", "web", "ci-qm0123456789abcdef-web"),
        (.volume, "ci", "a.b_c-d", "ci-qm0123456789abcdef-a.b_c-d"),
        (.service, "ci", "web", "ci-qm0123456789abcdef-web"),
        // Without the tenant where there is no room, and with the name's end where there is less.
        (
            .service, "a-team-of-many-people", "a-service-of-23-bytes00",
            "qm0123456789abcdef-a-service-of-23-bytes00"
        ),
        (
            .service, "ci", String(repeating: "x", count: 60) + "end",
            "qm0123456789abcdef-" + String(repeating: "x", count: 41) + "end"
        ),
    ]) func engineNamesAreValidAndEndInTheTenants(
        kind: ObjectKind, tenant: String, name: String, expected: String
    ) {
        let made = EngineName.make(kind, tenant: tenant, name: name, mark: Self.mark)
        #expect(made == expected)
        #expect(Name.isValid(made, for: kind))
    }

    static func book(_ mark: String) -> [Retelling.Name] {
        switch mark {
        case "0123456789abcdef":
            [
                Retelling.Name(engineName: "ci-qm0123456789abcdef-web", shown: "web"),
                Retelling.Name(engineName: "ci-qm0123456789abcdef-old", shown: "old"),
            ]
        case "ffffffffffffffff":
            [Retelling.Name(engineName: "qmffffffffffffffff-db", shown: nil)]
        default: []
        }
    }

    @Test(arguments: [
        (#"{"Name":"/ci-qm0123456789abcdef-web"}"#, #"{"Name":"/web"}"#),
        // Within paths, names of tasks and sentences; as the name of a member.
        ("/v/ci-qm0123456789abcdef-web/_data", "/v/web/_data"),
        ("ci-qm0123456789abcdef-web.1.abc", "web.1.abc"),
        (#"{"ci-qm0123456789abcdef-web":1,"x":"ci-qm0123456789abcdef-old"}"#, #"{"web":1,"x":"old"}"#),
        ("two ci-qm0123456789abcdef-web, ci-qm0123456789abcdef-web", "two web, web"),
        // Another tenant's is not said.
        ("name qmffffffffffffffff-db is", "name (hidden) is"),
        // What only looks like one is left alone.
        ("xy-qm0123456789abcdef-web", "xy-qm0123456789abcdef-web"),
        ("qm0123456789abcdef-web", "qm0123456789abcdef-web"),
        ("ci-qm0123456789abcdef", "ci-qm0123456789abcdef"),
        ("ci-qm0123456789abcdeg-web", "ci-qm0123456789abcdeg-web"),
        ("ci-qm1123456789abcdef-web", "ci-qm1123456789abcdef-web"), ("", ""), ("qm", "qm"),
    ]) func namesAreTold(text: String, told: String) {
        let shown = Retelling(Self.book).told(Array(text.utf8))
        #expect(String(decoding: shown, as: UTF8.self) == told)
    }

    /// Where nobody knows a name any more it could be anybody's.
    @Test func unknownNamesAreHiddenInSentences() {
        let text = "endpoint red-qm1123456789abcdef-db.1 exists in ci-qm0123456789abcdef-web"
        let told = Retelling(Self.book).told(Array(text.utf8), hidesUnknown: true)
        #expect(String(decoding: told, as: UTF8.self) == "endpoint (hidden) exists in web")
    }

    @Test(arguments: [
        ("web", ["web", "my-web-1", "web2"], ["wed", "we"]),
        ("^web$", ["web"], ["web2", "my-web"]), ("^/web", ["web", "web2"], ["my-web"]),
        ("web$", ["web", "my-web"], ["web2"]), ("^a.*b$", ["ab", "a-x-b"], ["abc", "ba"]),
        ("a.c", ["abc", "xa-cx"], ["ac"]), (#"a\.c"#, ["a.c"], ["abc"]), ("", ["anything"], []),
        ("^$", [], ["a"]), ("a.*a", ["aa", "aba"], ["a"]), ("^a.*a$", ["aa"], ["a", "aab"]),
        ("aab$", ["aaab"], ["aaba"]), ("^(web|db)-[0-9]+$", ["web-1", "db-22"], ["web-", "cache-1", "web-1a"]),
        ("^we?b$", ["web", "wb"], ["weeb"]), ("a{2,3}$", ["aa", "baaa"], ["a"]), ("^a{2}$", ["aa"], ["aaa"]),
        (#"^\w+\.\d$"#, ["web.1"], ["web.x", "we-b.1"]), ("[^a-c]$", ["abd"], ["abc"]), ("^/?web$", ["web"], ["web2"]),
        ("(?:x|)y", ["xy", "y"], ["x"]), ("(a*)*b", ["b", "aab"], ["a"]), ("a+?$", ["aa"], ["b"]), ("^$|^x", ["xy"], ["yx"]),
        ("[]a]b", ["ab"], ["b"]), ("[a-]b", ["a-b"], ["bb"]), (#"[\d_]$"#, ["a1", "b_"], ["ab"]),
    ]) func namesAreFiltered(pattern: String, matching: [String], others: [String]) throws {
        let filter = try #require(NameFilter([pattern], .anywhere))
        for name in matching { #expect(filter.matches(name), "\(pattern) \(name)") }
        for name in others { #expect(!filter.matches(name), "\(pattern) \(name)") }
    }

    @Test func patternsOfOtherKindsAreRefused() throws {
        let nested = String(repeating: "(", count: 40) + String(repeating: ")", count: 40)
        let bomb = String(repeating: "(", count: 8) + "a" + String(repeating: "{100})", count: 8)
        let empty = String(repeating: "(", count: 8) + String(repeating: "){100}", count: 8)
        for pattern in [
            "(a", "a)", "*a", "a**", "[ab", "[b-a]", #"a\"#, "ä", "a{101}", "a{2,1}", "(?i)a", "[[:alpha:]]", #"\b"#,
            nested, bomb, empty, String(repeating: "a", count: 513),
        ] {
            #expect(NameFilter([pattern], .anywhere) == nil, "\(pattern)")
        }
        // A Swarm's filter is the beginning of a name, whatever stands in it.
        let prefix = try #require(NameFilter(["we"], .prefix))
        #expect(prefix.matches("web") && !prefix.matches("my-web"))
    }

    @Test func madeUpNamesAreNames() {
        for attempt in 0..<200 {
            let name = GivenName.make(from: UInt64(attempt) &* 0x9E37_79B9_7F4A_7C15, attempt: attempt % 3)
            #expect(Name.isValid(name, for: .container))
        }
        #expect(GivenName.make(from: 0, attempt: 0) == "able_anchor")
        #expect(GivenName.make(from: 4095, attempt: 2) == "wise_winch2")
    }

    // MARK: Requests

    private static func sent(
        _ method: String, _ target: String, _ body: String = "", _ marks: Marks
    ) throws -> (target: String, body: String) {
        let call = try Call(method, target)
        var draft = body.isEmpty ? try Draft(call) : try Draft(call, body: Array(body.utf8))
        draft.sayNames(marks)
        let request = draft.request(version: APIVersion(minor: 41))
        return (request.target, request.body.map { String(decoding: $0, as: UTF8.self) } ?? "")
    }

    @Test func whatIsMadeHasTheEnginesName() throws {
        var marks = Marks()
        marks.engineName = "ci-qm0123456789abcdef-web"
        marks.shownName = "web"
        marks.volumes = ["data": "ci-qm1-data"]
        let body = #"""
            {"Image":"bb:1","HostConfig":{"NetworkMode":"n1","Binds":["data:/d:ro","/srv:/s","other:/o"],
            "Mounts":[{"Type":"volume","Source":"data","Target":"/e"}]},
            "NetworkingConfig":{"EndpointsConfig":{"n1":{"Aliases":["x"]}}}}
            """#
        let sent = try Self.sent("POST", "/v1.41/containers/create?name=web", body, marks)
        #expect(sent.target == "/v1.41/containers/create?name=ci-qm0123456789abcdef-web")
        let value = try JSONReader.value(of: Array(sent.body.utf8))
        let host = value["HostConfig"]
        #expect(
            host?["Binds"] == .array(["ci-qm1-data:/d:ro", "/srv:/s", "other:/o"].map { .string($0) }))
        #expect(host?["Mounts"]?.array?.first?["Source"] == .string("ci-qm1-data"))
        let endpoint = value["NetworkingConfig"]?["EndpointsConfig"]?["n1"]
        #expect(endpoint?["Aliases"] == .array([.string("x"), .string("web")]))
        // Where no endpoint stands the mode's network gets one; the host's own gets none.
        for (mode, isAlias) in [("n1", true), ("none", false), ("container:c", false), ("", false)] {
            let body = #"{"Image":"bb:1","HostConfig":{"NetworkMode":"\#(mode)"}}"#
            let sent = try Self.sent("POST", "/v1.41/containers/create?name=web", body, marks)
            #expect(sent.body.contains(#""Aliases":["web"]"#) == isAlias, "\(mode)")
        }
    }

    @Test func filtersNameIDs() throws {
        var marks = Marks()
        marks.namesAreOurs = true
        let filters = #"{"network":["n"],"volume":["v","/d"],"name":["web"],"label":["a"]}"#
        let target = "/v1.41/containers/json?limit=3&filters=" + PercentCoding.encode(filters)
        let draft = try Draft(try Call("GET", target))
        for name in draft.filterNames where name.kind == .network { marks.filters[name] = "id-of-n" }
        let sent = try Self.sent("GET", target, "", marks).target
        let said = try PercentCoding.decode(Substring(sent.split(separator: "filters=")[1]).utf8)
        #expect(said.contains(#""network":{"id-of-n":true}"#))
        // What the tenant has not got is nothing, and names are compared with the tenant's own.
        #expect(said.contains(#""volume":{"/d":true,"quaymaster.nobody":true}"#), "\(said)")
        #expect(!said.contains("web") && said.contains(#""label":{"a":true}"#))
        #expect(!sent.contains("limit"))
        #expect(try draft.nameFilter()?.matches("a-web-b") == true)
        // On an engine of one tenant nothing is changed.
        #expect(try Self.sent("GET", target, "", Marks()).target.contains("limit=3"))
    }
}

/// Events by the names of objects.
@Suite struct EventFilterTests {
    @Test(arguments: [
        (#"{"container":["web"]}"#, true), (#"{"container":["we"]}"#, true), (#"{"container":["abc"]}"#, true),
        (#"{"container":["db","web"]}"#, true), (#"{"container":["eb"]}"#, false), (#"{"network":["front"]}"#, false),
        (#"{"container":["web"],"network":["front"]}"#, false),
    ]) func objectsAreComparedAsEnginesDo(filters: String, isShown: Bool) throws {
        let call = try Call("GET", "/events?filters=" + PercentCoding.encode(filters))
        let line = #"{"Type":"container","Action":"start","Actor":{"ID":"abc123","Attributes":{"name":"web"}}}"#
        #expect(try #require(EventFilter(call)).matches(Array(line.utf8)) == isShown)
    }

    @Test(arguments: [
        ("app:1", true), ("app", true), ("ap", false), ("app:2", false), ("sha256:1", false), ("abc123", true),
    ]) func imagesAreComparedAsAWhole(name: String, isShown: Bool) throws {
        let call = try Call("GET", "/events?filters=" + PercentCoding.encode(#"{"image":["\#(name)"]}"#))
        let filter = try #require(EventFilter(call))
        for attributes in [#""image":"app:1","name":"web""#, #""image":"app:1","name":"app:2""#] {
            let line = #"{"Type":"container","Action":"start","Actor":{"ID":"abc123","Attributes":{\#(attributes)}}}"#
            #expect(filter.matches(Array(line.utf8)) == isShown)
        }
        let tagged = #"{"Type":"image","Action":"tag","Actor":{"ID":"abc123","Attributes":{"name":"app:1","image":"x"}}}"#
        #expect(filter.matches(Array(tagged.utf8)) == isShown)
    }

    @Test func otherFiltersAreTheEngines() throws {
        for target in ["/events", "/events?filters=" + PercentCoding.encode(#"{"type":["container"]}"#)] {
            #expect(EventFilter(try Call("GET", target)) == nil)
        }
    }
}
