import Testing

@testable import quaymaster

/// The gateway's own pager.
@Suite struct PagerTextTests {
    private func pager(_ keys: String) -> PagerText {
        var pager = PagerText((1...100).map { "line \($0)" }.joined(separator: "\n") + "\n")
        pager.rows = 10
        for scalar in keys.unicodeScalars { _ = pager.typed(scalar) }
        return pager
    }

    @Test(arguments: [
        ("", 0), ("j", 1), ("jjk", 1), ("k", 0), (" ", 10), (" b", 0), ("d", 5), ("G", 90), ("Gg", 0), ("50G", 49),
        ("999G", 90), ("0G", 0), ("/line 42\r", 41), ("/line 4\rn", 39), ("/line 4\rnN", 3), ("G?line 42\r", 41),
        ("/nothing\r", 0), ("\r", 1), ("/x\u{1B}j", 1),
    ])
    func keysMove(_ keys: String, _ top: Int) { #expect(pager(keys).top == top, "\(keys.debugDescription)") }

    @Test func itShowsAPage() {
        let page = pager("").page
        #expect(page.count == 11 && page.first == "line 1" && page.last == "lines 1-10 of 100  (q quits)")
        var short = PagerText("one\n")
        short.rows = 3
        #expect(short.isShort && short.page == ["one", "~", "~", "lines 1-1 of 1  (q quits)"])
    }

    /// No key does anything else; q leaves.
    @Test func onlyQLeaves() {
        for value in UInt32(1)...126 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            var pager = PagerText("a\nb\n")
            #expect(pager.typed(scalar) == (scalar != "q"), "\(value)")
        }
    }
}
