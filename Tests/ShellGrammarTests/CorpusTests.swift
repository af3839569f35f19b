import ShellGrammar
import Testing

@Suite struct CorpusTests {
    @Test func everyLineIsJudgedAsLabelled() throws {
        let cases = try Corpus.cases()
        #expect(cases.count > 700)
        for one in cases {
            let refusal = try Saying(one.input, one.policy).refusal
            #expect(
                (refusal == nil) == one.isAllowed,
                "\(one.testDescription): \(refusal?.sentence ?? "accepted")")
        }
    }

    @Test func everyRefusalHasColumnRuleAndSentence() throws {
        for one in try Corpus.cases() where !one.isAllowed {
            let refusal = try #require(try Saying(one.input, one.policy).refusal)
            #expect(
                1...one.input.unicodeScalars.count + 1 ~= refusal.column, "\(one.testDescription)")
            #expect(!refusal.rule.isEmpty && refusal.sentence.contains(refusal.rule))
            #expect(refusal.sentence.unicodeScalars.allSatisfy { $0.value >= 0x20 })
        }
    }

    @Test func mostRefusalsNameALineThatIsAccepted() throws {
        let denied = try Corpus.cases().filter { !$0.isAllowed }
        var helped = 0
        for one in denied {
            guard let nearest = try Saying(one.input, one.policy).refusal?.nearest else { continue }
            helped += 1
            #expect(
                try Saying(nearest, one.policy).refusal == nil, "\(one.testDescription): \(nearest)"
            )
        }
        #expect(helped * 100 >= denied.count * 60, "\(helped) of \(denied.count)")
    }
}
