import Foundation
import Store
import Testing

@Suite struct LedgerIndexTests {
    private func row(_ line: Int64, _ identity: String, _ verb: String, _ object: String, _ decision: String) -> LedgerIndex.Row {
        LedgerIndex.Row(
            line: line, time: "2026-11-\(10 + line)T10:00:00.000Z", identity: identity, tenant: "red", verb: verb,
            object: object, decision: decision)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let change: @Sendable (inout LedgerIndex.Query) -> Void
        let lines: [Int64]
        var testDescription: String { name }
    }

    @Test(arguments: [
        Case(name: "everything", change: { _ in }, lines: [1, 2, 3, 5]),
        Case(name: "identity", change: { $0.identity = "alice" }, lines: [1, 3]),
        Case(name: "nobody", change: { $0.identity = "ali" }, lines: []),
        Case(name: "verb", change: { $0.verb = "run" }, lines: [1, 2]),
        Case(name: "part of an object", change: { $0.object = "web" }, lines: [1, 3]),
        Case(name: "no pattern", change: { $0.object = "%" }, lines: []),
        Case(name: "decision", change: { $0.decision = "refuse" }, lines: [2]),
        Case(name: "since", change: { $0.since = "2026-11-12" }, lines: [2, 3, 5]),
        Case(name: "until", change: { $0.until = "2026-11-12" }, lines: [1]),
        Case(name: "the newest", change: { $0.limit = 2 }, lines: [3, 5]),
        Case(
            name: "both",
            change: {
                $0.identity = "alice"; $0.verb = "stop"
            }, lines: [3]),
        Case(name: "tenant", change: { $0.tenant = "blue" }, lines: []),
    ])
    func finds(row: Case) throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("index-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let index = try LedgerIndex(file: file)
        try index.add(
            [
                self.row(1, "alice", "run", "container/web", "permit"), self.row(2, "bo", "run", "container/db", "refuse"),
                self.row(3, "alice", "stop", "container/web2", "permit"), self.row(5, "carol", "logs", "", "permit"),
            ], upTo: 6, hash: "x")
        var query = LedgerIndex.Query()
        row.change(&query)
        #expect(try index.find(query) == row.lines)
    }

    @Test func itKnowsHowFarItCameAndForgets() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("index-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(try LedgerIndex(file: file).end() == nil)
        try LedgerIndex(file: file).add([row(1, "alice", "run", "", "permit")], upTo: 4, hash: "abc")
        let index = try LedgerIndex(file: file)
        let end = try #require(try index.end())
        #expect(end.line == 4 && end.hash == "abc")
        try index.clear()
        #expect(try index.end() == nil && index.find(LedgerIndex.Query()).isEmpty)
    }
}
