import Acts
package import Foundation
import SwiftASN1
import X509

/// The authorities that issue clients' certificates, by the names that mappings use.
///
/// TLS verifies a chain and tells which certificate a client holds, not which chain it has verified
/// (and a resumed session verifies none). So who has issued a certificate is established here, by
/// its signature; an authority's name inside a certificate proves nothing.
package struct Issuers: Sendable {
    /// Who has issued a certificate.
    package enum Signer: Hashable, Sendable {
        /// No key of a listed authority has signed it.
        case nobody
        /// The authority of this name; its own certificate is valid until then.
        case authority(String, until: Date)
    }

    private struct Issuer: Sendable {
        let name: String
        let certificate: Certificate
    }

    private var issuers: [Issuer] = []

    /// The roots that chains may end in, DER.
    package private(set) var roots: [[UInt8]] = []

    /// Makes a list of no authority: nobody signs in by a certificate.
    package init() {}

    /// Reads our own authority.
    ///
    /// - Parameter ours: Its certificate, PEM; more than one while a new one takes over.
    /// - Throws: `IdentityError` naming the file.
    package init(ours: URL) throws {
        try add(IssuerName.ours, ours)
    }

    /// Adds an authority.
    ///
    /// - Parameters:
    ///   - name: The name that mappings use.
    ///   - file: The certificates that sign clients' certificates and those that they hang from, up
    ///     to a self-signed one, PEM.
    /// - Throws: `IdentityError` naming the file, also when another authority has the same key.
    package mutating func add(_ name: String, _ file: URL) throws {
        let certificates: [Certificate]
        do {
            let text = try String(contentsOf: file, encoding: .utf8)
            certificates = try PEMDocument.parseMultiple(pemString: text).map {
                try Certificate(pemDocument: $0)
            }
            for certificate in certificates {
                guard try certificate.isAuthority else {
                    throw IdentityError("\(certificate.subject) may not issue certificates")
                }
                var serializer = DER.Serializer()
                try serializer.serialize(certificate)
                roots.append(serializer.serializedBytes)
            }
        } catch {
            throw IdentityError("\(file.path) holds no authority's certificates: \(error)")
        }
        guard certificates.contains(where: { $0.subject == $0.issuer }) else {
            throw IdentityError(
                "\(file.path) holds no self-signed certificate",
                hint: "add the authority that the others hang from; no chain would end otherwise")
        }
        for certificate in certificates {
            if let other = issuers.first(where: {
                $0.name != name && $0.certificate.publicKey == certificate.publicKey
            }) {
                throw IdentityError(
                    "\(name) and \(other.name) have the key of \(certificate.subject) in common",
                    hint: "then nobody could say whose certificates it signs; list it once")
            }
            issuers.append(Issuer(name: name, certificate: certificate))
        }
    }

    /// True when an authority of one list has the key of one of the other: certificates of the one would
    /// count for the other.
    package func sharesKey(with other: Issuers) -> Bool {
        issuers.contains { mine in
            other.issuers.contains { $0.certificate.publicKey == mine.certificate.publicKey }
        }
    }

    /// Who has issued a certificate. Costs a verification of a signature, about a tenth of a
    /// millisecond: whoever asks often keeps the answer.
    package func signer(of peer: PeerCertificate) -> Signer {
        var until: (name: String, date: Date)?
        for issuer in issuers
        where issuer.certificate.subject == peer.certificate.issuer
            && issuer.certificate.publicKey.isValidSignature(
                peer.certificate.signature, for: peer.certificate)
        {
            // An authority that was renewed with the same key is valid as long as its last form.
            let end = issuer.certificate.notValidAfter
            if end > until?.date ?? .distantPast { until = (issuer.name, end) }
        }
        return until.map { .authority($0.name, until: $0.date) } ?? .nobody
    }
}
