import Acts
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

    /// Notes a certificate that was just issued to an identity.
    package init(_ certificate: PeerCertificate, to identity: String, issuedAt: Date) {
        self.identity = identity
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

    /// What the record says of its issue.
    package var issueSentence: String { "\(identity), fingerprint \(fingerprint)" }

    /// The members of the certificate's entry.
    package var members: [(String, JSONValue)] {
        [
            ("identity", .string(identity)), ("fingerprint", .string(fingerprint)),
            ("at", .integer(Int64(issuedAt.timeIntervalSince1970))),
            ("notAfter", .integer(Int64(notAfter.timeIntervalSince1970))),
        ]
    }
}

/// Every certificate that was issued, and every one that is revoked, of ours or not.
///
/// A file of JSON lines that only grows: an issue or a revocation is one line, durable before
/// anybody is told of it. A certificate of ours that is not in it means nobody by its common name.
package struct CertificateRegistry: Sendable {
    /// The certificates by fingerprint.
    package private(set) var certificates: [String: IssuedCertificate] = [:]
    /// When certificates that were issued elsewhere were revoked, by fingerprint.
    package private(set) var revokedStrangers: [String: Date] = [:]
    /// Certificates whose issue the record does not know, by fingerprint.
    private var unrecorded: Set<String> = []
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

    /// The fingerprints that a revocation means: none of them is revoked yet.
    ///
    /// - Parameters:
    ///   - identity: Whose certificates; nil for whoever holds the one with the fingerprint.
    ///   - fingerprint: Which of them, or their beginning. A whole fingerprint that nobody was
    ///     issued is another authority's certificate, which can be revoked as well.
    /// - Returns: What is to be revoked.
    package func revocable(of identity: String?, fingerprint: String?) -> [String] {
        if let fingerprint, Fingerprint.isWhole(fingerprint), certificates[fingerprint] == nil {
            return revokedStrangers[fingerprint] == nil ? [fingerprint] : []
        }
        // Without a name only a whole fingerprint says what is meant.
        guard identity != nil || fingerprint.map(Fingerprint.isWhole) == true else { return [] }
        return certificates.values.filter { certificate in
            certificate.revokedAt == nil && certificate.identity == identity ?? certificate.identity
                && fingerprint.map(certificate.fingerprint.hasPrefix) ?? true
        }.map(\.fingerprint).sorted()
    }

    /// The certificates that are believed at a time, as the record says of their issues.
    package func issueSentences(at now: Date) -> Set<String> {
        Set(
            certificates.values.filter { $0.revokedAt == nil && now <= $0.notAfter }
                .map(\.issueSentence))
    }

    /// Believes only what stands in the record as well: a line that somebody has put into the file is
    /// no issue.
    ///
    /// - Parameter recorded: What the record says of issues.
    package mutating func believe(only recorded: Set<String>) {
        unrecorded = Set(
            certificates.values.filter { !recorded.contains($0.issueSentence) }.map(\.fingerprint))
    }

    /// Notes an issue.
    package mutating func issue(_ certificate: IssuedCertificate) throws {
        try append([("event", .string("issued"))] + certificate.members)
        note(certificate)
        unrecorded.remove(certificate.fingerprint)
    }

    /// Revokes a certificate: not believed from now on, also when the disk refuses the line.
    ///
    /// - Throws: `IdentityError` when a restart would believe the certificate again.
    package mutating func revoke(_ fingerprint: String, at now: Date) throws {
        noteRevocation(of: fingerprint, at: now)
        try append([
            ("event", .string("revoked")), ("fingerprint", .string(fingerprint)),
            ("at", .integer(Int64(now.timeIntervalSince1970))),
        ])
    }

    /// Why a certificate is not believed at a time, or nil.
    package func objection(to certificate: PeerCertificate, at now: Date) -> String? {
        guard now <= certificate.notAfter else { return "the certificate has expired" }
        guard now >= certificate.notBefore else { return "the certificate is not valid yet" }
        guard certificate.servesClients else {
            return "the certificate is for other purposes than a client's"
        }
        let revoked =
            certificates[certificate.fingerprint]?.revokedAt
            ?? revokedStrangers[certificate.fingerprint]
        return revoked == nil ? nil : "the certificate is revoked"
    }

    /// Why a certificate of ours means nobody by its common name, or nil.
    package func objectionToName(of certificate: PeerCertificate) -> String? {
        let fingerprint = certificate.fingerprint
        if certificates[fingerprint] == nil {
            return
                "quaymaster has not issued the certificate \(fingerprint): it is not in the registry"
        }
        if unrecorded.contains(fingerprint) {
            return "the record knows of no issue of the certificate \(fingerprint)"
        }
        return nil
    }

    private mutating func note(_ certificate: IssuedCertificate) {
        let fingerprint = certificate.fingerprint
        // Whatever was revoked stays so, also when it is noted again or was not known before.
        let revokedAt =
            certificates[fingerprint]?.revokedAt
            ?? revokedStrangers.removeValue(forKey: fingerprint)
        certificates[fingerprint] = certificate
        certificates[fingerprint]?.revokedAt = revokedAt
    }

    private mutating func noteRevocation(of fingerprint: String, at time: Date) {
        if certificates[fingerprint] == nil {
            revokedStrangers[fingerprint] = time
        } else {
            certificates[fingerprint]?.revokedAt = time
        }
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
            note(certificate)
        case "revoked": noteRevocation(of: fingerprint, at: time)
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
