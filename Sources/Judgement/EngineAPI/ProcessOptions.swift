/// The options of ps(1) that `docker top` passes on.
///
/// The engine runs the host's ps with them, as root: `e` after a BSD option shows the environment of
/// processes, and others read files. A closed list is accepted.
enum ProcessOptions {
    private static let selections: Set<String> = [
        "-e", "-A", "-f", "-F", "-l", "-ef", "-eF", "-el", "-aux", "ax", "aux", "axu", "auxw",
        "auxww", "-ww",
    ]
    private static let columnOptions: Set<String> = ["-o", "o", "-eo", "-Ao", "axo", "-efo"]
    private static let columns: Set<String> = [
        "pid", "ppid", "pgid", "sid", "user", "euser", "ruser", "uid", "euid", "ruid", "group",
        "gid", "comm", "args", "cmd", "command", "etime", "etimes", "time", "cputime", "pcpu",
        "%cpu", "c", "pmem", "%mem", "rss", "rsz", "vsz", "vsize", "size", "stat", "s", "state",
        "tty", "tt", "tname", "nlwp", "thcount", "ni", "nice", "pri", "start", "stime",
        "start_time", "lstart", "bsdstart", "wchan", "psr", "cls", "rtprio", "f", "flags",
    ]

    /// The options in canonical spelling, or nil when they are not accepted.
    static func canonical(_ text: String) -> String? {
        var words: [String] = []
        var awaitsColumns = false
        for word in text.split(separator: " ").map(String.init) {
            if awaitsColumns {
                guard
                    word.split(separator: ",", omittingEmptySubsequences: false)
                        .allSatisfy({ columns.contains(String($0)) })
                else { return nil }
                awaitsColumns = false
            } else if columnOptions.contains(word) {
                awaitsColumns = true
            } else if !selections.contains(word) {
                return nil
            }
            words.append(word)
        }
        return awaitsColumns ? nil : words.joined(separator: " ")
    }
}
