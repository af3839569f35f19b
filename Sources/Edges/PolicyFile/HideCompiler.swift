import Acts
import Policy
import Yams

/// Reads what a grant hides, and says where that does not hold.
struct HideCompiler {
    let reader: YAMLReader

    init(_ reader: YAMLReader) {
        self.reader = reader
    }

    /// Whoever runs programs in a container, or in one of the same image, reads its environment and its
    /// processes there.
    private static let running: [Verb] = [.run, .exec, .build, .service]

    /// What a grant of these verbs hides.
    func read(_ node: Node?, _ verbs: VerbSet) -> Hidden {
        var hidden: Hidden = []
        for entry in reader.list(node, "hide") {
            let word = entry.string ?? ""
            if let known = Hidden.names.first(where: { $0.name == word }) {
                hidden.insert(known.hidden)
            } else {
                reader.report(
                    "\"\(word)\" cannot be hidden", at: entry,
                    hint: Suggestion.hint(for: word, among: Hidden.names.map(\.name)))
            }
        }
        let shows = verbs.verbs.filter { Self.running.contains($0) }.map(\.rawValue)
        if !shows.isEmpty, !hidden.isDisjoint(with: [.environment, .commands]) {
            reader.report(
                "whoever may \(shows.joined(separator: ", ")) can run a program that reads what is "
                    + "hidden", at: node,
                hint: "hide it in a grant of verbs that only look, for example [view, logs]",
                severity: .warning)
        }
        return hidden
    }

    /// The first grant that permits an act decides what its answer shows: another may show what this one
    /// hides.
    func warnIfShown(_ grant: Grant, beside others: [Grant], at node: Node) {
        for other in others
        where other.hides != grant.hides && other.verbs.intersects(grant.verbs.verbs)
            && (other.scope == grant.scope || other.scope == .everything
                || grant.scope == .everything)
        {
            reader.report(
                "another grant of the same (\(other.location)) has some of these verbs and hides "
                    + (other.hides.isEmpty ? "nothing" : other.hides.words), at: node,
                hint: "the first grant that permits an act decides what its answer shows",
                severity: .warning)
        }
    }
}
