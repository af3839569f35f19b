/// Why a tar archive was refused. Nothing is repaired: what two readers could take for two things is
/// not sent on.
package struct ArchiveRefusal: Error, Hashable, Sendable {
    /// The rule that was broken.
    package enum Rule: String, Hashable, Sendable, CaseIterable {
        /// The bytes are no tar archive, or end too early.
        case format = "archive.format"
        /// An entry of a kind that is not accepted here.
        case type = "archive.type"
        /// A name that is empty, leaves the archive, or is reserved.
        case name = "archive.name"
        /// A link whose target is not accepted, or something that lies beneath a link.
        case link = "archive.link"
        /// An extended attribute or a header record that is not accepted.
        case attribute = "archive.attribute"
        /// A name that stands twice where it may stand once.
        case twice = "archive.twice"
        /// Too many entries, or something longer than its limit.
        case size = "archive.size"
        /// The Dockerfile is missing, or is no plain file.
        case dockerfile = "archive.dockerfile"
    }

    /// The rule that was broken.
    package let rule: Rule
    /// The entry's name, shown safely; nil when it is about the archive as a whole.
    package let entry: String?
    /// What is wrong and what would be accepted, completing "the entry …".
    package let problem: String

    init(_ rule: Rule, _ name: [UInt8]?, _ problem: String) {
        self.rule = rule
        entry = name.map { EntryName.shown($0) }
        self.problem = problem
    }

    init(_ rule: Rule, _ problem: String) {
        self.init(rule, nil, problem)
    }

    /// One sentence for the client.
    package var sentence: String {
        let subject = entry.map { "the archive's entry \($0)" } ?? "the archive"
        return "\(subject) \(problem); rule \(rule.rawValue)"
    }
}

/// What an archive may hold at most.
package struct ArchiveLimits: Hashable, Sendable {
    /// How many entries, global headers included.
    package var entries = 1_000_000
    /// How many bytes the long names and extended headers of one entry may take, each. Go's reader
    /// has the same limit.
    package var headerBytes = 1 << 20
    /// How many bytes a name or a link's target may have: the kernel's `PATH_MAX`.
    package var nameBytes = 4096
    /// How many bytes a file may have whose content is read here.
    package var fileBytes = 1 << 20
    /// How many bytes all files may have together whose content is read here.
    package var collectedBytes = 16 << 20
    /// How much may be remembered of names, in bytes, `namePrice` for each name included.
    package var rememberedBytes = 32 << 20

    /// What remembering a name costs beside its bytes.
    static let namePrice = 96

    /// The usual limits.
    package init() {}
}
