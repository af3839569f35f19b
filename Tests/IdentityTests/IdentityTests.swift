import Foundation
import Identity
import JSON
import Testing
import X509

@Suite struct IdentityTests {
    private let now = Date(timeIntervalSince1970: 1_795_478_400)

    private func withFile(_ body: (URL) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("quaymaster-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: url) }
        try body(url)
    }

    @Test func issuedCertificatesNameTheirIdentity() throws {
        let authority = try CertificateAuthority(named: "Test", now: now)
        let pair = try authority.identity("alice", lifetime: 3600, now: now)
        let peer = try PeerCertificate(pair.certificate)
        #expect(peer.commonName == "alice")
        #expect(peer.notAfter == now.addingTimeInterval(3600))
        #expect(peer.fingerprint.count == 64)
        #expect(pair.certificate.issuer == authority.pair.certificate.subject)
        #expect(
            authority.pair.certificate.publicKey.isValidSignature(
                pair.certificate.signature, for: pair.certificate))
        let usage = try #require(try pair.certificate.extensions.extendedKeyUsage)
        #expect(usage.contains(.clientAuth) && !usage.contains(.serverAuth))
        // No certificate outlives its authority.
        let long = try authority.identity("alice", lifetime: 1e9, now: now)
        #expect(long.certificate.notValidAfter == authority.pair.certificate.notValidAfter)
    }

    @Test func serversCertificatesCarryNamesAndAddresses() throws {
        let authority = try CertificateAuthority(named: "Test", now: now)
        let pair = try authority.server(["docker.example.com", "127.0.0.1", "::1"], lifetime: 60, now: now)
        let names = try #require(try pair.certificate.extensions.subjectAlternativeNames)
        #expect(names.count == 3)
        #expect(names.contains(.dnsName("docker.example.com")))
    }

    @Test func keysReadBackFromTheirFiles() throws {
        let authority = try CertificateAuthority(named: "Test", now: now)
        try withFile { certificate in
            try withFile { key in
                try DurableFile.create(certificate, authority.pair.certificatePEM, mode: 0o644)
                try DurableFile.create(key, authority.pair.keyPEM, mode: 0o600)
                let mode = try FileManager.default.attributesOfItem(atPath: key.path)[.posixPermissions]
                #expect(mode as? NSNumber == 0o600)
                let read = try KeyPair(certificate: certificate, key: key)
                #expect(read.certificate == authority.pair.certificate)
                #expect(throws: IdentityError.self) { try DurableFile.create(key, "x", mode: 0o600) }
                #expect(throws: IdentityError.self) { try KeyPair(certificate: key, key: key) }
            }
        }
    }

    struct Objection: CustomTestStringConvertible {
        let testDescription: String
        var isNoted = true
        var isRevoked = false
        var after: TimeInterval = 10
        let reason: String?
    }

    @Test(arguments: [
        Objection(testDescription: "valid", reason: nil),
        Objection(testDescription: "revoked", isRevoked: true, reason: "revoked"),
        Objection(testDescription: "expired", after: 3601, reason: "expired"),
        Objection(testDescription: "not yet valid", after: -3600, reason: "not valid yet"),
        Objection(testDescription: "never issued", isNoted: false, reason: "not in the registry"),
    ])
    func objections(row: Objection) throws {
        try withFile { file in
            let authority = try CertificateAuthority(named: "Test", now: now)
            let peer = try PeerCertificate(
                authority.identity("alice", lifetime: 3600, now: now).certificate)
            var registry = try CertificateRegistry(file: file)
            if row.isNoted { try registry.issue(IssuedCertificate(peer, to: "alice", issuedAt: now)) }
            if row.isRevoked { try registry.revoke(peer.fingerprint, at: now) }
            // What was written is what is read again.
            for registry in [registry, try CertificateRegistry(file: file)] {
                let objection =
                    registry.objection(to: peer, at: now.addingTimeInterval(row.after))
                    ?? registry.objectionToName(of: peer)
                if let reason = row.reason {
                    #expect(objection?.contains(reason) == true)
                } else {
                    #expect(objection == nil)
                }
            }
        }
    }

    /// A line of the registry of which the record says nothing means nobody.
    @Test(arguments: [(true, nil), (false, "the record knows of no issue")] as [(Bool, String?)])
    func whatTheRecordDoesNotKnowIsNotBelieved(isRecorded: Bool, reason: String?) throws {
        try withFile { file in
            let authority = try CertificateAuthority(named: "Test", now: now)
            let peer = try PeerCertificate(
                authority.identity("alice", lifetime: 3600, now: now).certificate)
            let issued = IssuedCertificate(peer, to: "alice", issuedAt: now)
            var registry = try CertificateRegistry(file: file)
            try registry.issue(issued)
            #expect(registry.issueSentences(at: now) == [issued.issueSentence])
            #expect(registry.issueSentences(at: now.addingTimeInterval(3601)).isEmpty)
            registry.believe(only: isRecorded ? [issued.issueSentence] : ["bo, fingerprint 00"])
            let objection = registry.objectionToName(of: peer)
            if let reason {
                #expect(objection?.contains(reason) == true)
            } else {
                #expect(objection == nil)
            }
            // Whatever is issued from then on is in the record first.
            try registry.issue(issued)
            #expect(registry.objectionToName(of: peer) == nil)
        }
    }

    @Test func aNewCertificateIsNotTheOldOne() throws {
        try withFile { file in
            let authority = try CertificateAuthority(named: "Test", now: now)
            let old = try PeerCertificate(authority.identity("alice", lifetime: 60, now: now).certificate)
            let new = try PeerCertificate(authority.identity("alice", lifetime: 60, now: now).certificate)
            var registry = try CertificateRegistry(file: file)
            try registry.issue(IssuedCertificate(old, to: "alice", issuedAt: now))
            try registry.revoke(old.fingerprint, at: now)
            try registry.issue(IssuedCertificate(new, to: "alice", issuedAt: now))
            #expect(registry.objection(to: old, at: now) != nil)
            #expect(registry.objection(to: new, at: now) == nil)
            #expect(registry.certificates(of: "alice").count == 2)
        }
    }

    /// A line that the power cut in two was told to nobody; what follows it is whole.
    @Test func aTornLineIsCut() throws {
        try withFile { file in
            let authority = try CertificateAuthority(named: "Test", now: now)
            let peers = try ["alice", "bo"].map {
                try PeerCertificate(authority.identity($0, lifetime: 60, now: now).certificate)
            }
            var registry = try CertificateRegistry(file: file)
            try registry.issue(IssuedCertificate(peers[0], to: "alice", issuedAt: now))
            var bytes = try Data(contentsOf: file)
            let whole = bytes.count
            bytes.append(contentsOf: Array(#"{"event":"revoked","finger"#.utf8))
            try bytes.write(to: file)
            registry = try CertificateRegistry(file: file)
            #expect(registry.objection(to: peers[0], at: now) == nil)
            #expect(try Data(contentsOf: file).count > whole, "a reader changes nothing")
            try registry.issue(IssuedCertificate(peers[1], to: "alice", issuedAt: now))
            let again = try CertificateRegistry(file: file)
            #expect(again.objection(to: peers[0], at: now) == nil)
            #expect(again.objection(to: peers[1], at: now) == nil)
        }
    }

    /// A disk that refuses does not keep anybody signed in.
    @Test func aRevocationCountsBeforeItIsWritten() throws {
        try withFile { file in
            let authority = try CertificateAuthority(named: "Test", now: now)
            let peer = try PeerCertificate(authority.identity("alice", lifetime: 60, now: now).certificate)
            var registry = try CertificateRegistry(file: file)
            try registry.issue(IssuedCertificate(peer, to: "alice", issuedAt: now))
            try FileManager.default.removeItem(at: file)
            try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
            #expect(throws: IdentityError.self) { try registry.revoke(peer.fingerprint, at: now) }
            #expect(registry.objection(to: peer, at: now)?.contains("revoked") == true)
        }
    }

    @Test(arguments: ["x", "{}", "{\"event\":\"issued\"}", "{\"event\":\"x\",\"fingerprint\":\"a\",\"at\":1}"])
    func aBrokenRegistryIsNeverGuessedAt(line: String) throws {
        try withFile { file in
            try Data((line + "\n").utf8).write(to: file)
            #expect(throws: IdentityError.self) { try CertificateRegistry(file: file) }
        }
    }
}
