import Acts
import JSON

/// The documents of an archive of images that name them, written with anchors in the place of names.
///
/// Every image gets one, so that a tenant's row can keep it; a name that stands in several documents
/// gets one anchor.
struct RenamedImages: Sendable {
    private static let manifest = "manifest.json"
    private static let repositories = "repositories"
    private static let index = "index.json"

    /// The documents that name images.
    static let documents = [manifest, repositories, index]

    private let documents: [String: [UInt8]]

    /// Takes what an archive holds that has been judged.
    init(_ documents: [String: [UInt8]]) {
        self.documents = documents.filter { Self.documents.contains($0.key) }
    }

    /// The documents as they are sent.
    ///
    /// - Parameter anchor: Makes an anchor.
    /// - Returns: The documents and what images are called, or nil when a document is not what it should
    ///   be.
    func written(
        _ anchor: @escaping () -> ImageAnchor?
    ) -> (files: [(name: String, content: [UInt8])], namings: [ImageNaming])? {
        var namer = Namer(anchor: anchor)
        var files: [(name: String, content: [UInt8])] = []
        for name in Self.documents {
            guard let content = documents[name] else { continue }
            // Engines that read the first one read no other of Docker's.
            if name == Self.repositories, documents[Self.manifest] != nil { continue }
            guard let value = Self.read(content),
                let written = Self.renamed(name, value, &namer)
            else { return nil }
            files.append((name, JSONWriter.bytes(written)))
        }
        return namer.hasFailed ? nil : (files, namer.namings)
    }

    private static func read(_ content: [UInt8]) -> JSONValue? {
        do {
            return try JSONReader.value(of: content)
        } catch {
            return nil
        }
    }

    private static func renamed(
        _ document: String, _ value: JSONValue, _ namer: inout Namer
    ) -> JSONValue? {
        switch document {
        case manifest: images(value, &namer)
        case repositories: repositories(value, &namer)
        default: layout(value, &namer)
        }
    }

    private static func images(_ value: JSONValue, _ namer: inout Namer) -> JSONValue? {
        guard let images = value.array else { return nil }
        var written: [JSONValue] = []
        for image in images {
            guard var object = image.object else { return nil }
            let tags = (object["RepoTags"]?.array ?? []).compactMap(\.string)
            let names = tags.isEmpty ? [""] : tags
            object["RepoTags"] = .array(names.map { .string(namer.anchor(of: $0)) })
            written.append(.object(object))
        }
        return .array(written)
    }

    private static func repositories(_ value: JSONValue, _ namer: inout Namer) -> JSONValue? {
        guard let repositories = value.object else { return nil }
        var written = JSONObject()
        for repository in repositories.members {
            for tag in repository.value.object?.members ?? [] {
                guard let anchor = namer.made(for: "\(repository.name):\(tag.name)") else {
                    return nil
                }
                written[anchor.repository] = .object(JSONObject([(anchor.tenant, tag.value)]))
            }
        }
        return .object(written)
    }

    private static func layout(_ value: JSONValue, _ namer: inout Namer) -> JSONValue? {
        guard var index = value.object else { return nil }
        var written: [JSONValue] = []
        for manifest in index["manifests"]?.array ?? [] {
            guard var object = manifest.object else { return nil }
            var annotations = object["annotations"]?.object ?? JSONObject()
            let name = annotations[DescriptorView.name]?.string ?? ""
            let tag = annotations[DescriptorView.tag]?.string ?? ""
            annotations[DescriptorView.name] = .string(namer.anchor(of: name.isEmpty ? tag : name))
            annotations[DescriptorView.tag] = nil
            object["annotations"] = .object(annotations)
            written.append(.object(object))
        }
        index["manifests"] = .array(written)
        return .object(index)
    }

    /// Gives each name one anchor.
    private struct Namer {
        let anchor: () -> ImageAnchor?
        var namings: [ImageNaming] = []
        var hasFailed = false
        private var known: [String: ImageAnchor] = [:]

        init(anchor: @escaping () -> ImageAnchor?) {
            self.anchor = anchor
        }

        mutating func anchor(of text: String) -> String {
            made(for: text)?.name ?? ""
        }

        mutating func made(for text: String) -> ImageAnchor? {
            let name = ImageReference(text)?.canonical ?? ""
            if let known = known[name], !name.isEmpty { return known }
            guard let made = anchor() else {
                hasFailed = true
                return nil
            }
            if !name.isEmpty { known[name] = made }
            namings.append(ImageNaming(made, as: name))
            return made
        }
    }
}
