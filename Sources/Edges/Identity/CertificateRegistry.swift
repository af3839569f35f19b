package import Foundation
package import JSON

/// One certificate that was issued.
package struct IssuedCertificate: Hashable, Sendable {
    /// The identity's name.
    package let identity: String
    /// SHA-256 over its DER form, in hexadecimal.
    package let fingerprint: String
    /// When it was issued.
    package let issuedAt: Date
    /// The last moment at which it is valid.
    package let notAfter: Date
    /// When it was revoked; nil while it is believed.
    package internal(set) var revokedAt: Date?

    /// Notes a certificate that was just issued.
    package init(_ certificate: PeerCertificate, issuedAt: Date) {
        identity = certificate.identity
        fingerprint = certificate.fingerprint
        self.issuedAt = issuedAt
        notAfter = certificate.notAfter
    }

    /// Reads a certificate's entry; nil when something is missing.
    package init?(_ value: JSONValue) {
        guard let identity = value["identity"]?.string, let at = value["at"]?.int64,
            let fingerprint = value["fingerprint"]?.string,
            let notAfter = value["notAfter"]?.int64
        else { return nil }
        self.identity = identity
        self.fingerprint = fingerprint
        issuedAt = Date(timeIntervalSince1970: TimeInterval(at))
        self.notAfter = Date(timeIntervalSince1970: TimeInterval(notAfter))
    }

    /// The members of the certificate's entry.
    package var members: [(String, JSONValue)] {
        [
            ("identity", .string(identity)), ("fingerprint", .string(fingerprint)),
            ("at", .integer(Int64(issuedAt.timeIntervalSince1970))),
            ("notAfter", .integer(Int64(notAfter.timeIntervalSince1970))),
        ]
    }
}

/// Every certificate that was issued and which of them are revoked.
///
/// A file of JSON lines that only grows: an issue or a revocation is one line, durable before
/// anybody is told of it. A certificate that is not in it is not believed, whoever signed it.
package struct CertificateRegistry: Sendable {
    /// The certificates by fingerprint.
    package private(set) var certificates: [String: IssuedCertificate] = [:]
    private let file: URL
    /// The length of the whole lines, when a torn one follows them; whoever writes cuts it.
    private var tornAt: Int?

    /// Reads a registry; a file that does not exist is an empty one.
    ///
    /// - Throws: `IdentityError` for a line that is no entry: the registry is never guessed at.
    package init(file: URL) throws {
        self.file = file
        guard FileManager.default.fileExists(atPath: file.path) else { return }
        let text = try String(contentsOf: file, encoding: .utf8)
        // A last line without an end was being written when the power went: nobody was told of it.
        let end = text.utf8.lastIndex(of: 0x0A) ?? text.startIndex
        if !text.isEmpty, text.utf8.last != 0x0A {
            tornAt = text[..<end].isEmpty ? 0 : text[...end].utf8.count
        }
        for (index, line) in text[..<end].split(separator: "\n").enumerated() {
            do {
                try apply(JSONReader.value(of: Array(line.utf8)))
            } catch {
                throw IdentityError(
                    "\(file.path):\(index + 1) is no entry of the certificate registry",
                    hint: "restore it from a backup; nobody is let in on a guess")
            }
        }
    }

    /// The certificates of an identity, the oldest first.
    package func certificates(of identity: String) -> [IssuedCertificate] {
        certificates.values.filter { $0.identity == identity }.sorted { $0.issuedAt < $1.issuedAt }
    }

    /// Notes an issue.
    package mutating func issue(_ certificate: IssuedCertificate) throws {
        try append([("event", .string("issued"))] + certificate.members)
        certificates[certificate.fingerprint] = certificate
    }

    /// Revokes a certificate: not believed from now on, also when the disk refuses the line.
    ///
    /// - Throws: `IdentityError` when a restart would believe the certificate again.
    package mutating func revoke(_ fingerprint: String, at now: Date) throws {
        certificates[fingerprint]?.revokedAt = now
        try append([
            ("event", .string("revoked")), ("fingerprint", .string(fingerprint)),
            ("at", .integer(Int64(now.timeIntervalSince1970))),
        ])
    }

    /// Why a certificate is not believed at a time, or nil.
    package func objection(to certificate: PeerCertificate, at now: Date) -> String? {
        guard now <= certificate.notAfter else { return "the certificate has expired" }
        guard now >= certificate.notBefore else { return "the certificate is not valid yet" }
        guard let known = certificates[certificate.fingerprint] else {
            return "the certificate is not in the registry"
        }
        return known.revokedAt == nil ? nil : "the certificate is revoked"
    }

    private mutating func apply(_ value: JSONValue) throws {
        guard let fingerprint = value["fingerprint"]?.string, let at = value["at"]?.int64 else {
            throw IdentityError("incomplete")
        }
        let time = Date(timeIntervalSince1970: TimeInterval(at))
        switch value["event"]?.string {
        case "issued":
            guard let certificate = IssuedCertificate(value) else {
                throw IdentityError("incomplete")
            }
            certificates[fingerprint] = certificate
        case "revoked": certificates[fingerprint]?.revokedAt = time
        default: throw IdentityError("unknown event")
        }
    }

    private mutating func append(_ members: [(String, JSONValue)]) throws {
        if let tornAt { try DurableFile.cut(file, to: tornAt) }
        tornAt = nil
        let line = JSONWriter.bytes(.object(JSONObject(members))) + [0x0A]
        try DurableFile.append(line, to: file)
    }
}
