/// Why a line is refused: where, by which rule, and what would be accepted.
package struct ShellRefusal: Error, Hashable, Sendable {
    /// Where, in Unicode scalars of the line as typed, from 1.
    package let column: Int
    /// Why.
    package let reason: Reason
    /// A line that the role accepts and that comes near to what was meant; nil when there is none.
    package internal(set) var nearest: String?
    /// How the verb is written, when the line names one.
    package internal(set) var form: String?

    init(at column: Int, _ reason: Reason) {
        self.column = column
        self.reason = reason
    }

    /// Why, as data; `ShellRefusal+Words` turns it into a sentence.
    package enum Reason: Hashable, Sendable {
        /// The line has more than 1024 bytes.
        case tooLong
        /// The line is not UTF-8.
        case notUnicode
        /// A control character.
        case control(Unicode.Scalar)
        /// A character that cannot be seen.
        case invisible(Unicode.Scalar)
        /// A character that may not stand outside quotes, and what a shell would make of it.
        case character(Unicode.Scalar, Operator?)
        /// A quote that does not close.
        case openQuote
        /// Quotes that are part of a word.
        case joinedQuotes
        /// A character that double quotes may not hold.
        case expansionInQuotes(Unicode.Scalar)
        /// The verb stands in quotes.
        case quotedVerb
        /// The verb is a path.
        case verbPath
        /// The line begins with an assignment.
        case assignment
        /// No verb of the role, as it is written.
        case unknownVerb(String, EscapeKind?)
        /// A word in quotes that begins with a hyphen.
        case quotedOption
        /// `--`
        case endOfOptions
        /// An option that the form does not have.
        case unknownOption(String)
        /// Joined flags, of which one is not a flag without a value.
        case joinedFlags(Character)
        /// An option whose value stands in the same word.
        case joinedValue(String)
        /// An option that was given before.
        case repeatedOption(String)
        /// An option without its value.
        case missingValue(String, Slot)
        /// An option that must be there is not.
        case missingOption(String)
        /// An option before the arguments that come first.
        case argumentFirst(Slot)
        /// One argument too many.
        case surplusArgument(most: Int)
        /// Arguments are missing; the next one's slot.
        case missingArgument(Slot)
        /// The verb is written in fixed ways, and this is none of them.
        case notFixed
        /// A path that does not begin with `/`.
        case relativePath([String])
        /// A path's component that is empty, `.` or `..`.
        case pathComponent(String)
        /// A path outside the trees.
        case pathOutside([String])
        /// A value that begins with a hyphen.
        case dashedValue(Slot)
        /// A character beyond ASCII where the slot is not text.
        case beyondASCII(Unicode.Scalar, Slot)
        /// A value that the slot does not take.
        case value(Slot)
        /// A filter that does not stand here, or a word behind a filter that is none.
        case filter
        /// Keys that the pager does not know.
        case pagerKeys
        /// Output that would act on a terminal.
        case output(Unicode.Scalar?)
        /// Words that no line can hold.
        case unwritable
        /// The guarded shell answers this verb itself, or filters the answer (nil), and an exec cannot.
        case ownAnswer(String?)
    }
}
