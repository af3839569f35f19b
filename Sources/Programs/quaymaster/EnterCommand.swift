import ArgumentParser
import Foundation
import JSON
import ShellGrammar

/// `quaymaster enter`
struct EnterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enter",
        abstract: "The guarded shell; with --judge, judges lines without a container.",
        discussion: """
            Lines are read from standard input, one JSON string in each, so that a line's control \
            characters survive; one verdict a line is written, in order:
              echo '"tail -n 5 /var/log/app.log | sh"' | quaymaster enter --judge --role viewer

            Besides the roles there are two that judge what else passes a session: pager-keys (keys \
            typed in the pager) and output (bytes that a program wrote).

            Ends with 1 when a line was refused.
            """)

    @Flag(help: "Judges lines without a container; nothing is run.")
    var judge = false

    @Option(help: "Whose lines: \(Judged.names.joined(separator: ", ")).")
    var role: String

    @OptionGroup var output: FormatOption

    func run() throws {
        guard judge else {
            throw CommandError(
                "there is no session to enter yet",
                hint: "`quaymaster enter --judge --role \(role)` judges lines", code: 2)
        }
        guard let judged = Judged(role) else {
            throw CommandError(
                "there is no role \"\(role)\"",
                hint: "roles are \(Judged.names.joined(separator: ", "))", code: 2)
        }
        var number = 0
        var wasRefused = false
        while let line = readLine() {
            number += 1
            let verdict = LineVerdict(of: try Self.input(line, number), by: judged)
            wasRefused = wasRefused || verdict.refusal != nil
            // A program that asks line by line waits for the verdict.
            try FileHandle.standardOutput.write(contentsOf: Data((text(verdict) + "\n").utf8))
        }
        if wasRefused { throw ExitCode(1) }
    }

    private func text(_ verdict: LineVerdict) -> String {
        switch output.format {
        case .text: verdict.text
        case .json: JSONWriter.text(.object(verdict.json))
        }
    }

    /// The bytes of a JSON string; nil for one that is no text (half a surrogate pair).
    private static func input(_ line: String, _ number: Int) throws -> [UInt8]? {
        do {
            // As an engine's text, since a line may hold U+0000.
            if let text = try JSONReader.answer(Array(line.utf8)).string { return Array(text.utf8) }
        } catch {
            if error.rule == .notUnicode { return nil }
        }
        throw CommandError(
            "line \(number) of standard input is not a JSON string",
            hint: "a line is written like \"ls -l /var/log\", with its quotation marks", code: 2)
    }
}

/// By what a line is judged.
private enum Judged {
    case role(Role)
    case pagerKeys
    case output

    static let names = Roles.all.map(\.name) + ["pager-keys", "output"]

    init?(_ name: String) {
        switch name {
        case "pager-keys": self = .pagerKeys
        case "output": self = .output
        default:
            guard let role = Roles.named(name) else { return nil }
            self = .role(role)
        }
    }
}

/// What is said of one line.
private struct LineVerdict {
    private(set) var accepted: AcceptedLine?
    private(set) var refusal: ShellRefusal?

    /// Judges bytes; nil is what no text is.
    init(of input: [UInt8]?, by judged: Judged) {
        // A byte that UTF-8 never has stands for what is no text.
        let bytes = input ?? [0xFF]
        switch judged {
        case .role(let role):
            switch role.judge(bytes) {
            case .nothing: break
            case .accepted(let line): accepted = line
            case .refused(let refusal): self.refusal = refusal
            }
        case .pagerKeys:
            if case .failure(let refusal) = PagerKey.judge(String(decoding: bytes, as: UTF8.self)) {
                self.refusal = refusal
            }
        case .output: refusal = OutputSanitiser.objection(to: bytes)
        }
    }

    var text: String {
        refusal.map { "refused: \($0.sentence)" } ?? "accepted: \(accepted?.canonical ?? "")"
    }

    var json: JSONObject {
        if let refusal {
            return JSONObject([
                ("verdict", .string("refused")), ("column", .integer(Int64(refusal.column))),
                ("rule", .string(refusal.rule)), ("sentence", .string(refusal.sentence)),
                ("nearest", refusal.nearest.map { .string($0) } ?? .null),
                ("form", refusal.form.map { .string($0) } ?? .null),
            ])
        }
        var members: [(String, JSONValue)] = [("verdict", .string("accepted"))]
        if let accepted {
            members += [
                ("argv", .array(accepted.argv.map { .string($0) })),
                ("class", .string(accepted.answer.rawValue)), ("line", .string(accepted.canonical)),
            ]
        }
        return JSONObject(members)
    }
}
