import Gateway
import NIOCore
import Testing

/// How long a push or a save keeps a name of the engine's from others.
@Suite struct LendingTests {
    private func time(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(1) + .seconds(seconds) }

    @Test func aClientThatReadsNothingIsEnded() {
        var lending = Lending()
        #expect(lending.objection(at: time(0), isTaking: false, taken: 100) == nil)
        #expect(lending.objection(at: time(59), isTaking: false, taken: 100) == nil)
        #expect(lending.objection(at: time(60), isTaking: false, taken: 100)?.contains("read nothing") == true)
    }

    @Test func whoeverReadsOrWaitsForTheEngineGoesOn() {
        var lending = Lending()
        for minute in 0..<100 {
            let now = time(Int64(minute) * 61)
            #expect(lending.objection(at: now, isTaking: false, taken: Int64(minute)) == nil, "\(minute)")
        }
        var waiting = Lending()
        for minute in 0..<100 {
            #expect(waiting.objection(at: time(Int64(minute) * 61), isTaking: true, taken: 0) == nil, "\(minute)")
        }
    }

    @Test func nothingLastsForEver() {
        var lending = Lending()
        #expect(lending.objection(at: time(0), isTaking: true, taken: 0) == nil)
        #expect(lending.objection(at: time(7199), isTaking: true, taken: 1) == nil)
        #expect(lending.objection(at: time(7200), isTaking: true, taken: 2)?.contains("2 hours") == true)
    }
}
