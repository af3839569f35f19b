/// Why a verb, as it is declared, is not made.
package struct VerbFlaw: Error, Hashable, Sendable {
    /// The verb's name as it was declared.
    package let verb: String
    /// What is wrong.
    package let problem: Problem

    /// Makes a flaw.
    package init(verb: String, problem: Problem) {
        self.verb = verb
        self.problem = problem
    }

    /// What can be wrong with a verb.
    package enum Problem: Hashable, Sendable {
        /// A name that is not `[a-z][a-z0-9._-]{0,31}`.
        case name
        /// A name that means two different verbs.
        case twice
        /// No form.
        case noForm
        /// A shell, an interpreter or a program that runs others, as a program of the container.
        case escape(EscapeKind)
        /// A program that can start others or write files has more than fixed lines.
        case freeEscape
        /// A program of the container gets free text.
        case freeText
        /// A fixed word, option or flag that no line could hold, or that reads as another one.
        case token(String)
        /// A flag, an option or a fixed word that stands twice.
        case repeated(String)
        /// A needed option that the form does not have.
        case unknownNeed(String)
        /// Counts or ranges that nothing fits, or an empty list of choices.
        case empty(String)
        /// A tree that is no clean absolute path.
        case tree(String)
        /// A tree that holds, or lies in, what nobody may read.
        case forbiddenTree(String, of: String)
        /// Filters on the output of a program of the container.
        case filters
        /// An example that the verb refuses.
        case example(String)
    }

    /// One sentence: what is wrong and what would be right.
    package var sentence: String {
        "the verb \(Characters.shown(verb)) \(words)"
    }

    private var words: String {
        switch problem {
        case .name: "has a name that is not of lower-case letters, digits and . _ -, up to 32"
        case .twice: "is declared in two ways; one name means one verb"
        case .noForm: "has no form; it needs at least one"
        case .escape(let kind):
            "is a program that \(kind.meaning); no form makes it harmless, name what it should do instead"
        case .freeEscape:
            "is a program that can start others or write files; only whole fixed lines are safe"
        case .freeText:
            "gives free text to a program of the container; use a typed place, or fixed lines"
        case .token(let text):
            "has \(Characters.shown(text)), which no line can hold as it is meant"
        case .repeated(let text): "has \(Characters.shown(text)) twice"
        case .unknownNeed(let text): "needs \(Characters.shown(text)), which it does not have"
        case .empty(let text): "has \(text), which nothing fits"
        case .tree(let text):
            "has the tree \(Characters.shown(text)); a tree is an absolute path without empty, . or .. parts"
        case .forbiddenTree(let text, let of):
            "has the tree \(Characters.shown(text)), which would reach \(of); name a tree apart from it"
        case .filters: "filters the output of a program; only answers of our own are filtered"
        case .example(let line): "refuses its own example: \(Characters.shown(line))"
        }
    }
}
