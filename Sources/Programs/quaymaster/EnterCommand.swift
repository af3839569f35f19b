import ArgumentParser
import Foundation
import JSON
import ShellGrammar

/// `quaymaster enter`
struct EnterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enter",
        abstract: "The guarded shell: looks into a container through the gateway.",
        discussion: """
            Takes the gateway's address and your certificate as docker does (DOCKER_HOST, \
            DOCKER_CERT_PATH). At a terminal it is a shell of named commands; with --command, words \
            or lines on standard input it runs those and ends with the last one's status.
              quaymaster enter web
              quaymaster enter web --command "tail -n 20 /var/log/app.log"
              quaymaster enter web -- ls -l /var/log

            With --judge, lines are judged without a container: one JSON string in each line of \
            standard input, so that control characters survive; one verdict a line is written:
              echo '"tail -n 5 /var/log/app.log | sh"' | quaymaster enter --judge --role viewer
            Besides the roles there are two that judge what else passes a session: pager-keys (keys \
            typed in the pager) and output (bytes that a program wrote). Ends with 1 when a line was \
            refused.
            """)

    @Argument(help: "The container, by a name or an id.")
    var container: String?

    @Argument(parsing: .postTerminator, help: "The words of one line, behind --.")
    var words: [String] = []

    @Option(name: [.short, .customLong("command")], help: "A line to run; may be repeated.")
    var commands: [String] = []

    @Option(help: "Why you enter; it stands in the record.")
    var reason = ""

    @Option(
        name: .customLong("role"),
        help:
            "The role; may be repeated. Without it: all that are granted. With --judge: \(Judged.names.joined(separator: ", "))."
    )
    var roles: [String] = []

    @OptionGroup var gateway: GatewayOption

    @Flag(help: "Judges lines without a container; nothing is run.")
    var judge = false

    @OptionGroup var output: FormatOption

    func run() async throws {
        if judge { return try judgeLines() }
        guard let container else {
            throw CommandError(
                "no container is named", hint: "quaymaster enter CONTAINER", code: 2)
        }
        let channel = try await ShellChannel(
            try gateway.endpoint(), target: target(container))
        let result: Result<Int32, any Error>
        do {
            if let lines = try lines() {
                result = .success(try await ShellScript.run(lines, channel, output.format))
            } else {
                try await ShellPerson.run(channel)
                result = .success(0)
            }
        } catch {
            result = .failure(error)
        }
        await channel.close()
        let status = try result.get()
        if status != 0 { throw ExitCode(status) }
    }

    private func target(_ container: String) -> String {
        let parameters =
            roles.map { "role=" + GatewayRequest.escaped($0) }
            + (reason.isEmpty ? [] : ["reason=" + GatewayRequest.escaped(reason)])
        return "/quaymaster/containers/\(GatewayRequest.escaped(container))/enter"
            + (parameters.isEmpty ? "" : "?" + parameters.joined(separator: "&"))
    }

    /// The lines to run; nil when a person types them.
    private func lines() throws -> [String]? {
        if !words.isEmpty {
            guard let line = Printing.line(words) else {
                throw CommandError(
                    "these words are no line",
                    hint: "lines hold no quotes and control characters in one word", code: 2)
            }
            return commands + [line]
        }
        if !commands.isEmpty { return commands }
        if isatty(STDIN_FILENO) == 1, output.format == .text { return nil }
        var lines: [String] = []
        while let line = readLine() { lines.append(line) }
        return lines
    }

    private func judgeLines() throws {
        guard let role = roles.first, roles.count == 1, let judged = Judged(role) else {
            throw CommandError(
                "--judge needs one role that there is",
                hint: "--role \(Judged.names.joined(separator: "|"))", code: 2)
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
