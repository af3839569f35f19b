import ArgumentParser
import Foundation
import Gateway
import Identity
import JSON

/// `quaymaster init`
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Makes a working configuration: authority, server certificate, policy.",
        discussion: """
            Writes a certificate authority, a server certificate, the identity admin, policy.yaml \
            and quaymaster.yaml into a directory. Nothing that exists is overwritten.
            """)

    @Argument(help: "The directory; it is made when it does not exist.")
    var directory: String

    @Option(
        name: .customLong("in-front-of"),
        help: ArgumentHelp("The engine's address.", valueName: "address"))
    var engine = "unix:///var/run/docker.sock"

    @Option(help: "The address to listen on.")
    var listen = "tls://127.0.0.1:2376"

    @Option(
        name: .customLong("name"),
        help: ArgumentHelp(
            "A DNS name or IP address that clients use for this server; may be repeated. "
                + "localhost, 127.0.0.1, ::1 and this host's name are always included.",
            valueName: "name"))
    var names: [String] = []

    @Flag(help: "Only replaces the server's certificate, with a new one for the same names.")
    var renewServer = false

    @OptionGroup var output: FormatOption

    /// How long the server's certificate is valid: browsers' limit is no matter here, people's
    /// memory is.
    private static let serverLifetime: TimeInterval = 825 * 86_400
    private static let adminLifetime: TimeInterval = 365 * 86_400

    func run() throws {
        let folder = URL(fileURLWithPath: directory, isDirectory: true)
        if renewServer { return try renew(folder) }
        guard EngineAddressText.isValid(engine) else {
            throw CommandError(
                "\"\(engine)\" is no engine's address",
                hint: "for example --in-front-of unix:///var/run/docker.sock", code: 2)
        }
        do {
            _ = try ListenAddress(listen)
        } catch {
            throw CommandError(error.description, hint: error.hint, code: 2)
        }
        try refuseToOverwrite(folder)
        try make(folder)
        switch output.format {
        case .json:
            Output.json([
                ("directory", .string(folder.path)), ("listen", .string(listen)),
                ("engine", .string(engine)), ("identity", .string("admin")),
            ])
        case .text: explain(folder)
        }
    }

    private func refuseToOverwrite(_ folder: URL) throws {
        let files = [
            "ca.pem", "ca-key.pem", "server.pem", "server-key.pem", "policy.yaml",
            "quaymaster.yaml", "state", "identities",
        ]
        let present = files.filter {
            FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path)
        }
        guard present.isEmpty else {
            throw CommandError(
                "\(folder.path) already holds \(present.joined(separator: ", ")); "
                    + "nothing was changed",
                hint: "choose another directory, or remove these first", code: 1)
        }
    }

    private func make(_ folder: URL) throws {
        let now = Date()
        let authority = try CertificateAuthority(named: "Quaymaster", now: now)
        let server = try authority.server(
            serverNames, lifetime: Self.serverLifetime, now: now)
        let state = folder.appendingPathComponent("state")
        try FileManager.default.createDirectory(
            at: state, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        try DurableFile.create(
            folder.appendingPathComponent("ca.pem"), authority.pair.certificatePEM, mode: 0o644)
        try DurableFile.create(
            folder.appendingPathComponent("ca-key.pem"), authority.pair.keyPEM, mode: 0o600)
        try DurableFile.create(
            folder.appendingPathComponent("server.pem"), server.certificatePEM, mode: 0o644)
        try DurableFile.create(
            folder.appendingPathComponent("server-key.pem"), server.keyPEM, mode: 0o600)
        try DurableFile.create(
            folder.appendingPathComponent("policy.yaml"), Templates.policy, mode: 0o644)
        try DurableFile.create(
            folder.appendingPathComponent("quaymaster.yaml"),
            Templates.configuration(listen: listen, engine: engine), mode: 0o644)
        let issue = CertificateIssue(authority: authority, state: state)
        _ = try issue.run(
            "admin", lifetime: Self.adminLifetime,
            into: folder.appendingPathComponent("identities/admin"), now: now)
    }

    /// Replaces the server's certificate; clients keep theirs.
    private func renew(_ folder: URL) throws {
        let authority = CertificateAuthority(
            try KeyPair(
                certificate: folder.appendingPathComponent("ca.pem"),
                key: folder.appendingPathComponent("ca-key.pem")))
        let server = try authority.server(
            serverNames, lifetime: Self.serverLifetime, now: Date())
        for (name, text, mode) in [
            ("server.pem", try server.certificatePEM, 0o644),
            ("server-key.pem", server.keyPEM, 0o600),
        ] {
            let file = folder.appendingPathComponent(name)
            let fresh = folder.appendingPathComponent(".\(name).new")
            try DurableFile.create(fresh, text, mode: mode_t(mode))
            guard rename(fresh.path, file.path) == 0 else {
                throw CommandError("cannot replace \(file.path)")
            }
        }
        if output.format == .json { return Output.json([("renewed", .bool(true))]) }
        print("renewed the server's certificate; `systemctl reload quaymaster` uses it")
    }

    private var serverNames: [String] {
        var all = names
        for name in [ProcessInfo.processInfo.hostName, "localhost", "127.0.0.1", "::1"]
        where !all.contains(name) && !name.isEmpty {
            all.append(name)
        }
        return all
    }

    private func explain(_ folder: URL) {
        let port = listen.split(separator: ":").last.map(String.init) ?? "2376"
        print(
            """
            made \(folder.path):
              quaymaster.yaml            where to listen, which engine, limits
              policy.yaml                who may do what
              ca.pem, ca-key.pem         the authority; keep the key offline if you can
              server.pem, server-key.pem the server's certificate
              identities/admin           a client certificate with every right

            next:
              quaymaster serve --config \(folder.path)
              export DOCKER_HOST=tcp://127.0.0.1:\(port) DOCKER_TLS_VERIFY=1 \
            DOCKER_CERT_PATH=\(folder.path)/identities/admin
              docker version
              quaymaster identity issue alice --config \(folder.path)
            """)
    }
}

/// The form of an engine's address, as the command line takes it.
enum EngineAddressText {
    static func isValid(_ text: String) -> Bool {
        text.hasPrefix("unix:///")
    }
}
