import Acts
import JSON

/// The images that a tenant sees: its own, and those that no tenant has made.
package enum ImageListView {
    /// Narrows an answer of `GET /images/json`.
    ///
    /// - Parameters:
    ///   - body: The engine's answer.
    ///   - tenant: Whose images are shown.
    ///   - owner: The tenant that made an image's name, in canonical spelling; nil when none has.
    /// - Returns: The narrowed answer, or nil when the engine's is not what it should be.
    package static func narrow(
        _ body: [UInt8], to tenant: String, owner: (String) -> String?
    ) -> [UInt8]? {
        let value: JSONValue
        do {
            value = try JSONReader.value(of: body)
        } catch {
            return nil
        }
        guard case .array(let items) = value else { return nil }
        return JSONWriter.bytes(
            .array(items.compactMap { item in item.object.flatMap { narrow($0, tenant, owner) } }))
    }

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

    private static func narrow(
        _ item: JSONObject, _ tenant: String, _ owner: (String) -> String?
    ) -> JSONValue? {
        let labelled = StampedLabel.tenant(in: item["Labels"])
        let names = (item["RepoTags"]?.array ?? []).compactMap(\.string)
        let visible = names.filter { name in
            guard let reference = ImageReference(name) else { return labelled == tenant }
            return (owner(reference.canonical) ?? labelled ?? tenant) == tenant
        }
        let isDangling = names.allSatisfy { $0 == "<none>:<none>" }
        guard isDangling ? labelled == tenant : !visible.isEmpty else { return nil }
        var item = item
        if visible.count < names.count {
            item["RepoTags"] = .array(visible.map { .string($0) })
            let repositories = Set(visible.map(repository))
            let digests = (item["RepoDigests"]?.array ?? []).filter {
                repositories.contains(repository($0.string ?? ""))
            }
            item["RepoDigests"] = .array(digests)
        }
        return .object(item)
    }

    private static func repository(_ name: String) -> String {
        ImageReference(name).map { "\($0.host)/\($0.path)" } ?? name
    }
}
