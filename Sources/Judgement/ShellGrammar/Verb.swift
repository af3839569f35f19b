/// How a verb is answered. One class never stands in for another.
package enum AnswerClass: String, Hashable, Sendable, CaseIterable {
    /// From outside, without any process in the container.
    case outside = "A"
    /// By our own tool inside the container.
    case ownTool = "B"
    /// By a program of the container, its digest pinned to the image.
    case program = "C"
}

/// A command of a role: a name, how it is answered, and the forms in which it may be written.
package struct Verb: Hashable, Sendable {
    /// The name, which is the first word of a line.
    package let name: String
    /// How it is answered.
    package let answer: AnswerClass
    /// What it is for, in a few words.
    package let summary: String
    /// Lines that it accepts; the first one is what a person is shown.
    package let examples: [String]
    /// The forms, tried in this order.
    package let forms: [Form]

    /// Makes a verb of a built-in role; a test holds each against `flaw`.
    init(
        _ name: String, _ answer: AnswerClass, _ summary: String, examples: [String] = [],
        forms: [Form]
    ) {
        self.name = name
        self.answer = answer
        self.summary = summary
        self.forms = forms
        self.examples = examples.isEmpty ? Self.samples(name, forms) : examples
    }

    /// Makes a verb that a policy declares.
    ///
    /// - Parameters:
    ///   - name: The first word of its lines.
    ///   - answer: How it is answered.
    ///   - summary: What it is for, in a few words.
    ///   - examples: Lines that it accepts; without any they are made from the forms.
    ///   - forms: How it may be written; at least one.
    /// - Throws: `VerbFlaw` for a verb that is dangerous or senseless as it is declared.
    package init(
        name: String, answer: AnswerClass, summary: String, examples: [String] = [], forms: [Form]
    ) throws(VerbFlaw) {
        self.init(name, answer, summary, examples: examples, forms: forms)
        if let flaw { throw flaw }
    }

    /// Judges the words of a line that begins with the verb's name.
    func accept(_ words: [Word]) throws(ShellRefusal) -> AcceptedLine {
        var furthest: ShellRefusal?
        for form in forms {
            do throws(ShellRefusal) {
                return try accept(words, form)
            } catch {
                // The form that goes furthest is the one that was meant.
                if error.column > furthest?.column ?? 0 { furthest = error }
            }
        }
        throw furthest ?? ShellRefusal(at: 1, .notFixed)
    }

    private func accept(_ words: [Word], _ form: Form) throws(ShellRefusal) -> AcceptedLine {
        let end = words.last?.endColumn ?? 1
        var rest = words.dropFirst()
        for fixed in form.words {
            guard let word = rest.popFirst() else { throw ShellRefusal(at: end, .notFixed) }
            guard word.says(fixed) else { throw ShellRefusal(at: word.column, .notFixed) }
            if word.isQuoted, word.isDashed {
                throw ShellRefusal(at: word.column, .quotedOption)
            }
        }
        var walk = FormWalk(form)
        for word in rest { try walk.take(word) }
        try walk.end(at: end)
        return AcceptedLine(
            verb: name, answer: answer, argv: words.map(\.text), words: form.words,
            flags: form.flags.filter(walk.flags.contains), options: walk.options,
            arguments: walk.arguments, filters: walk.filters)
    }

    /// A line of each form, for verbs that bring none.
    private static func samples(_ name: String, _ forms: [Form]) -> [String] {
        forms.compactMap { form in
            let values = form.options.filter { form.needs.contains($0.name) }
                .flatMap { [$0.name, $0.slot.sample] }
            let flags = form.needs.filter { need in
                !form.options.contains { $0.names.contains(need) }
            }
            let arguments = (0..<max(form.arguments.least, 0)).compactMap {
                form.arguments.slot(at: $0)?.sample
            }
            let words = [name] + form.words
            return Printing.line(
                form.argumentsFirst
                    ? words + arguments + flags + values : words + flags + values + arguments)
        }
    }
}
