import Acts
import ArgumentParser
import Crypto
import Foundation
import Gateway
import Identity
import JSON
import Policy
import PolicyFile

/// `quaymaster policy`
struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Checks and reloads the policy, explains its verbs.",
        subcommands: [Check.self, Reload.self, Verbs.self])

    /// `quaymaster policy check`
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says whether a policy works, with file, line and column.")

        @Argument(help: "The file; else the policy of the configuration.")
        var file: String?

        @OptionGroup var config: ConfigOption
        @OptionGroup var output: FormatOption

        func run() throws {
            var url = file.map { URL(fileURLWithPath: $0) }
            var issued: Set<String>?
            var trusted: Set<String>?
            if url == nil {
                let configuration = try ConfigurationFile(directory: config.directory)
                url = configuration.policy
                let registry = try CertificateRegistry(
                    file: configuration.state.appendingPathComponent(StateDirectory.registry))
                issued = Set(registry.certificates.values.map(\.identity))
                trusted = Set(configuration.trust.map(\.name))
            }
            guard let url else { return }
            do {
                let policy = try PolicyReader.read(url, issued: issued, trusted: trusted)
                report(policy.warnings)
                if output.format == .text {
                    let tenants = policy.policy.tenants.joined(separator: ", ")
                    print("\(url.path): works; tenants: \(tenants)")
                }
            } catch let errors as PolicyErrors {
                report(errors.diagnostics)
                throw ExitCode(1)
            }
        }

        private func report(_ diagnostics: [Diagnostic]) {
            for diagnostic in diagnostics {
                guard output.format == .json else {
                    print(diagnostic)
                    continue
                }
                Output.json([
                    ("severity", .string(diagnostic.severity.rawValue)),
                    ("file", .string(diagnostic.file)),
                    ("line", .integer(Int64(diagnostic.line))),
                    ("column", .integer(Int64(diagnostic.column))),
                    ("message", .string(diagnostic.message)),
                    ("hint", diagnostic.hint.map { .string($0) } ?? .null),
                ])
            }
        }
    }

    /// `quaymaster policy reload`
    struct Reload: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a running gateway read its policy and certificate anew.")

        @OptionGroup var config: ConfigOption
        @OptionGroup var output: FormatOption

        func run() throws {
            let file = try ConfigurationFile(directory: config.directory)
            let command = JSONObject([("command", .string("reload"))])
            guard let answer = try ControlClient.send(command, state: file.state) else {
                throw CommandError(
                    "no gateway runs on \(file.state.path)", hint: "`quaymaster serve` starts one")
            }
            if output.format == .json {
                print(JSONWriter.text(.object(answer)))
                return
            }
            for warning in answer["warnings"]?.array ?? [] { print(warning.string ?? "") }
            print("in force: policy \(answer["version"]?.string ?? "")")
        }
    }

    /// `quaymaster policy verbs`
    struct Verbs: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Explains the verbs that grants are made of.")

        @OptionGroup var output: FormatOption

        func run() {
            if output.format == .json {
                for verb in Verb.allCases {
                    Output.json([
                        ("verb", .string(verb.rawValue)), ("meaning", .string(verb.meaning)),
                    ])
                }
                return
            }
            Output.table(["VERB", "MEANING"], Verb.allCases.map { [$0.rawValue, $0.meaning] })
        }
    }
}

/// Reads a policy from its file.
enum PolicyReader {
    /// Reads and compiles a policy; its version is the start of its text's SHA-256.
    static func read(
        _ url: URL, issued: Set<String>?, trusted: Set<String>?, cgroup: String = "quaymaster",
        sockets: OwnSockets = OwnSockets()
    ) throws -> PolicyFile {
        let text = try String(contentsOf: url, encoding: .utf8)
        let version = SHA256.hash(data: Data(text.utf8)).prefix(6).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
        return try PolicyFile(
            text, file: url.lastPathComponent, version: version, issued: issued, trusted: trusted,
            cgroup: cgroup, sockets: sockets)
    }
}
