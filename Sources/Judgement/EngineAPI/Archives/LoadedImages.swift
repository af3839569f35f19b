/// What an archive of images would bring into an engine: names, labels and orders.
///
/// Engines differ in what they read: graph drivers take `manifest.json`, and without it the older
/// `repositories` and `ID/json`; the containerd store takes `index.json` where `oci-layout` stands.
/// Whatever any of them could read is judged here, so all of it must be whole.
package struct LoadedImages: Hashable, Sendable {
    /// The names that images would get, each once, as the archive spells them: printable ASCII.
    package fileprivate(set) var tags: [String] = []
    /// The labels of every image that has some.
    package fileprivate(set) var labels: [[String: String]] = []
    /// The ONBUILD instructions of all images.
    package fileprivate(set) var triggers: [String] = []
    /// True when an image says which image it was built from. Engines believe it, and let builds from
    /// that image take this one's layers from their cache.
    package fileprivate(set) var haveParents = false

    /// Judges an archive whose entries have been judged.
    ///
    /// - Parameters:
    ///   - documents: The content of every regular file that could be JSON, by name.
    ///   - files: The names of all regular files.
    ///   - links: The names of all links; a document must not be one.
    ///   - sha256: The digest of bytes, as 64 lower-case hexadecimal digits. The containerd store
    ///     keeps files by their digest whatever they are named, so names must tell the truth.
    /// - Throws: `ImageRefusal` when a document is missing or malformed, or says something unknown.
    package init(
        documents: [String: [UInt8]], files: Set<String>, links: Set<String>,
        sha256: @escaping (_ bytes: [UInt8]) -> String
    ) throws(ImageRefusal) {
        let documents = ImageDocuments(documents: documents, files: files, links: links)
        var reader = ImageReader(documents, sha256)
        let isDocker = documents.holds("manifest.json")
        let isOCI = documents.holds("index.json") || documents.holds("oci-layout")
        if isDocker { try reader.readDockerManifest() }
        let isLegacy = try reader.readLegacy(counts: !isDocker)
        if isOCI { try reader.readLayout() }
        guard isDocker || isLegacy || isOCI else {
            throw ImageRefusal(
                "image.missing", "", "holds no image; docker save writes archives that do")
        }
        self = reader.found
    }

    fileprivate init() {}
}

/// Reads an archive of images, every document once: a list may name one a hundred thousand times.
struct ImageReader {
    let documents: ImageDocuments
    /// What was found.
    fileprivate(set) var found = LoadedImages()

    private let sha256: (_ bytes: [UInt8]) -> String
    private var tags = Set<String>()
    private var configurations = Set<String>()
    private var verified = Set<String>()
    private var references = Set<String>()

    init(_ documents: ImageDocuments, _ sha256: @escaping (_ bytes: [UInt8]) -> String) {
        self.documents = documents
        self.sha256 = sha256
    }

    /// Notes a name.
    ///
    /// - Throws: `image.name` when it is empty or no plain text.
    mutating func add(tag: String, from place: String) throws(ImageRefusal) {
        guard !tag.isEmpty, tag.utf8.count <= 1024, PlainText.isPlain(tag) else {
            throw ImageRefusal(
                "image.name", place, "gives an image a name that is empty or no printable ASCII")
        }
        if tags.insert(tag).inserted { found.tags.append(tag) }
    }

    /// Reads an image's configuration.
    ///
    /// - Throws: `ImageRefusal` for labels or triggers that are something else than they must be.
    mutating func add(configuration name: String, from place: String) throws(ImageRefusal) {
        guard configurations.insert(name).inserted else { return }
        let image = try DocumentObject(
            try documents.value(name, from: place), at: name,
            fields: ["config", "container_config"], isClosed: false)
        // The second one is what the last step of a build ran with; older engines show it.
        for field in ["config", "container_config"] {
            guard let value = image.value(field) else { continue }
            let config = try DocumentObject(
                value, at: "\(name).\(field)", fields: ["Labels", "OnBuild"], isClosed: false)
            let labels = try config.texts("Labels")
            if !labels.isEmpty { found.labels.append(labels) }
            found.triggers += try config.list("OnBuild")
        }
    }

    /// Notes that an image names its parent.
    mutating func noteParent() { found.haveParents = true }

    /// True the first time that something is referred to as a kind.
    mutating func isFirst(_ descriptor: Descriptor) -> Bool {
        references.insert(descriptor.mediaType + " " + descriptor.path).inserted
    }

    /// Checks that a document's content is what its name says.
    ///
    /// - Throws: `image.digest`; `image.missing` or `image.link` when there is none.
    mutating func verify(_ descriptor: Descriptor) throws(ImageRefusal) {
        guard !verified.contains(descriptor.path) else { return }
        let bytes = try documents.bytes(descriptor.path, from: descriptor.place)
        guard sha256(bytes).utf8.elementsEqual(descriptor.hexadecimal.utf8) else {
            throw ImageRefusal(
                "image.digest", descriptor.path, "has another content than its name says")
        }
        verified.insert(descriptor.path)
    }
}

/// Why an archive of images was refused.
package struct ImageRefusal: Error, Hashable, Sendable {
    /// The rule's id.
    package let rule: String
    /// The document and field that it is about, in printable ASCII; "" for the archive.
    package let place: String
    /// What is wrong, completing "the image archive's document …".
    package let problem: String

    init(_ rule: String, _ place: String, _ problem: String) {
        self.rule = rule
        self.place = place
        self.problem = problem
    }

    /// One sentence for the client.
    package var sentence: String {
        let subject = place.isEmpty ? "the image archive" : "the image archive's \"\(place)\""
        return "\(subject) \(problem); rule \(rule)"
    }
}
