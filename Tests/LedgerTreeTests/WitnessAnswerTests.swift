import LedgerTree
import Testing

/// What a witness answers over HTTP (C2SP tlog-witness).
@Suite struct WitnessAnswerTests {
    @Test(
        arguments: [
            (.otherSize(7), 409, "7\n"), (.rollback(from: 9, to: 3), 409, "9\n"), (.fork(5), 422, nil),
            (.unbelieved(.unsigned), 403, nil),
        ] as [(WitnessRequest.Refusal, Int, String?)])
    func refusals(refusal: WitnessRequest.Refusal, status: Int, body: String?) {
        let answer = WitnessAnswer(refusal)
        #expect(answer.status == status)
        #expect(body == nil || answer.body == body && answer.type == "text/x.tlog.size")
    }
}
