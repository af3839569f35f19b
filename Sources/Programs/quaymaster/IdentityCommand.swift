import Acts
import ArgumentParser
import Foundation
import Gateway
import Identity
import JSON
import Ledger
import PolicyFile

/// `quaymaster identity`
struct IdentityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identity",
        abstract: "Issues, lists and revokes the certificates of identities.",
        subcommands: [Issue.self, List.self, Revoke.self])

    /// `quaymaster identity issue`
    struct Issue: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Issues a client certificate.",
            discussion: """
                Writes ca.pem, cert.pem and key.pem into a folder that DOCKER_CERT_PATH takes. \
                What the identity may do is said in policy.yaml.
                """)

        @Argument(help: "The identity's name.")
        var name: String

        @Option(help: "How long the certificate is valid: 30m, 8h, 90d.")
        var ttl = "90d"

        @Option(help: ArgumentHelp("The folder to write; else ./NAME.", valueName: "dir"))
        var out: String?

        @Option(
            help: ArgumentHelp(
                "A host name or mailbox that the certificate says too; may be repeated.",
                valueName: "name"))
        var san: [String] = []

        @Option(help: ArgumentHelp("A SPIFFE id that the certificate says too.", valueName: "uri"))
        var spiffe: String?

        @Flag(help: "Prints the `docker context create` line.")
        var context = false

        @OptionGroup var config: ConfigOption
        @OptionGroup var output: FormatOption

        func run() throws {
            guard IdentityName.isValid(name) else {
                throw CommandError(
                    "\"\(name)\" is no identity's name", hint: IdentityName.grammar, code: 2)
            }
            guard let lifetime = Lifetime.seconds(ttl) else {
                throw CommandError(
                    "\"\(ttl)\" is no lifetime", hint: "for example --ttl 8h", code: 2)
            }
            let directory = config.directory
            let file = try ConfigurationFile(directory: directory)
            let authority = CertificateAuthority(
                try KeyPair(
                    certificate: file.authority,
                    key: directory.appendingPathComponent("ca-key.pem")))
            let folder = URL(fileURLWithPath: out ?? name, isDirectory: true)
            let issued = try CertificateIssue(authority: authority, state: file.state).run(
                name, alternatives: try alternatives(), lifetime: lifetime, into: folder,
                now: Date())
            report(issued, folder, file)
        }

        private func alternatives() throws -> [CertificateName] {
            let asked = san.map { (CertificateName.Kind.alternative, $0) }
            return try (asked + (spiffe.map { [(.spiffe, $0)] } ?? [])).map { kind, text in
                guard let name = CertificateName(kind, written: text) else {
                    throw CommandError(
                        "\"\(text)\" is no \(kind.rawValue)", hint: kind.grammar, code: 2)
                }
                return name
            }
        }

        private func report(_ issued: IssuedCertificate, _ folder: URL, _ file: ConfigurationFile) {
            let line = contextLine(folder, file)
            if output.format == .json {
                return Output.json([
                    ("identity", .string(name)), ("folder", .string(folder.path)),
                    ("fingerprint", .string(issued.fingerprint)),
                    ("notAfter", .string(issued.notAfter.formatted(.iso8601))),
                    ("context", .string(line)),
                ])
            }
            print("issued \(name) until \(issued.notAfter.formatted(.iso8601)) into \(folder.path)")
            if context { print(line) }
            if let missing = grantHint(file) { print(missing) }
        }

        private func contextLine(_ folder: URL, _ file: ConfigurationFile) -> String {
            let address =
                file.listen.lazy.compactMap { entry -> String? in
                    entry.text.hasPrefix("tls://") ? String(entry.text.dropFirst(6)) : nil
                }.first ?? "HOST:2376"
            let path = folder.path
            return "docker context create \(name) --docker "
                + "\"host=tcp://\(address),ca=\(path)/ca.pem,cert=\(path)/cert.pem,key=\(path)/key.pem\""
        }

        /// What is missing in the policy, when nothing is granted yet.
        private func grantHint(_ file: ConfigurationFile) -> String? {
            do {
                let text = try String(contentsOf: file.policy, encoding: .utf8)
                let policy = try PolicyFile(text, file: "policy.yaml", version: "")
                guard policy.grantsNothing(to: name) else { return nil }
                return "\(name) has no grant yet; add one to \(file.policy.path), for example\n"
                    + "  - {to: \(name), may: developer, in: local, level: baseline}"
            } catch {
                return nil
            }
        }
    }

    /// `quaymaster identity list`
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the certificates that were issued, and what else is revoked.")

        @OptionGroup var config: ConfigOption
        @OptionGroup var output: FormatOption

        func run() throws {
            let file = try ConfigurationFile(directory: config.directory)
            let registry = try CertificateRegistry(
                file: file.state.appendingPathComponent(StateDirectory.registry))
            let all = registry.certificates.values.sorted {
                ($0.identity, $0.issuedAt) < ($1.identity, $1.issuedAt)
            }
            let now = Date()
            if output.format == .json {
                for certificate in all {
                    Output.json([
                        ("identity", .string(certificate.identity)),
                        ("state", .string(certificate.state(at: now))),
                        ("notAfter", .string(certificate.notAfter.formatted(.iso8601))),
                        ("fingerprint", .string(certificate.fingerprint)),
                    ])
                }
                for fingerprint in registry.revokedStrangers.keys.sorted() {
                    Output.json([
                        ("identity", .null), ("state", .string("revoked")),
                        ("notAfter", .null), ("fingerprint", .string(fingerprint)),
                    ])
                }
                return
            }
            let strangers = registry.revokedStrangers.keys.sorted().map {
                ["-", "revoked", "-", String($0.prefix(16))]
            }
            Output.table(
                ["IDENTITY", "STATE", "UNTIL", "FINGERPRINT"],
                all.map {
                    [
                        $0.identity, $0.state(at: now), $0.notAfter.formatted(.iso8601),
                        String($0.fingerprint.prefix(16)),
                    ]
                } + strangers)
        }
    }

    /// `quaymaster identity revoke`
    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revokes certificates and ends their connections.",
            discussion: """
                With a whole --fingerprint also a certificate that another authority has issued; \
                the identity's name is not needed then.
                """)

        @Argument(help: "The identity's name.")
        var name: String?

        @Option(
            help: ArgumentHelp(
                "Only the certificate whose SHA-256 begins so, with or without colons.",
                valueName: "hex"))
        var fingerprint: String?

        @OptionGroup var config: ConfigOption
        @OptionGroup var output: FormatOption

        func run() throws {
            let digits = try digits()
            let file = try ConfigurationFile(directory: config.directory)
            let revoked =
                try revokeOnline(digits, file.state) ?? revokeOffline(digits, file.state)
            guard !revoked.isEmpty else {
                throw CommandError(
                    "\(name ?? "nobody") holds no certificate that could be revoked",
                    hint: "`quaymaster identity list` shows them; another authority's is revoked "
                        + "by its whole --fingerprint", code: 1)
            }
            if output.format == .json {
                return Output.json([
                    ("identity", name.map { .string($0) } ?? .null),
                    ("revoked", .array(revoked.map { .string($0) })),
                ])
            }
            let words = name.map { "\($0) " } ?? ""
            for fingerprint in revoked { print("revoked \(words)\(fingerprint.prefix(16))") }
        }

        /// The fingerprint's digits; nil when every certificate of the identity is meant.
        private func digits() throws -> String? {
            guard let fingerprint else {
                if name != nil { return nil }
                throw CommandError(
                    "whose certificates are to be revoked?",
                    hint: "name an identity, or give a whole --fingerprint", code: 2)
            }
            guard let digits = Fingerprint.digits(fingerprint),
                name != nil || Fingerprint.isWhole(digits)
            else {
                throw CommandError(
                    "\"\(fingerprint)\" is no fingerprint",
                    hint: CertificateName.Kind.fingerprint.grammar, code: 2)
            }
            return digits
        }

        private func revokeOnline(_ fingerprint: String?, _ state: URL) throws -> [String]? {
            var command = JSONObject([("command", .string("revoke"))])
            if let name { command["identity"] = .string(name) }
            if let fingerprint { command["fingerprint"] = .string(fingerprint) }
            guard let answer = try ControlClient.send(command, state: state) else { return nil }
            return (answer["revoked"]?.array ?? []).compactMap(\.string)
        }

        private func revokeOffline(_ fingerprint: String?, _ state: URL) throws -> [String] {
            var revoked: [String] = []
            try StateDirectory.withLock(state) { registry, ledger in
                for fingerprint in registry.revocable(of: name, fingerprint: fingerprint) {
                    try registry.revoke(fingerprint, at: Date())
                    revoked.append(fingerprint)
                    // A disk that is full must not keep a certificate valid: it is revoked first.
                    try ledger.appendAndWait(
                        Entry.event(
                            ledger.ids, "CertificateRevoked", identity: "unix:\(geteuid())",
                            reason: "\(name ?? "whoever holds it"), fingerprint \(fingerprint)"),
                        mayUseReserve: true)
                }
            }
            return revoked
        }
    }
}

extension IssuedCertificate {
    /// `valid`, `expired` or `revoked`.
    fileprivate func state(at now: Date) -> String {
        revokedAt != nil ? "revoked" : now > notAfter ? "expired" : "valid"
    }
}

/// Spans of time as people write them.
enum Lifetime {
    /// `90s`, `30m`, `8h`, `90d` in seconds; nil for anything else and for ten years and more.
    static func seconds(_ text: String) -> TimeInterval? {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()),
            count > 0
        else { return nil }
        let seconds = Double(count) * unit
        return seconds < 3650 * 86_400 ? seconds : nil
    }
}
