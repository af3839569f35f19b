import Acts
import Policy
import Testing

@Suite struct CertificateMappingsTests {
    private let cn = CertificateName(.common, "runner-7")
    private let san = CertificateName(.alternative, "runner-7.example")

    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let names: [CertificateName]
        var issuer = IssuerName.ours
        let means: CertificateMappings.Meaning
    }

    @Test(arguments: [
        Row(testDescription: "a name", names: [CertificateName(.common, "a")], means: .identity("one")),
        Row(testDescription: "another's name", names: [CertificateName(.common, "b")], means: .identity("two")),
        Row(testDescription: "the same text of another kind", names: [CertificateName(.alternative, "a")], means: .nothing),
        Row(testDescription: "another issuer", names: [CertificateName(.common, "a")], issuer: "corp", means: .nothing),
        Row(
            testDescription: "the issuer that the mapping names", names: [CertificateName(.spiffe, "spiffe://t/a")],
            issuer: "corp", means: .identity("one")),
        Row(testDescription: "its name by us", names: [CertificateName(.spiffe, "spiffe://t/a")], means: .nothing),
        Row(
            testDescription: "two names of one identity",
            names: [CertificateName(.common, "a"), CertificateName(.alternative, "a.example")], means: .identity("one")),
        Row(
            testDescription: "names of two identities",
            names: [CertificateName(.common, "b"), CertificateName(.alternative, "a.example")],
            means: .several(["one", "two"])),
        Row(testDescription: "a fingerprint beside nothing", names: [CertificateName(.fingerprint, "f")], means: .nothing),
        Row(testDescription: "no names", names: [], means: .nothing),
    ])
    func means(row: Row) {
        var mappings = CertificateMappings()
        #expect(mappings.map(CertificateName(.common, "a"), of: "ours", to: "one") == nil)
        #expect(mappings.map(CertificateName(.alternative, "a.example"), of: "ours", to: "one") == nil)
        #expect(mappings.map(CertificateName(.common, "b"), of: "ours", to: "two") == nil)
        #expect(mappings.map(CertificateName(.spiffe, "spiffe://t/a"), of: "corp", to: "one") == nil)
        #expect(mappings.meaning(of: row.names, issuer: row.issuer) == row.means)
    }

    @Test func oneCertificateMeansOneIdentity() {
        var mappings = CertificateMappings()
        #expect(mappings.isEmpty)
        #expect(mappings.map(cn, of: "ours", to: "one") == nil)
        #expect(mappings.map(cn, of: "ours", to: "one") == nil)
        #expect(mappings.map(cn, of: "ours", to: "two") == "one")
        #expect(mappings.meaning(of: [cn], issuer: "ours") == .identity("one"))
        #expect(mappings.map(cn, of: "corp", to: "two") == nil)
        #expect(mappings.map(san, of: "ours", to: "two") == nil)
    }
}
