package import Acts
package import JSON

/// An object as an engine shows it, as far as it matters for whose it is.
package struct Sighting: Hashable, Sendable {
    /// The kind.
    package let kind: ObjectKind
    /// The full id; a volume's is its name.
    package let id: String
    /// The text of its seal; "" when it carries none.
    package let seal: String
    /// When the engine made it, for volumes, whose names come again; "" for others.
    package let made: String
    /// The name on the engine, without the slash of containers'; "" when it is not said.
    package let name: String

    /// Says whose an object is: a tenant's, or nil for the administrators'.
    package typealias Owner = (Sighting) -> String?

    /// Makes a sighting.
    package init(
        _ kind: ObjectKind, _ id: String, seal: String = "", made: String = "", name: String = ""
    ) {
        self.kind = kind
        self.id = id
        self.seal = seal
        self.made = made
        self.name = name
    }

    /// Reads an entry of a list or an answer to inspect; nil when it has no id.
    ///
    /// - Parameters:
    ///   - kind: The kind; a task is told as its service.
    ///   - value: What the engine says.
    package init?(_ kind: ObjectKind, of value: JSONValue) {
        let id: String?
        var labels: JSONValue?
        var kind = kind
        switch kind {
        case .container:
            id = value["Id"]?.string
            labels = value["Config"]?["Labels"] ?? value["Labels"]
        case .network:
            id = value["Id"]?.string ?? value["ID"]?.string
            labels = value["Labels"]
        case .volume:
            id = value["Name"]?.string
            labels = value["Labels"]
        case .service, .secret, .config:
            id = value["ID"]?.string
            labels = value["Spec"]?["Labels"]
        case .task:
            kind = .service
            id = value["ServiceID"]?.string
        case .exec, .image, .node, .plugin, .engine: id = nil
        }
        guard let id, !id.isEmpty else { return nil }
        self.init(
            kind, id, seal: labels?[StampedLabel.seal]?.string ?? "",
            made: kind == .volume ? value["CreatedAt"]?.string ?? "" : "", name: Self.name(value))
    }

    private static func name(_ value: JSONValue) -> String {
        // Links stand among a container's names as `/other/alias`.
        let own = value["Names"]?.array?.first { $0.string?.dropFirst().contains("/") == false }
        let name = value["Name"]?.string ?? own?.string ?? value["Spec"]?["Name"]?.string ?? ""
        return name.hasPrefix("/") ? String(name.dropFirst()) : name
    }

    /// True for names that engines make up for volumes that nobody names.
    package var isAnonymousVolume: Bool {
        kind == .volume && Self.isAnonymousVolume(id)
    }

    /// True for names that engines make up for volumes that nobody names: 64 hexadecimal digits.
    package static func isAnonymousVolume(_ name: String) -> Bool {
        name.utf8.count == 64
            && name.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
    }
}
