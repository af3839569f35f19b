import Acts
import JSON

/// The images that a tenant sees: its own, and those that no tenant has made.
package enum ImageListView {
    /// The names that an image lost, in canonical spelling, from an answer of `DELETE /images/{name}`.
    package static func untagged(_ body: [UInt8]) -> [String] {
        let value: JSONValue
        do {
            value = try JSONReader.value(of: body)
        } catch {
            return []
        }
        return (value.array ?? []).compactMap { item in
            item["Untagged"]?.string.flatMap { ImageReference($0)?.canonical }
        }
    }

    /// An answer of `GET /images/{name}/json` or of its history, with the names that a tenant may see.
    ///
    /// - Parameters:
    ///   - body: The engine's answer.
    ///   - tenant: Who looks.
    ///   - owner: The tenant that made an image's name, in canonical spelling; nil when none has.
    /// - Returns: The answer, or nil when the engine's is not what it should be.
    package static func naming(
        _ body: [UInt8], for tenant: String, owner: (String) -> String?
    ) -> [UInt8]? {
        let value: JSONValue
        do {
            value = try JSONReader.value(of: body, depthLimit: 64)
        } catch {
            return nil
        }
        switch value {
        case .object(let image):
            let labels = image["Config"]?["Labels"]
            return JSONWriter.bytes(
                .object(withoutOthers(naming(image, labels, tenant, owner).item)))
        case .array(let layers):
            let shown = layers.map { layer -> JSONValue in
                guard var object = layer.object, let tags = object["Tags"]?.array else {
                    return layer
                }
                let visible = tags.filter { tag in
                    let name = ImageReference(tag.string ?? "")?.canonical
                    return (name.flatMap(owner) ?? tenant) == tenant
                }
                object["Tags"] = visible.isEmpty ? .null : .array(visible)
                return .object(object)
            }
            return JSONWriter.bytes(.array(shown))
        case .null, .bool, .number, .string: return nil
        }
    }

    /// One of a list of images as a tenant sees it; nil when it does not.
    static func narrow(
        _ item: JSONObject, _ tenant: String, _ owner: (String) -> String?
    ) -> JSONValue? {
        let (shown, names, visible) = naming(item, item["Labels"], tenant, owner)
        let isDangling = names.allSatisfy { $0 == "<none>:<none>" }
        let isOwn = StampedLabel.tenant(in: item["Labels"]) == tenant
        guard isDangling ? isOwn : !visible.isEmpty else { return nil }
        return .object(withoutOthers(shown))
    }

    /// What an image's own answer says of containers and names, which may be others'.
    private static func withoutOthers(_ item: JSONObject) -> JSONObject {
        var item = item
        // "Not counted", as engines say it themselves where nobody asks for it.
        if item["Containers"] != nil { item["Containers"] = .integer(-1) }
        if let descriptor = item["Descriptor"] {
            item["Descriptor"] = DescriptorView.unnamed(descriptor)
        }
        if let manifests = item["Manifests"]?.array {
            item["Manifests"] = .array(
                manifests.map { manifest in
                    guard var object = manifest.object else { return manifest }
                    object["Descriptor"] = object["Descriptor"].map(DescriptorView.unnamed)
                    if var data = object["ImageData"]?.object {
                        data["Containers"] = .array([])
                        object["ImageData"] = .object(data)
                    }
                    return .object(object)
                })
        }
        return item
    }

    /// An image with the names that a tenant may see, all its names, and those.
    private static func naming(
        _ item: JSONObject, _ labels: JSONValue?, _ tenant: String, _ owner: (String) -> String?
    ) -> (item: JSONObject, names: [String], visible: [String]) {
        let labelled = StampedLabel.tenant(in: labels)
        let names = (item["RepoTags"]?.array ?? []).compactMap(\.string)
        let visible = names.filter { name in
            guard let reference = ImageReference(name) else { return labelled == tenant }
            return (owner(reference.canonical) ?? labelled ?? tenant) == tenant
        }
        guard visible.count < names.count else { return (item, names, visible) }
        var item = item
        item["RepoTags"] = .array(visible.map { .string($0) })
        let repositories = Set(visible.map(repository))
        let digests = (item["RepoDigests"]?.array ?? []).filter {
            repositories.contains(repository($0.string ?? ""))
        }
        item["RepoDigests"] = .array(digests)
        return (item, names, visible)
    }

    private static func repository(_ name: String) -> String {
        ImageReference(name).map { "\($0.host)/\($0.path)" } ?? name
    }
}
