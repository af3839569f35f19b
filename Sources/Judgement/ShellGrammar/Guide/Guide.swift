/// Finds the line that a role accepts and that comes nearest to a refused one.
///
/// It mends one fault after the other and asks the judge after each: what it offers is always a line
/// that the judge accepts, never more than what was typed means, and no part of judging.
struct Guide {
    let role: Role
    let line: [UInt8]

    /// How many faults of a line are mended.
    private static let patience = 8

    /// The refusal with what a person can do instead.
    func guided(_ refusal: ShellRefusal) -> ShellRefusal {
        var refusal = refusal
        let draft = Draft(line)
        refusal.form = draft.words.first.flatMap { role.verb($0)?.usage.first }
        refusal.nearest = nearest(to: draft)
        return refusal
    }

    private func nearest(to draft: Draft) -> String? {
        let candidates =
            PipeTranslation(role: role, draft: draft).candidates
            + draft.patternSearches.filter { _ in draft.words.first.flatMap(role.verb) != nil }
        for words in candidates {
            if case .accepted = role.outcome(words) { return Printing.line(words) }
        }
        return mended(draft.words)
    }

    private func mended(_ typed: [String]) -> String? {
        guard var words = named(typed), let verb = role.verb(words[0]) else { return nil }
        for _ in 0..<Self.patience {
            let mending = Mending(role: role, words: words)
            switch role.outcome(words) {
            case .accepted(let line):
                return line.isSensible ? Printing.line(words) : closest(words, verb)
            case .refused(let refusal):
                guard let better = mending.mend(refusal) else { return closest(words, verb) }
                words = better
            }
        }
        return closest(words, verb)
    }

    /// The words with a verb of the role in front; nil when none comes near.
    private func named(_ words: [String]) -> [String]? {
        guard let first = words.first else { return nil }
        if role.verb(first) != nil { return words }
        if let (name, isSame) = Synonyms(role: role).name(for: first) {
            let rest = words.dropFirst()
            if isSame { return [name] + rest }
            // What another program's options mean is not guessed, nor what its language says.
            if EscapeKind(of: first) == .interpreter { return [name] }
            return [name] + rest.filter { $0.utf8.first != UInt8(ascii: "-") }
        }
        guard EscapeKind(of: first) == .runner || first.utf8.contains(UInt8(ascii: "=")) else {
            return nil
        }
        // `timeout 5 tail …`, `LANG=C ls`: the command behind it.
        let rest = words.dropFirst()
        return rest.firstIndex { role.verb($0) != nil }.map { Array(rest[$0...]) }
    }

    /// The fixed line of a verb that shares most words with a line, else what the verb is usually written
    /// for.
    private func closest(_ words: [String], _ verb: Verb) -> String? {
        guard words.count > 1 else { return verb.examples.first }
        var best = (line: verb.examples.first, shared: 0)
        for form in verb.forms where form.isFixed {
            let shared = form.words.count { words.dropFirst().contains($0) }
            if shared > best.shared {
                best = (Printing.line([verb.name] + form.words), shared)
            }
        }
        return best.line
    }
}

extension AcceptedLine {
    /// False when a path has become a text to search for: an option that took it was left out.
    fileprivate var isSensible: Bool {
        !arguments.contains { value in
            if case .text(let text) = value { text.utf8.first == UInt8(ascii: "/") } else { false }
        }
    }
}

extension Role {
    /// What the judge says of words, without a nearer line.
    enum Outcome {
        case accepted(AcceptedLine)
        case refused(ShellRefusal)
    }

    /// Judges words without looking for a nearer line.
    func outcome(_ words: [String]) -> Outcome {
        do throws(ShellRefusal) {
            guard let line = Printing.line(words) else {
                throw ShellRefusal(at: 1, .unwritable)
            }
            return .accepted(try accept(LineReader.words(of: Array(line.utf8))))
        } catch {
            return .refused(error)
        }
    }
}
