import Glibc

/// Where the way into a container may end.
enum JoinerStep: UInt8, CaseIterable {
    case cgroup = 1
    case oom, limits, personality, threads, namespaces, root, bounding, groups, group, user
    case capabilities, newPrivileges, descriptors, fork, session, folder, label, seccomp, program

    var words: String {
        switch self {
        case .cgroup: "its cgroups are not joined"
        case .oom: "its place in the order of the OOM killer is not taken"
        case .limits: "its limits are not set"
        case .personality: "its execution domain is not set"
        case .threads: "the helper has more than one thread"
        case .namespaces: "its namespaces are not joined"
        case .root: "its root is another one now"
        case .bounding: "capabilities are not given up"
        case .groups: "its groups are not taken"
        case .group: "its group is not taken"
        case .user: "its user is not taken"
        case .capabilities: "its capabilities are not set"
        case .newPrivileges: "new privileges are not given up"
        case .descriptors: "descriptors are not closed"
        case .fork: "it has no room for another process (its pids limit)"
        case .session: "no session is begun"
        case .folder: "its folder is not entered"
        case .label: "its security label is not taken"
        case .seccomp: "its seccomp filter is not installed"
        case .program: "the program is not executed"
        }
    }
}

/// What is told from inside on the pipe that closes when the program runs.
enum JoinerReport {
    /// A program's number.
    static func bytes(program: Int32) -> [UInt8] {
        [UInt8(ascii: "P")] + word(program)
    }

    /// A failed step.
    static func bytes(_ step: JoinerStep, _ code: Int32) -> [UInt8] {
        [UInt8(ascii: "F"), step.rawValue] + word(code)
    }

    /// The program's number, once it was told.
    static func program(_ report: [UInt8]) -> Int32? {
        var found: Int32?
        read(report, program: { found = $0 }, failure: { _, _ in })
        return found
    }

    /// The failure that was told, in words.
    static func failure(_ report: [UInt8]) -> Refusal? {
        var found: Refusal?
        read(report, program: { _ in }) { found = refusal($0, $1) }
        return found
    }

    /// A failed step in words.
    static func refusal(_ step: JoinerStep, _ code: Int32) -> Refusal {
        let reason = code == 0 ? "" : ": " + String(cString: strerror(code))
        let hint =
            step == .fork ? "; what is answered from outside (ls, cat, ps, …) needs none" : ""
        return Refusal(
            "enter.\(step)", "the container is not entered, \(step.words)\(reason)\(hint)")
    }

    private static func read(
        _ report: [UInt8], program: (Int32) -> Void, failure: (JoinerStep, Int32) -> Void
    ) {
        var place = 0
        while place < report.count {
            let isProgram = report[place] == UInt8(ascii: "P")
            let count = isProgram ? 5 : 6
            guard place + count <= report.count else { return }
            let bytes = report[(place + count - 4)..<(place + count)]
            let number = Int32(bitPattern: bytes.reduce(0) { $0 << 8 | UInt32($1) })
            if isProgram {
                program(number)
            } else if let step = JoinerStep(rawValue: report[place + 1]) {
                failure(step, number)
            }
            place += count
        }
    }

    private static func word(_ number: Int32) -> [UInt8] {
        let number = UInt32(bitPattern: number)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
    }
}
