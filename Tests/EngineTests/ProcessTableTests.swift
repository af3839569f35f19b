import Engine
import Foundation
import Testing

@Suite struct ProcessTableTests {
    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let stat: String
        let expected: ProcessTable.Entry?

        init(_ description: String, _ stat: String, _ expected: ProcessTable.Entry?) {
            testDescription = description
            self.stat = stat
            self.expected = expected
        }
    }

    private static func stat(
        _ state: String = "S", name: String = "sleep", threads: Int = 1
    ) -> String {
        "205 (\(name)) \(state) 144 199 182 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 \(threads) 0 70123 4 5\n"
    }

    private static let entry = ProcessTable.Entry(parent: 144, session: 182, start: 70123)

    @Test(arguments: [
        Row("a process", stat(), entry),
        Row("one that names itself as others are described", stat(name: "a) Z 1 1 1 ("), entry),
        Row("one without a name", stat(name: ""), entry),
        Row("a dead one", stat("Z"), nil),
        Row("one whose first thread is dead and whose others are not", stat("Z", threads: 2), entry),
        Row("a dead one with a name that says otherwise", stat("Z", name: "a) S 1"), nil),
        Row("half a line", String(stat().prefix(40)), nil),
        Row("no line", "", nil),
    ])
    func readsWhatTheKernelSays(row: Row) {
        #expect(ProcessTable.Entry(stat: row.stat) == row.expected)
    }

    /// 1 is the container's first process; 10 led an exec's session, 30 leads another's.
    private static let entries: [Int: ProcessTable.Entry] = [
        1: .init(parent: 0, session: 1, start: 1),
        10: .init(parent: 0, session: 10, start: 10),
        11: .init(parent: 10, session: 10, start: 11),
        // Their parents have gone.
        12: .init(parent: 1, session: 10, start: 12),
        13: .init(parent: 12, session: 13, start: 13),
        20: .init(parent: 1, session: 20, start: 20),
        21: .init(parent: 20, session: 20, start: 21),
        30: .init(parent: 0, session: 30, start: 30),
        31: .init(parent: 1, session: 30, start: 31),
    ]

    private func members(_ family: ExecFamily, without gone: Set<Int> = []) -> [Int] {
        let table = ProcessTable(Self.entries.filter { !gone.contains($0.key) })
        return table.members(of: family) { $0 != 31 }.keys.sorted()
    }

    @Test func aFamilyIsASessionAndWhatItStarted() {
        let family = ExecFamily(container: "c", number: 10)
        #expect(members(family) == [10, 11, 12, 13])
        var ended = family
        ended.hasEnded = true
        #expect(members(ended, without: [10, 11]) == [12, 13])
        #expect(members(ended, without: [10, 11, 12]) == [], "what left its session unseen is lost")
        #expect(members(ended) == [], "the number is another process's by now")
        #expect(members(ExecFamily(container: "c", number: 30)) == [30], "31 is elsewhere")
    }

    @Test func whatLeftIsKnownByNumberAndStart() {
        let family = ExecFamily(container: "c", number: 10, hasEnded: true, strays: [20: 20])
        #expect(members(family, without: [10, 11, 12, 13]) == [20, 21])
        let other = ExecFamily(container: "c", number: 10, hasEnded: true, strays: [20: 19])
        #expect(members(other, without: [10, 11, 12, 13]) == [])
    }

    /// The kernel's own words about this process.
    @Test func findsItself() throws {
        let stat = try String(contentsOfFile: "/proc/self/stat", encoding: .utf8)
        let entry = try #require(ProcessTable.Entry(stat: stat))
        #expect(entry.parent == Int(getppid()) && entry.session == Int(getsid(0)))
    }
}
