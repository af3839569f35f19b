import Acts
import Crypto
import Foundation
import Identity
import SwiftASN1
import TestCertificates
import Testing
import X509

@Suite struct IssuersTests {
    private let now = Date(timeIntervalSince1970: 1_795_478_400)

    /// The key counts, never the name that a certificate gives its issuer.
    @Test func theSignatureSaysWhoHasIssuedACertificate() throws {
        let ours = try TestIssuer("Quaymaster", now: now)
        let corp = try TestIssuer("Corp", now: now)
        let impostor = try TestIssuer("Quaymaster", now: now)
        try withFiles([ours.pem, corp.pem]) { files in
            var issuers = try Issuers(ours: files[0])
            try issuers.add("corp", files[1])
            #expect(issuers.roots.count == 2)
            for (issuer, name) in [(ours, "ours"), (corp, "corp")] {
                let peer = try PeerCertificate(issuer.leaf(["alice"], now: now))
                #expect(issuers.signer(of: peer) == .authority(name, until: issuer.certificate.notValidAfter))
            }
            let peer = try PeerCertificate(impostor.leaf(["alice"], now: now))
            #expect(issuers.signer(of: peer) == .nobody)
            #expect(Issuers().signer(of: peer) == .nobody)
        }
    }

    /// What another authority below the same root has signed is not what the listed one has.
    @Test func onlyListedAuthoritiesSignIdentities() throws {
        let root = try TestIssuer("Root", now: now)
        let people = try TestIssuer("People", by: root, now: now)
        let servers = try TestIssuer("Servers", by: root, now: now)
        try withFiles([people.pem + "\n" + root.pem, people.pem]) { files in
            var issuers = Issuers()
            try issuers.add("corp", files[0])
            let person = try PeerCertificate(people.leaf(["alice"], now: now))
            #expect(issuers.signer(of: person) == .authority("corp", until: people.certificate.notValidAfter))
            let server = try PeerCertificate(servers.leaf(["alice"], now: now))
            #expect(issuers.signer(of: server) == .nobody)
            // A chain has to end somewhere.
            #expect(throws: IdentityError.self) { try issuers.add("alone", files[1]) }
        }
    }

    @Test func anAuthorityMayBeRenewed() throws {
        let key = P256.Signing.PrivateKey()
        let old = try TestIssuer("Corp", key: key, days: 1, now: now)
        let new = try TestIssuer("Corp", key: key, days: 300, now: now)
        try withFiles([old.pem + "\n" + new.pem]) { files in
            let issuers = try Issuers(ours: files[0])
            let peer = try PeerCertificate(old.leaf(["alice"], now: now))
            #expect(issuers.signer(of: peer) == .authority("ours", until: new.certificate.notValidAfter))
        }
    }

    @Test func whatIsNoListOfAuthoritiesIsRefused() throws {
        let corp = try TestIssuer("Corp", now: now)
        let twin = try TestIssuer("Twin", key: corp.key, now: now)
        let leaf = try corp.leaf(["alice"], now: now).serializeAsPEM().pemString
        let key = corp.key.pemRepresentation
        try withFiles([corp.pem, twin.pem, leaf, key, "", "no PEM", corp.pem + "\n" + leaf]) { files in
            for file in files[2...] {
                #expect(throws: IdentityError.self, "\(file.lastPathComponent)") { try Issuers(ours: file) }
            }
            var issuers = try Issuers(ours: files[0])
            #expect(throws: IdentityError.self) { try issuers.add("corp", files[1]) }
            #expect(throws: IdentityError.self) { try issuers.add("corp", files[0]) }
            #expect(throws: IdentityError.self) {
                try issuers.add("corp", files[0].deletingLastPathComponent().appendingPathComponent("absent"))
            }
        }
    }

    // MARK: What a certificate says

    @Test func certificatesSayWhoTheirHolderIs() throws {
        let corp = try TestIssuer("Corp", now: now)
        let peer = try PeerCertificate(
            corp.leaf(
                ["Alice Müller"],
                [
                    .dnsName("a.example"), .rfc822Name("alice@example.com"), .dnsName("root@example.com"),
                    .uniformResourceIdentifier("spiffe://corp/alice"), .registeredID([1, 2, 3]),
                ], now: now))
        #expect(peer.commonName == "Alice Müller")
        let expected: Set = [
            CertificateName(.fingerprint, peer.fingerprint), CertificateName(.common, "Alice Müller"),
            CertificateName(.alternative, "a.example"), CertificateName(.alternative, "alice@example.com"),
            CertificateName(.spiffe, "spiffe://corp/alice"),
        ]
        #expect(Set(peer.names) == expected)
        for names in [[], ["a", "b"]] {
            let peer = try PeerCertificate(corp.leaf(names, now: now))
            #expect(peer.commonName == nil)
            #expect(peer.names == [CertificateName(.fingerprint, peer.fingerprint)])
        }
    }

    @Test func ourCertificatesSayWhatTheyWereIssuedFor() throws {
        let authority = try CertificateAuthority(named: "Test", now: now)
        let names = try [("spiffe", "spiffe://ci/runner-7"), ("san", "r@example.com"), ("san", "r.example")].map {
            let kind = try #require(CertificateName.Kind(rawValue: $0.0))
            return try #require(CertificateName(kind, written: $0.1))
        }
        let pair = try authority.identity("runner-7", alternatives: names, lifetime: 60, now: now)
        let peer = try PeerCertificate(pair.certificate)
        #expect(peer.commonName == "runner-7")
        #expect(Set(names).isSubset(of: Set(peer.names)))
    }

    private static let usages: [([ExtendedKeyUsage.Usage]?, Bool)] = [
        (nil, true), ([.clientAuth], true), ([.serverAuth, .clientAuth], true), ([.serverAuth], false),
        ([.any], false), ([.codeSigning], false),
    ]

    @Test(arguments: usages)
    func aCertificateForOtherPurposesIsNoClients(usage: [ExtendedKeyUsage.Usage]?, serves: Bool) throws {
        let corp = try TestIssuer("Corp", now: now)
        let peer = try PeerCertificate(corp.leaf(["a"], usage: usage, now: now))
        let registry = try CertificateRegistry(file: URL(fileURLWithPath: "/nonexistent"))
        #expect((registry.objection(to: peer, at: now) == nil) == serves)
    }

    // MARK: Revoking what was issued elsewhere

    @Test func strangersAreRevokedByFingerprint() throws {
        let corp = try TestIssuer("Corp", now: now)
        let peer = try PeerCertificate(corp.leaf(["a"], now: now))
        let other = try PeerCertificate(corp.leaf(["a"], now: now))
        try withFiles([""]) { files in
            var registry = try CertificateRegistry(file: files[0])
            #expect(registry.revocable(of: nil, fingerprint: peer.fingerprint) == [peer.fingerprint])
            #expect(registry.revocable(of: nil, fingerprint: String(peer.fingerprint.prefix(63))).isEmpty)
            #expect(registry.objection(to: peer, at: now) == nil)
            try registry.revoke(peer.fingerprint, at: now)
            for registry in [registry, try CertificateRegistry(file: files[0])] {
                #expect(registry.objection(to: peer, at: now)?.contains("revoked") == true)
                #expect(registry.objection(to: other, at: now) == nil)
                #expect(registry.revocable(of: "a", fingerprint: peer.fingerprint).isEmpty)
                #expect(registry.revokedStrangers.keys.sorted() == [peer.fingerprint])
            }
            // Noted later, or a second time, it stays revoked.
            for _ in 1...2 { try registry.issue(IssuedCertificate(peer, to: "a", issuedAt: now)) }
            for registry in [registry, try CertificateRegistry(file: files[0])] {
                #expect(registry.objection(to: peer, at: now)?.contains("revoked") == true)
                #expect(registry.revokedStrangers.isEmpty)
            }
        }
    }

    @Test func aRevocationMeansWhatItSays() throws {
        let authority = try CertificateAuthority(named: "Test", now: now)
        func peer(_ name: String) throws -> PeerCertificate {
            try PeerCertificate(authority.identity(name, lifetime: 60, now: now).certificate)
        }
        let (first, second, bos) = (try peer("alice"), try peer("alice"), try peer("bo"))
        try withFiles([""]) { files in
            var registry = try CertificateRegistry(file: files[0])
            for (peer, name) in [(first, "alice"), (second, "alice"), (bos, "bo")] {
                try registry.issue(IssuedCertificate(peer, to: name, issuedAt: now))
            }
            let both = [first.fingerprint, second.fingerprint].sorted()
            #expect(registry.revocable(of: "alice", fingerprint: nil) == both)
            #expect(registry.revocable(of: "alice", fingerprint: String(first.fingerprint.prefix(20))) == [first.fingerprint])
            #expect(registry.revocable(of: "alice", fingerprint: bos.fingerprint).isEmpty, "it is bo's")
            #expect(registry.revocable(of: nil, fingerprint: bos.fingerprint) == [bos.fingerprint])
            #expect(registry.revocable(of: nil, fingerprint: nil).isEmpty)
            #expect(registry.revocable(of: "eve", fingerprint: nil).isEmpty)
            try registry.revoke(first.fingerprint, at: now)
            #expect(registry.revocable(of: "alice", fingerprint: nil) == [second.fingerprint])
        }
    }
}
