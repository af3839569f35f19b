package import Acts
import JSON

/// What an engine answers to the making of an object that a tenant will own.
package struct MadeObject: Hashable, Sendable {
    /// The kind.
    package let kind: ObjectKind
    /// The full id; a volume's is its name.
    package let id: String
    /// The text of the seal that a volume turned out to carry: engines answer with a volume that
    /// exists as if it were new. Nil for kinds whose answer says no more than the id, which is new.
    package let seal: String?

    /// Reads an answer; nil when it is none.
    ///
    /// - Parameters:
    ///   - kind: What was to be made.
    ///   - body: The engine's answer.
    package init?(_ kind: ObjectKind, _ body: [UInt8]) {
        let value: JSONValue
        do {
            value = try JSONReader.answer(body)
        } catch {
            return nil
        }
        let id = kind == .volume ? value["Name"] : value["Id"] ?? value["ID"]
        guard let id = id?.string, !id.isEmpty else { return nil }
        self.kind = kind
        self.id = id
        seal = kind == .volume ? value["Labels"]?[StampedLabel.seal]?.string ?? "" : nil
    }
}

/// The volumes that came with a container.
package enum BroughtVolumes {
    /// Reads an answer of `GET /containers/{id}/json`: volumes of names that engines make up.
    package static func read(_ body: [UInt8]) -> [String] {
        let value: JSONValue
        do {
            value = try JSONReader.answer(body)
        } catch {
            return []
        }
        return (value["Mounts"]?.array ?? []).compactMap { mount in
            guard mount["Type"]?.string == "volume", let name = mount["Name"]?.string,
                Sighting.isAnonymousVolume(name)
            else { return nil }
            return name
        }
    }
}
