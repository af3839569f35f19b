import PolicyFile
import Testing

/// What a reload has changed can be read in the record.
@Suite struct PolicyOutlineTests {
    private static let before = """
        tenants: {red: {}, blue: {}}
        identities: {alice: {}, bob: {}}
        grants:
          - {to: alice, may: [view], in: red}
          - {to: bob, may: [run], in: blue, level: baseline}
        """

    private func changes(_ old: String, _ new: String) throws -> [String] {
        func outline(_ text: String) throws -> PolicyOutline {
            try PolicyFile(text, file: "policy.yaml", version: "1").outline
        }
        return try outline(old).changes(to: outline(new)).map { "\($0.path) \($0)" }
    }

    @Test(arguments: [
        ("# a comment, which may say anything\n" + before, []),
        (before.replacing("{red: {}, blue: {}}", with: "{blue: {}, red: {}}"), []),
        (
            before.replacing("may: [view]", with: "may: [view, exec]"),
            ["grants changed: {to: alice, may: [view], in: red} → {to: alice, may: [view, exec], in: red}"]
        ),
        (before + "\n  - {to: alice, may: [view], in: blue}", ["grants added: {to: alice, may: [view], in: blue}"]),
        (
            before.replacing("  - {to: alice, may: [view], in: red}\n", with: ""),
            ["grants removed: {to: alice, may: [view], in: red}"]
        ),
        (before.replacing("bob: {}", with: "bob: {unixUser: 7}"), ["identities/bob removed: {}", "identities/bob/unixUser added: 7"]),
    ])
    func saysWhatIsDifferent(text: String, wanted: [String]) throws {
        #expect(try changes(Self.before, text) == wanted)
        #expect(try changes(text, text).isEmpty)
    }
}
