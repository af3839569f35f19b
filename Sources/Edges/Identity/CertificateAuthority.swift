package import Acts
package import Crypto
package import Foundation
import SwiftASN1
package import X509

/// Why a certificate could not be made or read.
package struct IdentityError: Error, CustomStringConvertible, Sendable {
    /// What failed, naming the file.
    package let description: String
    /// What to do about it.
    package let hint: String?

    /// Makes an error.
    package init(_ description: String, hint: String? = nil) {
        self.description = description
        self.hint = hint
    }
}

/// A certificate with its private key, both as PEM.
package struct KeyPair: Sendable {
    /// The certificate.
    package let certificate: Certificate
    /// The key, P-256.
    package let key: P256.Signing.PrivateKey

    /// The certificate's text.
    package var certificatePEM: String {
        get throws { try certificate.serializeAsPEM().pemString }
    }

    /// The key's text.
    package var keyPEM: String { key.pemRepresentation }

    /// Reads a pair.
    ///
    /// - Throws: `IdentityError` naming the file that is not what it should be.
    package init(certificate: URL, key: URL) throws {
        do {
            self.certificate = try Certificate(
                pemEncoded: String(contentsOf: certificate, encoding: .utf8))
        } catch {
            throw IdentityError("\(certificate.path) holds no certificate: \(error)")
        }
        do {
            self.key = try P256.Signing.PrivateKey(
                pemRepresentation: String(contentsOf: key, encoding: .utf8))
        } catch {
            throw IdentityError("\(key.path) holds no P-256 key")
        }
    }

    init(certificate: Certificate, key: P256.Signing.PrivateKey) {
        self.certificate = certificate
        self.key = key
    }
}

/// The authority whose certificates are believed: a self-signed P-256 certificate (RFC 5280).
package struct CertificateAuthority: Sendable {
    /// The authority's own certificate and key.
    package let pair: KeyPair

    /// Takes a pair that was read.
    package init(_ pair: KeyPair) {
        self.pair = pair
    }

    /// Makes an authority.
    ///
    /// - Parameters:
    ///   - name: Its common name.
    ///   - now: The time.
    /// - Throws: What the cryptography library says.
    package init(named name: String, now: Date) throws {
        let key = P256.Signing.PrivateKey()
        let subject = try DistinguishedName { CommonName(name) }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: now.addingTimeInterval(-300),
            notValidAfter: now.addingTimeInterval(10 * 365 * 86_400),
            issuer: subject, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: Certificate.PublicKey(key.publicKey))
            },
            issuerPrivateKey: Certificate.PrivateKey(key))
        pair = KeyPair(certificate: certificate, key: key)
    }

    /// Issues a server's certificate.
    ///
    /// - Parameters:
    ///   - names: DNS names and IP addresses.
    ///   - lifetime: In seconds.
    ///   - now: The time.
    /// - Returns: The certificate with a new key.
    /// - Throws: What the cryptography library says.
    package func server(_ names: [String], lifetime: TimeInterval, now: Date) throws -> KeyPair {
        let alternatives = names.map { name -> GeneralName in
            IPAddress.bytes(name).map { .ipAddress(ASN1OctetString(contentBytes: $0[...])) }
                ?? .dnsName(name)
        }
        return try issue(
            commonName: names.first ?? "quaymaster", lifetime: lifetime, now: now,
            usage: ExtendedKeyUsage([.serverAuth]),
            alternatives: SubjectAlternativeNames(alternatives))
    }

    /// Issues an identity's certificate; its common name is the identity's name.
    ///
    /// - Parameters:
    ///   - name: The identity.
    ///   - alternatives: What else the certificate says of its holder, for mappings.
    ///   - lifetime: In seconds.
    ///   - now: The time.
    /// - Returns: The certificate with a new key.
    /// - Throws: What the cryptography library says.
    package func identity(
        _ name: String, alternatives: [CertificateName] = [], lifetime: TimeInterval, now: Date
    ) throws -> KeyPair {
        let names = alternatives.compactMap { alternative -> GeneralName? in
            let text = String(decoding: alternative.bytes, as: UTF8.self)
            return switch alternative.kind {
            case .spiffe: .uniformResourceIdentifier(text)
            case .alternative: text.utf8.contains(0x40) ? .rfc822Name(text) : .dnsName(text)
            // The one is `name`, the other depends on everything else.
            case .common, .fingerprint: nil
            }
        }
        return try issue(
            commonName: name, lifetime: lifetime, now: now,
            usage: ExtendedKeyUsage([.clientAuth]),
            alternatives: names.isEmpty ? nil : SubjectAlternativeNames(names))
    }

    private func issue(
        commonName: String, lifetime: TimeInterval, now: Date, usage: ExtendedKeyUsage,
        alternatives: SubjectAlternativeNames?
    ) throws -> KeyPair {
        let key = P256.Signing.PrivateKey()
        let end = min(now.addingTimeInterval(lifetime), pair.certificate.notValidAfter)
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PublicKey(key.publicKey),
            // Clocks of clients differ; five minutes are forgiven.
            notValidBefore: now.addingTimeInterval(-300), notValidAfter: end,
            issuer: pair.certificate.subject,
            subject: try DistinguishedName { CommonName(commonName) },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                usage
                if let alternatives { alternatives }
                AuthorityKeyIdentifier(
                    keyIdentifier: SubjectKeyIdentifier(
                        hash: pair.certificate.publicKey
                    ).keyIdentifier)
            },
            issuerPrivateKey: Certificate.PrivateKey(pair.key))
        return KeyPair(certificate: certificate, key: key)
    }
}

/// IP addresses as bytes.
enum IPAddress {
    /// The 4 or 16 bytes of an address in text form, or nil.
    static func bytes(_ text: String) -> [UInt8]? {
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: four) { Array($0) } }
        var six = in6_addr()
        if inet_pton(AF_INET6, text, &six) == 1 { return withUnsafeBytes(of: six) { Array($0) } }
        return nil
    }
}
