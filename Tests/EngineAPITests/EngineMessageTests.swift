import EngineAPI
import JSON
import Testing

@Suite struct EngineMessageTests {
    private static let own = String(repeating: "1a", count: 32)
    private static let other = String(repeating: "2b", count: 32)

    private func told(_ message: String, hidesOthers: Bool = true) throws -> String? {
        let body = JSONWriter.bytes(.object(JSONObject([("message", .string(message))])))
        let retold = EngineMessage.retold(
            body, spelled: [Self.own: "web"], hidesOthers: hidesOthers)
        return try JSONReader.value(of: retold)["message"]?.string
    }

    @Test(arguments: [
        ("No such container: \(own)", "No such container: web"),
        ("\(own)", "web"),
        ("in use by container \"\(other)\".", "in use by container \"of somebody else's\"."),
        ("\(own)\(other)", "\(own)\(other)"),
        ("a \(own.dropLast()) b", "a \(own.dropLast()) b"),
        ("grüße \"\(own)\"\n", "grüße \"web\"\n"),
    ])
    func idsAreSaidAsTheClientDid(_ message: String, _ expected: String) throws {
        #expect(try told(message) == expected)
    }

    @Test func onAPlaneOfOneTenantAllIdsAreItsOwn() throws {
        #expect(try told("by \(Self.other)", hidesOthers: false) == "by \(Self.other)")
    }

    /// Whatever an engine answers: no foreign id comes through, and nothing is lost.
    @Test(arguments: ["", "{", "plain \(other)", "[\"\(other)\"]", "{\"x\":\"\(other)\"}"])
    func otherAnswersAreText(_ text: String) {
        let retold = EngineMessage.retold(
            Array(text.utf8), spelled: [Self.own: "web"], hidesOthers: true)
        let expected = text.replacing(Self.other, with: "of somebody else's")
        #expect(String(decoding: retold, as: UTF8.self) == expected)
    }
}
