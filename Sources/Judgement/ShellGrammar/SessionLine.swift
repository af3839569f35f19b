/// What a session answers itself, whatever the role: these words are no verbs.
package enum SessionLine: Hashable, Sendable {
    /// `help`, `help VERB`
    case help(verb: String?)
    /// `why LINE`: judges without running. The line as it stands behind the word.
    case why([UInt8])
    /// `history`, `history TEXT`
    case history(matching: String?)
    /// `exit`, `quit`
    case leave

    /// The words, with what they do.
    package static let words: [(word: String, summary: String)] = [
        ("help", "lists the commands of this role; help COMMAND shows one"),
        ("why", "judges the line behind it without running it"),
        ("history", "lists what you have typed here; history TEXT searches it"),
        ("exit", "leaves"), ("quit", "leaves"),
    ]

    /// Reads a line; nil when it is for the role's judge.
    package init?(_ line: [UInt8]) {
        let line = line.drop { $0 == UInt8(ascii: " ") }
        let word = line.prefix { $0 != UInt8(ascii: " ") }
        let rest = line.dropFirst(word.count).drop { $0 == UInt8(ascii: " ") }
        if word.elementsEqual("why".utf8) {
            self = .why(Array(rest))
            return
        }
        guard rest.allSatisfy(Characters.isBare) || rest.allSatisfy(Characters.isPrintable) else {
            return nil
        }
        let text = String(decoding: rest, as: UTF8.self)
        switch String(decoding: word, as: UTF8.self) {
        case "help": self = .help(verb: text.isEmpty ? nil : text)
        case "history": self = .history(matching: text.isEmpty ? nil : text)
        case "exit" where text.isEmpty, "quit" where text.isEmpty: self = .leave
        default: return nil
        }
    }
}

/// What help tells of a verb.
package struct HelpEntry: Hashable, Sendable {
    /// The verb's name.
    package let verb: String
    /// What it is for.
    package let summary: String
    /// How it is written; several for a verb of several forms.
    package let forms: [String]
    /// Lines that are accepted.
    package let examples: [String]
    /// How it is answered.
    package let answer: AnswerClass
}

extension Role {
    /// What help tells of the role, in the order of its verbs.
    package var help: [HelpEntry] {
        verbs.map { verb in
            HelpEntry(
                verb: verb.name, summary: verb.summary, forms: verb.usage,
                examples: verb.examples, answer: verb.answer)
        }
    }
}
