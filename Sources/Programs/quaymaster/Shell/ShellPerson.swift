import AgentMessages
import Foundation
import GuardedShell
import JSON
import ShellGrammar

/// A person at a terminal in the guarded shell.
struct ShellPerson {
    private enum Happening: Sendable {
        case key(Terminal.News)
        case said(ShellChannel.News)
    }

    private let channel: ShellChannel
    private let terminal: Terminal
    private var editor = LineEditor()
    private var container = ""
    private var isRunning = true
    /// What comes for the pager, and the pager once all is here.
    private var paged: String?
    private var pager: PagerText?
    /// What came while the pager was open.
    private var asides: [String] = []
    private var completing: String?
    private var isAtStart = true
    private var exit: Int32 = 0

    private init(_ channel: ShellChannel, _ terminal: Terminal) {
        self.channel = channel
        self.terminal = terminal
    }

    /// Runs a session at the terminal until it ends.
    ///
    /// - Parameter channel: The session's connection.
    /// - Throws: `CommandError` when it is refused or breaks off.
    static func run(_ channel: ShellChannel) async throws {
        let terminal = try Terminal()
        defer { terminal.close() }
        var person = ShellPerson(channel, terminal)
        let (stream, continuation) = AsyncStream<Happening>.makeStream()
        let (typed, heard) = (terminal.news, channel.news)
        let keys = Task { for await news in typed { continuation.yield(.key(news)) } }
        let words = Task {
            for await news in heard { continuation.yield(.said(news)) }
            continuation.finish()
        }
        defer {
            keys.cancel()
            words.cancel()
        }
        for await happening in stream {
            switch happening {
            case .key(let news): person.take(news)
            case .said(let news): try person.hear(news)
            }
        }
    }

    // MARK: Keys

    private mutating func take(_ news: Terminal.News) {
        switch news {
        case .ended: channel.send(.end)
        case .resized: resize()
        case .bytes(let bytes):
            if pager != nil { return page(bytes) }
            for action in editor.receive(bytes) { act(action) }
        }
    }

    private mutating func act(_ action: LineEditor.Action) {
        switch action {
        case .interrupt where isRunning: channel.send(.interrupt)
        case .interrupt:
            terminal.write("^C\n")
            editor.begin()
            prompt()
        // What is typed while a line runs waits for the prompt.
        case .submit where isRunning, .leave where isRunning, .complete where isRunning: break
        case .redraw where isRunning, .clear where isRunning, .refusedPaste where isRunning: break
        case .redraw: prompt()
        case .clear:
            terminal.write("\u{1B}[H\u{1B}[2J")
            prompt()
        case .leave:
            terminal.write("\n")
            channel.send(.end)
            isRunning = true
        case .refusedPaste:
            terminal.write(
                "\nthe paste holds several lines, and none was taken; paste one at a time\n")
            prompt()
        case .complete(let text):
            completing = text
            channel.send(.complete(text))
        case .submit(let line):
            terminal.write("\n")
            editor.begin()
            if !line.allSatisfy({ $0 == " " }), editor.history.last != line {
                editor.history.append(line)
            }
            isRunning = true
            channel.send(.line(line))
        }
    }

    private func resize() {
        let (rows, columns) = terminal.size
        if let size = TerminalSize(rows: UInt64(rows), columns: UInt64(columns)) {
            channel.send(.resize(size))
        }
    }

    private func prompt() {
        let (_, columns) = terminal.size
        let head = "\(container)> "
        let room = max(10, columns - head.count - 1)
        let scalars = Array(editor.line.unicodeScalars)
        let start = max(0, editor.cursor - room)
        var seen = String.UnicodeScalarView()
        seen.append(contentsOf: scalars[start..<min(scalars.count, start + room)])
        let back = min(scalars.count, start + room) - editor.cursor
        terminal.write(
            "\r\u{1B}[0m\u{1B}[K" + head + String(seen) + (back > 0 ? "\u{1B}[\(back)D" : ""))
    }

    // MARK: What the gateway says

    private mutating func hear(_ news: ShellChannel.News) throws {
        switch news {
        case .refused(let status, let words):
            throw CommandError(words, code: status >= 500 ? 3 : 1)
        case .ended(let words):
            if let words { throw CommandError(words) }
        case .event(_, let object):
            guard let member = object.members.first else { return }
            hear(member.name, member.value)
        }
    }

    private mutating func hear(_ name: String, _ value: JSONValue) {
        switch name {
        case "session": greet(value)
        case "out", "err": show(value.string ?? "")
        case "notice":
            aside("(\(value["message"]?.string ?? ""); rule \(value["rule"]?.string ?? ""))")
        case "waiting": say("(\(value["message"]?.string ?? ""))")
        case "started":
            let verb = value["argv"]?.array?.first?.string ?? ""
            paged = Roles.pager.verb(verb) != nil ? "" : nil
        case "ended": ended(value)
        case "refused":
            refused(value)
            ready()
        case "nothing": ready()
        case "help":
            for line in ShellPrinting.help(value) { say(line) }
            ready()
        case "why":
            for line in ShellPrinting.why(value) { say(line) }
            ready()
        case "history":
            for line in (value.array ?? []).compactMap(\.string) { say(line) }
            ready()
        case "completion": completed(value)
        case "bye": if let words = value.string, !words.isEmpty { say(words) }
        default: break
        }
    }

    private mutating func greet(_ value: JSONValue) {
        container = value["container"]?.string ?? ""
        editor.history = (value["history"]?.array ?? []).compactMap(\.string)
        let roles = (value["roles"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
        say(
            "You look into \(container) as \(roles). Everything is recorded (\(value["id"]?.string ?? ""))."
        )
        if value["way"]?.string == "exec" {
            say("Its host has no agent: the container's own programs answer, by the engine's exec.")
        }
        say("help lists the commands; exit leaves.")
        resize()
        ready()
    }

    /// Output in the order in which it comes; a line that does not end is ended before the prompt.
    private mutating func show(_ text: String) {
        if paged != nil {
            paged?.append(text)
            return
        }
        terminal.write(text)
        if let last = text.unicodeScalars.last { isAtStart = last == "\n" }
    }

    private mutating func say(_ text: String) { show(text + "\n") }

    /// A line that may come while a person types, who finds what they have typed below it.
    private mutating func aside(_ text: String) {
        // The pager's screen is its own, and what it will show is the line's output.
        if pager != nil || paged != nil { return asides.append(text) }
        if isRunning { return say(text) }
        terminal.write("\r\u{1B}[0m\u{1B}[K" + text + "\n")
        prompt()
    }

    private mutating func ready() {
        isRunning = false
        if !isAtStart { terminal.write("\u{1B}[0m\n") }
        isAtStart = true
        for text in asides { terminal.write(text + "\n") }
        asides = []
        prompt()
    }

    private mutating func ended(_ value: JSONValue) {
        let text = paged
        paged = nil
        let status = value["status"]?.int64 ?? 0
        let dropped = value["dropped"]?.int64 ?? 0
        if dropped > 0 { say("(\(dropped) bytes more were dropped)") }
        if status != 0 { say("(exit \(status))") }
        guard let text, !text.isEmpty else { return ready() }
        open(text)
    }

    /// The sentence says column, rule and what would be accepted.
    private mutating func refused(_ value: JSONValue) {
        if let column = value["column"]?.int64, column > 0 {
            say(String(repeating: " ", count: container.count + 1 + Int(min(column, 1024))) + "^")
        }
        say("refused: \(value["message"]?.string ?? "")")
    }

    // MARK: Completion

    private mutating func completed(_ value: JSONValue) {
        guard let text = completing else { return }
        completing = nil
        let candidates = (value["candidates"]?.array ?? []).compactMap { item in
            item["text"]?.string.map {
                ($0, item["summary"]?.string ?? "", item["whole"]?.bool ?? true)
            }
        }
        let column = Int(value["column"]?.int64 ?? 1)
        guard !isRunning, text == String(editor.line.unicodeScalars.prefix(editor.cursor)) else {
            return
        }
        if candidates.count == 1, let (word, _, isWhole) = candidates.first {
            editor.replace(from: column, with: word + (isWhole ? " " : ""))
        } else if candidates.count > 1 {
            let common = candidates.map(\.0).reduce(candidates[0].0) { $0.commonPrefix(with: $1) }
            let typed = String(text.unicodeScalars.dropFirst(column - 1))
            if common.count > typed.count {
                editor.replace(from: column, with: common)
            } else {
                terminal.write("\n")
                for (word, summary, _) in candidates.prefix(200) {
                    terminal.write(summary.isEmpty ? "  \(word)\n" : "  \(word)   \(summary)\n")
                }
            }
        } else {
            let expected = (value["expected"]?.array ?? []).compactMap(\.string)
            if !expected.isEmpty { terminal.write("\n  \(expected.joined(separator: ", or "))\n") }
        }
        prompt()
    }

    // MARK: The pager

    private mutating func open(_ text: String) {
        var pager = PagerText(text)
        fit(&pager)
        guard !pager.isShort else {
            show(text)
            return ready()
        }
        // A screen of its own, which leaves the other as it was.
        terminal.write("\u{1B}[?1049h")
        self.pager = pager
        draw(pager)
    }

    private func fit(_ pager: inout PagerText) {
        let (rows, columns) = terminal.size
        pager.rows = max(1, rows - 1)
        pager.columns = columns
    }

    private func draw(_ pager: PagerText) {
        terminal.write("\u{1B}[H\u{1B}[2J" + pager.page.joined(separator: "\u{1B}[0m\n"))
    }

    private mutating func page(_ bytes: [UInt8]) {
        guard var pager else { return }
        fit(&pager)
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            guard pager.typed(scalar) else {
                self.pager = nil
                terminal.write("\u{1B}[?1049l")
                return ready()
            }
        }
        self.pager = pager
        draw(pager)
    }
}
