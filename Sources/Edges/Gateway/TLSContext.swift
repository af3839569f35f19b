import Exchange
package import Foundation
package import Identity
import NIOCore
import NIOSSL

/// The gateway's side of TLS.
package struct TLSContext: Sendable {
    let context: NIOSSLContext
    /// What clients may call us.
    let hosts: HostNames

    /// Makes a context that lets in only clients with a certificate of a listed authority.
    ///
    /// - Parameters:
    ///   - certificate: The server's certificate, PEM.
    ///   - key: Its key, PEM.
    ///   - issuers: The authorities that clients' chains must end in.
    ///   - names: What clients may call the server beside the names in its certificate.
    ///   - allowsTLS12: True for clients that speak nothing newer; TLS 1.3 only otherwise.
    /// - Returns: The context.
    /// - Throws: `GatewayError` naming the file.
    package static func make(
        certificate: URL, key: URL, issuers: Issuers, names: [String], allowsTLS12: Bool
    ) throws(GatewayError) -> TLSContext {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate.path)
            let roots = try issuers.roots.map { try NIOSSLCertificate(bytes: $0, format: .der) }
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: key.path, format: .pem)))
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .certificates(roots)
            configuration.minimumTLSVersion = allowsTLS12 ? .tlsv12 : .tlsv13
            // For TLS 1.2: forward secrecy and authenticated encryption only (RFC 9325 §4.2).
            configuration.cipherSuites =
                "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
                + "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-AES128-GCM-SHA256:"
                + "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305"
            configuration.applicationProtocols = ["http/1.1"]
            // A revoked client gets no second to go on reading.
            configuration.shutdownTimeout = .milliseconds(500)
            let certified = try ServerCertificate.names(in: certificate)
            return TLSContext(
                context: try NIOSSLContext(configuration: configuration),
                hosts: HostNames(certified + names))
        } catch {
            throw GatewayError(
                "cannot use \(certificate.path) and \(key.path) for TLS: \(error)",
                hint: "`quaymaster init DIR` makes both")
        }
    }
}
