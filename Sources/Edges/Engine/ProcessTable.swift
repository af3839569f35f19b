import Foundation

/// The living processes that an engine sees at one moment, as proc(5) shows them.
package struct ProcessTable: Sendable {
    /// What is known of one process.
    package struct Entry: Hashable, Sendable {
        /// Its parent; that of a process whose parent has ended is whoever adopted it.
        package let parent: Int
        /// Its session: the number of the process that began it (setsid(2)). No process gets that
        /// number while one of the session lives.
        package let session: Int
        /// When it started, in ticks since the host did: with its number, that names it for good.
        package let start: UInt64

        /// Names what is known.
        package init(parent: Int, session: Int, start: UInt64) {
            self.parent = parent
            self.session = session
            self.start = start
        }

        /// Reads a line of `/proc/PID/stat` (proc_pid_stat(5)).
        ///
        /// nil when the process has ended and only waits for its parent, or for no such line.
        ///
        /// - Parameter stat: The line. A process chooses its own name, which may hold anything.
        package init?(stat: String) {
            guard let end = stat.utf8.lastIndex(of: UInt8(ascii: ")")) else { return nil }
            let fields = stat.utf8[end...].dropFirst().split(separator: UInt8(ascii: " "))
                .map { String(Substring($0)) }
            // From the state, field 3, to the start, field 22.
            guard fields.count >= 20, let parent = Int(fields[1]), let session = Int(fields[3]),
                let threads = Int(fields[17]), let start = UInt64(fields[19])
            else { return nil }
            // Whose first thread has ended looks like one that is dead while others run on.
            if threads <= 1, ["Z", "X", "x"].contains(fields[0]) { return nil }
            self.init(parent: parent, session: session, start: start)
        }
    }

    /// The proc(5) in which the engine's numbers count.
    let root: String
    /// Every process by its number.
    private let entries: [Int: Entry]
    private var children: [Int: [Int]] = [:]
    private var sessions: [Int: [Int]] = [:]

    /// Makes a table of known processes.
    package init(_ entries: [Int: Entry], root: String = "/proc") {
        self.root = root
        self.entries = entries
        for (number, entry) in entries {
            children[entry.parent, default: []].append(number)
            sessions[entry.session, default: []].append(number)
        }
    }

    /// Looks at every process that an engine sees; nil when the gateway sees none of them. Blocks: not
    /// for event loops.
    package init?(of engine: EngineAddress) {
        guard let root = Self.root(of: engine) else { return nil }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: root)
        } catch {
            return nil
        }
        var entries: [Int: Entry] = [:]
        for number in names.compactMap({ Int($0) }) {
            entries[number] = ProcessFile.text("\(root)/\(number)/stat").flatMap { Entry(stat: $0) }
        }
        self.init(entries, root: root)
    }

    private static func root(of engine: EngineAddress) -> String? {
        guard let listener = engine.listener, listener > 0 else { return nil }
        let ours = ProcessFile.link("/proc/self/ns/pid")
        guard let theirs = ProcessFile.link("/proc/\(listener)/ns/pid") else {
            // Without the right to look, one shared namespace is the likely case; the container's id
            // in the process's cgroup is what makes sure.
            return "/proc"
        }
        return theirs == ours ? "/proc" : "/proc/\(listener)/root/proc"
    }

    /// The processes of an exec's family that live: those of its session, those that were seen to
    /// leave it, and what any of them has started since.
    ///
    /// - Parameters:
    ///   - family: The family.
    ///   - isInside: Tells whether a process is in the family's container.
    /// - Returns: Their numbers, with what is known of them.
    package func members(
        of family: ExecFamily, where isInside: (Int) -> Bool
    ) -> [Int: Entry] {
        var left = family.strays.filter { entries[$0.key]?.start == $0.value }.map(\.key)
        // Once the exec's first process has ended, one of its number is another's.
        if !family.hasEnded || entries[family.number] == nil {
            left += [family.number] + (sessions[family.number] ?? [])
        }
        var found: [Int: Entry] = [:]
        while let number = left.popLast() {
            guard found[number] == nil, let entry = entries[number], isInside(number) else {
                continue
            }
            found[number] = entry
            left += children[number] ?? []
        }
        return found
    }
}

/// Small files of proc(5).
enum ProcessFile {
    static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return text(of: descriptor)
    }

    static func text(_ name: String, in folder: Int32) -> String? {
        let descriptor = openat(folder, name, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return text(of: descriptor)
    }

    private static func text(of descriptor: Int32) -> String? {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { return nil }
            if count == 0 { return String(decoding: text, as: UTF8.self) }
            text += buffer[..<count]
        }
    }

    static func link(_ path: String) -> String? {
        var bytes = [CChar](repeating: 0, count: 128)
        let count = readlink(path, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
