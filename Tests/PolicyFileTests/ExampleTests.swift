import Foundation
import Policy
import PolicyFile
import Testing

/// The policies under `examples/` work as they stand.
@Suite struct ExampleTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("examples")

    @Test func everyExampleCompilesWithoutWarnings() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(names.count >= 2)
        for name in names where name.hasSuffix(".yaml") {
            let text = try String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
            let file = try PolicyFile(text, file: name, version: "v", issued: nil)
            #expect(file.warnings.isEmpty, "\(name): \(file.warnings)")
            #expect(!file.policy.grants.isEmpty)
        }
    }
}
