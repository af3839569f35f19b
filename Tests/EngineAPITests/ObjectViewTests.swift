import Acts
import EngineAPI
import JSON
import Testing

/// What a tenant sees of lists and events: what is its own, whatever labels say.
@Suite struct ObjectViewTests {
    /// Objects whose id begins with an r are red's.
    private static func owner(_ sighting: Sighting) -> String? {
        sighting.id.hasPrefix("r") ? "red" : sighting.id.hasPrefix("b") ? "blue" : nil
    }

    private static func ids(_ kind: ObjectKind, _ body: String, limit: Int? = nil) throws -> [String]? {
        var sieve = ListSieve(.objects(kind), limit: limit)
        do {
            let shown = try sieve.receive(Array(body.utf8), showing: "red", seeing: Owners(objects: owner))
            try sieve.finish()
            let value = try JSONReader.value(of: shown)
            #expect((kind == .volume) == (value["Volumes"] != nil))
            return (value.array ?? value["Volumes"]?.array ?? []).compactMap { Sighting(kind, of: $0)?.id }
        } catch is ListSieve.Unreadable {
            return nil
        }
    }

    struct Row: CustomTestStringConvertible {
        let kind: ObjectKind
        let body: String
        let seen: [String]?
        var testDescription: String { "\(kind) \(body)" }

        init(_ kind: ObjectKind, _ body: String, _ seen: [String]?) {
            self.kind = kind
            self.body = body
            self.seen = seen
        }
    }

    private static let forged = #""Labels":{"quaymaster.tenant":"red","quaymaster.seal":"v1.a.b"}"#

    @Test(arguments: [
        Row(.container, #"[{"Id":"r1"},{"Id":"b1",\#(forged)},{"Id":"x",\#(forged)},{"Id":""},{}]"#, ["r1"]),
        Row(.network, #"[{"Id":"r1"},{"Id":"b1",\#(forged)}]"#, ["r1"]),
        Row(.volume, #"{"Volumes":[{"Name":"r1"},{"Name":"b1",\#(forged)}],"Warnings":["b1"]}"#, ["r1"]),
        Row(.volume, #"{"Volumes":null}"#, []), Row(.service, #"[{"ID":"r1"},{"ID":"b1","Spec":{\#(forged)}}]"#, ["r1"]),
        Row(.secret, #"[{"ID":"r1"},{"ID":"b1"}]"#, ["r1"]), Row(.config, #"[{"ID":"b1"}]"#, []),
        Row(.task, #"[{"ID":"t1","ServiceID":"r1"},{"ID":"r9","ServiceID":"b1"},{"ID":"r8"}]"#, ["r1"]),
        Row(.container, "{}", nil), Row(.volume, "[]", nil), Row(.container, "no", nil), Row(.service, "null\n", []),
        Row(.service, "nil", nil), Row(.volume, "{}", []), Row(.volume, "null", nil),
    ])
    func listsShowWhatIsOwned(row: Row) throws {
        #expect(try Self.ids(row.kind, row.body) == row.seen)
    }

    @Test func aLimitCountsWhatIsShown() throws {
        let body = #"[{"Id":"b1"},{"Id":"r1"},{"Id":"b2"},{"Id":"r2"},{"Id":"r3"}]"#
        #expect(try Self.ids(.container, body, limit: 2) == ["r1", "r2"])
        #expect(try Self.ids(.container, body, limit: 9) == ["r1", "r2", "r3"])
    }

    @Test func whatIsNotOnesOwnIsSpared() {
        let body = Array(
            #"[{"Id":"r1","Labels":{"quaymaster.seal":"s1"}},{"Id":"x","Labels":{"quaymaster.seal":"s2"}},{"Id":"y"}]"#.utf8)
        #expect(ObjectListView.foreignSeals(.container, body, to: "red", owner: Self.owner) == ["s2"])
        #expect(ObjectListView.foreignSeals(.container, Array("{}".utf8), to: "red", owner: Self.owner) == nil)
    }

    private struct Listed: Sendable {
        let kind: ObjectKind
        let body: String
        /// nil: it is no list.
        let ids: [String]?
        var isWhole = false
    }

    @Test(arguments: [
        Listed(kind: .container, body: #"[{"Id":"a"},{"Id":"b"}]"#, ids: ["a", "b"], isWhole: true),
        Listed(kind: .container, body: #"[{"Id":"a"},{"Id":"b","Id":"c"},{"Id":"d]"}]"#, ids: ["a", "d]"]),
        Listed(kind: .container, body: #"[{"Id":"\ud800"}]"#, ids: []),
        Listed(kind: .container, body: "[{\"Id\":\"a\",\"\u{E9}\":1,\"e\u{301}\":2}]", ids: ["a"], isWhole: true),
        Listed(kind: .container, body: #"{"Id":"a"}"#, ids: nil), Listed(kind: .container, body: #"[{"Id":"a"},"#, ids: nil),
        Listed(kind: .volume, body: #"{"Volumes":[{"Id":"\ud800"},{"Id":"a"}],"Warnings":null}"#, ids: ["a"]),
        Listed(kind: .volume, body: #"{"Warnings":"\ud800"}"#, ids: nil),
    ])
    private func whatCannotBeReadHidesNothingElse(row: Listed) {
        let found = ObjectListView.readable(row.kind, Array(row.body.utf8))
        #expect(found?.items.compactMap { $0["Id"]?.string } == row.ids)
        #expect(found?.isWhole ?? false == row.isWhole)
    }

    @Test func sightingsSayWhatAnObjectIsKnownBy() throws {
        func sighting(_ kind: ObjectKind, _ text: String) throws -> Sighting? {
            Sighting(kind, of: try JSONReader.value(of: Array(text.utf8)))
        }
        let inspected = try sighting(
            .container, #"{"Id":"c","Config":{"Labels":{"quaymaster.seal":"s"}},"Labels":{"quaymaster.seal":"t"}}"#)
        #expect(inspected == Sighting(.container, "c", seal: "s"))
        #expect(
            try sighting(.volume, #"{"Name":"v","CreatedAt":"now","Labels":null}"#)
                == Sighting(.volume, "v", made: "now", name: "v"))
        #expect(try sighting(.secret, #"{"ID":"s","Spec":{"Labels":{"quaymaster.seal":"s"}}}"#)?.seal == "s")
        #expect(try sighting(.image, #"{"Id":"i"}"#) == nil)
        #expect(Sighting.isAnonymousVolume(String(repeating: "0a", count: 32)))
        #expect(!Sighting.isAnonymousVolume(String(repeating: "0A", count: 32)) && !Sighting.isAnonymousVolume("data"))
    }

    @Test func whatWasMadeIsRead() {
        func made(_ kind: ObjectKind, _ text: String) -> MadeObject? { MadeObject(kind, Array(text.utf8)) }
        #expect(made(.container, #"{"Id":"c","Warnings":[]}"#)?.id == "c")
        #expect(made(.service, #"{"ID":"s"}"#)?.id == "s")
        #expect(made(.volume, #"{"Name":"v","Labels":{"quaymaster.seal":"s"}}"#)?.seal == "s")
        #expect(made(.volume, #"{"Name":"v","Labels":null}"#)?.seal == "")
        #expect(made(.container, #"{"message":"no"}"#) == nil && made(.volume, #"{"Id":"v"}"#) == nil)
        let anonymous = String(repeating: "0a", count: 32)
        let mounts =
            #"{"Mounts":[{"Type":"volume","Name":"data"},{"Type":"volume","Name":"\#(anonymous)"},{"Type":"bind","Name":"\#(anonymous)"}]}"#
        #expect(BroughtVolumes.read(Array(mounts.utf8)) == [anonymous])
    }

    // MARK: What is asked

    private func target(_ method: String, _ target: String, _ marks: Marks = Marks()) throws -> String {
        var draft = try Draft(try Call(method, target))
        draft.apply(
            .narrow(tenant: "red"), for: "alice", on: EngineTraits(version: .ceiling), with: marks)
        return draft.request(version: APIVersion(minor: 41)).target.replacing("%22", with: "'")
            .replacing("%3A", with: ":").replacing("%3D", with: "=").replacing("%7B", with: "{")
            .replacing("%7D", with: "}").replacing("%2C", with: ",").replacing("%21", with: "!")
    }

    /// Labels make a list short; where some of a tenant's objects have none, the answer alone is cut.
    @Test func listsAreAskedForByLabelWhereAllHaveOne() throws {
        #expect(
            try target("GET", "/containers/json?limit=2")
                == "/v1.41/containers/json?limit=2&filters={'label':{'quaymaster.tenant=red':true}}")
        var marks = Marks()
        marks.hasUnlabelled = true
        #expect(try target("GET", "/containers/json?limit=2", marks) == "/v1.41/containers/json?all=1")
        #expect(try target("GET", "/containers/json?limit=0", marks) == "/v1.41/containers/json")
        #expect(try target("GET", "/volumes", marks) == "/v1.41/volumes")
    }

    @Test func onlyTheSealedIsPruned() throws {
        var marks = Marks()
        marks.hasUnlabelled = true
        marks.spared = "s1"
        #expect(
            try target("POST", "/containers/prune", marks)
                == "/v1.41/containers/prune?filters={'label':{'quaymaster.seal':true,'quaymaster.tenant=red':true},"
                + "'label!':{'quaymaster.seal=s1':true}}")
    }

    @Test func sealsAreStamped() throws {
        func labels(_ tenant: String?, _ seal: String?) throws -> JSONValue? {
            let body =
                #"{"Image":"bb:1","Labels":{"quaymaster.seal":"forged"},"HostConfig":{"Mounts":[{"Type":"volume","Target":"/d","VolumeOptions":{"Labels":{"quaymaster.seal":"forged"}}}]}}"#
            var draft = try Draft(try Call("POST", "/containers/create"), body: Array(body.utf8))
            var marks = Marks()
            marks.seal = seal
            draft.apply(
                .stamp(tenant: tenant), for: "alice", on: EngineTraits(version: .ceiling), with: marks)
            let sent = try JSONReader.value(of: draft.request(version: .ceiling).body ?? [])
            let mount = sent["HostConfig"]?["Mounts"]?.array?.first?["VolumeOptions"]?["Labels"]
            #expect(mount?["quaymaster.seal"] == sent["Labels"]?["quaymaster.seal"])
            return sent["Labels"]?["quaymaster.seal"]
        }
        #expect(try labels("red", "v1.a.b") == .string("v1.a.b"))
        // A plane of one tenant has none; nobody's is said, as an image's own label would count.
        #expect(try labels("local", nil) == nil)
        #expect(try labels(nil, nil) == .string(""))
    }

    // MARK: Events

    @Test(arguments: [
        (#"{"Type":"container","Actor":{"ID":"r1"}}"#, EventView.Verdict.shown),
        (#"{"Type":"container","Actor":{"ID":"b1","Attributes":{"quaymaster.tenant":"red"}}}"#, .hidden),
        (#"{"Type":"container","Actor":{"ID":"x","Attributes":{"quaymaster.tenant":"red"}}}"#, .unknown(.container, "x")),
        (#"{"Type":"volume","Actor":{"ID":"r1"}}"#, .shown), (#"{"Type":"volume","Actor":{"ID":"b1"}}"#, .hidden),
        (#"{"Type":"network","Actor":{"ID":"n1"}}"#, .unknown(.network, "n1")),
        (
            #"{"Type":"image","Actor":{"ID":"sha256:1","Attributes":{"name":"quaymaster.invalid/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:red"}}}"#,
            .shown
        ),
        (
            #"{"Type":"image","Actor":{"ID":"sha256:1","Attributes":{"name":"quaymaster.invalid/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb:blue"}}}"#,
            .hidden
        ),
        (
            #"{"Type":"image","Actor":{"ID":"sha256:0000000000000000000000000000000000000000000000000000000000000000","Attributes":{"name":"sha256:0000000000000000000000000000000000000000000000000000000000000000"}}}"#,
            .hidden
        ),
        (
            #"{"Type":"image","Actor":{"ID":"sha256:1111111111111111111111111111111111111111111111111111111111111111","Attributes":{"name":"sha256:1111111111111111111111111111111111111111111111111111111111111111"}}}"#,
            .shown
        ),
        (#"{"Type":"image","Actor":{"ID":"theirs:1"}}"#, .hidden), (#"{"Type":"image","Actor":{"ID":"bb:1"}}"#, .hidden),
        (#"{"Type":"daemon","Actor":{"ID":"r1"}}"#, .hidden), (#"{"Type":"node","Actor":{"ID":"r1"}}"#, .hidden),
        (#"{"Type":"plugin","Actor":{"ID":"r1"}}"#, .hidden), (#"{"Actor":{"ID":"r1"}}"#, .hidden), ("r1", .hidden),
        (#"{"Type":"container","Actor":{"ID":""}}"#, .hidden), (#"{"Type":"container"}"#, .hidden),
    ])
    func eventsAreTheirOwners(line: String, verdict: EventView.Verdict) {
        var images = ImageNames()
        images.naming = { nonce in
            let tenant = ["a": "red", "b": "blue"][String(nonce.prefix(1))]
            return tenant.map { ImageNaming(ImageAnchor(nonce: nonce, tenant: $0), as: "docker.io/library/app:1") }
        }
        images.own = { _, _ in ImageNames.Own(references: []) }
        images.holders = { $0.hasSuffix("0") ? ["red", "blue"] : ["red"] }
        let found = EventView.judge(Array(line.utf8), for: "red", owner: Self.owner, names: images)
        #expect(found == verdict)
    }
}
