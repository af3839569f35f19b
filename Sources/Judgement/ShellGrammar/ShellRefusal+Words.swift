extension ShellRefusal {
    /// The rule's id, for example `syntax.pipe`.
    package var rule: String {
        switch reason {
        case .tooLong: "line.length"
        case .notUnicode: "line.encoding"
        case .control: "line.control"
        case .invisible: "line.invisible"
        case .character(_, let act): "syntax.\(act?.name ?? "character")"
        case .openQuote: "quote.open"
        case .joinedQuotes: "quote.joined"
        case .expansionInQuotes: "quote.expansion"
        case .quotedVerb: "verb.quoted"
        case .verbPath: "verb.path"
        case .assignment: "verb.assignment"
        case .unknownVerb(_, let kind): "verb.\(kind?.rawValue ?? "unknown")"
        case .quotedOption: "option.quoted"
        case .endOfOptions: "option.end"
        case .unknownOption: "option.unknown"
        case .joinedFlags: "option.joined"
        case .joinedValue: "option.value"
        case .repeatedOption: "option.repeated"
        case .missingValue: "option.incomplete"
        case .missingOption: "option.missing"
        case .argumentFirst: "argument.order"
        case .surplusArgument: "argument.surplus"
        case .missingArgument: "argument.missing"
        case .notFixed: "argument.fixed"
        case .relativePath: "path.relative"
        case .pathComponent: "path.component"
        case .pathOutside: "path.tree"
        case .dashedValue: "value.option"
        case .beyondASCII: "value.ascii"
        case .value(let slot): "value.\(slot.name)"
        case .filter: "filter"
        case .pagerKeys: "pager.key"
        case .output(let scalar): scalar.map(Self.outputRule) ?? "output.encoding"
        case .unwritable: "line.words"
        case .ownAnswer: "exec.own"
        }
    }

    private static func outputRule(_ scalar: Unicode.Scalar) -> String {
        if scalar == "\u{1B}" { return "output.escape" }
        return Characters.isControl(scalar) ? "output.control" : "output.invisible"
    }

    /// One sentence: what is refused, by which rule, and what would be accepted.
    package var sentence: String {
        let (what, allowed) = words
        let parts = ["\(what) (column \(column), rule \(rule))", allowed, offer]
        return parts.compactMap(\.self).joined(separator: "; ")
    }

    private var offer: String? {
        switch reason {
        case .pagerKeys, .output: nil
        default:
            nearest.map { "try `\($0)`" } ?? form.map { "the form is `\($0)`" }
                ?? "`help` lists what there is"
        }
    }

    /// What is refused, and what would be accepted where neither a line nor a form says it.
    ///
    /// It is a table of every reason there is, and as long.
    private var words: (what: String, allowed: String?) {
        switch reason {
        case .tooLong: ("the line is longer than 1024 bytes", nil)
        case .notUnicode: ("the line is not UTF-8", nil)
        case .control(let scalar):
            ("the control character \(Characters.shown(scalar)) may not stand on a line", nil)
        case .invisible(let scalar):
            ("\(Characters.shown(scalar)) cannot be seen and may not stand on a line", nil)
        case .character(let scalar, let act): Self.character(scalar, act)
        case .openQuote: ("the quote is not closed", "a quoted word ends with the same quote")
        case .joinedQuotes: ("quotes are part of a word", "quotes stand around a whole word")
        case .expansionInQuotes(let scalar):
            ("\(scalar) stands between double quotes", "between single quotes it is literal")
        case .quotedVerb: ("the command's name is quoted", "it stands bare")
        case .verbPath: ("the command is named by a path", "commands are bare names")
        case .assignment: ("a line sets no variable", "it begins with a command's name")
        case .unknownVerb(let name, let kind): Self.unknownVerb(name, kind)
        case .quotedOption: ("a quoted word begins with -", "options stand bare")
        case .endOfOptions: ("-- is not accepted", "no argument begins with -")
        case .unknownOption(let text): ("the option \(text) is not in the list", nil)
        case .joinedFlags(let flag): ("-\(flag) is no plain flag and may not be joined", nil)
        case .joinedValue(let name):
            ("the value of \(name) is joined to it", "it is a word of its own")
        case .repeatedOption(let name): ("\(name) is given twice", "once is enough")
        case .missingValue(let name, let slot):
            ("\(name) has no value", "it takes \(slot.meaning)")
        case .missingOption(let name): ("\(name) is missing", "it must be given")
        case .argumentFirst(let slot):
            ("an option stands before the first argument", "first comes \(slot.meaning)")
        case .surplusArgument(0): ("no argument is taken here", nil)
        case .surplusArgument(let most): ("there are more than \(most) arguments", nil)
        case .missingArgument(let slot):
            ("an argument is missing", "it must be \(slot.meaning)")
        case .notFixed:
            ("this command is written in fixed ways, and this is none of them", nil)
        case .relativePath(let trees):
            ("the path does not begin with /", Slot.path(under: trees).meaning)
        case .pathComponent(""): ("the path has an empty component", "paths are written out")
        case .pathComponent(let text):
            ("the path has the component \(text)", "paths are written out")
        case .pathOutside(let trees):
            ("the path is in no tree of this command", Slot.path(under: trees).meaning)
        case .dashedValue(let slot):
            ("an option stands where a value is due", "this must be \(slot.meaning)")
        case .beyondASCII(let scalar, let slot):
            ("\(scalar) is beyond ASCII", "this must be \(slot.meaning)")
        case .value(let slot): ("the value does not fit", "this must be \(slot.meaning)")
        case .filter: ("this is no filter", "in this order: match TEXT, sort, count")
        case .pagerKeys: ("these are no keys of the pager", PagerKey.help)
        case .output(let scalar):
            (
                "\(scalar.map(Characters.shown) ?? "a byte that is not UTF-8") would not be shown"
                    + " but act", "text, line ends, tabs and colours pass"
            )
        case .unwritable: ("the words cannot be written as a line", nil)
        case .ownAnswer(let verb):
            (
                "\(verb ?? "a filter") is the guarded shell's own, not a program's",
                "quaymaster enter runs it"
            )
        }
    }

    private static func character(
        _ scalar: Unicode.Scalar, _ act: Operator?
    ) -> (String, String?) {
        guard let act else {
            return (
                "\(scalar) may not stand outside quotes",
                "letters, digits and . _ - / : = , + % @ may"
            )
        }
        return ("\(scalar) \(act.meaning)", act.allowed)
    }

    private static func unknownVerb(_ name: String, _ kind: EscapeKind?) -> (String, String?) {
        switch kind {
        case .shell: ("\(name) would be a shell, and nobody holds one here", nil)
        case .interpreter: ("\(name) runs programs of its own language", nil)
        case .runner: ("\(name) runs other commands", "each stands on a line of its own")
        case .escape: ("\(name) can start programs or write files", nil)
        case nil: ("\(name) is no command of this role", nil)
        }
    }
}

extension Operator {
    /// The last part of the rule's id.
    var name: String {
        switch self {
        case .chain: "chain"
        case .pipe: "pipe"
        case .background: "background"
        case .substitution: "substitution"
        case .redirection: "redirection"
        case .glob: "glob"
        case .brace: "brace"
        case .tilde: "tilde"
        case .history: "history"
        case .escape: "escape"
        case .group: "group"
        case .comment: "comment"
        }
    }

    /// What it would do, in words behind the character.
    var meaning: String {
        switch self {
        case .chain: "would begin a second command"
        case .pipe: "would feed another command"
        case .background: "would leave a command running or begin a second one"
        case .substitution: "would be replaced by something that is not on the line"
        case .redirection: "would read or write a file"
        case .glob: "would stand for names that are not on the line"
        case .brace: "would become several words"
        case .tilde: "would stand for somebody's home"
        case .history: "would fetch a former line"
        case .escape: "would change what follows it"
        case .group: "would group commands"
        case .comment: "would begin a comment"
        }
    }

    /// What would be accepted.
    var allowed: String {
        switch self {
        case .chain, .pipe, .background, .group: "a line is one command"
        case .redirection: "output is only shown"
        case .substitution, .glob, .brace, .tilde, .history, .escape, .comment:
            "every word is literal, and in single quotes this is too"
        }
    }
}
