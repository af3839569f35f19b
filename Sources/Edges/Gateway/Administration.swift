import Foundation
package import Identity
import JSON
import Ledger
import Logging
import NIOCore
import Policy
package import PolicyFile

/// What an operator can change while the gateway runs; every change is recorded.
package final class Administration: Sendable {
    let gateway: Gateway
    let services: Services
    private let readPolicy: @Sendable () throws -> PolicyFile
    private let readIssuers: @Sendable () throws -> Issuers
    private let reloadTLS: @Sendable (Issuers) throws -> Void

    /// Makes the operator's hands.
    ///
    /// - Parameters:
    ///   - gateway: Whose connections are looked at after a change.
    ///   - services: Whose authority and record are changed.
    ///   - readPolicy: Reads and compiles the policy anew.
    ///   - readIssuers: Reads the authorities of clients' certificates anew.
    ///   - reloadTLS: Reads the server's certificate anew.
    package init(
        _ gateway: Gateway, _ services: Services,
        readPolicy: @escaping @Sendable () throws -> PolicyFile,
        readIssuers: @escaping @Sendable () throws -> Issuers,
        reloadTLS: @escaping @Sendable (Issuers) throws -> Void
    ) {
        self.gateway = gateway
        self.services = services
        self.readPolicy = readPolicy
        self.readIssuers = readIssuers
        self.reloadTLS = reloadTLS
    }

    /// Reads policy and certificates anew. What does not compile changes nothing.
    ///
    /// - Returns: The version of the policy that is in force now, and its warnings.
    package func reload(by who: String) throws -> (version: String, warnings: [Diagnostic]) {
        do {
            let file = try readPolicy()
            let issuers = try readIssuers()
            try reloadTLS(issuers)
            let old = services.authority.replace(file, issuers)
            gateway.authorityChanged()
            note(from: old, to: file, who)
            services.log.info(
                "the policy is reloaded", metadata: ["version": "\(file.policy.version)"])
            return (file.policy.version, file.warnings)
        } catch {
            note("PolicyRejected", who, "\(error)")
            services.log.error(
                "the policy is not reloaded; the old one stays", metadata: ["error": "\(error)"])
            throw error
        }
    }

    /// The most changes of a policy that have entries of their own.
    private static let mostChanges = 200

    /// Notes which policy follows which, and what is different.
    private func note(from old: PolicyFile, to new: PolicyFile, _ who: String) {
        let changes = old.outline.changes(to: new.outline)
        var entries: [Entry] = []
        func add(_ name: String, _ target: String, _ what: String) {
            var entry = Entry.event(services.ledger.ids, name, identity: who, reason: what)
            entry.policy = new.policy.version
            entry.target = target
            entries.append(entry)
        }
        let counts = [PolicyOutline.Change.Kind.added, .removed, .changed].map { kind in
            "\(changes.count { $0.kind == kind }) \(kind.rawValue)"
        }
        add(
            "PolicyReloaded", "",
            "version \(new.policy.version) follows \(old.policy.version): "
                + counts.joined(separator: ", "))
        for change in changes.prefix(Self.mostChanges) {
            add("PolicyChanged", change.path, "\(change)")
        }
        if changes.count > Self.mostChanges {
            add("PolicyChanged", "", "and \(changes.count - Self.mostChanges) more")
        }
        for entry in entries { services.ledger.append(entry) }
    }

    /// Notes a certificate that was issued, in the record before the registry knows it. Waits for the
    /// disk; never to be called on a loop.
    ///
    /// - Throws: `LedgerError` or `IdentityError` when one of them cannot be written: then the certificate
    ///   is not believed.
    package func issue(_ certificate: IssuedCertificate, by who: String) throws {
        // The record first: what it does not know is not believed.
        try services.ledger.appendAndWait(
            Entry.event(
                services.ledger.ids, "CertificateIssued", identity: who,
                reason: certificate.issueSentence))
        try services.authority.changeRegistry { try $0.issue(certificate) }
    }

    /// Revokes certificates; their connections end.
    ///
    /// - Parameters:
    ///   - identity: Whose; nil when the fingerprint says it all.
    ///   - fingerprint: Which; nil for all that are not revoked yet.
    ///   - who: The operator, for the record.
    /// - Returns: The fingerprints that were revoked.
    /// - Throws: `IdentityError` when the registry cannot be written.
    package func revoke(
        _ identity: String?, fingerprint: String?, by who: String
    ) throws -> [String] {
        let now = Date()
        let whose = identity ?? "whoever holds it"
        let revoked = try services.authority.changeRegistry { registry in
            let found = registry.revocable(of: identity, fingerprint: fingerprint)
            var problem: (any Error)?
            for fingerprint in found {
                do {
                    try registry.revoke(fingerprint, at: now)
                } catch {
                    problem = error
                }
            }
            return (fingerprints: found, problem: problem)
        }
        gateway.authorityChanged()
        for fingerprint in revoked.fingerprints {
            note("CertificateRevoked", who, "\(whose), fingerprint \(fingerprint)")
        }
        if let problem = revoked.problem {
            services.log.critical(
                "a revocation is not on the disk: a restart would believe the certificate again",
                metadata: ["identity": "\(whose)", "error": "\(problem)"])
            throw IdentityError(
                "this is revoked until the gateway restarts, and not on the disk: \(problem)",
                hint: "make room on the disk, then revoke again")
        }
        return revoked.fingerprints
    }

    /// Notes that somebody looks at recordings on the host, before anything is shown; to be called on
    /// no loop.
    ///
    /// - Parameters:
    ///   - target: `recording/ID`, or `recordings`.
    ///   - how: In which way: `play`.
    ///   - who: The operator.
    /// - Throws: `LedgerError` when the record cannot be written.
    func noteLook(at target: String, _ how: String, by who: String) throws {
        var entry = Entry.event(services.ledger.ids, "RecordingSeen", identity: who, reason: how)
        entry.target = target
        let promise = gateway.anyLoop.makePromise(of: Void.self)
        services.ledger.append(entry) { promise.completeWith($0.mapError { $0 as any Error }) }
        try promise.futureResult.wait()
    }

    private func note(_ name: String, _ who: String, _ what: String) {
        services.ledger.append(
            Entry.event(services.ledger.ids, name, identity: who, reason: what))
    }
}
