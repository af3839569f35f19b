import EngineAPI
import Testing

/// An archive of images in the making.
private struct ImageArchive {
    var documents: [String: [UInt8]] = [:]
    var files = Set<String>()
    var links = Set<String>()

    /// Stands for SHA-256: as long, and as different for different bytes as these tests need.
    static func digest(_ bytes: [UInt8]) -> String {
        (0..<4).map { round in
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325 &+ UInt64(round)
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            let text = String(hash, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
    }

    init(_ documents: [String: String] = [:], files: [String] = [], links: [String] = []) {
        for (name, text) in documents { add(name, text) }
        self.files.formUnion(files)
        self.links = Set(links)
    }

    mutating func add(_ name: String, _ text: String) {
        files.insert(name)
        if text.first == "{" || text.first == "[" { documents[name] = Array(text.utf8) }
    }

    /// Adds a blob, and gives a descriptor of it.
    mutating func blob(_ mediaType: String, _ text: String, more: String = "") -> String {
        let digest = Self.digest(Array(text.utf8))
        add("blobs/sha256/\(digest)", text)
        return "{\"mediaType\":\"application/vnd.\(mediaType)\",\"digest\":\"sha256:\(digest)\",\"size\":1\(more)}"
    }

    /// The rule of the refusal, or nil.
    var rule: String? {
        if case .failure(let refusal) = images { refusal.rule } else { nil }
    }

    var images: Result<LoadedImages, ImageRefusal> {
        do throws(ImageRefusal) {
            return .success(
                try LoadedImages(
                    documents: documents, files: files, links: links, sha256: Self.digest))
        } catch {
            return .failure(error)
        }
    }
}

@Suite struct LoadedImagesTests {
    private static let config = #"{"config":{"Labels":{"a":"b"},"OnBuild":["RUN x"]},"rootfs":{}}"#

    private func images(_ archive: ImageArchive) throws -> LoadedImages {
        try archive.images.get()
    }

    @Test func readsWhatDockerSaves() throws {
        // 20.10: every layer has a folder with its older description.
        let archive = ImageArchive(
            [
                "manifest.json":
                    #"[{"Config":"c.json","RepoTags":["bb:1","bb:2"],"Layers":["l/layer.tar","m/layer.tar"]}]"#,
                "c.json": Self.config, "l/json": #"{"id":"l","config":{"Labels":null}}"#,
                "m/json": #"{"id":"m","parent":"l","config":{"Labels":{"c":"d"}}}"#,
                "repositories": #"{"bb":{"1":"m","2":"m"}}"#,
            ], files: ["l/layer.tar", "l/VERSION"], links: ["m/layer.tar"])
        let found = try images(archive)
        #expect(found.tags == ["bb:1", "bb:2"] && !found.haveParents)
        #expect(found.labels == [["a": "b"], ["c": "d"]])
        #expect(found.triggers == ["RUN x"])
    }

    @Test func readsWhatNewerVersionsSave() throws {
        let found = try images(Self.modern())
        #expect(found.tags == ["bb:1", "docker.io/library/bb:1"])
        #expect(found.labels == [["a": "b"]])
        #expect(found.triggers == ["RUN x"])
    }

    /// What version 25 writes: both forms, and `repositories` without the older files.
    private static func modern() -> ImageArchive {
        var archive = ImageArchive(["oci-layout": #"{"imageLayoutVersion":"1.0.0"}"#])
        let config = archive.blob("oci.image.config.v1+json", Self.config)
        let layer = archive.blob("oci.image.layer.v1.tar", "layer")
        let manifest = archive.blob(
            "oci.image.manifest.v1+json",
            #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":"#
                + "\(config),\"layers\":[\(layer)]}",
            more: #","annotations":{"io.containerd.image.name":"docker.io/library/bb:1","org.opencontainers.image.ref.name":"1"}"#)
        archive.add("index.json", "{\"schemaVersion\":2,\"manifests\":[\(manifest)]}")
        let hex = ImageArchive.digest(Array("layer".utf8))
        archive.add(
            "manifest.json",
            "[{\"Config\":\"blobs/sha256/\(ImageArchive.digest(Array(Self.config.utf8)))\",\"RepoTags\":[\"bb:1\"],"
                + "\"Layers\":[\"blobs/sha256/\(hex)\"],\"LayerSources\":{\"sha256:\(hex)\":\(layer)}}]")
        archive.add("repositories", "{\"bb\":{\"1\":\"\(hex)\"}}")
        return archive
    }

    /// Engines take an image's layers for steps on the image that it says it was built from.
    @Test(arguments: [(#","Parent":"sha256:5""#, true), (#","Parent":"""#, false), ("", false)])
    func parentsAreNoted(member: String, isThere: Bool) throws {
        let manifest = #"[{"Config":"c.json","RepoTags":null,"Layers":[]\#(member)}]"#
        let archive = ImageArchive(["manifest.json": manifest, "c.json": Self.config])
        #expect(try images(archive).haveParents == isThere)
    }

    @Test func readsTheOldestForm() throws {
        let archive = ImageArchive(
            [
                "repositories": #"{"bb":{"latest":"b"}}"#, "a/json": #"{"id":"a"}"#,
                "b/json": #"{"id":"b","parent":"a","config":{"Labels":{"x":"y"}}}"#,
            ], files: ["a/layer.tar", "b/layer.tar"])
        let found = try images(archive)
        #expect(found.tags == ["bb:latest"] && found.haveParents)
        #expect(found.labels == [["x": "y"]])
    }

    @Test func readsImagesOfSeveralPlatforms() throws {
        var archive = ImageArchive(["oci-layout": #"{"imageLayoutVersion":"1.0.0"}"#])
        var manifests: [String] = []
        for (label, kind) in [("amd64", "oci.image.config.v1+json"), ("arm64", "docker.container.image.v1+json")] {
            let config = archive.blob(kind, #"{"config":{"Labels":{"for":""# + label + #""}}}"#)
            manifests.append(
                archive.blob("oci.image.manifest.v1+json", "{\"schemaVersion\":2,\"config\":\(config),\"layers\":[]}"))
        }
        let empty = archive.blob("oci.empty.v1+json", "{}")
        let attestation = archive.blob(
            "oci.image.manifest.v1+json",
            "{\"schemaVersion\":2,\"artifactType\":\"x\",\"config\":\(empty),\"layers\":[],\"subject\":\(manifests[0])}")
        let list = archive.blob(
            "oci.image.index.v1+json",
            "{\"schemaVersion\":2,\"manifests\":[\((manifests + [attestation]).joined(separator: ","))]}",
            more: #","annotations":{"org.opencontainers.image.ref.name":"x.example/a:1"}"#)
        archive.add("index.json", "{\"schemaVersion\":2,\"manifests\":[\(list)]}")
        let found = try images(archive)
        #expect(found.tags == ["x.example/a:1"])
        #expect(found.labels == [["for": "amd64"], ["for": "arm64"]])
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let rule: String?
        fileprivate let archive: ImageArchive

        fileprivate init(_ description: String, _ archive: ImageArchive, _ rule: String? = nil) {
            testDescription = description
            self.archive = archive
            self.rule = rule
        }

        /// An archive with one image of this entry in `manifest.json`.
        init(_ description: String, manifest: String, _ rule: String? = nil, links: [String] = []) {
            self.init(
                description,
                ImageArchive(
                    ["manifest.json": manifest, "c.json": LoadedImagesTests.config, "sub/c.json": "{}"],
                    files: ["l.tar", "text.json"], links: links), rule)
        }

        /// An archive with one image of this configuration.
        init(_ description: String, config: String, _ rule: String? = nil) {
            self.init(
                description, ImageArchive(["manifest.json": #"[{"Config":"c.json"}]"#, "c.json": config]), rule)
        }
    }

    static let manifests = [
        Row("an image", manifest: #"[{"Config":"c.json","RepoTags":["a:1"],"Layers":["l.tar"],"Parent":"sha256:x"}]"#),
        Row("nulls", manifest: #"[{"Config":"c.json","RepoTags":null,"Layers":null,"LayerSources":null}]"#),
        Row("no image", manifest: "[]"),
        Row("nothing at all", ImageArchive(), "image.missing"),
        Row("files that are no image", ImageArchive(files: ["a", "a/b"]), "image.missing"),
        Row("null", manifest: "null", "image.missing"),
        Row("an object", manifest: "{}", "image.json"),
        Row("a string in the list", manifest: #"["a"]"#, "image.json"),
        Row("two values", manifest: "[] []", "image.json"),
        Row("a name twice", manifest: #"[{"Config":"c.json","Config":"c.json"}]"#, "image.json"),
        Row("another spelling", manifest: #"[{"Config":"c.json","repotags":["a:1"]}]"#, "image.field"),
        Row("another spelling beside", manifest: #"[{"Config":"c.json","RepoTags":[],"Repotags":["a:1"]}]"#, "image.field"),
        Row("a long s", manifest: "[{\"Config\":\"c.json\",\"RepoTag\u{17F}\":[\"a:1\"]}]", "image.field"),
        Row("an escaped name is the name", manifest: #"[{"Config":"c.json","\u0052epoTags":["a:1"]}]"#),
        Row("an unknown field", manifest: #"[{"Config":"c.json","Annotations":{}}]"#, "image.field"),
        Row("no configuration", manifest: #"[{"RepoTags":["a:1"]}]"#, "image.missing"),
        Row("a configuration that is missing", manifest: #"[{"Config":"d.json"}]"#, "image.missing"),
        Row("a configuration in a folder", manifest: #"[{"Config":"sub/c.json"}]"#),
        Row("a configuration that is no document", manifest: #"[{"Config":"text.json"}]"#, "image.missing"),
        Row("another path to it", manifest: #"[{"Config":"./c.json"}]"#, "image.name"),
        Row("a path that climbs to it", manifest: #"[{"Config":"sub/../c.json"}]"#, "image.name"),
        Row("a path from the root", manifest: #"[{"Config":"/c.json"}]"#, "image.name"),
        Row("a link as configuration", manifest: #"[{"Config":"link.json"}]"#, "image.link", links: ["link.json"]),
        Row("a link as layer", manifest: #"[{"Config":"c.json","Layers":["l"]}]"#, links: ["l"]),
        Row("a layer that is missing", manifest: #"[{"Config":"c.json","Layers":["m.tar"]}]"#, "image.missing"),
        Row("another path to a layer", manifest: #"[{"Config":"c.json","Layers":["./l.tar"]}]"#, "image.missing"),
        Row("a number as tag", manifest: #"[{"Config":"c.json","RepoTags":[1]}]"#, "image.json"),
        Row("a tag that is no list", manifest: #"[{"Config":"c.json","RepoTags":"a:1"}]"#, "image.json"),
        Row("an empty tag", manifest: #"[{"Config":"c.json","RepoTags":[""]}]"#, "image.name"),
        Row("a tag beyond ASCII", manifest: #"[{"Config":"c.json","RepoTags":["a:\u00e9"]}]"#, "image.name"),
        Row(
            "a layer from elsewhere",
            manifest: #"[{"Config":"c.json","LayerSources":{"x":{"digest":"sha256:"#
                + String(repeating: "0", count: 64) + #"","urls":["http://a"]}}}]"#, "image.source"),
        Row(
            "a layer from here",
            manifest: #"[{"Config":"c.json","LayerSources":{"x":{"digest":"sha256:"#
                + String(repeating: "0", count: 64) + #"","urls":[]}}}]"#),
        Row("a link in the manifest's place", ImageArchive(links: ["manifest.json"]), "image.link"),
    ]

    static let configurations = [
        Row("nothing", config: "{}"),
        Row("a list", config: "[]", "image.json"),
        Row("a list as config", config: #"{"config":[]}"#, "image.json"),
        Row("null as config", config: #"{"config":null}"#),
        Row("another spelling of config", config: #"{"Config":{"Labels":{"quaymaster.tenant":"x"}}}"#, "image.field"),
        Row("both spellings", config: #"{"config":{},"CONFIG":{}}"#, "image.field"),
        Row("another field", config: #"{"configs":{}}"#),
        Row("another spelling of Labels", config: #"{"config":{"labels":{}}}"#, "image.field"),
        Row("a long s in Labels", config: "{\"config\":{\"Label\u{17F}\":{}}}", "image.field"),
        Row("another spelling of OnBuild", config: #"{"config":{"ONBUILD":[]}}"#, "image.field"),
        Row("labels that are a list", config: #"{"config":{"Labels":[]}}"#, "image.json"),
        Row("a label that is a number", config: #"{"config":{"Labels":{"a":1}}}"#, "image.json"),
        Row("a label that is null", config: #"{"config":{"Labels":{"a":null}}}"#),
        Row("a label twice", config: #"{"config":{"Labels":{"a":"1","\u0061":"2"}}}"#, "image.json"),
        Row("triggers that are a string", config: #"{"config":{"OnBuild":"RUN x"}}"#, "image.json"),
        Row("a trigger that is a number", config: #"{"config":{"OnBuild":[1]}}"#, "image.json"),
        Row("what follows", config: "{} {}", "image.json"),
        Row("labels of the last step, spelled otherwise", config: #"{"container_config":{"LABELS":{}}}"#, "image.field"),
    ]

    static let legacy = [
        Row("an image", ImageArchive(["repositories": #"{"a":{"1":"x"}}"#, "x/json": "{}"])),
        Row("an image without a name", ImageArchive(["x/json": "{}"])),
        Row("an image that is missing", ImageArchive(["repositories": #"{"a":{"1":"y"}}"#, "x/json": "{}"]), "image.missing"),
        Row("an image by a path", ImageArchive(["repositories": #"{"a":{"1":"../x"}}"#, "x/json": "{}"]), "image.name"),
        Row("a description that is no document", ImageArchive(files: ["x/json"]), "image.missing"),
        Row("a description that is a link", ImageArchive(links: ["x/json"]), "image.link"),
        Row("a parent that is missing", ImageArchive(["x/json": #"{"parent":"y"}"#]), "image.missing"),
        Row("a parent", ImageArchive(["x/json": #"{"parent":"y"}"#, "y/json": "{}"])),
        Row("a parent by a path", ImageArchive(["x/json": #"{"parent":"y/z"}"#, "y/z/json": "{}"]), "image.name"),
        Row("another spelling of parent", ImageArchive(["x/json": #"{"Parent":"y"}"#, "y/json": "{}"]), "image.field"),
        Row("names that are a list", ImageArchive(["repositories": "[]", "x/json": "{}"]), "image.json"),
        Row("a name without tags", ImageArchive(["repositories": #"{"a":"x"}"#, "x/json": "{}"]), "image.json"),
        Row("a name that is a link", ImageArchive(["x/json": "{}"], links: ["repositories"]), "image.link"),
        Row("a name beyond ASCII", ImageArchive(["repositories": "{\"\u{E9}\":{\"1\":\"x\"}}", "x/json": "{}"]), "image.name"),
        Row("bad names beside a manifest", ImageArchive(["manifest.json": "[]", "repositories": "[]"]), "image.json"),
        Row("other files beside a manifest", ImageArchive(["manifest.json": "[]"], files: ["x/json"])),
    ]

    @Test(arguments: manifests + configurations + legacy)
    func refusesOrReads(row: Row) {
        #expect(row.archive.rule == row.rule, "\(row.archive.images)")
    }

    /// One image of a layout, with one thing changed.
    private static func layout(
        _ description: String, _ rule: String? = nil, version: String = "1.0.0",
        index: String = #"{"schemaVersion":2,"manifests":[MANIFEST]}"#,
        manifest: String = #"{"schemaVersion":2,"config":CONFIG,"layers":[LAYER]}"#,
        kind: String = "oci.image.manifest.v1+json", configKind: String = "oci.image.config.v1+json",
        layerKind: String = "oci.image.layer.v1.tar+gzip", more: String = "",
        change: (inout ImageArchive) -> Void = { _ in }
    ) -> Row {
        var archive = ImageArchive(["oci-layout": "{\"imageLayoutVersion\":\"\(version)\"}"])
        let config = archive.blob(configKind, config)
        let layer = archive.blob(layerKind, "layer")
        let manifest = archive.blob(
            kind, manifest.replacing("CONFIG", with: config).replacing("LAYER", with: layer), more: more)
        archive.add("index.json", index.replacing("MANIFEST", with: manifest))
        change(&archive)
        return Row(description, archive, rule)
    }

    private static let configName = "blobs/sha256/" + ImageArchive.digest(Array(config.utf8))
    private static let layerName = "blobs/sha256/" + ImageArchive.digest(Array("layer".utf8))

    static let layouts = [
        layout("an image"),
        layout("Docker's kinds", kind: "docker.distribution.manifest.v2+json", configKind: "docker.container.image.v1+json"),
        layout("another version", "image.kind", version: "1.1.0"),
        layout("no version file") { $0.files.remove("oci-layout") },
        layout("no index", "image.missing") {
            $0.files.remove("index.json")
            $0.documents["index.json"] = nil
        },
        layout("the index is a link", "image.link") { $0.links.insert("index.json") },
        layout("an index without images", index: #"{"schemaVersion":2,"manifests":null}"#),
        layout("an index of schema 1", "image.kind", index: #"{"schemaVersion":1,"manifests":[MANIFEST]}"#),
        layout("an index of another kind", "image.kind", index: #"{"schemaVersion":2,"mediaType":"x","manifests":[MANIFEST]}"#),
        layout("an index with layers", "image.field", index: #"{"schemaVersion":2,"manifests":[MANIFEST],"layers":[]}"#),
        layout("another spelling", "image.field", index: #"{"schemaVersion":2,"Manifests":[MANIFEST]}"#),
        layout("a manifest of schema 1", "image.kind", kind: "docker.distribution.manifest.v1+json"),
        layout("a manifest that says it is another", "image.kind", manifest: #"{"schemaVersion":2,"mediaType":"x","config":CONFIG}"#),
        layout("a manifest with manifests", "image.field", manifest: #"{"schemaVersion":2,"config":CONFIG,"manifests":[]}"#),
        layout("an index where a manifest was said", "image.field", manifest: #"{"schemaVersion":2,"manifests":[]}"#),
        layout("a manifest as an index", "image.field", kind: "oci.image.index.v1+json"),
        layout("no configuration", "image.missing", manifest: #"{"schemaVersion":2,"layers":[LAYER]}"#),
        layout("a configuration of another kind", "image.kind", configKind: "cncf.helm.config.v1+json"),
        layout("a manifest as a layer", "image.kind", layerKind: "oci.image.manifest.v1+json"),
        layout("a configuration that is missing", "image.missing") {
            $0.files.remove(configName)
            $0.documents[configName] = nil
        },
        layout("a configuration with another content", "image.digest") { $0.add(configName, "{}") },
        layout("a configuration that is a link", "image.link") {
            $0.documents[configName] = nil
            $0.links.insert(configName)
        },
        layout("a layer that is missing", "image.missing") { $0.files.remove(layerName) },
        layout(
            "a subject that is missing", "image.missing",
            manifest:
                #"{"schemaVersion":2,"config":CONFIG,"subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:"#
                + String(repeating: "0", count: 64) + #""}}"#),
        layout("a blob from elsewhere", "image.source", more: #","urls":["http://a"]"#),
        layout("a descriptor with an unknown field", "image.field", more: #","mirrors":[]"#),
        layout("a descriptor's field spelled otherwise", "image.field", more: #","Annotations":{"io.containerd.image.name":"a:1"}"#),
        layout("a name beyond ASCII", "image.name", more: #","annotations":{"io.containerd.image.name":"\u00e9"}"#),
        layout(
            "a digest of another kind", "image.digest",
            index: #"{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha512:00"}]}"#),
        layout(
            "a digest that climbs", "image.digest",
            index: #"{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:"#
                + String(repeating: "../", count: 21) + #"x"}]}"#),
    ]

    @Test(arguments: layouts)
    func refusesOrReadsLayouts(row: Row) {
        #expect(row.archive.rule == row.rule, "\(row.archive.images)")
    }

    /// A blob that the archive has under another name only is not what the engine would find.
    @Test func aManifestThatIsNotThereIsRefused() {
        var archive = Self.modern()
        let digest = String(repeating: "0", count: 64)
        archive.add(
            "index.json",
            "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"sha256:\(digest)\"}]}"
        )
        #expect(archive.rule == "image.missing")
        // A decoy under its name does not help.
        archive.add("blobs/sha256/\(digest)", #"{"schemaVersion":2}"#)
        #expect(archive.rule == "image.digest")
    }

    @Test func namesComeFromBothAnnotations() throws {
        let name = "io.containerd.image.name"
        let tag = "org.opencontainers.image.ref.name"
        let web = "docker.io/library/a:1"
        for (annotations, tags) in [
            ("", []), ("\"\(name)\":\"\",\"\(tag)\":\"\"", []),
            ("\"\(name)\":\"\(web)\"", [web]), ("\"\(tag)\":\"\(web)\"", [web]),
            ("\"\(name)\":\"\(web)\",\"\(tag)\":\"1\"", [web]),
            ("\"\(name)\":\"\(web)\",\"\(tag)\":\"\(web)\"", [web]),
            ("\"\(name)\":\"\(web)\",\"\(tag)\":\"b:1\"", [web, "b:1"]),
            ("\"\(name)\":\"\(web)1\",\"\(tag)\":\"1\"", [web + "1", "1"]),
            // Kept letter by letter, and never found again.
            ("\"\(name)\":\"a:1\"", nil), ("\"\(tag)\":\"1\"", nil),
            ("\"\(name)\":\"docker.io/a:1\",\"\(tag)\":\"1\"", nil),
            ("\"\(name)\":\"docker.io/library/a\"", nil), ("\"\(tag)\":\"latest\"", nil),
        ] as [(String, [String]?)] {
            let row = Self.layout(annotations, more: ",\"annotations\":{\(annotations)}")
            guard let tags else {
                #expect(row.archive.rule == "image.name", "\(annotations)")
                continue
            }
            #expect(try row.archive.images.get().tags == tags, "\(annotations)")
        }
    }

    /// Lists that name one thing very often, and indexes in indexes, cost no more than their length.
    @Test func repetitionIsCheap() throws {
        let entry = #"{"Config":"c.json","RepoTags":["a:1"]}"#
        let many = [String](repeating: entry, count: 5_000).joined(separator: ",")
        let big = "{\"config\":{\"Labels\":{\"a\":\"\(String(repeating: "x", count: 100_000))\"}}}"
        let found = try images(ImageArchive(["manifest.json": "[\(many)]", "c.json": big]))
        #expect(found.tags == ["a:1"])
        #expect(found.labels.count == 1)

        var archive = ImageArchive()
        var inner = archive.blob("oci.image.index.v1+json", #"{"schemaVersion":2,"manifests":[]}"#)
        for _ in 0..<3 {
            let twice = "\(inner),\(inner)"
            inner = archive.blob("oci.image.index.v1+json", "{\"schemaVersion\":2,\"manifests\":[\(twice)]}")
        }
        archive.add("index.json", "{\"schemaVersion\":2,\"manifests\":[\(inner)]}")
        #expect(archive.rule == nil)
        inner = archive.blob("oci.image.index.v1+json", "{\"schemaVersion\":2,\"manifests\":[\(inner)]}")
        archive.add("index.json", "{\"schemaVersion\":2,\"manifests\":[\(inner)]}")
        #expect(archive.rule == "image.kind")
    }

    @Test func refusalsSayWhatToDo() {
        let archive = ImageArchive(["manifest.json": #"[{"Config":"c.json"}]"#])
        guard case .failure(let refusal) = archive.images else { return }
        #expect(
            refusal.sentence
                == "the image archive's \"c.json\" is missing, and \"manifest.json[0]\" refers to it; "
                + "docker save --platform leaves out what is not there; rule image.missing")
    }
}
