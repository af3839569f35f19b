package import Crypto
package import Foundation
import SwiftASN1
package import X509

/// Certificates as other authorities make them: with whatever they like inside.
package struct TestIssuer {
    /// Its own certificate.
    package let certificate: Certificate
    /// Its key.
    package let key: P256.Signing.PrivateKey

    /// Makes an authority; one without an issuer signs itself.
    package init(
        _ name: String, by issuer: TestIssuer? = nil, key: P256.Signing.PrivateKey = P256.Signing.PrivateKey(),
        days: Double = 100, now: Date
    ) throws {
        self.key = key
        let subject = try DistinguishedName { CommonName(name) }
        certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: now.addingTimeInterval(-300), notValidAfter: now.addingTimeInterval(days * 86_400),
            issuer: issuer?.certificate.subject ?? subject, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
            },
            issuerPrivateKey: Certificate.PrivateKey(issuer?.key ?? key))
    }

    /// Issues a certificate.
    package func leaf(
        _ commonNames: [String], _ alternatives: [GeneralName] = [], usage: [ExtendedKeyUsage.Usage]? = nil,
        lifetime: TimeInterval = 3600, now: Date
    ) throws -> Certificate {
        try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PublicKey(P256.Signing.PrivateKey().publicKey),
            notValidBefore: now.addingTimeInterval(-300), notValidAfter: now.addingTimeInterval(lifetime),
            issuer: certificate.subject,
            subject: DistinguishedName(
                commonNames.map { name in
                    RelativeDistinguishedName(
                        RelativeDistinguishedName.Attribute(
                            type: .RDNAttributeType.commonName, utf8String: name))
                }),
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                if let usage { try ExtendedKeyUsage(usage) }
                if !alternatives.isEmpty { SubjectAlternativeNames(alternatives) }
            },
            issuerPrivateKey: Certificate.PrivateKey(key))
    }

    /// Its own certificate as a file holds it.
    package var pem: String {
        get throws { try certificate.serializeAsPEM().pemString }
    }
}

/// Writes texts into files of their own, which last as long as the body.
package func withFiles(_ texts: [String], _ body: ([URL]) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("quaymaster-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = texts.indices.map { folder.appendingPathComponent("\($0).pem") }
    for (file, text) in zip(files, texts) { try text.write(to: file, atomically: true, encoding: .utf8) }
    try body(files)
}
