import CLinux
import Foundation

/// What an exec has started: its first process, the session that it leads (runtimes give each exec one
/// of its own), and what has left that session while somebody looked.
package struct ExecFamily: Hashable, Sendable {
    /// The container that it runs in.
    package let container: String
    /// The number of its first process in the engine's PID namespace.
    package let number: Int
    /// True when the engine says that its first process has ended.
    package var hasEnded: Bool
    /// Processes that have left its session, by their numbers, with when they started.
    package var strays: [Int: UInt64]

    /// How many processes that have left are kept in mind.
    private static let remembered = 1024

    /// Names a family.
    package init(
        container: String, number: Int, hasEnded: Bool = false, strays: [Int: UInt64] = [:]
    ) {
        self.container = container
        self.number = number
        self.hasEnded = hasEnded
        self.strays = strays
    }

    /// The family as a table shows it, or nil when nobody of it lives. Blocks: not for event loops.
    package func seen(in table: ProcessTable) -> ExecFamily? {
        let members = members(in: table)
        if members.isEmpty { return nil }
        var family = self
        let strays = members.filter { $0.value.session != number }.mapValues(\.start)
        family.strays = Dictionary(uniqueKeysWithValues: strays.prefix(Self.remembered).map { $0 })
        return family
    }

    private func members(in table: ProcessTable) -> [Int: ProcessTable.Entry] {
        table.members(of: self) { number in
            isOurs(ProcessFile.text("\(table.root)/\(number)/cgroup"))
        }
    }

    private func isOurs(_ cgroup: String?) -> Bool {
        cgroup?.contains(container) ?? false
    }

    // MARK: Ending it

    /// What became of an attempt to end it.
    package enum Ending: Hashable, Sendable {
        /// Nobody of it lived.
        case gone
        /// All of it has been killed, as far as it was seen.
        case killed
        /// The gateway may not kill some of it, but sees their numbers inside the container.
        case forbidden(inside: [Int])
        /// The gateway cannot see the engine's processes.
        case unseen
    }

    /// Kills all of it. Blocks: not for event loops.
    package func end(on engine: EngineAddress) -> Ending {
        var killed: Set<Int> = []
        var family = self
        // What was started while the others died is found when looking again.
        for _ in 0..<Self.rounds {
            guard let table = ProcessTable(of: engine) else { return .unseen }
            let members = family.members(in: table)
            family = family.seen(in: table) ?? family
            let fresh = members.filter { !killed.contains($0.key) }
            if fresh.isEmpty { return killed.isEmpty ? .gone : .killed }
            let spared = fresh.filter { !kill($0.key, $0.value, under: table.root) }
            if !spared.isEmpty {
                return .forbidden(
                    inside: members.keys.compactMap { Self.inside($0, under: table.root) }.sorted())
            }
            killed.formUnion(fresh.keys)
        }
        return .killed
    }

    /// How often one attempt looks for more; whoever asks tries again while somebody is left.
    private static let rounds = 8

    /// Kills through the process's folder, so that a number used anew is nobody else's end.
    ///
    /// - Returns: False when the gateway may not.
    private func kill(_ number: Int, _ entry: ProcessTable.Entry, under root: String) -> Bool {
        let folder = open("\(root)/\(number)", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return true }
        defer { close(folder) }
        let now = ProcessFile.text("stat", in: folder).flatMap { ProcessTable.Entry(stat: $0) }
        guard now?.start == entry.start, isOurs(ProcessFile.text("cgroup", in: folder)) else {
            return true
        }
        return linux_pidfd_send_signal(folder, SIGKILL) == 0 || errno == ESRCH
    }

    private static func inside(_ number: Int, under root: String) -> Int? {
        let status = ProcessFile.text("\(root)/\(number)/status") ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("NSpid:") }
        // The engine's number comes first, the container's after it; one of `--pid host` has one.
        let numbers = line?.split(whereSeparator: \.isWhitespace).compactMap { Int($0) } ?? []
        return numbers.prefix(2).last
    }
}
