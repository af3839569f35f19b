import AgentMessages
import JSON
import Testing

@testable import GuardedShell

/// Recordings as asciicast v3.
@Suite struct CastTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func eventsHaveIntervals() throws {
        var cast = Cast(at: 1_000_000_000)
        #expect(text(cast.output("a\"\n", at: 1_500_000_000)) == "[0.500000, \"o\",\"a\\\"\\n\"]\n")
        #expect(text(cast.exit(2, at: 3_500_001_000)) == "[2.000001, \"x\",\"2\"]\n")
        // A clock that stands still, or goes back, is no time.
        #expect(text(cast.output("b", at: 3_000_000_000)) == "[0.000000, \"o\",\"b\"]\n")
        let size = try #require(TerminalSize(rows: 24, columns: 80))
        #expect(text(cast.resize(size, at: 3_500_001_000)) == "[0.000000, \"r\",\"80x24\"]\n")
        let marker = cast.marker(JSONObject([("line", .integer(1))]), at: 3_600_001_000)
        #expect(text(marker) == "[0.100000, \"m\",\"{\\\"line\\\":1}\"]\n")
        // Every line is JSON of three parts.
        #expect(try JSONReader.answer(marker).array?.count == 3)
    }

    /// Whoever lists recordings reads it whole, whatever a client says.
    @Test(arguments: [String(repeating: "\u{1}", count: 1 << 20), "e" + String(repeating: "\u{301}", count: 1 << 18)])
    func theHeaderIsShort(text: String) {
        #expect(Cast.header(time: 7, title: text, tags: [text, text]).count < 32 << 10)
    }

    @Test func theHeaderSaysWhatItIs() throws {
        let header = try JSONReader.answer(Cast.header(time: 7, title: "a in b", tags: ["identity=a"]))
        #expect(header["version"]?.int64 == 3 && header["timestamp"]?.int64 == 7)
        #expect(header["term"]?["cols"]?.int64 == 80 && header["tags"]?.array?.first?.string == "identity=a")
    }
}
