/// Why a body was refused before anybody asked who may do it.
package struct BodyRefusal: Error, Hashable, Sendable {
    /// The field's path, for example `HostConfig.Mounts[0].Type`; "" for the whole body.
    package let path: String
    /// The rule's id.
    package let rule: String
    /// What is wrong, completing "the field …".
    package let problem: String
    private let whole: String?

    init(_ path: String, _ rule: String, _ problem: String) {
        self.path = path
        self.rule = rule
        self.problem = problem
        whole = nil
    }

    private init(_ refusal: BodyRefusal, at path: String) {
        self.path = path
        rule = refusal.rule
        problem = refusal.problem
        whole = refusal.whole
    }

    /// The refusal as it is seen from further outside: paths are put together only when something
    /// is refused.
    func inside(_ place: String) -> BodyRefusal {
        BodyRefusal(self, at: place + path)
    }

    /// A refusal of something in the body that has no path: the sentence says what it is.
    init(sentence: String, rule: String) {
        path = ""
        self.rule = rule
        problem = sentence
        // What other rooms refuse names its rule already.
        let end = "; rule " + rule
        whole = sentence.hasSuffix(end) ? sentence : sentence + end
    }

    /// A refusal of how the body is compressed.
    package init(compression sentence: String, rule: String) {
        self.init(sentence: sentence, rule: rule)
    }

    /// One sentence for the client.
    package var sentence: String {
        whole ?? (path.isEmpty ? "the body " : "the field \(path) ") + problem + "; rule \(rule)"
    }
}
