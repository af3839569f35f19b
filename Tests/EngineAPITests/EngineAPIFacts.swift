import Foundation
import Testing

/// The facts of the Engine API that all of the project's work starts from: every operation and
/// parameter of API 1.25 to 1.55. They stand beside the repository, in CI too.
struct EngineAPIFacts: Decodable {
    struct Operation: Decodable {
        let operation: String
        let parameters: [String: Parameter]
    }

    struct Parameter: Decodable {
        let type: String?
    }

    let operations: [String: Operation]

    static func load() throws -> EngineAPIFacts {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appendingPathComponent("../shared/engine-api/engine-api.json")
        let data = try #require(
            FileManager.default.contents(atPath: file.standardizedFileURL.path),
            "the facts of the Engine API are missing: ../shared/engine-api/engine-api.json")
        return try JSONDecoder().decode(EngineAPIFacts.self, from: data)
    }
}
