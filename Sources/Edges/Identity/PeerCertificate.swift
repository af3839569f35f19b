import Crypto
package import Foundation
import SwiftASN1
package import X509

/// What a client's certificate says, read once after every handshake, full or resumed.
package struct PeerCertificate: Hashable, Sendable {
    /// The identity's name: the certificate's only common name.
    package let identity: String
    /// SHA-256 over the certificate's DER form, in hexadecimal.
    package let fingerprint: String
    /// The first moment at which it is valid.
    package let notBefore: Date
    /// The last moment at which it is valid.
    package let notAfter: Date

    /// Reads a certificate whose chain the handshake has verified.
    ///
    /// - Parameter der: The certificate.
    /// - Throws: `IdentityError` when it names no identity or more than one.
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
        let names = certificate.subject.flatMap { relative in
            relative.filter { $0.type == .RDNAttributeType.commonName }
        }
        guard let name = names.first, names.count == 1 else {
            throw IdentityError("the certificate does not name one identity")
        }
        identity = String(describing: name.value)
        fingerprint = SHA256.hash(data: der).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
        notBefore = certificate.notValidBefore
        notAfter = certificate.notValidAfter
    }
}
