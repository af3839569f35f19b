import Acts
import Testing

@Suite struct CertificateNameTests {
    struct Written: CustomTestStringConvertible {
        let kind: CertificateName.Kind
        let text: String
        /// What is compared with certificates; nil when no certificate could say it.
        let reads: String?
        var testDescription: String { "\(kind.rawValue) \(text)" }

        init(_ kind: CertificateName.Kind, _ text: String, _ reads: String?) {
            (self.kind, self.text, self.reads) = (kind, text, reads)
        }

        /// It reads as it is written.
        init(_ kind: CertificateName.Kind, _ text: String) { self.init(kind, text, text) }
    }

    private static let digits = String(repeating: "0a", count: 32)

    @Test(arguments: [
        Written(.alternative, "runner-7.ci.example"),
        Written(.alternative, "Runner-7.ci.example"),
        Written(.alternative, "*.ci.example", nil),
        Written(.alternative, "alice@example.com"),
        Written(.alternative, "alice example", nil),
        Written(.alternative, "älice.example", nil),
        Written(.alternative, "", nil),
        Written(.common, "Alice Müller"),
        Written(.common, "Alice\u{0}", nil),
        Written(.common, "", nil),
        Written(.common, String(repeating: "x", count: 257), nil),
        Written(.spiffe, "spiffe://ci/runner-7"),
        Written(.spiffe, "spiffe://ci.example/ns/build/sa/Runner_7"),
        Written(.spiffe, "SPIFFE://ci/runner-7", nil),
        Written(.spiffe, "https://ci/runner-7", nil),
        Written(.spiffe, "spiffe://ci", nil),
        Written(.spiffe, "spiffe://ci/", nil),
        Written(.spiffe, "spiffe:///runner-7", nil),
        Written(.spiffe, "spiffe://CI/runner-7", nil),
        Written(.spiffe, "spiffe://ci:1/runner-7", nil),
        Written(.spiffe, "spiffe://ci//runner-7", nil),
        Written(.spiffe, "spiffe://ci/a/../runner-7", nil),
        Written(.spiffe, "spiffe://ci/./runner-7", nil),
        Written(.spiffe, "spiffe://ci/runner%2d7", nil),
        Written(.spiffe, "spiffe://ci/runner-7?x", nil),
        Written(.spiffe, "spiffe://ci/" + String(repeating: "a", count: 2048), nil),
        Written(.fingerprint, Self.digits),
        Written(.fingerprint, Self.digits.uppercased(), Self.digits),
        Written(.fingerprint, Array(repeating: "0A", count: 32).joined(separator: ":"), Self.digits),
        Written(.fingerprint, String(Self.digits.dropLast()), nil),
        Written(.fingerprint, Self.digits + "0", nil),
        Written(.fingerprint, String(Self.digits.dropLast()) + "g", nil),
    ])
    func readsWhatAPolicySays(row: Written) {
        let name = CertificateName(row.kind, written: row.text)
        #expect(name?.bytes == row.reads.map { Array($0.utf8) })
    }

    /// Bytes decide, neither case nor canonical equivalence.
    @Test func namesAreBytes() {
        #expect(CertificateName(.common, "a") != CertificateName(.common, "A"))
        #expect(CertificateName(.common, "\u{E9}") != CertificateName(.common, "e\u{301}"))
        #expect(CertificateName(.common, "a") != CertificateName(.alternative, "a"))
    }

    struct Says: CustomTestStringConvertible {
        let testDescription: String
        var commonNames: [String] = []
        var hosts: [String] = []
        var mailboxes: [String] = []
        var uris: [String] = []
        var isAuthority = false
        let names: [CertificateName]
    }

    @Test(arguments: [
        Says(testDescription: "one common name", commonNames: ["a"], names: [CertificateName(.common, "a")]),
        Says(testDescription: "two common names", commonNames: ["a", "b"], names: []),
        Says(testDescription: "the same name twice", commonNames: ["a", "a"], names: []),
        Says(
            testDescription: "hosts and mailboxes", hosts: ["a.example"], mailboxes: ["a@example"],
            names: [CertificateName(.alternative, "a.example"), CertificateName(.alternative, "a@example")]),
        Says(testDescription: "a mailbox among the hosts", hosts: ["a@example"], names: []),
        Says(testDescription: "a host among the mailboxes", mailboxes: ["example"], names: []),
        Says(testDescription: "one SPIFFE id", uris: ["spiffe://t/a"], names: [CertificateName(.spiffe, "spiffe://t/a")]),
        Says(testDescription: "two URIs", uris: ["spiffe://t/a", "https://t/a"], names: []),
        Says(testDescription: "two SPIFFE ids", uris: ["spiffe://t/a", "spiffe://t/b"], names: []),
        Says(testDescription: "another URI", uris: ["https://t/a"], names: []),
        Says(testDescription: "an authority's SPIFFE id", uris: ["spiffe://t/a"], isAuthority: true, names: []),
    ])
    func takesWhatMeansOneThing(row: Says) {
        let names = CertificateName.all(
            fingerprint: "f", commonNames: row.commonNames, hosts: row.hosts, mailboxes: row.mailboxes,
            uris: row.uris, isAuthority: row.isAuthority)
        #expect(names == [CertificateName(.fingerprint, "f")] + row.names)
    }

    @Test func fingerprintsMayBeBeginnings() {
        #expect(Fingerprint.digits("AB:c1") == "abc1")
        #expect(Fingerprint.digits("x") == nil && Fingerprint.digits("") == nil && Fingerprint.digits(":") == nil)
        #expect(!Fingerprint.isWhole("abc1") && Fingerprint.isWhole(Self.digits))
    }
}
