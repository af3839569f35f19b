package import Acts
package import Foundation
package import Identity
import NIOCore
import NIOSSL

/// What one side of the line needs for TLS, as its files hold it.
package struct LinkCredentials: Sendable {
    let context: NIOSSLContext
    /// Whom it takes for the other side.
    package let rule: LinkRule
    /// The last moment at which its own certificate is valid.
    package let notAfter: Date

    /// The files of one side, PEM.
    package struct Files: Hashable, Sendable {
        /// The authority of the line.
        package let authority: URL
        /// The side's own certificate.
        package let certificate: URL
        /// Its key, which nobody else may read.
        package let key: URL

        /// Names the files.
        package init(authority: URL, certificate: URL, key: URL) {
            self.authority = authority
            self.certificate = certificate
            self.key = key
        }
    }

    /// Reads the files. TLS 1.3 alone is spoken: both ends are ours.
    ///
    /// - Parameters:
    ///   - files: Where authority, certificate and key are.
    ///   - other: Which side the other is.
    ///   - name: The name that the other side's certificate must have.
    /// - Throws: `IdentityError` naming the file that is not what it should be: also when the certificate is
    ///   not of the authority, or was issued for the other side.
    package init(_ files: Files, other: LinkRule.Side, named name: CertificateName) throws {
        let authority = try Issuers(ours: files.authority)
        let own: PeerCertificate
        let chain: [NIOSSLCertificate]
        let key: NIOSSLPrivateKey
        do {
            chain = try NIOSSLCertificate.fromPEMFile(files.certificate.path)
            own = try PeerCertificate(der: chain.first?.toDERBytes() ?? [])
        } catch {
            throw IdentityError("\(files.certificate.path) holds no certificate: \(error)")
        }
        do {
            key = try NIOSSLPrivateKey(file: files.key.path, format: .pem)
        } catch {
            throw IdentityError("\(files.key.path) holds no key: \(error)")
        }
        guard case .authority = authority.signer(of: own) else {
            throw IdentityError(
                "\(files.certificate.path) was not issued by the authority in \(files.authority.path)",
                hint: "copy the three files that `quaymaster agent issue` has written together")
        }
        guard other == .gateway ? own.servesServers : own.servesClients else {
            throw IdentityError(
                "\(files.certificate.path) was issued for the other side of the line",
                hint: "`quaymaster agent issue NAME --for gateway` and `--for agent` make the two")
        }
        let roots = try authority.roots.map { try NIOSSLCertificate(bytes: $0, format: .der) }
        let sources = chain.map { NIOSSLCertificateSource.certificate($0) }
        var configuration: TLSConfiguration
        switch other {
        case .gateway:
            configuration = .makeServerConfiguration(
                certificateChain: sources, privateKey: .privateKey(key))
        case .agent:
            configuration = .makeClientConfiguration()
            configuration.certificateChain = sources
            configuration.privateKey = .privateKey(key)
        }
        configuration.trustRoots = .certificates(roots)
        // Names are the rule's matter, exactly and without wildcards.
        configuration.certificateVerification = .noHostnameVerification
        configuration.minimumTLSVersion = .tlsv13
        configuration.applicationProtocols = [Self.protocolName]
        configuration.shutdownTimeout = .milliseconds(500)
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw IdentityError(
                "\(files.key.path) is not the key of \(files.certificate.path): \(error)",
                hint: "copy the three files that `quaymaster agent issue` has written together")
        }
        rule = LinkRule(other, named: name, of: authority)
        notAfter = own.notAfter
    }

    /// The protocol as TLS names it (RFC 7301): what both ends speak, and nobody else.
    static let protocolName = "quaymaster-agent/1"

    /// True when no authority of clients has the key of the line's: a client's certificate never opens it,
    /// and the line's is no client's.
    package func isApart(from clients: Issuers) -> Bool {
        !rule.authority.sharesKey(with: clients)
    }

    /// Says that the side's own certificate has expired, or will within a week; nil while it is fresh.
    package func warning(at now: Date) -> String? {
        let left = notAfter.timeIntervalSince(now)
        let day = notAfter.formatted(.iso8601)
        if left < 0 {
            return "the certificate of the line between gateway and agent has expired on \(day)"
        }
        return left < 7 * 86_400
            ? "the certificate of the line between gateway and agent expires on \(day)" : nil
    }
}
