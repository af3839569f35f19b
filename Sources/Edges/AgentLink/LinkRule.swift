package import Acts
package import Foundation
package import Identity

/// Whom one side of the line between a gateway and an agent takes for the other.
///
/// The chain is the handshake's matter. This asks, of the certificate that it has verified, what a chain
/// does not say: whether the authority has signed it itself, and whether it names exactly the machine that
/// the configuration names. A certificate of the same authority for another machine opens nothing.
package struct LinkRule: Sendable {
    /// Which side the other is.
    package enum Side: String, CaseIterable, Hashable, Sendable {
        /// It sends lines; its certificate is a client's.
        case gateway
        /// It runs them; its certificate is a server's.
        case agent
    }

    /// Which side the other is.
    package let side: Side
    /// The one name that its certificate must have.
    package let name: CertificateName
    /// The authority of the line, and no other.
    let authority: Issuers

    /// Makes a rule.
    ///
    /// - Parameters:
    ///   - side: Which side the other is.
    ///   - name: The name that its certificate must have.
    ///   - authority: The authority that has to have signed it.
    package init(_ side: Side, named name: CertificateName, of authority: Issuers) {
        self.side = side
        self.name = name
        self.authority = authority
    }

    /// Why a certificate is not the other side's; nil when it is.
    ///
    /// - Parameters:
    ///   - certificate: What the other side has shown, and proven to hold the key of.
    ///   - now: The time.
    /// - Returns: The rest of a sentence that begins with "its certificate".
    package func objection(to certificate: PeerCertificate, at now: Date) -> String? {
        switch authority.signer(of: certificate) {
        case .nobody: return "is of another authority than the one between gateway and agents"
        case .authority(_, let end) where now > end: return "is of an authority that has expired"
        case .authority: break
        }
        if now < certificate.notBefore {
            return "is valid from \(certificate.notBefore.formatted(.iso8601)) on only"
        }
        if now > certificate.notAfter {
            return "has expired on \(certificate.notAfter.formatted(.iso8601))"
        }
        let serves = side == .gateway ? certificate.servesClients : certificate.servesServers
        guard serves else { return "was not issued for \(Self.article[side] ?? "a side")" }
        guard certificate.names.contains(name) else {
            return "names \(Self.shown(certificate)), and not \(name.text)"
        }
        return nil
    }

    private static let article: [Side: String] = [.gateway: "a gateway", .agent: "an agent"]

    /// The names in a certificate that could have been right. Whoever connects has chosen them.
    private static func shown(_ certificate: PeerCertificate) -> String {
        let names = certificate.names.filter { $0.kind == .alternative || $0.kind == .spiffe }
        let texts = names.prefix(4).map(\.text)
        return texts.isEmpty ? "no machine" : texts.joined(separator: ", ")
    }
}

extension CertificateName {
    /// The name as a log shows it: printable ASCII, at most a hundred bytes.
    package var text: String {
        String(decoding: bytes.prefix(100).map { 0x21...0x7E ~= $0 ? $0 : 0x3F }, as: UTF8.self)
    }
}
