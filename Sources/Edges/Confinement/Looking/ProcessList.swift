import Glibc

/// `ps` and `top`: a container's processes, found by its cgroup.
struct ProcessList {
    private let order: LookOrder
    /// The most processes that are shown.
    private static let most = 10_000
    private static let ticks = max(1, sysconf(Int32(_SC_CLK_TCK)))

    init(_ order: LookOrder) {
        self.order = order
    }

    private struct Entry {
        let number: String
        let parent: String
        let user: String
        let state: String
        let ticks: Int
        let start: UInt64
        let memory: UInt64
        let threads: String
        let command: String
    }

    func answer(_ answer: inout Answer) throws {
        let entries = try entries()
        if order.look.verb == "top" {
            try answer.say("  PID   USER S THR      RSS      TIME COMMAND")
            for entry in entries.sorted(by: { $0.ticks > $1.ticks }) {
                let parts = [
                    Shown.right(entry.number, 5), Shown.right(entry.user, 6), entry.state,
                    Shown.right(entry.threads, 3), Shown.right(Shown.size(entry.memory), 8),
                    Shown.right(Self.time(entry.ticks), 9), entry.command,
                ]
                try answer.say(parts.joined(separator: " "))
            }
            return
        }
        let words = order.look.words
        if words.contains("-o") {
            try answer.say("  PID   USER COMMAND")
        } else {
            try answer.say("  PID  PPID   USER S      RSS      TIME COMMAND")
        }
        for entry in entries {
            var parts = [Shown.right(entry.number, 5)]
            if !words.contains("-o") { parts.append(Shown.right(entry.parent, 5)) }
            parts.append(Shown.right(entry.user, 6))
            if !words.contains("-o") {
                parts += [
                    entry.state, Shown.right(Shown.size(entry.memory), 8),
                    Shown.right(Self.time(entry.ticks), 9),
                ]
            }
            try answer.say((parts + [entry.command]).joined(separator: " "))
        }
    }

    /// Seconds since a process started.
    static func secondsSince(_ start: UInt64) -> Int {
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &now)
        return max(0, now.tv_sec - Int(start) / ticks)
    }

    private func entries() throws -> [Entry] {
        var numbers: Set<Int32> = []
        // Version 2 knows all of them, and so does each hierarchy of version 1.
        guard let folder = order.cgroups.first else { return [] }
        collect(folder, &numbers, depth: 0)
        guard numbers.count <= Self.most else {
            throw Refusal("look.many", "the container has more processes than can be shown")
        }
        return numbers.compactMap { entry($0) }.sorted { Int($0.number) ?? 0 < Int($1.number) ?? 0 }
    }

    private func collect(_ folder: String, _ numbers: inout Set<Int32>, depth: Int) {
        guard numbers.count <= Self.most, depth < 16 else { return }
        for number in (SmallFile.text(folder + "/cgroup.procs") ?? "").split(separator: "\n") {
            if let number = Int32(number), number > 0 { numbers.insert(number) }
        }
        guard let opened = OwnedDescriptor(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW),
            let entries = FolderNames.all(of: opened.number, limit: 4096)
        else { return }
        // DT_DIR of dirent.h is 4.
        for entry in entries where entry.kind == 4 {
            collect("\(folder)/\(entry.name)", &numbers, depth: depth + 1)
        }
    }

    private func entry(_ process: Int32) -> Entry? {
        guard let stat = SmallFile.text("/proc/\(process)/stat"),
            let fields = ProcessStatus.fields(ofStat: stat), fields.count >= 22,
            let text = SmallFile.text("/proc/\(process)/status")
        else { return nil }
        let status = ProcessStatus(text)
        // The number inside is the last one; a process that left its namespace has none.
        let number = status["NSpid"]?.split(whereSeparator: \.isWhitespace).last.map(String.init)
        let user =
            status["Uid"]?.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? "?"
        let words = Self.words(process)
        let name = "[\(Shown.name((status["Name"] ?? "?").utf8))]"
        return Entry(
            number: number ?? "?", parent: Self.inner(fields[1]), user: user,
            state: String(fields[0]),
            ticks: (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0), start: UInt64(fields[19]) ?? 0,
            memory: (UInt64(fields[21]) ?? 0) * UInt64(sysconf(Int32(_SC_PAGESIZE))),
            threads: String(fields[17]), command: words.isEmpty ? name : words)
    }

    /// A parent's number inside; 0 for one that is outside.
    private static func inner(_ parent: Substring) -> String {
        guard let text = SmallFile.text("/proc/\(parent)/status"),
            let numbers = ProcessStatus(text)["NSpid"]?.split(whereSeparator: \.isWhitespace),
            numbers.count > 1, let last = numbers.last
        else { return "0" }
        return String(last)
    }

    private static func words(_ process: Int32) -> String {
        guard let file = OwnedDescriptor("/proc/\(process)/cmdline", O_RDONLY) else { return "" }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(file.number, &buffer, buffer.count)
        let words = buffer.prefix(max(0, count)).split(
            separator: 0, omittingEmptySubsequences: false)
        return words.map { Shown.name($0) }.joined(separator: " ").trimmed
    }

    private static func time(_ count: Int) -> String {
        let seconds = count / ticks
        return "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = Substring(self)
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
