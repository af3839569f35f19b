/// On which terms a grant lets somebody run further programs in containers by the engine's exec.
package struct ExecTerms: Hashable, Sendable {
    /// The roles of the guarded shell of which one must accept the words; nil: any words may be run.
    package let roles: [String]?
    /// True when the streams of what runs are recorded.
    package let isRecorded: Bool

    /// Makes terms.
    package init(roles: [String]? = nil, isRecorded: Bool = false) {
        self.roles = roles
        self.isRecorded = isRecorded
    }
}

/// What somebody asks for who makes an exec.
package struct ExecWish: Hashable, Sendable {
    /// The program and its arguments.
    package let words: [String]
    /// What it asks for beside its words and their output, by the API's names: `Tty`, `AttachStdin`.
    package let extras: [String]

    /// Makes a wish.
    package init(words: [String], extras: [String]) {
        self.words = words
        self.extras = extras
    }
}
