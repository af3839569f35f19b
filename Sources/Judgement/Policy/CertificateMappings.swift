package import Acts

/// Which identity a certificate means, by what it says and by who has signed it.
package struct CertificateMappings: Hashable, Sendable {
    /// What a certificate means.
    package enum Meaning: Hashable, Sendable {
        /// No mapping fits it.
        case nothing
        /// Mappings of one identity fit it.
        case identity(String)
        /// Mappings of several identities fit it: it means none of them.
        case several([String])
    }

    private struct Key: Hashable {
        let issuer: String
        let name: CertificateName
    }

    private var identities: [Key: String] = [:]

    /// Makes a table without mappings.
    package init() {}

    /// True when nothing is mapped.
    package var isEmpty: Bool { identities.isEmpty }

    /// Says that certificates with a name of an issuer mean an identity.
    ///
    /// - Returns: The identity that they mean already, when it is another one; nothing is changed
    ///   then.
    package mutating func map(
        _ name: CertificateName, of issuer: String, to identity: String
    ) -> String? {
        let key = Key(issuer: issuer, name: name)
        if let other = identities[key], other != identity { return other }
        identities[key] = identity
        return nil
    }

    /// What a certificate means.
    ///
    /// - Parameters:
    ///   - names: What it says of its holder.
    ///   - issuer: The authority whose key has signed it; a mapping of another never fits.
    /// - Returns: The meaning; it does not depend on the order of the mappings.
    package func meaning(of names: [CertificateName], issuer: String) -> Meaning {
        guard !identities.isEmpty else { return .nothing }
        let found = names.compactMap { identities[Key(issuer: issuer, name: $0)] }
        guard let identity = found.first else { return .nothing }
        return found.allSatisfy { $0 == identity }
            ? .identity(identity) : .several(Set(found).sorted())
    }
}
