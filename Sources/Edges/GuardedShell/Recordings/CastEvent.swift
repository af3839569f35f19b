import JSON

/// One event of a recording, read back.
package struct CastEvent: Hashable, Sendable {
    /// Microseconds since the event before.
    package let interval: Int64
    /// What it is: `o`, `m`, `x` or `r`, as `Cast` writes them; others are kept as they are.
    package let code: String
    /// What it says.
    package let data: String

    /// Makes an event.
    package init(interval: Int64, code: String, data: String) {
        self.interval = interval
        self.code = code
        self.data = data
    }

    /// Reads a line behind the header; nil for a comment, and for what is no event.
    ///
    /// - Parameter line: A line, without its end.
    package init?(_ line: some Sequence<UInt8>) {
        let bytes = Array(line)
        guard bytes.first == UInt8(ascii: "["), let value = Self.value(bytes)?.array,
            value.count == 3, case .number(let number) = value[0],
            let code = value[1].string, let data = value[2].string,
            let seconds = number.double, seconds >= 0, seconds < 1e9
        else { return nil }
        self.init(interval: Int64((seconds * 1_000_000).rounded()), code: code, data: data)
    }

    /// A line that was typed, when the event is a marker of one.
    package var line: Line? {
        guard code == "m", let label = Self.value(Array(data.utf8)) else { return nil }
        return Line(label)
    }

    /// How the recording ended, when the event says so.
    var end: CastEnd? {
        guard code == "m", let label = Self.value(Array(data.utf8)) else { return nil }
        return CastEnd(label)
    }

    /// Why the session ended, when the event says so.
    package var ending: String? { end?.words }

    static func value(_ bytes: [UInt8]) -> JSONValue? {
        do {
            return try JSONReader.answer(bytes)
        } catch {
            return nil
        }
    }

    /// What a marker says of a line.
    package struct Line: Hashable, Sendable {
        /// Its number in the session, from 1.
        package let number: Int64
        /// Its words, masked; none for a line that was refused.
        package let words: [String]
        /// The rule by which it was judged.
        package let rule: String
        /// Its entry in the record.
        package let entry: String
        /// True when it was refused.
        package let isRefused: Bool

        init?(_ label: JSONValue) {
            guard let number = label["line"]?.int64 else { return nil }
            self.number = number
            words = (label["argv"]?.array ?? []).compactMap(\.string)
            rule = label["rule"]?.string ?? ""
            entry = label["entry"]?.string ?? ""
            isRefused = label["refused"]?.bool == true
        }
    }
}

/// The last marker of a recording: how the session ended, and what a list tells of it, so that nobody
/// reads the whole for that.
struct CastEnd: Hashable, Sendable {
    /// Why it ended, in a sentence.
    let words: String
    /// How many lines were typed.
    let lines: Int64
    /// How long it lasted, in microseconds.
    let length: Int64

    init(words: String, lines: Int, length: Int64) {
        self.words = words
        self.lines = Int64(lines)
        self.length = length
    }

    init?(_ label: JSONValue) {
        guard let words = label["end"]?.string, let lines = label["lines"]?.int64,
            let length = label["microseconds"]?.int64
        else { return nil }
        self.words = words
        self.lines = lines
        self.length = length
    }

    /// The marker's label.
    var label: JSONObject {
        JSONObject([
            ("end", .string(words)), ("lines", .integer(lines)), ("microseconds", .integer(length)),
        ])
    }
}
