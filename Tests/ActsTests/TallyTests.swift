import Acts
import Testing

/// What is taken up is bounded for each, and comes back.
@Suite struct TallyTests {
    private let alice = Tally.Bound(.identity("alice"), 2)
    private let bo = Tally.Bound(.identity("bo"), 2)
    private let red = Tally.Bound(.tenant("red"), 3)

    @Test func eachHasABoundOfItsOwn() {
        var tally = Tally()
        #expect(tally.take(1, of: .streams, within: [alice, red]) == nil)
        #expect(tally.take(1, of: .streams, within: [alice, red]) == nil)
        #expect(tally.take(1, of: .streams, within: [alice, red]) == alice)
        #expect(tally.take(1, of: .streams, within: [bo, red]) == nil)
        // The tenant is full, and the identity has taken nothing then.
        #expect(tally.take(1, of: .streams, within: [bo, red]) == red)
        #expect(tally[.streams, of: bo.taker] == 1)
        // Other means, other tenants.
        #expect(tally.take(2, of: .uploads, within: [alice, red]) == nil)
        #expect(tally.take(1, of: .streams, within: [bo, Tally.Bound(.tenant("blue"), 1)]) == nil)
        #expect(tally.sum(of: .streams) == 4 && tally.sum(of: .uploads) == 2)
    }

    @Test func whatIsGivenBackIsFree() {
        var tally = Tally()
        #expect(tally.take(3, of: .bytes, within: [Tally.Bound(.identity("alice"), 3)]) == nil)
        tally.giveBack(2, of: .bytes, by: [.identity("alice")])
        #expect(tally.take(2, of: .bytes, within: [Tally.Bound(.identity("alice"), 3)]) == nil)
        #expect(tally.take(1, of: .bytes, within: [Tally.Bound(.identity("alice"), 3)]) != nil)
        tally.giveBack(3, of: .bytes, by: [.identity("alice")])
        #expect(tally.sum(of: .bytes) == 0)
        // Nothing comes back twice.
        tally.giveBack(3, of: .bytes, by: [.identity("alice")])
        #expect(tally[.bytes, of: .identity("alice")] == 0)
    }
}
