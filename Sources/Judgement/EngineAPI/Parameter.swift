package import Acts

/// One query parameter of an operation and what is done with it.
package struct Parameter: Hashable, Sendable {
    /// How a value is spelled; it is decoded, checked and written anew.
    package enum Kind: Hashable, Sendable {
        /// A boolean in one of Go's spellings; written as 1 or 0.
        case flag
        /// An integer.
        case integer
        /// Any text without U+0000.
        case text
        /// One of these words.
        case choice([String])
        /// A name by the grammar of its kind.
        case name(ObjectKind)
        /// Filters: a JSON object of lists or of sets.
        case filters
        /// A JSON object whose values are strings or null.
        case stringMap
        /// A JSON object of labels; those under our own prefix are dropped.
        case labels
        /// A JSON list of strings.
        case stringList
        /// A JSON list of user limits (build).
        case limits
        /// Options of ps(1).
        case processOptions
    }

    /// What is done with a value.
    package enum Treatment: Hashable, Sendable {
        /// Sent on in canonical form.
        case pass
        /// Turned into references and demands, then sent on.
        case judge
        /// Left out: the engine ignores it, or it does nothing for us.
        case drop
        /// Refused unless it is empty, zero or false; the reason completes "it …".
        case refuse(String)
    }

    /// The parameter's name, which is case-sensitive.
    package let name: String
    /// How its value is spelled.
    package let kind: Kind
    /// What is done with it.
    package let treatment: Treatment
    /// True when it may stand several times.
    package let repeats: Bool

    /// True for values that may hold any text although they are judged: instructions of a
    /// Dockerfile, filters.
    var isFree: Bool { kind == .filters || name == "changes" }

    /// Makes a parameter.
    package init(
        _ name: String, _ kind: Kind, _ treatment: Treatment = .pass, repeats: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.treatment = treatment
        self.repeats = repeats
    }

    static func flag(_ name: String) -> Parameter { Parameter(name, .flag) }
    static func integer(_ name: String) -> Parameter { Parameter(name, .integer) }
    static func text(_ name: String) -> Parameter { Parameter(name, .text) }
    static let filters = Parameter("filters", .filters, .judge)
}

extension Parameter.Kind {
    /// What values it takes, for whoever sent another.
    var words: String {
        switch self {
        case .flag: "1, true, 0 or false"
        case .integer: "an integer"
        case .text: "text without control characters"
        case .choice(let words): words.filter { !$0.isEmpty }.joined(separator: ", ")
        case .name(let kind): "the name of a \(kind.rawValue) as the engine spells it"
        case .filters: #"a JSON object like {"label":["a=b"]}"#
        case .stringMap, .labels: "a JSON object of strings"
        case .stringList: "a JSON list of strings"
        case .limits: "a JSON list of user limits"
        case .processOptions: "a selection like -ef or aux, and -o with known columns"
        }
    }
}
