import AgentMessages
import JSON

/// A recording as text: asciicast v3 (docs.asciinema.org/manual/asciicast/v3), intervals in seconds.
///
/// Each line that was typed is a marker (`m`) whose label is JSON: its number, the words, the verdict, the
/// rule and the entry in the record. `o` is what the person was shown, `i` what an exec was sent, `x` how a
/// line ended, `r` a new size of the terminal.
struct Cast {
    /// When it began and when the last event was, in nanoseconds.
    private let began: Int64
    private var last: Int64

    /// Begins a recording.
    ///
    /// - Parameter now: A clock's nanoseconds.
    init(at now: Int64) {
        began = now
        last = now
    }

    /// The most bytes of the title and of each tag. A character may have any number of them.
    private static let mostOfText = 1500

    private static func cut(_ text: String) -> String {
        String(decoding: text.utf8.prefix(mostOfText), as: UTF8.self)
    }

    /// The first line.
    ///
    /// - Parameters:
    ///   - time: Seconds since 1970.
    ///   - title: What is recorded.
    ///   - tags: Who, where and why.
    /// - Returns: A line of JSON.
    static func header(time: Int64, title: String, tags: [String]) -> [UInt8] {
        // Whoever lists recordings reads this line, whatever a client has put into a reason or words.
        let title = cut(title)
        let tags = tags.map(cut)
        let term = JSONObject([("cols", .integer(80)), ("rows", .integer(24))])
        return text(
            .object(
                JSONObject([
                    ("version", .integer(3)), ("term", .object(term)),
                    ("timestamp", .integer(time)),
                    ("title", .string(title)), ("tags", .array(tags.map { .string($0) })),
                ])))
    }

    /// What was shown.
    mutating func output(_ shown: String, at now: Int64) -> [UInt8] { event("o", shown, now) }

    /// What was sent in.
    mutating func input(_ sent: String, at now: Int64) -> [UInt8] { event("i", sent, now) }

    /// A line that was typed, and what was said of it.
    mutating func marker(_ label: JSONObject, at now: Int64) -> [UInt8] {
        event("m", String(decoding: JSONWriter.bytes(.object(label)), as: UTF8.self), now)
    }

    /// How a line ended: its status.
    mutating func exit(_ status: Int, at now: Int64) -> [UInt8] { event("x", "\(status)", now) }

    /// The last event: how the session ended, and what a list tells of it.
    mutating func end(_ words: String, lines: Int, at now: Int64) -> [UInt8] {
        let length = max(0, max(now, last) - began) / 1000
        return marker(CastEnd(words: words, lines: lines, length: length).label, at: now)
    }

    /// The terminal has another size.
    mutating func resize(_ size: TerminalSize, at now: Int64) -> [UInt8] {
        event("r", "\(size.columns)x\(size.rows)", now)
    }

    private mutating func event(_ code: String, _ data: String, _ now: Int64) -> [UInt8] {
        let microseconds = max(0, now - last) / 1000
        last = max(last, now)
        // A number with six decimals, which no binary fraction rounds.
        let fraction = "\(1_000_000 + microseconds % 1_000_000)".dropFirst()
        let interval = "\(microseconds / 1_000_000).\(fraction)"
        let rest = Self.text(.array([.string(code), .string(data)])).dropFirst()
        return Array("[\(interval), ".utf8) + rest
    }

    private static func text(_ value: JSONValue) -> [UInt8] { JSONWriter.bytes(value) + [0x0A] }
}
