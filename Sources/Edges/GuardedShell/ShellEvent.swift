import JSON
package import ShellGrammar

/// What the gateway says to a client of the guarded shell: one JSON object a line, with one member that
/// names it. Every text is safe for a terminal, secrets masked.
package enum ShellEvent: Hashable, Sendable {
    /// The session has begun.
    case session(Greeting)
    /// A line was refused; nothing was run.
    case refused(Refused)
    /// A line runs: its number, words and class, and its entry in the record.
    case started(number: Int, words: [String], answer: AnswerClass, entry: String)
    /// Standard output.
    case output(String)
    /// Standard error.
    case errors(String)
    /// A limit that bites, or what could not be given.
    case notice(rule: String, words: String)
    /// A line has ended: its status, how, and the bytes that were dropped.
    case ended(number: Int, status: Int, cause: String, dropped: Int64)
    /// Something waits for a second person.
    case waiting(Waiting)
    /// Somebody sees the session of this identity from now on.
    case watching(Greeting, identity: String)
    /// There was nothing to do.
    case nothing
    /// What the role can do.
    case help([HelpEntry])
    /// What would be said of a line.
    case why(Why)
    /// Lines that were typed before, the oldest first.
    case history([String])
    /// What may stand where a person is typing.
    case completion(column: Int, candidates: [Candidate], expected: [String])
    /// The session ends, and why.
    case bye(String)

    /// How a session begins.
    package struct Greeting: Hashable, Sendable {
        /// The session's id, which its recording has too.
        package let id: String
        /// The container, as the client calls it.
        package let container: String
        /// Roles, in order.
        package let roles: [String]
        /// In which way lines are answered: `agent`, or `exec` where the host has none.
        package let way: String
        /// Lines typed before, the oldest first.
        package internal(set) var history: [String]
    }

    /// What waits for a second person.
    package struct Waiting: Hashable, Sendable {
        /// What it is called by.
        package let id: String
        /// The digest that is approved.
        package let digest: String
        /// What would be done.
        package let words: String
        /// The tenant whose approvers may decide; "" when only administrators may.
        package let place: String

        /// What to ask, and whom.
        package var sentence: String {
            "\(words) waits for a second person, for five minutes: whoever may approve"
                + (place.isEmpty ? "" : " in \(place)")
                + " runs \"quaymaster approve \(id)\"; Ctrl-C gives up"
        }
    }

    /// A refusal.
    package struct Refused: Hashable, Sendable {
        /// Where, in Unicode scalars of the line from 1; nil when it is not the line's matter.
        package let column: Int?
        /// The rule's id.
        package let rule: String
        /// One sentence.
        package let words: String
        /// A line that would be accepted.
        package let nearest: String?
        /// Its entry in the record.
        package let entry: String
    }

    /// A verdict without a run.
    package enum Why: Hashable, Sendable {
        case accepted(words: [String], answer: AnswerClass)
        case refused(ShellRefusal)
        case nothing
    }

    /// A word that may stand somewhere.
    package struct Candidate: Hashable, Sendable {
        /// The word as it is typed.
        package let text: String
        /// What it is for.
        package let summary: String
        /// True when nothing follows in the same word.
        package let isWhole: Bool
    }

    /// The event as it is sent, its line end included.
    package var bytes: [UInt8] { JSONWriter.bytes(.object(JSONObject([member]))) + [0x0A] }

    private var member: (String, JSONValue) {
        switch self {
        case .session(let greeting): ("session", greeting.value)
        case .refused(let refused): ("refused", refused.value)
        case .started(let number, let words, let answer, let entry):
            (
                "started",
                .of([
                    ("line", .integer(Int64(number))), ("argv", .texts(words)),
                    ("class", .string(answer.rawValue)), ("entry", .string(entry)),
                ])
            )
        case .output(let text): ("out", .string(text))
        case .errors(let text): ("err", .string(text))
        case .notice(let rule, let words):
            ("notice", .of([("rule", .string(rule)), ("message", .string(words))]))
        case .ended(let number, let status, let cause, let dropped):
            (
                "ended",
                .of([
                    ("line", .integer(Int64(number))), ("status", .integer(Int64(status))),
                    ("cause", .string(cause)), ("dropped", .integer(dropped)),
                ])
            )
        case .waiting(let waiting): ("waiting", waiting.value)
        case .watching(let greeting, let identity):
            (
                "watching",
                .of([
                    ("id", .string(greeting.id)), ("identity", .string(identity)),
                    ("container", .string(greeting.container)), ("roles", .texts(greeting.roles)),
                ])
            )
        case .nothing: ("nothing", .bool(true))
        case .help(let entries): ("help", .array(entries.map(\.value)))
        case .why(let why): ("why", why.value)
        case .history(let lines): ("history", .texts(lines))
        case .completion(let column, let candidates, let expected):
            (
                "completion",
                .of([
                    ("column", .integer(Int64(column))),
                    ("candidates", .array(candidates.map(\.value))), ("expected", .texts(expected)),
                ])
            )
        case .bye(let words): ("bye", .string(words))
        }
    }
}

extension JSONValue {
    fileprivate static func of(_ members: [(String, JSONValue)]) -> JSONValue {
        .object(JSONObject(members))
    }

    fileprivate static func texts(_ texts: [String]) -> JSONValue {
        .array(texts.map { .string($0) })
    }
}

extension ShellEvent.Greeting {
    fileprivate var value: JSONValue {
        .of([
            ("id", .string(id)), ("container", .string(container)), ("roles", .texts(roles)),
            ("way", .string(way)), ("recorded", .bool(true)), ("history", .texts(history)),
        ])
    }
}

extension ShellEvent.Waiting {
    fileprivate var value: JSONValue {
        .of([
            ("approval", .string(id)), ("digest", .string(digest)), ("what", .string(words)),
            ("message", .string(sentence)),
        ])
    }
}

extension ShellEvent.Refused {
    fileprivate var value: JSONValue {
        var members: [(String, JSONValue)] = [("rule", .string(rule)), ("message", .string(words))]
        if let column { members.append(("column", .integer(Int64(column)))) }
        if let nearest { members.append(("nearest", .string(nearest))) }
        members.append(("entry", .string(entry)))
        return .of(members)
    }
}

extension ShellEvent.Why {
    fileprivate var value: JSONValue {
        switch self {
        case .accepted(let words, let answer):
            .of([
                ("accepted", .bool(true)), ("argv", .texts(words)),
                ("class", .string(answer.rawValue)),
            ])
        case .refused(let refusal):
            .of([
                ("accepted", .bool(false)), ("column", .integer(Int64(refusal.column))),
                ("rule", .string(refusal.rule)), ("message", .string(refusal.sentence)),
                ("nearest", refusal.nearest.map { .string($0) } ?? .null),
            ])
        case .nothing: .of([("accepted", .bool(false)), ("message", .string("the line is empty"))])
        }
    }
}

extension ShellEvent.Candidate {
    fileprivate var value: JSONValue {
        .of([("text", .string(text)), ("summary", .string(summary)), ("whole", .bool(isWhole))])
    }
}

extension HelpEntry {
    fileprivate var value: JSONValue {
        .of([
            ("verb", .string(verb)), ("summary", .string(summary)), ("forms", .texts(forms)),
            ("examples", .texts(examples)), ("class", .string(answer.rawValue)),
        ])
    }
}
