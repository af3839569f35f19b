import Foundation
import ShellGrammar
import Testing

@Suite struct LinePropertyTests {
    /// How many lines each seed makes; `QUAYMASTER_LINES` makes it more.
    private static let count =
        ProcessInfo.processInfo.environment["QUAYMASTER_LINES"].flatMap { Int($0) } ?? 5_000

    /// What is accepted is printed as a line that is read as the same words, once and for all; what is
    /// refused says where and why, and names only lines that are accepted.
    @Test(arguments: 0..<4 as Range<UInt64>)
    func whatIsAcceptedIsPrintedAsTheSameWords(seed: UInt64) throws {
        var source = LineSource(seed: seed, try Corpus.cases())
        var accepted = 0
        for _ in 0..<Self.count {
            let (line, role) = source.next()
            switch role.judge(line) {
            case .nothing: break
            case .accepted(let found):
                accepted += 1
                try #require(Self.reads(found, role), "\(line)")
            case .refused(let refusal):
                try #require(refusal.column >= 1 && refusal.column <= line.count + 1, "\(line)")
                guard let nearest = refusal.nearest else { continue }
                guard case .accepted = role.judge(nearest) else {
                    Issue.record("\(line): \(nearest)")
                    return
                }
            }
            _ = Completion(line, in: role)
        }
        // A source that makes nothing acceptable would prove nothing.
        #expect(accepted * 20 > Self.count)
    }

    private static func reads(_ found: AcceptedLine, _ role: Role) -> Bool {
        let canonical = found.canonical
        guard !canonical.isEmpty, case .accepted(let again) = role.judge(canonical),
            case .accepted(let direct) = role.judge(words: found.argv)
        else { return false }
        // Byte by byte: Swift's strings are equal when they are only canonically equivalent.
        return again.argv.map { Array($0.utf8) } == found.argv.map { Array($0.utf8) }
            && again == found && direct == found && again.canonical == canonical
    }

    @Test(arguments: [
        ["ls"], ["ls", "-l", "/var/log"], ["grep", "it's", "/var/log/a"],
        ["grep", "a \"b\"", "/var/log/a"],
        ["grep", "$(id)", "/var/log/a"],
    ])
    func wordsAreJudgedAsTheirLine(words: [String]) {
        let role = words[0] == "ls" ? Roles.viewer : Roles.finder
        guard case .accepted(let found) = role.judge(words: words) else {
            Issue.record("refused: \(words)")
            return
        }
        #expect(found.argv == words)
    }

    @Test(arguments: [
        ["ls", ""], ["ls", "/var/log", "\n"], ["ls -l"], ["sh", "-c", "ls"],
        ["grep", "'\"$", "/var/log/a"],
        ["grep", "'\\", "/var/log/a"], ["ls", "-l "], [""],
    ])
    func wordsThatNoLineHoldsAreRefused(words: [String]) {
        let role = words[0] == "grep" ? Roles.finder : Roles.viewer
        guard case .refused = role.judge(words: words) else {
            Issue.record("accepted: \(words)")
            return
        }
    }

    @Test func noWordsAreNothing() {
        #expect(Roles.viewer.judge(words: []) == .nothing)
    }
}
