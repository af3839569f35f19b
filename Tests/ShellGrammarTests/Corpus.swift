import Foundation
import JSON
import ShellGrammar
import Testing

/// The shared corpus of lines and the policies that it names.
enum Corpus {
    struct Case: Sendable, CustomTestStringConvertible {
        let id: String
        let input: String
        let policy: String
        let isAllowed: Bool

        var testDescription: String { "\(id) \(policy) \(input.prefix(60).debugDescription)" }
    }

    /// A file of the shared folder; the test fails when it is missing.
    static func file(_ name: String) throws -> Data {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appendingPathComponent("../shared/corpus/" + name).standardizedFileURL
        return try #require(
            FileManager.default.contents(atPath: file.path), "../shared/corpus/\(name) is missing")
    }

    /// The shared lines, and more of the same classes that stand beside the tests.
    static func cases() throws -> [Case] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let vectors = folder.appendingPathComponent("../Vectors/shell/lines.jsonl")
        return try cases(file("shell-escapes-public.jsonl")) + cases(Data(contentsOf: vectors))
    }

    private static func cases(_ text: Data) throws -> [Case] {
        try text.split(separator: 0x0A).map { line in
            let value = try JSONReader.answer(Array(line))
            return Case(
                id: try #require(value["id"]?.string), input: try #require(value["input"]?.string),
                policy: try #require(value["policy"]?.string),
                isAllowed: try #require(value["expect"]?.string) == "allow")
        }
    }

    static func policies() throws -> JSONObject {
        let value = try JSONReader.value(of: Array(file("shell-escapes-policies.json")))
        return try #require(value["policies"]?.object)
    }
}

/// What is said of an input under any policy of the corpus.
enum Saying {
    case allowed
    case refused(ShellRefusal)

    init(_ input: String, _ policy: String) throws {
        switch policy {
        case "output":
            self = OutputSanitiser.objection(to: Array(input.utf8)).map { .refused($0) } ?? .allowed
        case "pager-keys":
            switch PagerKey.judge(input) {
            case .success: self = .allowed
            case .failure(let refusal): self = .refused(refusal)
            }
        default:
            switch try #require(Roles.named(policy), "no role \(policy)").judge(input) {
            case .nothing, .accepted: self = .allowed
            case .refused(let refusal): self = .refused(refusal)
            }
        }
    }

    var refusal: ShellRefusal? {
        if case .refused(let refusal) = self { refusal } else { nil }
    }
}
