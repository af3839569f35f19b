import Acts
import AgentLink
import ArgumentParser
import Foundation
import Identity
import JSON
import PolicyFile

/// `quaymaster agent issue`
struct AgentIssue: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue",
        abstract: "Issues the certificate of one side of the line between a gateway and an agent.",
        discussion: """
            For an agent on another machine than the gateway's. Writes ca.pem, cert.pem and key.pem into a \
            folder: agent/ beside quaymaster.yaml is where each side looks. They are of an authority of \
            the line's own, agent-ca.pem and agent-ca-key.pem in the configuration directory, which is \
            made the first time: no client's certificate opens an agent, and none of these is a client's.
            """)

    @Argument(help: "The machine's name, which the other side's quaymaster.yaml has exactly so.")
    var name: String

    @Option(name: .customLong("for"), help: "Which side it is for: gateway or agent.")
    var side: LinkRule.Side

    @Option(help: "How long the certificate is valid: 8h, 90d.")
    var ttl = "365d"

    @Option(help: ArgumentHelp("The folder to write; else ./NAME.", valueName: "dir"))
    var out: String?

    @OptionGroup var config: ConfigOption
    @OptionGroup var output: FormatOption

    func run() throws {
        guard let machine = Self.machine(name) else {
            throw CommandError(
                "\"\(name)\" is no machine's name",
                hint: "a host's name without wildcards, for example engine-1.example.com", code: 2)
        }
        guard let lifetime = Lifetime.seconds(ttl) else {
            throw CommandError("\"\(ttl)\" is no lifetime", hint: "for example --ttl 90d", code: 2)
        }
        let folder = CertificateFolder(
            URL(fileURLWithPath: out ?? name, isDirectory: true))
        try folder.refuseToOverwrite()
        let now = Date()
        let authority = try authority(now)
        let pair =
            switch side {
            case .agent: try authority.server([name], lifetime: lifetime, now: now)
            case .gateway:
                try authority.identity(name, alternatives: [machine], lifetime: lifetime, now: now)
            }
        try folder.write(pair, of: authority)
        report(try PeerCertificate(pair.certificate), folder)
    }

    /// The name as a certificate says it; nil for what is no host's name. An address is none either: a
    /// certificate says who somebody is, and not where.
    private static func machine(_ name: String) -> CertificateName? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let isNumeric =
            inet_pton(AF_INET, name, &bytes) == 1 || inet_pton(AF_INET6, name, &bytes) == 1
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
            default: false
            }
        }
        return isPlain && !isNumeric ? CertificateName(.alternative, written: name) : nil
    }

    /// The authority of the line, made when there is none.
    private func authority(_ now: Date) throws -> CertificateAuthority {
        let certificate = config.directory.appendingPathComponent("agent-ca.pem")
        let key = config.directory.appendingPathComponent("agent-ca-key.pem")
        let present = [certificate, key].filter {
            FileManager.default.fileExists(atPath: $0.path)
        }
        if present.isEmpty {
            let made = try CertificateAuthority(named: "Quaymaster agents", now: now)
            try DurableFile.create(key, made.pair.keyPEM, mode: 0o600)
            try DurableFile.create(certificate, made.pair.certificatePEM, mode: 0o644)
            return made
        }
        guard present.count == 2 else {
            throw CommandError(
                "\(present[0].path) is there without its other half",
                hint: "bring agent-ca.pem and agent-ca-key.pem back together, then issue")
        }
        return CertificateAuthority(try KeyPair(certificate: certificate, key: key))
    }

    private func report(_ issued: PeerCertificate, _ folder: CertificateFolder) {
        let end = issued.notAfter.formatted(.iso8601)
        if output.format == .json {
            return Output.json([
                ("name", .string(name)), ("side", .string(side.rawValue)),
                ("folder", .string(folder.folder.path)),
                ("fingerprint", .string(issued.fingerprint)), ("notAfter", .string(end)),
            ])
        }
        print("issued \(name), \(side.rawValue), until \(end) into \(folder.folder.path)")
        switch side {
        case .gateway:
            print(
                "in the agent's quaymaster.yaml: "
                    + "agent: {listen: \"tls://0.0.0.0:2377\", gateway: \(name)}")
        case .agent:
            print("in the gateway's quaymaster.yaml: agent: {address: \"tls://\(name):2377\"}")
        }
    }
}

extension LinkRule.Side: ExpressibleByArgument {}
