import ShellGrammar

/// A line of the guarded shell, judged; a refusal looks for the nearest line that is accepted.
struct ShellWork {
    private let line: [UInt8]
    private let isAccepted: Bool

    /// A line that `finder` accepts.
    static let accepted = ShellWork(
        "grep -n -A 3 -B 3 'timeout after' /var/log/app.log /var/log/nginx/error.log", true)

    /// A line that it refuses, with several faults to mend.
    static let refused = ShellWork(
        "grep -rn --color=always 'timeout after' /var/log/app.log | sort -u | head -n 5", false)

    private init(_ line: String, _ isAccepted: Bool) {
        self.line = Array(line.utf8)
        self.isAccepted = isAccepted
    }

    func run() throws -> Int {
        switch Roles.finder.judge(line) {
        case .accepted(let found) where isAccepted: return found.arguments.count
        case .refused(let refusal) where !isAccepted: return refusal.nearest?.utf8.count ?? 0
        case let verdict: throw Unexpected("\(verdict)")
        }
    }
}
