import Testing
import Wire

@Suite struct BodyDecoderTests {
    private func payload(_ framing: BodyFraming, _ text: String) throws -> (String, ended: Bool, rest: Int) {
        let bytes = Array(text.utf8)
        var decoder = BodyDecoder(framing)
        var offset = 0
        var payload: [UInt8] = []
        while case .payload(let range) = try decoder.step(bytes.span, at: &offset) {
            payload += bytes[range]
        }
        return (String(decoding: payload, as: UTF8.self), decoder.isAtEnd, bytes.count - offset)
    }

    @Test func takesFramingOff() throws {
        #expect(try payload(.length(3), "abcdef") == ("abc", true, 3))
        #expect(try payload(.none, "abc") == ("", true, 3))
        #expect(try payload(.untilClose, "abc") == ("abc", false, 0))
        #expect(try payload(.chunked, "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nGET") == ("abcde", true, 3))
        #expect(try payload(.chunked, "3\r\nab") == ("ab", false, 0))
    }

    struct Broken: CustomTestStringConvertible {
        let text: String
        let failure: BodyFailure
        var testDescription: String { text.debugDescription }
    }

    @Test(arguments: [
        Broken(text: "3;a=b\r\nabc", failure: .badChunk),
        Broken(text: "3 \r\nabc", failure: .badChunk),
        Broken(text: "3\nabc", failure: .badChunk),
        Broken(text: "+3\r\nabc", failure: .badChunk),
        Broken(text: "0x3\r\nabc", failure: .badChunk),
        Broken(text: "\r\nabc", failure: .badChunk),
        Broken(text: "123456789\r\n", failure: .badChunk),
        Broken(text: "3\r\nabcd", failure: .badChunk),
        Broken(text: "3\r\nabc\n", failure: .badChunk),
        Broken(text: "0\r\nA: b\r\n", failure: .trailer),
        Broken(text: "0\r\n\n", failure: .trailer),
    ])
    func refuses(row: Broken) {
        #expect(throws: row.failure) { try payload(.chunked, row.text) }
    }

    @Test func anEndTooEarlyIsNoEnd() throws {
        var counted = BodyDecoder(.length(4))
        #expect(throws: BodyFailure.incomplete) { try counted.inputEnded() }
        var chunked = BodyDecoder(.chunked)
        #expect(throws: BodyFailure.incomplete) { try chunked.inputEnded() }
        var open = BodyDecoder(.untilClose)
        try open.inputEnded()
        #expect(open.isAtEnd)
    }

    @Test func passingCountsPayloadOnly() throws {
        let bytes = Array("3\r\nabc\r\n0\r\n\r\nrest".utf8)
        var decoder = BodyDecoder(.chunked)
        var offset = 0
        let (count, ended) = try decoder.pass(bytes.span, at: &offset)
        #expect(count == 3 && ended)
        #expect(String(decoding: bytes[offset...], as: UTF8.self) == "rest")
    }
}
