import Acts
import Foundation
import PolicyFile
import Testing

@Suite struct ConfigurationFileTests {
    private func read(_ text: String, listens: Bool = true) throws -> ConfigurationFile {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("quaymaster-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try text.write(
            to: folder.appendingPathComponent("quaymaster.yaml"), atomically: true, encoding: .utf8)
        return try ConfigurationFile(directory: folder, listens: listens)
    }

    @Test func readsEverything() throws {
        let file = try read(
            """
            listen: ["tls://127.0.0.1:2376", "unix:///run/q/docker.sock?identity=a"]
            engines: [{name: local, address: "unix:///x.sock"}]
            state: /var/lib/q
            metrics: 127.0.0.1:9276
            tls: {minimum: "1.3", certificate: other.pem, names: [docker.example.com]}
            trust: [{name: corp, ca: corp-ca.pem}, {name: partner, ca: /etc/partner.pem}]
            limits: {idleSeconds: 5, identityStreams: 9, tenantUploads: 3, archiveBytes: 7, tenantRecordingBytes: 8}
            networks: {pool: 10.9.0.0/16, perTenant: 4, reach: ["10.0.0.53:53", "[fd00::53]:5353"]}
            """)
        #expect(file.subnets?.count == 1024 && file.networksPerTenant == 4)
        #expect(file.reach.map(\.address) == ["10.0.0.53", "fd00::53"])
        #expect(file.reach.map(\.port) == [53, 5353] && file.reach.map(\.isIPv6) == [false, true])
        #expect(file.listen.map(\.text).count == 2)
        #expect(file.engine.text == "unix:///x.sock" && file.engine.line == 2)
        #expect(file.state.path == "/var/lib/q")
        #expect(file.certificate.lastPathComponent == "other.pem")
        #expect(!file.allowsTLS12)
        #expect(file.names == ["docker.example.com"])
        #expect(
            file.limits == [
                "idleSeconds": 5, "identityStreams": 9, "tenantUploads": 3, "archiveBytes": 7, "tenantRecordingBytes": 8,
            ])
        #expect(file.metrics?.text == "127.0.0.1:9276")
        #expect(file.trust.map(\.name) == ["corp", "partner"])
        #expect(file.trust[0].file.lastPathComponent == "corp-ca.pem")
        #expect(file.trust[0].file.deletingLastPathComponent() == file.policy.deletingLastPathComponent())
        #expect(file.trust[1].file.path == "/etc/partner.pem")
    }

    /// What an agent does not take up when it reads its file anew is told by name.
    @Test(arguments: [
        ("listen: \"tls://0.0.0.0:1\", gateway: g", nil), ("listen: \"tls://0.0.0.0:1\", gateway: h, key: k.pem", nil),
        ("listen: \"tls://0.0.0.0:2\", gateway: g", "listen is \"tls://0.0.0.0:2\" now and was \"tls://0.0.0.0:1\""),
        ("peer: 5", "peer is \"5\" now and was nothing; listen is nothing now and was \"tls://0.0.0.0:1\""),
        ("listen: \"tls://0.0.0.0:1\", gateway: g, socket: /b.sock", "socket is \"/b.sock\" now and was \"\(AgentPart.usualSocket)\""),
    ])
    func whatAnAgentDoesNotTakeUpIsTold(newer: String, told: String?) throws {
        let old = try read("agent: {listen: \"tls://0.0.0.0:1\", gateway: g}", listens: false).agent
        let changes = try read("agent: {\(newer)}", listens: false).agent.changesForStart(since: old)
        #expect(changes.joined(separator: "; ") == told ?? "")
    }

    @Test func theRecordIsKeptAsItSays() throws {
        let file = try read(
            "listen: [a]\nledger: {segmentBytes: 1048576, keepSegments: 3, keepDays: 365, archive: old}")
        #expect(file.ledger.segmentBytes == 1 << 20 && file.ledger.keepSegments == 3)
        #expect(file.ledger.keepDays == 365 && file.ledger.archive?.lastPathComponent == "old")
        let usual = try read("listen: [a]").ledger
        #expect(usual.segmentBytes == nil && usual.keepSegments == nil && usual.archive == nil)
    }

    @Test func gatewayAndAgentMayBeOnTwoMachines() throws {
        let gateway = try #require(try read("listen: [a]\nagent: {address: \"tls://engine-1.test:2377\"}").agent.link)
        #expect(gateway.side == .gateway && gateway.at.text == "tls://engine-1.test:2377" && gateway.at.line == 2)
        #expect(gateway.name == CertificateName(.alternative, "engine-1.test"))
        #expect(gateway.authority.path.hasSuffix("/agent/ca.pem") && gateway.key.path.hasSuffix("/agent/key.pem"))
        let numeric = try read(
            "listen: [a]\nagent: {address: \"tls://[fd00::5]:2377\", name: \"spiffe://plane/engine-1\", certificate: /c.pem}")
        #expect(numeric.agent.link?.name == CertificateName(.spiffe, "spiffe://plane/engine-1"))
        #expect(numeric.agent.link?.certificate.path == "/c.pem")
        // The agent keeps its Unix socket, and its host need have no gateway.
        let agent = try read(
            "agent: {listen: \"tls://0.0.0.0:0\", gateway: gw.test, peer: 5, socket: /a.sock}", listens: false
        ).agent
        #expect(agent.link?.side == .agent && agent.link?.name == CertificateName(.alternative, "gw.test"))
        #expect(agent.socket == "/a.sock" && agent.peer == 5)
        #expect(try read("listen: [a]\nagent: {peer: 5}").agent.link == nil)
    }

    /// The engine may choose the subnets of a bounded number of networks.
    @Test func aBoundNeedsNoPool() throws {
        let file = try read("listen: [a]\nnetworks: {perTenant: 3}")
        #expect(file.subnets == nil && file.networksPerTenant == 3)
    }

    @Test(arguments: [
        ("listen: []", "listen nowhere"),
        ("listne: [x]", "did you mean \"listen\"?"),
        ("listen: [a]\nengines: [{address: a}, {address: b}]", "one engine"),
        ("listen: [a]\nengines: [{name: a}]", "has no address"),
        ("listen: [a]\nlimits: {idleSeconds: 0}", "above zero"),
        ("listen: [a]\nlimits: {tenantConnections: 1}", "unknown key"),
        ("listen: [a]\nlimits: {tenantRecordingBytes: 0}", "above zero"),
        ("listen: [a]\nnetworks: {}", "no range of IPv4"),
        ("listen: [a]\nnetworks: {reach: [10.0.0.53]}", "no port of an address"),
        ("listen: [a]\nnetworks: {reach: [\"ns.example.com:53\"]}", "no port of an address"),
        ("listen: [a]\nnetworks: {reach: [\"10.0.0.53:0\"]}", "no port of an address"),
        ("listen: [a]\nnetworks: {reach: [\"fd00::53:53\"]}", "no port of an address"),
        ("listen: [a]\nnetworks: {perTenant: 0}", "above zero"),
        ("listen: [a]\nagent: {address: \"tcp://a:1\"}", "no address of an agent"),
        ("listen: [a]\nagent: {address: \"tls://a:0\"}", "no address of an agent"),
        ("listen: [a]\nagent: {address: \"tls://a\"}", "no address of an agent"),
        ("listen: [a]\nagent: {address: \"tls://fd00::1:22\"}", "no address of an agent"),
        ("listen: [a]\nagent: {address: \"tls://10.0.0.5:2377\"}", "10.0.0.5 is none"),
        ("listen: [a]\nagent: {address: \"tls://*.a:1\"}", "no name of a machine"),
        ("listen: [a]\nagent: {address: \"tls://a:1\", peer: 5}", "peer is the agent's matter"),
        ("listen: [a]\nagent: {address: \"tls://a:1\", gateway: g}", "gateway is the agent's matter"),
        ("listen: [a]\nagent: {address: \"tls://a:1\", listen: \"tls://b:1\"}", "on another machine (address)"),
        ("listen: [a]\nagent: {listen: \"tls://0.0.0.0:2377\"}", "which gateway it lets in"),
        ("listen: [a]\nagent: {listen: \"tcp://0.0.0.0:2377\", gateway: g}", "no address of an agent"),
        ("listen: [a]\nagent: {listen: \"tls://0.0.0.0:2377\", gateway: \"*.g\"}", "no name of a machine"),
        ("listen: [a]\nagent: {listen: \"tls://0.0.0.0:2377\", gateway: g, name: n}", "name is the gateway's matter"),
        ("listen: [a]\nagent: {gateway: g}", "none is named"),
        ("listen: [a]\nagent: {key: k.pem}", "none is named"),
        ("listen: [a]\nledger: {segmentBytes: 10}", "segmentBytes is a whole number from 1048576 to"),
        ("listen: [a]\nledger: {segmentBytes: 64MiB}", "segmentBytes is a whole number"),
        ("listen: [a]\nledger: {keepSegments: 0}", "keepSegments is a whole number from 1"),
        ("listen: [a]\nledger: {keepDays: -1}", "keepDays is a whole number from 1"),
        ("listen: [a]\nledger: {archive: old}", "and not when"),
        ("listen: [a]\nledger: {keepMonths: 1}", "unknown key \"keepMonths\""),
        ("listen: [a]\nnetworks: {perTenant: 2, size: 26}", "no range of IPv4"),
        ("listen: [a]\nnetworks: {pool: fd00::/8}", "no range of IPv4"),
        ("listen: [a]\nnetworks: {pool: 10.0.0.0/16, size: 30}", "29 at most"),
        ("listen: [a]\nnetworks: {pool: 10.0.0.0/16, size: x}", "29 at most"),
        ("listen: [a]\ntls: {minimum: \"1.1\"}", "1.2 or 1.3"),
        ("listen: [a]\ntls: {names: [\"*.example.com\"]}", "is no host's name"),
        ("listen: [a]\ntrust: [{name: corp}]", "no name or no ca"),
        ("listen: [a]\ntrust: [{name: ours, ca: x}]", "is ours or stands twice"),
        ("listen: [a]\ntrust: [{name: a, ca: x}, {name: a, ca: y}]", "is ours or stands twice"),
        ("listen: [a]\ntrust: [{name: \"a b\", ca: x}]", "is no name of an authority"),
        ("listen: [a]\ntrust: [{name: a, cert: x}]", "unknown key \"cert\""),
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
