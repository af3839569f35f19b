import EngineAPI
import JSON
import Testing

@Suite struct ListSieveTests {
    /// Names that are tenants' for the time being.
    private static let borrowed = ["docker.io/library/theirs:1": "blue"]

    private static var images: ImageNames {
        var names = ImageNames()
        names.borrower = { borrowed[$0] }
        names.own = { tenant, id in
            tenant == "red" && id == "sha256:m" ? ImageNames.Own(references: ["docker.io/library/app:1"]) : nil
        }
        names.holders = { ["sha256:m": ["red", "blue"], "sha256:b": ["blue"]][$0] ?? [] }
        return names
    }

    private static var seen: Owners {
        Owners(objects: { ["1", "v"].contains($0.id) ? "red" : nil }, images: images)
    }

    private static func sieve(_ kind: ListSieve.Kind, _ parts: [ArraySlice<UInt8>]) throws -> String {
        var sieve = ListSieve(kind)
        var shown: [UInt8] = []
        for part in parts { shown += try sieve.receive(Array(part), showing: "red", seeing: seen) }
        try sieve.finish()
        return String(decoding: shown, as: UTF8.self)
    }

    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let kind: ListSieve.Kind
        /// nil when the engine's answer is none.
        let shown: String?

        init(_ kind: ListSieve.Kind, _ text: String, _ shown: String?) {
            testDescription = text
            self.kind = kind
            self.shown = shown
        }
    }

    private static let rows = [
        Row(.images, "[]", "[]"), Row(.images, " [ ] \n", "[]"),
        Row(
            .images,
            #"[{"RepoTags":["theirs:1"]},{"RepoTags":["bb:1","theirs:1"]},{"RepoTags":null},{"RepoTags":[],"Labels":{"quaymaster.tenant":"red"}}]"#,
            #"[{"RepoTags":["bb:1"]},{"RepoTags":[],"Labels":{"quaymaster.tenant":"red"}}]"#),
        Row(
            .images, #"[{"RepoTags":["mine:1"],"Labels":{"a":"]},{\"\\","b":"[{"}}, {"RepoTags":["theirs:1"]}]"#,
            #"[{"RepoTags":["mine:1"],"Labels":{"a":"]},{\"\\","b":"[{"}}]"#),
        // A tenant's own names, and none of another's of the same image.
        Row(
            .images,
            #"[{"Id":"sha256:m","RepoTags":["quaymaster.invalid/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:red","quaymaster.invalid/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb:blue","bb:1"],"RepoDigests":["quaymaster.invalid/x@sha256:e"]},"#
                + #"{"Id":"sha256:b","RepoTags":["quaymaster.invalid/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb:blue"],"Labels":{"quaymaster.tenant":"red"}}]"#,
            #"[{"Id":"sha256:m","RepoTags":["app:1","bb:1"],"RepoDigests":[]}]"#),
        Row(.images, "null", nil), Row(.images, "{}", nil), Row(.images, "[1]", nil), Row(.images, "[{},]", nil),
        Row(.images, "[,{}]", nil), Row(.images, "[{}{}]", nil), Row(.images, "[{}", nil), Row(.images, "[] x", nil),
        Row(.images, "[{]}]", nil), Row(.images, "", nil),
        // An object that we cannot read is whoever's it is: others are shown all the same.
        Row(.images, #"[{"RepoTags":["mine:1"],"RepoTags":[]}]"#, "[]"),
        Row(
            .images, #"[{"Labels":{"a":"\u0000"}},{"RepoTags":["mine:1"]},{"Labels":{"\u00e9":"","e\u0301":""}}]"#,
            #"[{"RepoTags":["mine:1"]}]"#),
        Row(
            .dataUsage,
            #"{"LayersSize":5,"Images":[{"RepoTags":["theirs:1"]},{"RepoTags":["mine:1"]}],"#
                + #""Containers":[{"Id":"1","Labels":{"quaymaster.tenant":"red"}},{"Id":"2","Labels":{"quaymaster.tenant":"blue"}},"#
                + #"{"Id":"3","Labels":null}],"Volumes":null,"BuildCache":[{"ID":"x"}],"BuilderSize":7,"Other":{"a":[1,2]}}"#,
            #"{"LayersSize":5,"Images":[{"RepoTags":["mine:1"]}],"Containers":[{"Id":"1","Labels":{"quaymaster.tenant":"red"}}],"#
                + #""Volumes":[],"BuildCache":[]}"#),
        Row(.dataUsage, "{}", #"{"LayersSize":0,"Images":[],"Containers":[],"Volumes":[],"BuildCache":[]}"#),
        Row(
            .dataUsage, #"{"Volumes":[{"Name":"v","Labels":{"quaymaster.tenant":"red"}}] , "LayersSize" : 1}"#,
            #"{"Volumes":[{"Name":"v","Labels":{}}],"LayersSize":1,"Images":[],"Containers":[],"BuildCache":[]}"#),
        Row(.dataUsage, "[]", nil), Row(.dataUsage, #"{"Images":[]"#, nil), Row(.dataUsage, #"{"Images":{}}"#, nil),
        Row(.dataUsage, #"{"Images":[],"Images":[]}"#, nil), Row(.dataUsage, #"{"Images":[],}"#, nil),
        Row(.dataUsage, #"{"Images" []}"#, nil), Row(.dataUsage, #"{"LayersSize":}"#, nil),
    ]

    /// The same comes out wherever the engine's bytes are cut, and of what is no list nothing whole.
    @Test(arguments: rows)
    func showsATenantsOwn(row: Row) {
        let wire = Array(row.testDescription.utf8)
        for cut in 0...wire.count {
            #expect((try? Self.sieve(row.kind, [wire[..<cut], wire[cut...]])) == row.shown, "cut at \(cut)")
        }
        #expect((try? Self.sieve(row.kind, wire.indices.map { wire[$0...$0] })) == row.shown)
    }

    /// However much others have, an answer is made, and what is too long is left out of it.
    @Test func whatOthersHaveIsNoMatter() throws {
        let large = String(repeating: "x", count: 900_000)
        let item = Array(#"{"RepoTags":["theirs:1"],"Labels":{"a":"\#(large)"}},"#.utf8)
        let larger = Array(#"{"RepoTags":["mine:1"],"Labels":{"a":"\#(large)\#(large)"}},"#.utf8)
        let own = #"{"RepoTags":["mine:1"]}"#
        var parts: [ArraySlice<UInt8>] = [Array("[".utf8)[...]]
        for _ in 0..<50 { parts.append(item[...]) }
        parts += [larger[...], Array((own + "]").utf8)[...]]
        #expect(try Self.sieve(.images, parts) == "[\(own)]")
    }
}
