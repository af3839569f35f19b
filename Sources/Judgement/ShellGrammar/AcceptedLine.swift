/// A line that a role accepts, taken apart.
///
/// What is shown, recorded, approved and run is `argv`; nothing is ever expanded.
package struct AcceptedLine: Hashable, Sendable {
    /// An option with its value.
    package struct Option: Hashable, Sendable {
        /// The option's name: its first spelling in the form.
        package let name: String
        /// Its value.
        package let value: Value
    }

    /// The verb's name.
    package let verb: String
    /// How the verb is answered.
    package let answer: AnswerClass
    /// The words as they were typed, without quotes; the verb's name is the first.
    package let argv: [String]
    /// The form's fixed words that follow the name.
    package let words: [String]
    /// Flags that were given, each once, in the form's order.
    package let flags: String
    /// Options that were given, in their order.
    package let options: [Option]
    /// The arguments, in their order.
    package let arguments: [Value]
    /// What is done with the lines of the output, in this order.
    package let filters: [Filter]

    /// True when a flag was given.
    package func has(_ flag: Character) -> Bool { flags.contains(flag) }

    /// The value of an option, by the first of its spellings; nil when it was not given.
    package func option(_ name: String) -> Value? {
        options.first { $0.name == name }?.value
    }

    /// The line in its one canonical spelling; it reads as the same words.
    package var canonical: String { Printing.line(argv) ?? "" }
}

/// What is said of a line.
package enum Verdict: Hashable, Sendable {
    /// It holds no word, and does nothing.
    case nothing
    /// It is a line of the role's.
    case accepted(AcceptedLine)
    /// It is not.
    case refused(ShellRefusal)
}
