import Acts
import JSON
import Testing

@testable import EngineAPI

/// Which images a tenant's prune takes.
@Suite struct ImagePruningTests {
    private static let now: Int64 = 1_000_000

    /// `red` has rows of `named`, `bare` (no name), `used` and `parent`; `blue` of `blues`.
    private static var names: ImageNames {
        var names = ImageNames()
        names.own = { tenant, id in
            switch (tenant, id) {
            case ("red", "named"): ImageNames.Own(references: ["docker.io/library/a:1"])
            case ("red", "bare"), ("red", "used"), ("red", "parent"), ("blue", "blues"):
                ImageNames.Own(references: [])
            default: nil
            }
        }
        names.isUsed = { tenant, id in tenant == "red" && id == "used" }
        names.holders = { id in
            switch id {
            case "named", "bare", "used", "parent": ["red"]
            case "blues": ["blue"]
            default: []
            }
        }
        return names
    }

    private static let images = """
        [{"Id":"named","RepoTags":["x:1"],"Created":900000,"Labels":{"app":"a"},"Size":30},
         {"Id":"bare","RepoTags":["y:1"],"Created":990000,"Labels":null,"Size":100,"ParentId":"parent"},
         {"Id":"parent","RepoTags":["z:1"],"Created":990000,"Labels":null,"Size":60,"ParentId":""},
         {"Id":"used","RepoTags":["u:1"],"Created":1,"Labels":null,"Size":10},
         {"Id":"blues","RepoTags":["b:1"],"Created":1,"Labels":{"quaymaster.tenant":"red"},"Size":10},
         {"Id":"left","RepoTags":null,"Created":1,"Labels":{"quaymaster.tenant":"red"},"Size":10},
         {"Id":"blueleft","RepoTags":null,"Created":1,"Labels":{"quaymaster.tenant":"blue"},"Size":10},
         {"Id":"forged","RepoTags":["shared:1"],"Created":1,"Labels":{"quaymaster.tenant":"red"},"Size":10},
         {"Id":"shared","RepoTags":["bb:1"],"Created":1,"Labels":null,"Size":10}]
        """

    private func listed() throws -> [JSONValue] {
        try #require(try JSONReader.answer(Array(Self.images.utf8)).array)
    }

    private func pruning(_ filters: String) throws -> ImagePruning {
        let query =
            filters.isEmpty
            ? ""
            : "?filters="
                + filters.utf8.map { byte in
                    let digits = String(byte, radix: 16, uppercase: true)
                    return "%" + (digits.count == 1 ? "0" : "") + digits
                }.joined()
        return try ImagePruning(target: "/v1.41/images/prune" + query, now: Self.now)
    }

    @Test(arguments: [
        ("", ["bare", "left"]),
        (#"{"dangling":{"true":true}}"#, ["bare", "left"]),
        (#"{"dangling":{"false":true}}"#, ["named", "bare", "left"]),
        (#"{"dangling":{"0":true},"label":{"app":true}}"#, ["named"]),
        (#"{"dangling":{"0":true},"label":{"app=a":true}}"#, ["named"]),
        (#"{"dangling":{"0":true},"label":{"app=b":true}}"#, []),
        (#"{"dangling":{"0":true},"label!":{"app":true}}"#, ["bare", "left"]),
        (#"{"dangling":{"0":true},"until":{"950000":true}}"#, ["named", "left"]),
        // 1,000,000 - 3 h = 989,200; the image was made at 990,000.
        (#"{"until":{"3h":true}}"#, ["left"]),
        (#"{"until":{"2h46m39s":true}}"#, ["bare", "left"]),
        (#"{"until":{"1970-01-12T00:00:00Z":true}}"#, ["left"]),
    ])
    func onesOwnGo(_ filters: String, _ expected: [String]) throws {
        let chosen = try pruning(filters).choose(from: try listed(), of: "red", Self.names)
        #expect(chosen.map(\.id) == expected)
        #expect(chosen.filter(\.isLeft).map(\.id) == expected.filter { $0 == "left" })
    }

    @Test(arguments: [
        #"{"dangling":{"perhaps":true}}"#, #"{"dangling":{"true":true,"false":true}}"#,
        #"{"until":{"yesterday":true}}"#, #"{"until":{"1h":true,"2h":true}}"#,
        #"{"until":{"99999999999h":true}}"#, #"{"until":{"":true}}"#, #"{"reference":{"bb":true}}"#,
    ])
    func whatIsNotKnownIsRefused(_ filters: String) {
        #expect(throws: ImagePruning.Refusal.self) { try pruning(filters) }
    }

    /// What others share with an image is not said to be free.
    @Test func itSaysWhatWent() throws {
        let removed = try JSONReader.answer(
            Array(#"[{"Untagged":"a:1"},{"Deleted":"bare"},{"Deleted":"sha256:layer"}]"#.utf8))
        let body = ImagePruning.answer(removed.array ?? [], ImageSizes(try listed()))
        #expect(
            String(decoding: body, as: UTF8.self)
                == #"{"ImagesDeleted":[{"Untagged":"a:1"},{"Deleted":"bare"},{"Deleted":"sha256:layer"}],"SpaceReclaimed":40}"#
        )
        #expect(
            String(decoding: ImagePruning.answer([], ImageSizes([])), as: UTF8.self)
                == #"{"ImagesDeleted":null,"SpaceReclaimed":0}"#)
    }
}
