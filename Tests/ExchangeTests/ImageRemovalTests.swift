import Acts
import EngineAPI
import Exchange
import Testing

/// What is sent to remove a tenant's image.
@Suite struct ImageRemovalTests {
    private static let id = "sha256:" + String(repeating: "1", count: 64)
    private static let anchor = ImageAnchor(nonce: String(repeating: "a", count: 32), tenant: "red")

    /// Without an anchor the image's id was sent: with `force` that takes every tenant's names.
    @Test(arguments: ["app:1", id])
    func anImageIsNeverRemovedByItsID(text said: String) throws {
        for anchor in [nil, Self.anchor] {
            var exchange = Exchange(bodyLimit: 1024)
            guard case .judge(let act) = exchange.received(try head("DELETE /images/\(said)?force=1 HTTP/1.1"))
            else { return fail("not judged") }
            let reference = try #require(act.references.first)
            var facts = Facts([reference: .found(id: Self.id, tenant: "red")])
            facts.images[reference] = ImageFinding(owners: ["red"], isShared: false, soleOwner: "red")
            var marks = Marks()
            marks.removed = anchor
            let permit = Permit(grant: nil, tenant: "red", obligations: [], isShared: true)
            guard
                case .record = exchange.decided(
                    .permit(permit), for: "alice", on: EngineTraits(version: APIVersion(minor: 41)),
                    seeing: facts, with: marks),
                case .send(let outbound) = exchange.recorded()
            else { return fail("not sent") }
            let sent = text(outbound.bytes)
            #expect(!sent.contains(Self.id) && !sent.contains("app:1"), "\(sent)")
            #expect(anchor == nil || sent.contains(Self.anchor.name), "\(sent)")
        }
    }
}
