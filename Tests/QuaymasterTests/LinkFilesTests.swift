import AgentLink
import ArgumentParser
import Foundation
import PolicyFile
import Testing

@testable import quaymaster

/// The files of the line between a gateway and an agent are looked at before they are believed.
@Suite struct LinkFilesTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let isAgents: Bool
        let file: String
        let mode: Int
        let refusal: String?

        init(_ isAgents: Bool, _ file: String, _ mode: Int, _ refusal: String?) {
            testDescription = "\(isAgents ? "agent" : "gateway"): \(file) \(String(mode, radix: 8))"
            (self.isAgents, self.file, self.mode, self.refusal) = (isAgents, file, mode, refusal)
        }
    }

    /// A configuration directory of one side, with its certificate.
    private func with(agent isAgents: Bool, _ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("line-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let part = isAgents ? "listen: \"tls://127.0.0.1:0\", gateway: gw.test" : "address: \"tls://engine-1.test:2377\""
        try "listen: [\"unix:///q.sock?identity=a\"]\nagent: {\(part)}\n".write(
            to: folder.appendingPathComponent("quaymaster.yaml"), atomically: true, encoding: .utf8)
        try AgentIssue.parse([
            isAgents ? "engine-1.test" : "gw.test", "--for", isAgents ? "agent" : "gateway", "--config", folder.path,
            "--out", folder.appendingPathComponent("agent").path,
        ]).run()
        try body(folder)
    }

    private func refusal(_ folder: URL) throws -> String? {
        let file = try ConfigurationFile(
            directory: URL(fileURLWithPath: folder.path, isDirectory: true), listens: false)
        do {
            _ = try LinkCredentials(try #require(file.agent.link), of: file)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        Row(true, "key.pem", 0o600, nil), Row(true, "key.pem", 0o400, nil),
        Row(true, "key.pem", 0o640, "others than root can read it"),
        Row(true, "key.pem", 0o604, "others than root can read it"),
        Row(true, "ca.pem", 0o644, nil), Row(true, "ca.pem", 0o664, "others than its owner can write it"),
        Row(true, "cert.pem", 0o646, "others than its owner can write it"),
        Row(false, "key.pem", 0o640, nil), Row(false, "key.pem", 0o644, "others than the gateway and its group can read it"),
        Row(false, "ca.pem", 0o646, "others than its owner can write it"),
    ])
    func whoElseMayReadOrWriteIsRefused(row: Row) throws {
        try with(agent: row.isAgents) { folder in
            let file = folder.appendingPathComponent("agent/\(row.file)")
            try FileManager.default.setAttributes([.posixPermissions: row.mode], ofItemAtPath: file.path)
            let said = try refusal(folder)
            #expect((said == nil) == (row.refusal == nil) && said?.contains(row.refusal ?? "") ?? true, "\(said ?? "")")
        }
    }

    /// Of whom a file is counts as what others may do with it.
    @Test func aKeyOfSomebodyElsesIsRefused() throws {
        try with(agent: true) { folder in
            let key = folder.appendingPathComponent("agent/key.pem").path
            try FileManager.default.setAttributes([.ownerAccountID: 12_345], ofItemAtPath: key)
            #expect(try refusal(folder)?.contains("others than root can read it") == true)
        }
    }

    /// Clients and the line have no authority in common, although nobody comes by TLS.
    @Test(arguments: [true, false]) func clientsOfTheSameAuthorityAreRefused(isAgents: Bool) throws {
        try with(agent: isAgents) { folder in
            let (line, clients) = (folder.appendingPathComponent("agent/ca.pem"), folder.appendingPathComponent("ca.pem"))
            try FileManager.default.copyItem(at: line, to: clients)
            #expect(try refusal(folder)?.contains("is an authority of clients too") == true)
            // What cannot be read may be the same.
            try Data("?".utf8).write(to: clients)
            #expect(try refusal(folder)?.contains("ca.pem holds no") == true)
            try FileManager.default.removeItem(at: clients)
            #expect(try refusal(folder) == nil)
        }
    }
}
