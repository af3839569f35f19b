import Foundation
import GuardedShell
import JSON

/// Lines that a script, a tool or an agent has run, one after the other.
struct ShellScript {
    /// What is still to be run, the next first.
    private var lines: ArraySlice<String>
    private let format: OutputFormat
    private let channel: ShellChannel
    private var status: Int32 = 0

    private init(_ channel: ShellChannel, _ lines: [String], _ format: OutputFormat) {
        self.channel = channel
        self.lines = lines[...]
        self.format = format
    }

    /// Runs lines.
    ///
    /// - Parameters:
    ///   - lines: The lines.
    ///   - channel: The session's connection.
    ///   - format: In JSON every event of the gateway's is a line.
    /// - Returns: The last line's status; 1 when it was refused.
    /// - Throws: `CommandError` when the session is refused or breaks off.
    static func run(
        _ lines: [String], _ channel: ShellChannel, _ format: OutputFormat
    ) async throws -> Int32 {
        var script = ShellScript(channel, lines, format)
        for await news in channel.news {
            switch news {
            case .refused(let status, let words):
                throw CommandError(words, code: status >= 500 ? 3 : 1)
            case .ended(let words):
                if let words { throw CommandError(words) }
            case .event(let text, let object):
                if format == .json {
                    print(text)
                    // Whoever reads it is to hear of what waits or goes on, not only of what has ended.
                    fflush(nil)
                }
                guard let member = object.members.first else { continue }
                script.hear(member.name, member.value)
            }
        }
        return script.status
    }

    private mutating func hear(_ name: String, _ value: JSONValue) {
        switch name {
        case "session", "nothing": next()
        case "out": write(value, to: .standardOutput)
        case "err": write(value, to: .standardError)
        case "notice":
            say("\(value["message"]?.string ?? ""); rule \(value["rule"]?.string ?? "")")
        case "waiting": say(value["message"]?.string ?? "")
        case "ended":
            status = Int32(clamping: value["status"]?.int64 ?? 0)
            next()
        case "refused":
            status = 1
            // The sentence names the column, the rule and the nearest line.
            say("refused: \(value["message"]?.string ?? "")")
            next()
        case "help": answer(ShellPrinting.help(value))
        case "why": answer(ShellPrinting.why(value), isDone: value["accepted"]?.bool == true)
        case "history": answer((value.array ?? []).compactMap(\.string))
        case "bye":
            if let words = value.string, !words.isEmpty {
                status = 3
                say(words)
            }
        default: break
        }
    }

    private mutating func answer(_ lines: [String], isDone: Bool = true) {
        status = isDone ? 0 : 1
        if format == .text { lines.forEach { print($0) } }
        next()
    }

    private mutating func next() {
        fflush(nil)
        channel.send(lines.popFirst().map { .line($0) } ?? .end)
    }

    private func write(_ value: JSONValue, to handle: FileHandle) {
        guard format == .text, let text = value.string else { return }
        handle.write(Data(text.utf8))
    }

    private func say(_ text: String) {
        if format == .text { Output.error("quaymaster: " + text) }
    }
}
