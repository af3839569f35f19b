import Testing

@testable import EngineAPI

@Suite struct PlainTextTests {
    /// The standard library's own splitting of bytes, whatever the text.
    @Test(arguments: [
        "", ":", "::", "a", "a:", ":a", "a:b", "a::b", ":a:b:", "/srv:/data:ro,z", "a=b=c", "=", "==", "a==b", "é:\u{301}b",
        "a\u{600}:b", ":\u{301}",
    ])
    func partsAreCutAtBytes(text: String) {
        for separator in [":", "=", ","] as [Unicode.Scalar] {
            for keepsEmpty in [true, false] {
                for limit in [1, 2, 3, .max] {
                    let expected = text.utf8.split(
                        separator: UInt8(ascii: separator), maxSplits: limit - 1,
                        omittingEmptySubsequences: !keepsEmpty
                    ).map { String(Substring($0)) }
                    let found = text.parts(between: separator, atMost: limit, keepingEmpty: keepsEmpty)
                    #expect(found.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
                }
            }
        }
    }

    @Test func plainTextIsPrintableASCII() {
        for scalar in (0..<0x180).compactMap(Unicode.Scalar.init) {
            for text in [String(scalar), "long enough for words" + String(scalar), String(scalar) + "and so on and on"] {
                #expect(PlainText.isPlain(text) == (0x20...0x7E ~= scalar.value))
            }
        }
    }
}
