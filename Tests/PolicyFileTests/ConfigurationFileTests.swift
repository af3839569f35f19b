import Foundation
import PolicyFile
import Testing

@Suite struct ConfigurationFileTests {
    private func read(_ text: String) throws -> ConfigurationFile {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("quaymaster-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try text.write(
            to: folder.appendingPathComponent("quaymaster.yaml"), atomically: true, encoding: .utf8)
        return try ConfigurationFile(directory: folder)
    }

    @Test func readsEverything() throws {
        let file = try read(
            """
            listen: ["tls://127.0.0.1:2376", "unix:///run/q/docker.sock?identity=a"]
            engines: [{name: local, address: "unix:///x.sock"}]
            state: /var/lib/q
            metrics: 127.0.0.1:9276
            tls: {minimum: "1.3", certificate: other.pem}
            limits: {idleSeconds: 5}
            """)
        #expect(file.listen.map(\.text).count == 2)
        #expect(file.engine.text == "unix:///x.sock" && file.engine.line == 2)
        #expect(file.state.path == "/var/lib/q")
        #expect(file.certificate.lastPathComponent == "other.pem")
        #expect(!file.allowsTLS12)
        #expect(file.limits == ["idleSeconds": 5])
        #expect(file.metrics?.text == "127.0.0.1:9276")
    }

    @Test(arguments: [
        ("listen: []", "listen nowhere"),
        ("listne: [x]", "did you mean \"listen\"?"),
        ("listen: [a]\nengines: [{address: a}, {address: b}]", "one engine"),
        ("listen: [a]\nengines: [{name: a}]", "has no address"),
        ("listen: [a]\nlimits: {idleSeconds: 0}", "above zero"),
        ("listen: [a]\ntls: {minimum: \"1.1\"}", "1.2 or 1.3"),
    ])
    func refuses(text: String, message: String) {
        do {
            _ = try read(text)
            Issue.record("was read")
        } catch {
            #expect("\(error)".contains(message), "\(error)")
        }
    }
}
