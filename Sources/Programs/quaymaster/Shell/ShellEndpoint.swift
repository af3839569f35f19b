import Foundation
import NIOSSL

/// Where the gateway is, as Docker clients are told: DOCKER_HOST and DOCKER_CERT_PATH.
struct ShellEndpoint {
    enum Address {
        case unix(path: String)
        case tcp(host: String, port: Int)
    }

    let address: Address
    /// The folder of ca.pem, cert.pem and key.pem; nil for a Unix socket.
    let certificates: URL?

    /// Reads where the gateway is.
    ///
    /// - Parameters:
    ///   - host: `tcp://HOST:PORT` or `unix:///PATH`; nil: what DOCKER_HOST says.
    ///   - certificates: A folder; nil: what DOCKER_CERT_PATH says.
    /// - Throws: `CommandError` when it cannot be known.
    init(host: String?, certificates: String?) throws {
        let environment = ProcessInfo.processInfo.environment
        let text = host ?? environment["DOCKER_HOST"] ?? ""
        let hint = "set DOCKER_HOST=tcp://HOST:2376 and DOCKER_CERT_PATH, as for docker, or --host"
        if text.isEmpty { throw CommandError("no gateway is named", hint: hint, code: 2) }
        if text.hasPrefix("unix:///") {
            address = .unix(path: String(text.dropFirst("unix://".count)))
            self.certificates = nil
            return
        }
        guard let url = URLComponents(string: text), let host = url.host, let port = url.port,
            ["tcp", "https", "tls"].contains(url.scheme ?? "")
        else { throw CommandError("\"\(text)\" is no gateway's address", hint: hint, code: 2) }
        guard let folder = certificates ?? environment["DOCKER_CERT_PATH"] else {
            throw CommandError(
                "there is no certificate to show",
                hint: "set DOCKER_CERT_PATH to what quaymaster identity issue --out has made",
                code: 2)
        }
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        address = .tcp(host: bare, port: port)
        self.certificates = URL(fileURLWithPath: folder)
    }

    /// What stands in the request's Host field.
    var host: String {
        switch address {
        case .unix: "docker"
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }

    /// How the gateway's certificate is checked, and ours shown.
    ///
    /// - Throws: `CommandError` when a file cannot be read.
    func tls() throws -> NIOSSLContext? {
        guard let certificates else { return nil }
        func path(_ name: String) -> String { certificates.appendingPathComponent(name).path }
        do {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.trustRoots = .file(path("ca.pem"))
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(path("cert.pem"))
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(file: path("key.pem"), format: .pem))
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw CommandError(
                "the certificate in \(certificates.path) cannot be read: \(error)", code: 2)
        }
    }
}
