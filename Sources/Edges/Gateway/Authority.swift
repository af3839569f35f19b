import Acts
package import Foundation
package import Identity
package import Policy
package import PolicyFile
import Synchronization

/// Who is believed and what they may do: one snapshot for each request, replaced as a whole.
package final class Authority: Sendable {
    private struct State {
        var file: PolicyFile
        var registry: CertificateRegistry
        var issuers: Issuers
        /// Who has issued a certificate, by its fingerprint: a signature is verified once.
        var signers: [String: Issuers.Signer] = [:]
        /// Counts the lists of issuers.
        var generation = 0
    }

    /// What a certificate means by what it says and who has issued it.
    package enum Meaning: Hashable, Sendable {
        /// The identity of this name.
        case identity(String)
        /// Nobody, and why.
        case nobody(String)
    }

    /// How many certificates' issuers are remembered.
    private static let remembered = 4096

    // Guards policy, registry and issuers; held for a copy or a look-up.
    private let state: Mutex<State>
    // Orders changes of the registry; held while a line becomes durable, which event loops never
    // wait for.
    private let changes = Mutex(())

    /// Makes an authority.
    package init(policy: PolicyFile, registry: CertificateRegistry, issuers: Issuers) {
        state = Mutex(State(file: policy, registry: registry, issuers: issuers))
    }

    /// The policy of this moment.
    package var policy: Policy { state.withLock { $0.file.policy } }

    /// The policy's file of this moment: what it says beside what is decided.
    package var policyFile: PolicyFile { state.withLock { $0.file } }

    /// The registry of this moment.
    package var registry: CertificateRegistry { state.withLock { $0.registry } }

    /// Replaces the policy and the authorities that are trusted.
    ///
    /// - Returns: The policy that was in force.
    @discardableResult
    package func replace(_ file: PolicyFile, _ issuers: Issuers) -> PolicyFile {
        state.withLock { state in
            defer { state.generation += 1 }
            let old = state.file
            state.file = file
            state.issuers = issuers
            state.signers = [:]
            return old
        }
    }

    /// Changes the registry. What the change did before it threw counts: a revocation that the disk
    /// refuses is in force until a restart.
    package func changeRegistry<Result: Sendable>(
        _ change: @Sendable (inout CertificateRegistry) throws -> Result
    ) throws -> Result {
        try changes.withLock { _ in
            var registry = self.registry
            defer { state.withLock { [registry] in $0.registry = registry } }
            return try change(&registry)
        }
    }

    /// What a certificate means by the policy of this moment. Whether it is still believed is
    /// another question: see `objection`.
    package func meaning(of certificate: PeerCertificate) -> Meaning {
        let signer = signer(of: certificate)
        return state.withLock { Self.meaning(of: certificate, signer, $0) }
    }

    private static func meaning(
        of certificate: PeerCertificate, _ signer: Issuers.Signer, _ state: State
    ) -> Meaning {
        guard case .authority(let issuer, _) = signer else {
            return .nobody("no authority that is listed has signed the certificate itself")
        }
        switch state.file.certificates.meaning(of: certificate.names, issuer: issuer) {
        case .identity(let identity): return .identity(identity)
        case .several(let identities):
            return .nobody(
                "the certificate means \(identities.joined(separator: " and ")) at once")
        case .nothing: break
        }
        guard issuer == IssuerName.ours else {
            return .nobody(
                "no mapping says whom the certificate \(certificate.fingerprint) of \(issuer) means"
            )
        }
        guard let name = certificate.commonName else {
            return .nobody("the certificate does not name one identity")
        }
        return state.registry.objectionToName(of: certificate).map { .nobody($0) }
            ?? .identity(name)
    }

    /// Verifies a certificate's signature, unless that was done already.
    private func signer(of certificate: PeerCertificate) -> Issuers.Signer {
        let fingerprint = certificate.fingerprint
        if let known = state.withLock({ $0.signers[fingerprint] }) { return known }
        let (issuers, generation) = state.withLock { ($0.issuers, $0.generation) }
        let signer = issuers.signer(of: certificate)
        state.withLock { state in
            // The authorities may have been replaced while the signature was verified.
            guard state.generation == generation else { return }
            if state.signers.count >= Self.remembered { state.signers = [:] }
            state.signers[fingerprint] = signer
        }
        return signer
    }

    /// Why a peer is not believed at this moment, or nil.
    func objection(to peer: Peer, at now: Date) -> String? {
        switch peer {
        case .unknown: "nobody has signed in"
        case .unreadable(let reason): reason
        case .certificate(let certificate, let identity):
            objection(to: certificate, as: identity, at: now)
        case .unixUser(let user, let identity):
            state.withLock { state in
                state.file.unixUsers[identity]?.contains(user) == true
                    ? nil : "the Unix user \(user) may not speak for \(identity)"
            }
        }
    }

    /// Why a certificate does not stand for an identity at this moment, or nil.
    ///
    /// - Parameters:
    ///   - certificate: What the peer has shown.
    ///   - identity: Whom it meant when the peer signed in; "" for nobody.
    ///   - now: The time.
    /// - Returns: The objection, for the peer's eyes.
    package func objection(
        to certificate: PeerCertificate, as identity: String, at now: Date
    ) -> String? {
        let signer = signer(of: certificate)
        return state.withLock { state in
            if let objection = state.registry.objection(to: certificate, at: now) {
                return objection
            }
            if case .authority(_, let until) = signer, now > until {
                return "the authority that issued the certificate has expired"
            }
            return switch Self.meaning(of: certificate, signer, state) {
            case .nobody(let why): why
            case .identity(identity): nil
            case .identity: "the certificate means another identity than it did; connect again"
            }
        }
    }
}
