import Acts
import Foundation
import Identity
import NIOCore
import SwiftASN1
import TestCertificates
import Testing
import X509

@testable import AgentLink

/// Whom the two sides take for each other: beside each certificate that opens, its nearest that does not.
@Suite struct LinkRuleTests {
    private static let now = Date(timeIntervalSince1970: 1_795_478_400)

    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let side: LinkRule.Side
        let objection: String?
        let issue: @Sendable (TestIssuer, TestIssuer, Date) throws -> Certificate

        init(
            _ name: String, _ side: LinkRule.Side, _ objection: String?,
            _ issue: @escaping @Sendable (TestIssuer, TestIssuer, Date) throws -> Certificate
        ) {
            testDescription = name
            self.side = side
            self.objection = objection
            self.issue = issue
        }
    }

    private static let name = "gw.example.com"

    @Test(arguments: [
        Row("a gateway", .gateway, nil) { line, _, now in
            try line.leaf([], [.dnsName(name)], usage: [.clientAuth], now: now)
        },
        Row("a gateway of another authority", .gateway, "another authority") { _, other, now in
            try other.leaf([], [.dnsName(name)], usage: [.clientAuth], now: now)
        },
        Row("another name", .gateway, "names gw.example.org, and not gw.example.com") { line, _, now in
            try line.leaf([], [.dnsName("gw.example.org")], usage: [.clientAuth], now: now)
        },
        Row("one of several names", .gateway, nil) { line, _, now in
            try line.leaf([], [.dnsName("b"), .dnsName(name)], usage: [.clientAuth], now: now)
        },
        Row("a wildcard", .gateway, "names *.example.com") { line, _, now in
            try line.leaf([], [.dnsName("*.example.com")], usage: [.clientAuth], now: now)
        },
        Row("the name in other letters", .gateway, "names GW.example.com") { line, _, now in
            try line.leaf([], [.dnsName("GW.example.com")], usage: [.clientAuth], now: now)
        },
        // What `identity issue` makes says a common name, which is what clients are known by.
        Row("a common name", .gateway, "names no machine") { line, _, now in
            try line.leaf([name], usage: [.clientAuth], now: now)
        },
        Row("a mailbox", .gateway, "names a@gw.example.com") { line, _, now in
            try line.leaf([], [.rfc822Name("a@gw.example.com")], usage: [.clientAuth], now: now)
        },
        Row("an expired one", .gateway, "has expired on 2026-") { line, _, now in
            try line.leaf([], [.dnsName(name)], usage: [.clientAuth], lifetime: -1, now: now)
        },
        Row("one of tomorrow", .gateway, "is valid from 2026-") { line, _, now in
            try line.leaf(
                [], [.dnsName(name)], usage: [.clientAuth], lifetime: 9000,
                now: now.addingTimeInterval(86_400))
        },
        Row("an agent's", .gateway, "was not issued for a gateway") { line, _, now in
            try line.leaf([], [.dnsName(name)], usage: [.serverAuth], now: now)
        },
        Row("an agent", .agent, nil) { line, _, now in
            try line.leaf([], [.dnsName(name)], usage: [.serverAuth], now: now)
        },
        Row("a gateway's", .agent, "was not issued for an agent") { line, _, now in
            try line.leaf([], [.dnsName(name)], usage: [.clientAuth], now: now)
        },
        Row("another agent's", .agent, "names other.example.com, and") { line, _, now in
            try line.leaf([], [.dnsName("other.example.com")], usage: [.serverAuth], now: now)
        },
    ])
    func takesOneMachineAlone(row: Row) throws {
        let line = try TestIssuer("Quaymaster agents", now: Self.now)
        let other = try TestIssuer("Quaymaster agents", now: Self.now)
        try withFiles([line.pem]) { files in
            let rule = LinkRule(
                row.side, named: try #require(CertificateName(machine: Self.name)),
                of: try Issuers(ours: files[0]))
            let shown = try PeerCertificate(row.issue(line, other, Self.now))
            let objection = rule.objection(to: shown, at: Self.now)
            guard let expected = row.objection else { return #expect(objection == nil) }
            #expect(objection?.contains(expected) == true, "\(objection ?? "nothing")")
        }
    }

    @Test func anAuthorityThatHasExpiredOpensNothing() throws {
        let line = try TestIssuer("Quaymaster agents", days: 1, now: Self.now)
        try withFiles([line.pem]) { files in
            let rule = LinkRule(
                .gateway, named: try #require(CertificateName(machine: Self.name)),
                of: try Issuers(ours: files[0]))
            let shown = try PeerCertificate(
                line.leaf([], [.dnsName(Self.name)], lifetime: 10 * 86_400, now: Self.now))
            #expect(rule.objection(to: shown, at: Self.now) == nil)
            let later = Self.now.addingTimeInterval(2 * 86_400)
            #expect(rule.objection(to: shown, at: later) == "is of an authority that has expired")
        }
    }

    /// Strangers do not fill the agent's log: a line a second, and how many were left out.
    @Test func refusalsAreToldOnceASecond() {
        var refusals = Refusals()
        let start = NIODeadline.uptimeNanoseconds(5_000_000_000)
        #expect(refusals.lines("a:1", "it left", start) == ["a:1 is not let in as a gateway: it left"])
        for _ in 0..<7 { #expect(refusals.lines("b:1", "it left", start + .milliseconds(999)).isEmpty) }
        #expect(
            refusals.lines("c:1", "it left", start + .seconds(1)) == [
                "7 more were refused in the meantime", "c:1 is not let in as a gateway: it left",
            ])
        #expect(refusals.lines("d:1", "it left", start + .seconds(9)).count == 1)
    }

    @Test(arguments: [
        ("gw.example.com", CertificateName.Kind.alternative), ("spiffe://plane/gateway", .spiffe), ("*.example.com", nil),
        ("spiffe://plane", nil), ("", nil), ("two words", nil),
    ])
    func readsNames(text: String, kind: CertificateName.Kind?) {
        #expect(CertificateName(machine: text)?.kind == kind)
    }

    /// Names in a certificate are whoever made it's word: none of them reaches a terminal as it is.
    @Test func namesAreShownPlain() throws {
        let line = try TestIssuer("Quaymaster agents", now: Self.now)
        try withFiles([line.pem]) { files in
            let rule = LinkRule(
                .gateway, named: try #require(CertificateName(machine: Self.name)),
                of: try Issuers(ours: files[0]))
            let shown = try PeerCertificate(line.leaf([], [.dnsName("a\u{1B}[2Jb")], now: Self.now))
            #expect(rule.objection(to: shown, at: Self.now) == "names a?[2Jb, and not gw.example.com")
        }
    }
}
