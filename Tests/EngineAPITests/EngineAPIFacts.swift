import Foundation
import Testing

/// The facts of the Engine API that all of the project's work starts from: every operation,
/// parameter, schema and field of API 1.25 to 1.55. They stand beside the repository, in CI too.
struct EngineAPIFacts: Decodable {
    struct Operation: Decodable {
        let operation: String
        let parameters: [String: Parameter]
    }

    struct Parameter: Decodable {
        let type: String?
    }

    /// A field of a schema. A name in angle brackets, `<Resources>`, is another schema whose fields
    /// stand here too.
    struct Field: Decodable {
        let type: String?
        let since: String?
        let until: String?

        /// The minor versions that have the field.
        func versions(within outer: ClosedRange<Int>) -> ClosedRange<Int>? {
            let first = max(since.flatMap(minor) ?? 0, outer.lowerBound)
            let last = min(until.flatMap(minor) ?? .max, outer.upperBound)
            return first <= last ? first...last : nil
        }

        private func minor(_ version: String) -> Int? {
            version.split(separator: ".").last.flatMap { Int($0) }
        }
    }

    let operations: [String: Operation]
    let schemas: [String: [String: Field]]

    static func load() throws -> EngineAPIFacts {
        try JSONDecoder().decode(
            EngineAPIFacts.self, from: try SharedFiles.data("engine-api/engine-api.json"))
    }

    // MARK: Schemas

    /// What a field has been in some version, at the bottom of the lists and maps around it.
    ///
    /// The file writes a type that has no name in the API under the path of its field: `object` of
    /// the field `Mode` in `ServiceSpec` is the schema `ServiceSpec.Mode`, `[object]` is
    /// `ServiceSpec.Mode[]`. Such a schema may be older than the named one that the field has now.
    struct Meaning {
        /// Schemas with fields, and in which versions they are meant: a name can change its meaning
        /// (`Config` was a container's before it was a Swarm's).
        var schemas: [Schema] = []
        /// `string`, `integer`, `number`, `boolean`.
        var simple: Set<String> = []
    }

    /// A schema in some versions.
    struct Schema {
        let name: String
        let versions: ClosedRange<Int>
    }

    /// Every version.
    static let allVersions = 0...Int.max

    /// What the file calls by a name that it does not describe.
    private static let undescribed = [
        // nat.PortMap and, in it, the bindings of one port.
        "PortMap": "{string:[PortBinding]}"
    ]

    /// Every field of some schemas, what they embed included, with what it has been.
    func fields(of schemas: [Schema]) -> [String: Meaning] {
        var result: [String: Meaning] = [:]
        for schema in schemas {
            for (field, fact) in self.schemas[schema.name] ?? [:] {
                // A map that the file writes as a schema: its names are the client's.
                if field == "additionalProperties" { continue }
                guard let versions = fact.versions(within: schema.versions) else { continue }
                if field.hasPrefix("<") {
                    let embedded = Schema(
                        name: String(field.dropFirst().dropLast()), versions: versions)
                    result.merge(fields(of: [embedded]), uniquingKeysWith: +)
                    continue
                }
                let path = "\(schema.name).\(field)"
                var meaning = self.meaning(of: fact.type ?? "", in: versions, at: path)
                meaning.schemas += [path, path + "[]", path + "{}"].compactMap {
                    self.schemas[$0] == nil ? nil : Schema(name: $0, versions: versions)
                }
                result[field] = (result[field] ?? Meaning()) + meaning
            }
        }
        return result
    }

    /// What is at the bottom of a type, whatever lists and maps stand around it.
    func meaning(of type: String, in versions: ClosedRange<Int>, at path: String) -> Meaning {
        if let described = Self.undescribed[type] {
            return meaning(of: described, in: versions, at: path)
        }
        for (open, close) in [("[", "]"), ("{string:", "}")]
        where type.hasPrefix(open) && type.hasSuffix(close) {
            let inner = type.dropFirst(open.count).dropLast(close.count)
            return meaning(of: String(inner), in: versions, at: path)
        }
        // `string(a|b)`: the words are the shapes' own concern.
        switch String(type.prefix { $0 != "(" }) {
        case let bare where ["string", "integer", "number", "boolean"].contains(bare):
            return Meaning(simple: [bare])
        // Cmd and Entrypoint.
        case "array|string": return Meaning(simple: ["string"])
        // Described under the field's path, or without fields (`object({})`).
        case "object", "allOf": return Meaning()
        default: break
        }
        let named = [type, type + "[]", type + "{}"].filter { schemas[$0] != nil }
        if named.isEmpty { Issue.record("\(path) has the type \(type), which is not described") }
        return Meaning(schemas: named.map { Schema(name: $0, versions: versions) })
    }
}

extension EngineAPIFacts.Meaning {
    static func + (left: Self, right: Self) -> Self {
        Self(schemas: left.schemas + right.schemas, simple: left.simple.union(right.simple))
    }
}

/// Files that stand beside the repository; a test that needs one fails without it.
enum SharedFiles {
    static func data(_ path: String) throws -> Data {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appendingPathComponent("../shared/" + path).standardizedFileURL
        return try #require(
            FileManager.default.contents(atPath: file.path), "../shared/\(path) is missing")
    }
}
