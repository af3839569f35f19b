import Acts
import Policy
import Testing

@Suite struct VerbSetTests {
    @Test(arguments: Verb.allCases)
    func aVerbIsItsOwnBit(verb: Verb) {
        let set = VerbSet([verb])
        #expect(set.verbs == [verb])
        #expect(set.intersects([verb]))
        #expect(!set.intersects(Verb.allCases.filter { $0 != verb }))
        #expect(VerbSet.all.intersects([verb]) && !VerbSet().intersects([verb]))
    }
}
