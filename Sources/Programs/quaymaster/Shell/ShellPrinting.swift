import JSON
import ShellGrammar

/// What the guarded shell tells a person, in lines.
enum ShellPrinting {
    /// A text of somebody else's on one line of a terminal.
    static func safe(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        let bytes = OutputSanitiser.sanitise(Array(line.utf8), .plain)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The words of a line that was started.
    static func words(_ value: JSONValue) -> String {
        let words = (value["argv"]?.array ?? []).compactMap(\.string)
        return safe(Printing.line(words) ?? words.joined(separator: " "))
    }

    /// Commands with what they are for; a single one with its forms and examples.
    static func help(_ value: JSONValue) -> [String] {
        let entries = value.array ?? []
        if entries.isEmpty { return ["there is no such command; help lists all"] }
        if entries.count == 1, let entry = entries.first {
            let forms = (entry["forms"]?.array ?? []).compactMap(\.string)
            let examples = (entry["examples"]?.array ?? []).compactMap(\.string)
            return ["\(entry["verb"]?.string ?? ""): \(entry["summary"]?.string ?? "")"]
                + forms.map { "  " + $0 } + examples.map { "  for example: " + $0 }
        }
        let width = entries.map { $0["verb"]?.string?.count ?? 0 }.max() ?? 0
        return entries.map { entry in
            let verb = entry["verb"]?.string ?? ""
            return "  " + verb + String(repeating: " ", count: width - verb.count + 2)
                + (entry["summary"]?.string ?? "")
        }
    }

    /// What would be said of a line.
    static func why(_ value: JSONValue) -> [String] {
        if value["accepted"]?.bool == true {
            let words = (value["argv"]?.array ?? []).compactMap(\.string)
            return ["accepted, class \(value["class"]?.string ?? ""): \(words)"]
        }
        let place = value["column"]?.int64.map { "column \($0): " } ?? ""
        let rule = value["rule"]?.string.map { "; rule \($0)" } ?? ""
        let nearest = value["nearest"]?.string.map { ["try: \($0)"] } ?? []
        return ["refused, \(place)\(value["message"]?.string ?? "")\(rule)"] + nearest
    }
}
