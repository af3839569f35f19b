import Testing

@testable import EngineAPI

/// Expressions beside another reader of them.
@Suite struct NameExpressionTests {
    /// Made-up expressions find what Swift's own find.
    @Test func madeUpExpressionsFindTheSame() {
        let letters = Array("aab.*+?()|[]^$-{12}\\d")
        let names = ["", "a", "b", "ab", "aab", "ba1", "a-b", "abab", "2", "bbb"]
        var state: UInt64 = 7
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var compared = 0
        for _ in 0..<20_000 {
            let text = String((0..<(1 + next(7))).map { _ in letters[next(letters.count)] })
            // A set within a set is Swift's alone, and so is a set that ends at once.
            guard !text.contains("[]"), !text.contains("[^]"), text.count(where: { $0 == "[" }) < 2,
                let expression = NameExpression(text), let other = try? Regex(text)
            else { continue }
            compared += 1
            for name in names {
                let found = (try? other.firstMatch(in: name)) != nil
                #expect(expression.isFound(in: Array(name.utf8)) == found, "\(text) in \(name)")
            }
        }
        #expect(compared > 2000)
    }
}
