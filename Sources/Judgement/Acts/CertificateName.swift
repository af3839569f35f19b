/// Something that a certificate says of its holder, and by which a policy may know the holder.
///
/// Names are compared as bytes: neither case nor canonical equivalence makes two of them one.
package struct CertificateName: Hashable, Sendable {
    /// Where in a certificate a name stands. Raw values are what stands in `policy.yaml`.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// A dNSName or an rfc822Name of the alternative names (RFC 5280 §4.2.1.6).
        case alternative = "san"
        /// The subject's only common name.
        case common = "cn"
        /// The only URI of the alternative names, when it is a SPIFFE id (X509-SVID §2).
        case spiffe
        /// SHA-256 over the whole certificate's DER form.
        case fingerprint
    }

    /// Where it stands.
    package let kind: Kind
    /// What stands there, in UTF-8.
    package let bytes: [UInt8]

    /// Takes a name as it stands in a certificate.
    package init(_ kind: Kind, _ text: String) {
        self.kind = kind
        bytes = Array(text.utf8)
    }

    /// Reads a name as a policy writes it; nil when no certificate could carry it.
    ///
    /// - Parameters:
    ///   - kind: The key that it stands under.
    ///   - text: The value.
    package init?(_ kind: Kind, written text: String) {
        switch kind {
        case .alternative:
            guard Self.isPlain(text), !text.utf8.contains(UInt8(ascii: "*")) else { return nil }
        case .common:
            guard (1...256).contains(text.utf8.count),
                text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
            else { return nil }
        case .spiffe: guard Self.isSPIFFE(text) else { return nil }
        case .fingerprint:
            guard let digits = Fingerprint.digits(text), Fingerprint.isWhole(digits) else {
                return nil
            }
            self.init(kind, digits)
            return
        }
        self.init(kind, text)
    }

    /// Reads a machine's name as `quaymaster.yaml` writes it: a SPIFFE id, or a host's name; nil for what
    /// no certificate could carry.
    package init?(machine text: String) {
        self.init(text.hasPrefix("spiffe://") ? .spiffe : .alternative, written: text)
    }

    /// What a certificate's fields say of its holder.
    ///
    /// - Parameters:
    ///   - fingerprint: SHA-256 over its DER form, in small hexadecimal digits.
    ///   - commonNames: The common names of its subject.
    ///   - hosts: The dNSNames among its alternative names.
    ///   - mailboxes: The rfc822Names among them.
    ///   - uris: The URIs among them.
    ///   - isAuthority: True when it may issue certificates itself.
    /// - Returns: The names that mean one thing only.
    package static func all(
        fingerprint: String, commonNames: [String], hosts: [String], mailboxes: [String],
        uris: [String], isAuthority: Bool
    ) -> [CertificateName] {
        var names = [CertificateName(.fingerprint, fingerprint)]
        if let name = commonNames.first, commonNames.count == 1 {
            names.append(CertificateName(.common, name))
        }
        // A mapping that holds an at sign means a mailbox, another a host: an authority that
        // signs any host name must not be able to make a mailbox of it.
        let at = UInt8(ascii: "@")
        names += hosts.filter { !$0.utf8.contains(at) }.map { CertificateName(.alternative, $0) }
        names += mailboxes.filter { $0.utf8.contains(at) }.map { CertificateName(.alternative, $0) }
        // X509-SVID §2 and §4.1: exactly one URI, in a certificate that signs no others.
        if let uri = uris.first, uris.count == 1, !isAuthority, isSPIFFE(uri) {
            names.append(CertificateName(.spiffe, uri))
        }
        return names
    }

    /// Printable ASCII without blanks, as host names and mailboxes are.
    private static func isPlain(_ text: String) -> Bool {
        (1...254).contains(text.utf8.count) && text.utf8.allSatisfy { 0x21...0x7E ~= $0 }
    }

    /// `spiffe://trust-domain/path` (SPIFFE-ID §2): a path of one segment at least.
    private static func isSPIFFE(_ text: String) -> Bool {
        let scheme = Array("spiffe://".utf8)
        guard text.utf8.count <= 2048, text.utf8.starts(with: scheme) else { return false }
        let parts = text.utf8.dropFirst(scheme.count)
            .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard let domain = parts.first, parts.count > 1, (1...255).contains(domain.count),
            domain.allSatisfy({ isSPIFFE($0) && !(0x41...0x5A ~= $0) })
        else { return false }
        return parts.dropFirst().allSatisfy { segment in
            !segment.isEmpty && segment.allSatisfy(isSPIFFE)
                && !segment.elementsEqual([0x2E]) && !segment.elementsEqual([0x2E, 0x2E])
        }
    }

    private static func isSPIFFE(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}

extension CertificateName.Kind {
    /// What a value may be, for messages.
    package var grammar: String {
        switch self {
        case .alternative:
            "one host name or mailbox exactly as the certificate has it, without wildcards"
        case .common: "the common name exactly as the certificate has it"
        case .spiffe: "for example spiffe://ci/runner-7"
        case .fingerprint:
            "64 hexadecimal digits; `openssl x509 -noout -fingerprint -sha256 -in cert.pem` "
                + "prints them"
        }
    }
}

/// Digests of certificates as people write them.
package enum Fingerprint {
    /// The digits of a fingerprint or its beginning, without colons and in small letters; nil for
    /// what is none.
    package static func digits(_ text: String) -> String? {
        var digits: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x61...0x66: digits.append(byte)
            case 0x41...0x46: digits.append(byte | 0x20)
            case UInt8(ascii: ":"): break
            default: return nil
            }
        }
        guard (1...64).contains(digits.count) else { return nil }
        return String(decoding: digits, as: UTF8.self)
    }

    /// True for the digits of a whole SHA-256.
    package static func isWhole(_ digits: String) -> Bool { digits.utf8.count == 64 }
}

/// The names of the authorities that issue clients' certificates.
package enum IssuerName {
    /// The authority that `quaymaster init` makes.
    package static let ours = "ours"
}
