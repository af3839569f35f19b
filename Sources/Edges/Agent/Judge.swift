import AgentMessages
import Confinement
import ShellGrammar

/// A line that the agent has judged itself.
enum JudgedLine: Hashable, Sendable {
    /// It is answered from outside.
    case look(Look)
    /// It is our own tool inside the container.
    case tool(InsideTool)
    /// It is a program of the container, with these words.
    case program([String])
}

/// The agent's judge: the same grammar as everywhere, asked again.
enum Judge {
    /// Judges a line.
    ///
    /// - Parameters:
    ///   - words: The words.
    ///   - role: The role's name.
    ///   - table: The roles that there are on this host.
    /// - Returns: What is to be done.
    /// - Throws: `Refusal` for whatever the role does not accept.
    static func judge(
        _ words: [String], as role: String, among table: RoleTable = .builtIn
    ) throws -> JudgedLine {
        guard let known = table.named(role) else {
            throw Refusal(
                "role.unknown",
                "there is no role \(role) on this host; the agent reads the policy's when it starts "
                    + "and on SIGHUP"
            )
        }
        switch known.judge(words: words) {
        case .nothing: throw Refusal("line.empty", "the line holds no word")
        case .refused(let refusal): throw Refusal(refusal.rule, refusal.sentence)
        case .accepted(let line):
            switch line.answer {
            case .outside: return .look(look(line, known))
            case .program: return .program(line.argv)
            case .ownTool:
                guard let tool = InsideTool(line) else {
                    throw Refusal("verb.tool", "\(line.verb) is no tool of ours on this host")
                }
                return .tool(tool)
            }
        }
    }

    private static func look(_ line: AcceptedLine, _ role: Role) -> Look {
        var trees: [String] = []
        for form in role.verb(line.verb)?.forms ?? [] {
            let places = form.arguments.leading + (form.arguments.rest.map { [$0] } ?? [])
            for slot in form.options.map(\.slot) + places {
                guard case .path(let under) = slot else { continue }
                trees += under.filter { !trees.contains($0) }
            }
        }
        var options: [String: String] = [:]
        for option in line.options { options[option.name] = option.value.spelling }
        return Look(
            line.verb, words: line.words, flags: line.flags, options: options,
            arguments: line.arguments.map(\.spelling), trees: trees,
            filters: line.filters.map { filter in
                switch filter {
                case .match(let text): ["match", text]
                case .sort: ["sort"]
                case .count: ["count"]
                }
            })
    }
}

extension Value {
    /// The value as it was typed.
    var spelling: String {
        switch self {
        case .path(let text), .host(let text), .glob(let text), .text(let text), .service(let text),
            .choice(let text):
            text
        case .integer(let number): String(number)
        case .signed(let sign, let number): sign.spelling + String(number)
        case .size(let sign, let number, let unit): sign.spelling + String(number) + unit.rawValue
        case .loopbackURL: ""
        }
    }
}

extension Value.Sign {
    fileprivate var spelling: String {
        switch self {
        case .none: ""
        case .plus: "+"
        case .minus: "-"
        }
    }
}
