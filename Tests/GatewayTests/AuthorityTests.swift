import Acts
import Foundation
import Gateway
import Identity
import PolicyFile
import TestCertificates
import Testing
import X509

/// What certificates mean, with real ones: who has issued them, what they say, what the policy makes
/// of that, and whether they are still believed.
@Suite struct AuthorityTests {
    private let now = Date(timeIntervalSince1970: 1_795_478_400)

    private static let policy = """
        tenants: {red: {}}
        identities:
          runner: {certificate: {spiffe: "spiffe://ci/runner"}}
          mail: {certificate: {san: alice@example.com, issuer: corp}}
          host: {certificate: {san: a.example, issuer: corp}}
          bo: {certificate: {cn: bo, issuer: corp}}
          renamed: {certificate: {cn: formerly}}
        """

    private func compile(_ text: String) throws -> PolicyFile {
        try PolicyFile(text, file: "policy.yaml", version: "v", trusted: ["corp"])
    }

    /// A world of two authorities and one that is not listed.
    private struct World {
        let ours: TestIssuer
        let corp: TestIssuer
        let stranger: TestIssuer
        let authority: Authority
        let issuers: Issuers
    }

    private func withWorld(_ policy: String = policy, _ body: (World) throws -> Void) throws {
        let ours = try TestIssuer("Quaymaster", now: now)
        let corp = try TestIssuer("Corp", now: now)
        let stranger = try TestIssuer("Corp", now: now)
        try withFiles([ours.pem, corp.pem, ""]) { files in
            var issuers = try Issuers(ours: files[0])
            try issuers.add("corp", files[1])
            let authority = Authority(
                policy: try compile(policy), registry: try CertificateRegistry(file: files[2]), issuers: issuers)
            try body(
                World(ours: ours, corp: corp, stranger: stranger, authority: authority, issuers: issuers))
        }
    }

    enum By { case ours, corp, stranger }

    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let by: By
        var commonNames: [String] = []
        var alternatives: [GeneralName] = []
        var isNoted = false
        /// The identity, or what the refusal says.
        let means: String
        var isNobody = false
    }

    @Test(arguments: [
        Row(testDescription: "ours and noted", by: .ours, commonNames: ["alice"], isNoted: true, means: "alice"),
        Row(
            testDescription: "ours and not noted", by: .ours, commonNames: ["alice"], means: "not in the registry",
            isNobody: true),
        Row(
            testDescription: "ours and mapped", by: .ours, commonNames: ["x"],
            alternatives: [.uniformResourceIdentifier("spiffe://ci/runner")], means: "runner"),
        Row(
            testDescription: "a mapping counts before the common name", by: .ours, commonNames: ["formerly"],
            isNoted: true, means: "renamed"),
        Row(
            testDescription: "our spiffe id by another authority", by: .corp,
            alternatives: [.uniformResourceIdentifier("spiffe://ci/runner")], means: "of corp", isNobody: true),
        Row(
            testDescription: "two URIs", by: .ours,
            alternatives: [.uniformResourceIdentifier("spiffe://ci/runner"), .uniformResourceIdentifier("https://x/")],
            means: "does not name one identity", isNobody: true),
        Row(
            testDescription: "a foreign mailbox", by: .corp, alternatives: [.rfc822Name("alice@example.com")],
            means: "mail"),
        Row(
            testDescription: "the mailbox as a host", by: .corp, alternatives: [.dnsName("alice@example.com")],
            means: "of corp", isNobody: true),
        Row(
            testDescription: "another case", by: .corp, alternatives: [.dnsName("A.example")], means: "of corp",
            isNobody: true),
        Row(testDescription: "a foreign common name with a mapping", by: .corp, commonNames: ["bo"], means: "bo"),
        Row(
            testDescription: "a foreign common name without", by: .corp, commonNames: ["admin"], means: "of corp",
            isNobody: true),
        Row(
            testDescription: "a foreign common name is not ours", by: .ours, commonNames: ["bo"],
            means: "not in the registry", isNobody: true),
        Row(
            testDescription: "two identities at once", by: .corp,
            alternatives: [.rfc822Name("alice@example.com"), .dnsName("a.example")], means: "host and mail at once",
            isNobody: true),
        Row(
            testDescription: "the name of a listed authority, another key", by: .stranger, commonNames: ["bo"],
            means: "no authority that is listed", isNobody: true),
    ])
    func means(row: Row) throws {
        try withWorld { world in
            let issuer =
                switch row.by {
                case .ours: world.ours
                case .corp: world.corp
                case .stranger: world.stranger
                }
            let peer = try PeerCertificate(issuer.leaf(row.commonNames, row.alternatives, now: now))
            if row.isNoted {
                try world.authority.changeRegistry {
                    try $0.issue(IssuedCertificate(peer, to: row.commonNames[0], issuedAt: now))
                }
            }
            // The second time the signature is not verified again.
            for _ in 1...2 {
                switch world.authority.meaning(of: peer) {
                case .identity(let identity):
                    #expect(!row.isNobody && identity == row.means)
                    #expect(world.authority.objection(to: peer, as: identity, at: now) == nil)
                    #expect(world.authority.objection(to: peer, as: "other", at: now) != nil)
                case .nobody(let why):
                    #expect(row.isNobody && why.contains(row.means), "\(why)")
                    #expect(world.authority.objection(to: peer, as: "", at: now) == why)
                    #expect(world.authority.objection(to: peer, as: "bo", at: now) == why)
                }
            }
        }
    }

    @Test func whatIsBelievedEnds() throws {
        try withWorld { world in
            let peer = try PeerCertificate(world.corp.leaf(["bo"], now: now))
            func objection(_ later: TimeInterval = 0) -> String? {
                world.authority.objection(to: peer, as: "bo", at: now.addingTimeInterval(later))
            }
            #expect(objection() == nil)
            #expect(objection(3601)?.contains("expired") == true)
            #expect(objection(-301)?.contains("not valid yet") == true)
            try world.authority.changeRegistry { try $0.revoke(peer.fingerprint, at: now) }
            #expect(objection()?.contains("revoked") == true)
            // No certificate outlives its authority.
            let long = try PeerCertificate(world.corp.leaf(["bo"], lifetime: 200 * 86_400, now: now))
            let end = now.addingTimeInterval(100 * 86_400)
            #expect(world.authority.objection(to: long, as: "bo", at: end) == nil)
            #expect(
                world.authority.objection(to: long, as: "bo", at: end.addingTimeInterval(1))?
                    .contains("authority that issued") == true)
            let server = try PeerCertificate(world.corp.leaf(["bo"], usage: [.serverAuth], now: now))
            #expect(world.authority.objection(to: server, as: "bo", at: now)?.contains("other purposes") == true)
        }
    }

    /// A new policy, or a new list of authorities, counts for whoever is connected already.
    @Test func aReloadChangesWhatCertificatesMean() throws {
        try withWorld { world in
            let peer = try PeerCertificate(world.corp.leaf(["bo"], now: now))
            let authority = world.authority
            #expect(authority.meaning(of: peer) == .identity("bo"))
            authority.replace(
                try compile("tenants: {red: {}}\nidentities: {eve: {certificate: {cn: bo, issuer: corp}}}"),
                world.issuers)
            #expect(authority.meaning(of: peer) == .identity("eve"))
            #expect(authority.objection(to: peer, as: "bo", at: now)?.contains("another identity") == true)
            #expect(authority.objection(to: peer, as: "eve", at: now) == nil)
            authority.replace(try compile("tenants: {red: {}}"), world.issuers)
            #expect(authority.objection(to: peer, as: "eve", at: now)?.contains("of corp") == true)
            authority.replace(try compile(Self.policy), Issuers())
            #expect(authority.objection(to: peer, as: "bo", at: now)?.contains("no authority") == true)
            authority.replace(try compile(Self.policy), world.issuers)
            #expect(authority.objection(to: peer, as: "bo", at: now) == nil)
        }
    }
}
