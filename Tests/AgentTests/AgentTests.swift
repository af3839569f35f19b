import Confinement
import Testing

@testable import Agent

@Suite struct AgentTests {
    @Test func outputIsCutAndCounted() {
        var budget = OutputBudget(most: 10)
        #expect(budget.take([1, 2, 3]) == [1, 2, 3])
        #expect(Array(budget.take(ArraySlice(repeating: 7, count: 20))).count == 7)
        #expect(budget.dropped == 13)
        #expect(budget.take([1]).isEmpty)
        #expect(budget.dropped == 14)
        #expect(OutputBudget.words(1 << 20) == "1 MiB")
        #expect(OutputBudget.words(1023) == "1023 bytes")
    }

    /// Wherever reads are cut, a secret argument is masked.
    @Test func argumentsAreMasked() {
        let text = Array("  1 0 app --password hunter2\n  2 0 env DB_TOKEN=hunter2 x".utf8)
        for cut in 0...text.count {
            var mask = LineMask()
            let shown = mask.take(Array(text[..<cut])) + mask.take(Array(text[cut...])) + mask.rest()
            let said = String(decoding: shown, as: UTF8.self)
            #expect(!said.contains("hunter2"), "cut at \(cut): \(said)")
            #expect(said.contains("app --password"))
        }
    }

    @Test func linesAreJudgedAgain() throws {
        #expect(try Judge.judge(["nginx", "-t"], as: "ops") == .program(["nginx", "-t"]))
        let look = Look(
            "tail", options: ["-n": "5"], arguments: ["/var/log/a"], trees: ["/var/log"],
            filters: [["match", "x"]])
        #expect(
            try Judge.judge(["tail", "-n", "5", "/var/log/a", "match", "x"], as: "viewer") == .look(look))
        for (words, role) in [
            (["sh"], "ops"), (["nginx", "-c", "/tmp/x"], "ops"), (["nginx", "-t"], "viewer"),
            (["cat", "/etc/shadow"], "viewer"), (["cat", "/var/log/../../etc/shadow"], "viewer"),
            (["nginx", "-t"], "nobody"), (["nginx -t"], "ops"), (["ls", "/proc/1/root"], "viewer"),
        ] {
            #expect(throws: Refusal.self, "\(words)") { try Judge.judge(words, as: role) }
        }
    }
}
