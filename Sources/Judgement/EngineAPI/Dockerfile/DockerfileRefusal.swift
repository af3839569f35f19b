/// Why a Dockerfile, a list of changes or an image's triggers were refused.
package struct DockerfileRefusal: Error, Hashable, Sendable {
    /// The rules; their raw values are the ids that clients see.
    package enum Rule: String, Hashable, Sendable, CaseIterable {
        /// Too long, too many lines or too many stages.
        case size = "dockerfile.size"
        /// Bytes that two readers may take differently.
        case text = "dockerfile.text"
        /// A parser directive that engines read differently.
        case directive = "dockerfile.directive"
        /// A line end that engines join differently.
        case continuation = "dockerfile.continuation"
        /// An instruction that is not known, or that may not stand there.
        case instruction = "dockerfile.instruction"
        /// An instruction's arguments.
        case arguments = "dockerfile.arguments"
        /// A flag that is not known.
        case flag = "dockerfile.flag"
        /// Something that only BuildKit can do.
        case buildKit = "dockerfile.buildkit"
        /// A list that is JSON for one engine and a command line for another.
        case json = "dockerfile.json"
        /// Quotes or escapes that do not end.
        case quoting = "dockerfile.quoting"
        /// A variable where its value must be known.
        case variable = "dockerfile.variable"
        /// Variables whose values grow too long.
        case expansion = "dockerfile.expansion"
        /// What names an image.
        case image = "dockerfile.image"
        /// What names a stage.
        case stage = "dockerfile.stage"
        /// What an `ADD` may fetch.
        case address = "dockerfile.address"
        /// What a `LABEL` sets.
        case label = "dockerfile.label"
        /// What runs when somebody builds on the image.
        case trigger = "dockerfile.trigger"
        /// What `docker commit --change` may say.
        case change = "dockerfile.change"
        /// An image that has no id to be pinned to.
        case unpinned = "dockerfile.unpinned"
    }

    /// The rule.
    package let rule: Rule
    /// The line from 1 (of an image's triggers: which one); 0 for the whole text.
    package let line: Int
    /// What is wrong and what would be accepted.
    package let problem: String

    /// Makes a refusal.
    package init(_ rule: Rule, line: Int, _ problem: String) {
        self.rule = rule
        self.line = line
        self.problem = problem
    }

    /// One sentence for the client.
    package var sentence: String {
        (line > 0 ? "line \(line): " : "") + problem + "; rule \(rule.rawValue)"
    }
}
