import ShellGrammar

/// What the pager shows: a text, where it stands, and what was searched for. Nothing is run by a key.
struct PagerText {
    private let lines: [String]
    private(set) var top = 0
    private var search: (text: String, isDown: Bool)?
    /// What the last key came to, for the bottom line.
    private(set) var said = ""
    private var machine = PagerKeyMachine()
    /// Lines and characters that fit.
    var rows = 23
    var columns = 80

    init(_ text: String) {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last?.isEmpty == true { lines.removeLast() }
        self.lines = lines
    }

    /// True when all of it fits.
    var isShort: Bool { lines.count <= rows }

    private var last: Int { max(0, lines.count - rows) }

    /// Takes a character; false when the pager is left.
    mutating func typed(_ scalar: Unicode.Scalar) -> Bool {
        said = ""
        let answer: PagerKeyMachine.Answer
        switch scalar.value {
        case 0x03, 0x1B:
            machine.cancelled()
            return true
        case 0x08, 0x7F:
            machine.erased()
            return true
        case 0x0A, 0x0D: answer = machine.prompt.isEmpty ? .key(.lineDown) : machine.entered()
        default: answer = machine.typed(scalar)
        }
        switch answer {
        case .waiting: return true
        case .refused:
            said = PagerKey.help
            return true
        case .key(.quit): return false
        case .key(let key):
            go(key)
            return true
        }
    }

    private mutating func go(_ key: PagerKey) {
        switch key {
        case .quit: break
        case .lineDown: top = min(last, top + 1)
        case .lineUp: top = max(0, top - 1)
        case .pageDown: top = min(last, top + rows)
        case .pageUp: top = max(0, top - rows)
        case .halfPageDown: top = min(last, top + rows / 2)
        case .start: top = 0
        case .end: top = last
        case .line(let number): top = min(last, max(0, number - 1))
        case .searchDown(let text):
            search = (text, true)
            find(isDown: true)
        case .searchUp(let text):
            search = (text, false)
            find(isDown: false)
        case .nextMatch: find(isDown: search?.isDown ?? true)
        case .previousMatch: find(isDown: !(search?.isDown ?? true))
        }
    }

    private mutating func find(isDown: Bool) {
        guard let text = search?.text else {
            said = "nothing was searched for; /TEXT searches"
            return
        }
        let found =
            isDown
            ? lines.indices.dropFirst(top + 1).first { lines[$0].contains(text) }
            : lines.indices.prefix(top).last { lines[$0].contains(text) }
        guard let found else {
            said = "not found: \(text)"
            return
        }
        top = min(last, found)
        if found > last { said = "line \(found + 1)" }
    }

    /// The lines that are seen, and the bottom line.
    var page: [String] {
        let seen = lines[top..<min(lines.count, top + rows)].map { line in
            String(line.prefix(columns))
        }
        let end = min(lines.count, top + rows)
        let state = "lines \(lines.isEmpty ? 0 : top + 1)-\(end) of \(lines.count)"
        let bottom =
            !machine.prompt.isEmpty ? machine.prompt : said.isEmpty ? state + "  (q quits)" : said
        return seen + Array(repeating: "~", count: rows - seen.count) + [
            String(bottom.prefix(columns))
        ]
    }
}
