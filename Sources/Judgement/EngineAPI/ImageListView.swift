import Acts
import JSON

/// The images that a tenant sees: its own, and those that no tenant has made.
package enum ImageListView {
    /// An answer of `DELETE /images/{name}` as a tenant sees it: its own names, and what went with them.
    ///
    /// - Parameters:
    ///   - body: The engine's answer.
    ///   - tenant: Who has removed a name.
    ///   - names: What tenants call images.
    ///   - imageTelling: How the anchor is told.
    /// - Returns: The answer, or nil when the engine's is not what it should be.
    package static func untagged(
        _ body: [UInt8], for tenant: String, _ names: ImageNames, _ imageTelling: ImageTelling
    ) -> [UInt8]? {
        guard let items = read(body)?.array else { return nil }
        var told: [JSONValue] = []
        for item in items {
            guard let said = item["Untagged"]?.string else {
                told.append(item)
                continue
            }
            let name = imageTelling.tell(said)
            let isOwn = name != said && ImageReference(name) != nil
            if isOwn { told.append(.object(JSONObject([("Untagged", .string(name))]))) }
        }
        return JSONWriter.bytes(.array(told)) + [0x0A]
    }

    /// An answer of `GET /images/{name}/json` or of its history, with the names that a tenant may see.
    ///
    /// - Parameters:
    ///   - body: The engine's answer.
    ///   - tenant: Who looks.
    ///   - names: What tenants call images.
    /// - Returns: The answer, or nil when the engine's is not what it should be.
    package static func naming(
        _ body: [UInt8], for tenant: String, _ names: ImageNames
    ) -> [UInt8]? {
        switch read(body) {
        case .object(let image)?:
            let (shown, digests) = visible(image, tenant, names)
            return JSONWriter.bytes(.object(withoutOthers(named(image, shown, digests))))
        case .array(let layers)?:
            let shown = layers.map { layer -> JSONValue in
                guard var object = layer.object, let tags = object["Tags"]?.array else {
                    return layer
                }
                let own = names.own(tenant, object["Id"]?.string ?? "")?.references ?? []
                let visible =
                    own.compactMap { ImageReference($0)?.familiar }
                    + tags.compactMap(\.string).filter(names.isShared)
                object["Tags"] = visible.isEmpty ? .null : .array(once(visible))
                return .object(object)
            }
            return JSONWriter.bytes(.array(shown))
        case .null?, .bool?, .number?, .string?, nil: return nil
        }
    }

    private static func read(_ body: [UInt8]) -> JSONValue? {
        do {
            return try JSONReader.answer(body)
        } catch {
            return nil
        }
    }

    /// One of a list of images as a tenant sees it; nil when it does not.
    static func narrow(
        _ item: JSONObject, _ tenant: String, _ names: ImageNames, _ filter: ImageFilter
    ) -> JSONValue? {
        let id = item["Id"]?.string ?? ""
        let (visible, digests) = visible(item, tenant, names)
        if visible.isEmpty {
            // What a build has left without any name says by its label whose it is.
            let isNameless = (item["RepoTags"]?.array ?? []).allSatisfy {
                $0.string == "<none>:<none>"
            }
            let isBuilt = isNameless && StampedLabel.tenant(in: item["Labels"]) == tenant
            guard names.own(tenant, id) != nil || names.isUsed(tenant, id) || isBuilt else {
                return nil
            }
        }
        guard let shown = filter.shown(visible) else { return nil }
        var named = named(item, shown, digests)
        // As engines of former times say it, where this one does.
        let isOld = (item["RepoTags"]?.array ?? []).contains { $0.string == "<none>:<none>" }
        if visible.isEmpty, isOld { named["RepoTags"] = item["RepoTags"] }
        return .object(withoutOthers(named))
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

    /// What a tenant calls an image, and where from: its own names and those that are everybody's.
    private static func visible(
        _ item: JSONObject, _ tenant: String, _ names: ImageNames
    ) -> (names: [String], digests: [String]) {
        let own = names.own(tenant, item["Id"]?.string ?? "")
        // Whoever reaches the engine itself may say by the label whose an image is, named or not.
        let label = StampedLabel.tenant(in: item["Config"]?["Labels"] ?? item["Labels"])
        let isOthers = label.map { $0 != tenant } ?? false
        let said = (item["RepoTags"]?.array ?? []).compactMap(\.string)
        let shared = isOthers ? [] : said.filter(names.isShared)
        let repositories = Set(shared.map(repository))
        let digests = (item["RepoDigests"]?.array ?? []).compactMap(\.string).filter {
            repositories.contains(repository($0))
        }
        return (
            (own?.references ?? []).compactMap { ImageReference($0)?.familiar } + shared,
            (own?.digests ?? []).compactMap { ImageReference($0)?.familiar } + digests
        )
    }

    private static func named(
        _ item: JSONObject, _ names: [String], _ digests: [String]
    ) -> JSONObject {
        var item = item
        // What an engine leaves out stays out, and what it says of no names.
        if item["RepoTags"]?.array != nil || !names.isEmpty {
            item["RepoTags"] = .array(once(names))
        }
        if item["RepoDigests"]?.array != nil || !digests.isEmpty {
            item["RepoDigests"] = .array(once(digests))
        }
        return item
    }

    /// A tenant may call an image what everybody calls it.
    private static func once(_ names: [String]) -> [JSONValue] {
        var seen = Set<String>()
        return names.filter { seen.insert($0).inserted }.map { .string($0) }
    }

    private static func repository(_ name: String) -> String {
        ImageReference(name).map { "\($0.host)/\($0.path)" } ?? name
    }
}
