import JSON
import Testing

@Suite struct JSONTests {
    private func read(_ text: String, depth: Int = 32) throws(JSONFailure) -> JSONValue {
        try JSONReader.value(of: Array(text.utf8), depthLimit: depth)
    }

    @Test(arguments: [
        "null", "true", "false", "0", "-0", "12", "-3.25", "1e9", "1E-2", "\"\"", "\"a\\n\\\"\"",
        "[]", "[1,2,[]]", "{}", "{\"a\":{\"b\":[null]},\"c\":\"d\"}", "\"\u{1F600}\"",
    ])
    func canonicalTextReadsAsItself(text: String) throws {
        let value = try read(text)
        #expect(JSONWriter.text(value) == text)
        #expect(try read(JSONWriter.text(value)) == value)
    }

    @Test func blanksAndEscapesAreUndone() throws {
        let value = try read(" {\n\t\"\\u0061\" : [ true , \"\\u00fc\\ud83d\\ude00\\/\" ]\r}\n")
        #expect(JSONWriter.text(value) == "{\"a\":[true,\"ü😀/\"]}")
    }

    struct Refused: CustomTestStringConvertible {
        let text: String
        let rule: JSONFailure.Rule
        var testDescription: String { text.debugDescription }
    }

    @Test(arguments: [
        Refused(text: "", rule: .unexpectedEnd),
        Refused(text: "{", rule: .unexpectedEnd),
        Refused(text: "[1", rule: .unexpectedEnd),
        Refused(text: "\"a", rule: .unexpectedEnd),
        Refused(text: "nul", rule: .unexpectedEnd),
        Refused(text: "nulx", rule: .syntax),
        Refused(text: "{} {}", rule: .trailingData),
        Refused(text: "{}x", rule: .trailingData),
        Refused(text: "{}\u{0}", rule: .trailingData),
        Refused(text: "\u{FEFF}{}", rule: .syntax),
        Refused(text: "// c\n{}", rule: .syntax),
        Refused(text: "{\"a\":1,}", rule: .syntax),
        Refused(text: "[1,]", rule: .syntax),
        Refused(text: "{'a':1}", rule: .syntax),
        Refused(text: "01", rule: .trailingData),
        Refused(text: "+1", rule: .syntax),
        Refused(text: ".5", rule: .syntax),
        Refused(text: "1.", rule: .unexpectedEnd),
        Refused(text: "NaN", rule: .syntax),
        Refused(text: "\"\t\"", rule: .controlCharacter),
        Refused(text: "\"\\u0000\"", rule: .controlCharacter),
        Refused(text: "\"\\ud800\"", rule: .notUnicode),
        Refused(text: "\"\\udc00\"", rule: .notUnicode),
        Refused(text: "\"\\ud800\\u0041\"", rule: .notUnicode),
        Refused(text: "\"\\ud800\\n\"", rule: .notUnicode),
        Refused(text: "\"\\ud800\\", rule: .unexpectedEnd),
        Refused(text: "\"\\x\"", rule: .syntax),
        Refused(text: "{\"a\":1,\"a\":1}", rule: .duplicateName("a")),
        Refused(text: "{\"a\":1,\"\\u0061\":1}", rule: .duplicateName("a")),
    ])
    func refuses(row: Refused) {
        do {
            _ = try read(row.text)
            Issue.record("was read")
        } catch {
            #expect(error.rule == row.rule)
        }
    }

    /// Labels hold any text, and engines tell it: what is refused of a client is read of an engine.
    @Test(arguments: [
        "{\"\u{E9}\":1,\"e\u{301}\":2}", "{\"e\u{301}\":1,\"a\":2,\"\u{E9}\":3}", "{\"K\":1,\"\u{212A}\":2}",
        "{" + (0..<120).map { "\"n\($0)\":1," }.joined() + "\"\u{E9}\":1,\"e\u{301}\":2}",
        "{\"a\":\"\\u0000\",\"\\u0000\":1}",
    ])
    func answersAreReadWhateverLabelsHold(text: String) throws {
        let value = try JSONReader.answer(Array(text.utf8))
        #expect(Array(JSONWriter.text(value).utf8) == Array(text.utf8))
        #expect(throws: JSONFailure.self) { try read(text) }
    }

    @Test func answersHaveNoNameTwice() throws {
        let many = (0..<120).map { "\"n\($0)\":1," }.joined()
        for text in [
            "{\"a\":1,\"a\":2}", "{\"\u{E9}\":1,\"\u{E9}\":2}", "{\"\u{E9}\":1,\"\\u00e9\":2}", "{\(many)\"n7\":1}",
            "{\"\u{E9}\":1,\"a\":1,\"a\":1}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\u{1}\"}",
        ] {
            #expect(throws: JSONFailure.self) { try JSONReader.answer(Array(text.utf8)) }
        }
    }

    @Test func bytesThatAreNoTextAreRefused() {
        for bytes: [UInt8] in [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]] {
            #expect(throws: JSONFailure.self) { try JSONReader.value(of: bytes) }
        }
    }

    @Test func depthIsBounded() throws {
        let deep = String(repeating: "[", count: 8) + String(repeating: "]", count: 8)
        #expect(try read(deep, depth: 8).array != nil)
        do {
            _ = try read(deep, depth: 7)
            Issue.record("was read")
        } catch {
            #expect(error.rule == .tooDeep(limit: 7))
        }
        // A hostile depth neither traps nor takes long.
        #expect(throws: JSONFailure.self) {
            try JSONReader.value(of: [UInt8](repeating: 0x5B, count: 1 << 20))
        }
    }

    @Test func numbersConvertAsGoConvertsThem() throws {
        #expect(try read("9223372036854775807").int64 == .max)
        #expect(try read("-0").int64 == 0)
        for text in ["1e9", "1.0", "9223372036854775808"] {
            #expect(try read(text).int64 == nil, "\(text)")
        }
    }

    @Test func namesAreComparedByteForByte() throws {
        // Swift's == takes U+212A for K.
        let object = try #require(try read("{\"Networ\u{212A}Mode\":1}").object)
        #expect(object["NetworkMode"] == nil)
    }

    /// Mutated JSON either reads, and then reads again from its canonical text as the same value,
    /// or is refused; nothing traps.
    @Test func mutationsRoundTrip() {
        let seed = "{\"a\":[1,-2.5e3,true,null,\"x\\u00e9\\n\"],\"b\":{\"c\":{}},\"d\":\"\\\\\"}"
        var state: UInt64 = 7
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let letters = Array("{}[]\",:\\u0019e-+.tfn \n".utf8)
        for _ in 0..<20_000 {
            var bytes = Array(seed.utf8)
            for _ in 0...random(3) {
                let place = random(bytes.count)
                switch random(3) {
                case 0: bytes[place] = letters[random(letters.count)]
                case 1: bytes.remove(at: place)
                default: bytes.insert(letters[random(letters.count)], at: place)
                }
            }
            guard let value = try? JSONReader.value(of: bytes) else { continue }
            let text = JSONWriter.bytes(value)
            #expect((try? JSONReader.value(of: text)) == value)
        }
    }
}
