package import Foundation
package import Identity
import NIOCore
package import NIOSSL

/// The gateway's side of TLS.
package enum TLSContext {
    /// Makes a context that lets in only clients with a certificate of a listed authority.
    ///
    /// - Parameters:
    ///   - certificate: The server's certificate, PEM.
    ///   - key: Its key, PEM.
    ///   - issuers: The authorities that clients' chains must end in.
    ///   - allowsTLS12: True for clients that speak nothing newer; TLS 1.3 only otherwise.
    /// - Returns: The context.
    /// - Throws: `GatewayError` naming the file.
    package static func make(
        certificate: URL, key: URL, issuers: Issuers, allowsTLS12: Bool
    ) throws(GatewayError) -> NIOSSLContext {
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
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw GatewayError(
                "cannot use \(certificate.path) and \(key.path) for TLS: \(error)",
                hint: "`quaymaster init DIR` makes both")
        }
    }
}
