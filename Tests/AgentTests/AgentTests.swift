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
