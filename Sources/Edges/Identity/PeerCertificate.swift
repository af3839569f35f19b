package import Acts
import Crypto
package import Foundation
import SwiftASN1
package import X509

/// What a client's certificate says, read once after every handshake, full or resumed.
package struct PeerCertificate: Hashable, Sendable {
    /// SHA-256 over the certificate's DER form, in hexadecimal.
    package let fingerprint: String
    /// The first moment at which it is valid.
    package let notBefore: Date
    /// The last moment at which it is valid.
    package let notAfter: Date
    /// Its only common name; nil when it has none, or several.
    package let commonName: String?
    /// Everything by which a policy may know its holder.
    package let names: [CertificateName]
    /// False when it was issued for other purposes than a client's (RFC 5280 §4.2.1.12).
    package let servesClients: Bool
    /// False when it was issued for other purposes than a server's.
    package let servesServers: Bool
    /// The whole, whose signature says who has issued it.
    let certificate: Certificate

    /// Reads a certificate whose chain the handshake has verified.
    ///
    /// - Parameter der: The certificate.
    /// - Throws: What the certificate library says of an extension that it cannot read.
    package init(der: [UInt8]) throws {
        try self.init(Certificate(derEncoded: der), der: der)
    }

    /// Reads a certificate that was just issued.
    package init(_ certificate: Certificate) throws {
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        try self.init(certificate, der: serializer.serializedBytes)
    }

    private init(_ certificate: Certificate, der: [UInt8]) throws {
        self.certificate = certificate
        let digest = SHA256.hash(data: der).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
        fingerprint = digest
        notBefore = certificate.notValidBefore
        notAfter = certificate.notValidAfter
        let usage = try certificate.extensions.extendedKeyUsage
        servesClients = usage.map { $0.contains(.clientAuth) } ?? true
        servesServers = usage.map { $0.contains(.serverAuth) } ?? true
        let commonNames = Self.commonNames(certificate)
        commonName = commonNames.count == 1 ? commonNames[0] : nil
        var hosts: [String] = []
        var mailboxes: [String] = []
        var uris: [String] = []
        if let alternatives = try certificate.extensions.subjectAlternativeNames {
            for case .dnsName(let name) in alternatives { hosts.append(name) }
            for case .rfc822Name(let name) in alternatives { mailboxes.append(name) }
            for case .uniformResourceIdentifier(let uri) in alternatives { uris.append(uri) }
        }
        names = CertificateName.all(
            fingerprint: digest, commonNames: commonNames, hosts: hosts, mailboxes: mailboxes,
            uris: uris, isAuthority: try certificate.isAuthority)
    }

    /// The common names of the subject. One in an encoding that is no text counts, as the empty
    /// name: beside it no other is the only one.
    private static func commonNames(_ certificate: Certificate) -> [String] {
        certificate.subject.flatMap { relative in
            relative.filter { $0.type == .RDNAttributeType.commonName }.map { attribute in
                let text = String(attribute.value) ?? ""
                // A decoder's mark for bytes that are no UTF-8.
                return text.unicodeScalars.contains("\u{FFFD}") ? "" : text
            }
        }
    }
}

extension Certificate {
    /// True when it may issue certificates (RFC 5280 §4.2.1.9).
    var isAuthority: Bool {
        get throws {
            guard case .isCertificateAuthority = try extensions.basicConstraints else {
                return false
            }
            return true
        }
    }
}
