import EngineAPI
import JSON
import Testing

@Suite struct EngineMessageTests {
    private static let own = String(repeating: "1a", count: 32)
    private static let image = String(repeating: "3c", count: 32)
    private static let other = String(repeating: "2b", count: 32)

    private func told(_ message: String, hidesOthers: Bool = true) throws -> String? {
        let body = JSONWriter.bytes(.object(JSONObject([("message", .string(message))])))
        let retold = EngineMessage.retold(
            body, spelled: [Self.own: "web", "sha256:" + Self.image: "bb:1"],
            hidesOthers: hidesOthers)
        return try JSONReader.value(of: retold)["message"]?.string
    }

    @Test(arguments: [
        ("No such container: \(own)", "No such container: web"),
        ("\(own)", "web"),
        ("in use by container \"\(other)\".", "in use by container \"(hidden)\"."),
        ("\(own)\(other)", "\(own)\(other)"),
        ("a \(own.dropLast()) b", "a \(own.dropLast()) b"),
        ("container \(other.prefix(12)) is using it", "container (hidden) is using it"),
        ("container \(own.prefix(12)) is using it", "container web is using it"),
        ("no sha256:\(image) here", "no bb:1 here"), ("no \(image) here", "no bb:1 here"),
        ("no sha256:\(other) here", "no (hidden) here"),
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
        let expected = text.replacing(Self.other, with: "(hidden)")
        #expect(String(decoding: retold, as: UTF8.self) == expected)
    }
}
