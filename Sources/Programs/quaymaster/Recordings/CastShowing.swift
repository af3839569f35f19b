import GuardedShell
import JSON
import ShellGrammar

/// A recording as a person reads it: values in, text out. Whoever could write into the file, or has
/// made it, acts on no terminal.
struct CastShowing {
    private var sanitiser: OutputSanitiser
    private let mode: OutputSanitiser.Mode
    private var isAtStart = true

    init(_ mode: OutputSanitiser.Mode) {
        self.mode = mode
        sanitiser = OutputSanitiser(mode)
    }

    /// What an event shows.
    mutating func show(_ event: CastEvent) -> String {
        switch event.code {
        case "o":
            var bytes: [UInt8] = []
            sanitiser.receive(Array(event.data.utf8)[...], appendingTo: &bytes)
            if let last = bytes.last { isAtStart = last == 0x0A }
            return String(decoding: bytes, as: UTF8.self)
        case "i":
            return event.data.split(separator: "\n", omittingEmptySubsequences: false)
                .filter { !$0.isEmpty }.map { own("<< " + $0) }.joined()
        case "m":
            if let line = event.line { return own(Self.words(line)) }
            return event.ending.map { own("(the session ended: \($0))") } ?? ""
        case "x": return event.data == "0" ? "" : own("(exit \(event.data))")
        default: return ""
        }
    }

    private static func words(_ line: CastEvent.Line) -> String {
        if line.isRefused { return "\(line.number)> (refused; rule \(line.rule))" }
        return "\(line.number)> " + (Printing.line(line.words) ?? line.words.joined(separator: " "))
    }

    /// A line of ours, on a line of its own and in the terminal's own colour.
    private mutating func own(_ text: String) -> String {
        var held: [UInt8] = []
        sanitiser.finish(appendingTo: &held)
        let reset = sanitiser.isColoured ? "\u{1B}[0m" : ""
        sanitiser = OutputSanitiser(mode)
        let start = isAtStart && held.isEmpty ? "" : "\n"
        isAtStart = true
        return String(decoding: held, as: UTF8.self) + reset + start + ShellPrinting.safe(text)
            + "\n"
    }
}

extension CastEvent {
    /// For programs.
    var value: JSONValue {
        .object(
            JSONObject([
                ("microseconds", .integer(interval)), ("code", .string(code)),
                ("data", .string(data)),
            ]))
    }
}
