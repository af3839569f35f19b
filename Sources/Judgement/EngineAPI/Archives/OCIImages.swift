import Acts
import JSON

extension ImageReader {
    private static let layoutVersion = "1.0.0"
    /// How deep an index may lie in another.
    private static let depthLimit = 4
    private static let nameAnnotation = "io.containerd.image.name"
    private static let tagAnnotation = "org.opencontainers.image.ref.name"

    /// Reads an OCI image layout: `oci-layout`, `index.json`, and the blobs that it refers to.
    ///
    /// - Throws: `ImageRefusal`.
    mutating func readLayout() throws(ImageRefusal) {
        if documents.holds("oci-layout") {
            let layout = try DocumentObject(
                try documents.value("oci-layout", from: "oci-layout"), at: "oci-layout",
                fields: ["imageLayoutVersion"])
            guard try layout.text("imageLayoutVersion") == Self.layoutVersion else {
                throw ImageRefusal(
                    "image.kind", "oci-layout", "has another version than \(Self.layoutVersion)")
            }
        }
        let name = "index.json"
        let index = try index(
            try documents.value(name, from: "oci-layout"), at: name, MediaType.index)
        for (number, value) in try index.values("manifests").enumerated() {
            let image = try Descriptor(value, at: "\(name).manifests[\(number)]")
            try addNames(image)
            try read(image, depth: 1)
        }
    }

    /// Notes an image's name: containerd takes the first annotation, and the second without it. That
    /// one may be the tag alone.
    private mutating func addNames(_ image: Descriptor) throws(ImageRefusal) {
        let name = image.annotations[Self.nameAnnotation] ?? ""
        let tag = image.annotations[Self.tagAnnotation] ?? ""
        // containerd keeps an image under this name letter by letter: in another spelling nobody
        // could ask for it again, nor remove it.
        let kept = name.isEmpty ? tag : name
        if !kept.isEmpty, ImageReference(kept)?.canonical.utf8.elementsEqual(kept.utf8) != true {
            throw ImageRefusal(
                "image.name", image.place,
                "names an image \(Name.shown(kept)), which is no whole name: the registry, the path "
                    + "and the tag, as in docker.io/library/web:1, are")
        }
        if !name.isEmpty { try add(tag: name, from: image.place) }
        guard !tag.isEmpty, !name.utf8.elementsEqual(tag.utf8) else { return }
        let suffix = Array(":\(tag)".utf8)
        if !name.utf8.suffix(suffix.count).elementsEqual(suffix) {
            try add(tag: tag, from: image.place)
        }
    }

    private func index(
        _ value: JSONValue, at place: String, _ mediaType: String
    ) throws(ImageRefusal) -> DocumentObject {
        let index = try DocumentObject(
            value, at: place,
            fields: [
                "schemaVersion", "mediaType", "artifactType", "manifests", "subject", "annotations",
            ])
        try check(index, mediaType)
        return index
    }

    /// Checks that a document says of itself what was said where it was referred to.
    private func check(_ document: DocumentObject, _ mediaType: String) throws(ImageRefusal) {
        guard document.value("schemaVersion")?.int64 == 2 else {
            throw ImageRefusal("image.kind", document.place, "has another schemaVersion than 2")
        }
        guard try document.text("mediaType") ?? mediaType == mediaType else {
            throw ImageRefusal(
                "image.kind", document.place, "is of another kind than was said of it")
        }
    }

    /// Reads what a descriptor of an index or a manifest refers to.
    private mutating func read(_ descriptor: Descriptor, depth: Int) throws(ImageRefusal) {
        guard depth <= Self.depthLimit else {
            throw ImageRefusal("image.kind", descriptor.place, "lies too deep in other indexes")
        }
        guard isFirst(descriptor) else { return }
        let name = descriptor.path
        try verify(descriptor)
        let value = try documents.value(name, from: descriptor.place)
        let document: DocumentObject
        var children: [(JSONValue, String)] = []
        switch descriptor.mediaType {
        case MediaType.index, MediaType.dockerList:
            document = try index(value, at: name, descriptor.mediaType)
            for (number, value) in try document.values("manifests").enumerated() {
                children.append((value, "\(name).manifests[\(number)]"))
            }
        case MediaType.manifest, MediaType.dockerManifest:
            document = try readManifest(value, descriptor)
        default:
            throw ImageRefusal(
                "image.kind", descriptor.place,
                "is neither an index nor a manifest of an image, but "
                    + Name.shown(descriptor.mediaType))
        }
        if let value = document.value("subject") { children.append((value, "\(name).subject")) }
        for (value, place) in children {
            try read(try Descriptor(value, at: place), depth: depth + 1)
        }
    }

    private mutating func readManifest(
        _ value: JSONValue, _ descriptor: Descriptor
    ) throws(ImageRefusal) -> DocumentObject {
        let name = descriptor.path
        let manifest = try DocumentObject(
            value, at: name,
            fields: [
                "schemaVersion", "mediaType", "artifactType", "config", "layers", "subject",
                "annotations",
            ])
        try check(manifest, descriptor.mediaType)
        guard let value = manifest.value("config") else {
            throw ImageRefusal("image.missing", name, "names no configuration")
        }
        let config = try Descriptor(value, at: "\(name).config")
        guard MediaType.configurations.contains(config.mediaType) else {
            throw ImageRefusal(
                "image.kind", config.place,
                "is no image's configuration, but \(Name.shown(config.mediaType))")
        }
        try verify(config)
        try add(configuration: config.path, from: name)
        for (number, value) in try manifest.values("layers").enumerated() {
            let layer = try Descriptor(value, at: "\(name).layers[\(number)]")
            guard !MediaType.all.contains(layer.mediaType) else {
                throw ImageRefusal("image.kind", layer.place, "is no layer")
            }
            // A layer that is absent here could be another tenant's, which the engine has.
            guard documents.files.contains(layer.path) else {
                throw ImageRefusal("image.missing", layer.place, "is not in the archive")
            }
        }
        return manifest
    }
}

/// The kinds of document that an image is made of.
private enum MediaType {
    static let index = "application/vnd.oci.image.index.v1+json"
    static let manifest = "application/vnd.oci.image.manifest.v1+json"
    static let dockerList = "application/vnd.docker.distribution.manifest.list.v2+json"
    static let dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
    /// The last one is what attestations have instead: `{}`.
    static let configurations: Set = [
        "application/vnd.oci.image.config.v1+json",
        "application/vnd.docker.container.image.v1+json",
        "application/vnd.oci.empty.v1+json",
    ]
    static let all = configurations.union([index, manifest, dockerList, dockerManifest])
}

/// A reference to a blob (OCI image specification, "Content Descriptors").
struct Descriptor {
    /// The blob's kind.
    let mediaType: String
    /// The digest's 64 digits.
    let hexadecimal: String
    /// Free remarks, names among them.
    let annotations: [String: String]
    /// Where the reference stands.
    let place: String

    /// The blob's name in a layout.
    var path: String { "blobs/sha256/\(hexadecimal)" }

    /// Reads a reference.
    ///
    /// - Throws: `ImageRefusal`; `image.source` when the blob could be fetched from elsewhere.
    init(_ value: JSONValue, at place: String) throws(ImageRefusal) {
        let object = try DocumentObject(
            value, at: place,
            fields: [
                "mediaType", "digest", "size", "urls", "annotations", "data", "platform",
                "artifactType",
            ])
        let digest = Array((try object.text("digest") ?? "").utf8)
        let prefix = Array("sha256:".utf8)
        guard digest.starts(with: prefix), digest.count == prefix.count + 64,
            digest.dropFirst(prefix.count).allSatisfy({ 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 })
        else {
            throw ImageRefusal("image.digest", place, "has no sha256 digest")
        }
        guard try object.values("urls").isEmpty else {
            throw ImageRefusal(
                "image.source", place, "is to be fetched from elsewhere; send it in the archive")
        }
        mediaType = try object.text("mediaType") ?? ""
        hexadecimal = String(decoding: digest.dropFirst(prefix.count), as: UTF8.self)
        annotations = try object.texts("annotations")
        self.place = place
    }
}
