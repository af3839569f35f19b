/// What proc(5) tells of one process.
package struct ProcessStatus: Hashable, Sendable {
    /// Lines of `/proc/PID/status` by their names.
    private let fields: [String: Substring]

    /// Reads `/proc/PID/status`.
    package init(_ text: String) {
        var fields: [String: Substring] = [:]
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            fields[String(line[..<colon])] = value
        }
        self.fields = fields
    }

    /// A line's value without the blanks before it.
    package subscript(_ name: String) -> String? {
        fields[name].map(String.init)
    }

    /// The start time in a line of `/proc/PID/stat` (proc_pid_stat(5), field 22), in ticks since the
    /// host started; with the process's number that names it for good.
    ///
    /// - Parameter stat: The line. A process chooses its own name, which may hold anything.
    /// - Returns: The time, or nil for no such line, and for a process that has ended.
    package static func start(ofStat stat: String) -> UInt64? {
        guard let fields = fields(ofStat: stat), fields.count >= 20 else { return nil }
        guard !["Z", "X", "x"].contains(fields[0]) else { return nil }
        return UInt64(fields[19])
    }

    /// The fields of a line of `/proc/PID/stat` from the third, the state, on.
    package static func fields(ofStat stat: String) -> [Substring]? {
        guard let end = stat.utf8.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        return stat[stat.index(after: end)...].split { $0 == " " || $0 == "\n" }
    }
}
