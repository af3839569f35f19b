/// What a person may type into a container: named verbs, and nothing else.
package struct Role: Hashable, Sendable {
    /// The role's name.
    package let name: String
    /// What it is for, in a few words.
    package let title: String
    /// Its verbs, in the order in which help lists them; no name stands twice.
    package let verbs: [Verb]
    private let places: [String: Int]

    /// Makes a role; of two verbs of one name the first counts.
    init(_ name: String, _ title: String, _ verbs: [Verb]) {
        self.name = name
        self.title = title
        var places: [String: Int] = [:]
        var distinct: [Verb] = []
        for verb in verbs where places[verb.name] == nil {
            places[verb.name] = distinct.count
            distinct.append(verb)
        }
        self.verbs = distinct
        self.places = places
    }

    /// Makes a role out of others and of verbs that a policy adds: the union of all.
    ///
    /// - Parameters:
    ///   - name: The role's name.
    ///   - title: What it is for.
    ///   - roles: Roles whose verbs it has.
    ///   - verbs: Verbs of its own.
    /// - Throws: `VerbFlaw` when a name means two different verbs.
    package init(
        name: String, title: String, uniting roles: [Role], adding verbs: [Verb] = []
    ) throws(VerbFlaw) {
        let all = roles.flatMap(\.verbs) + verbs
        self.init(name, title, all)
        for verb in all where self.verb(verb.name) != verb {
            throw VerbFlaw(verb: verb.name, problem: .twice)
        }
    }

    /// The verb of a name.
    package func verb(_ name: String) -> Verb? {
        places[name].map { verbs[$0] }
    }

    /// Judges a line.
    ///
    /// - Parameter line: What was typed, without the Enter that ends it; bytes, since they may be no text.
    /// - Returns: The verdict. A refusal's nearest line is one that this role accepts.
    package func judge(_ line: [UInt8]) -> Verdict {
        do throws(ShellRefusal) {
            let words = try LineReader.words(of: line)
            return words.isEmpty ? .nothing : .accepted(try accept(words))
        } catch {
            return .refused(Guide(role: self, line: line).guided(error))
        }
    }

    /// Judges a line.
    package func judge(_ line: String) -> Verdict {
        judge(Array(line.utf8))
    }

    /// Judges words that come without a line: those of an exec, or those that the agent gets.
    ///
    /// The line that they would be is judged, so there is one judge; columns are that line's.
    package func judge(words: [String]) -> Verdict {
        guard let line = Printing.line(words) else {
            return .refused(ShellRefusal(at: 1, .unwritable))
        }
        return judge(line)
    }

    /// Judges words; there is at least one.
    func accept(_ words: [Word]) throws(ShellRefusal) -> AcceptedLine {
        guard let first = words.first else { throw ShellRefusal(at: 1, .unwritable) }
        if first.isQuoted { throw ShellRefusal(at: first.column, .quotedVerb) }
        guard let verb = verb(first.text) else {
            throw ShellRefusal(at: first.column, Self.fault(ofVerb: first.text))
        }
        return try verb.accept(words)
    }

    private static func fault(ofVerb name: String) -> ShellRefusal.Reason {
        if name.utf8.contains(UInt8(ascii: "=")) { return .assignment }
        if name.utf8.contains(UInt8(ascii: "/")) { return .verbPath }
        return .unknownVerb(name, EscapeKind(of: name))
    }
}
