import Acts
import Policy
import ShellGrammar
import Yams

/// Reads on which terms a grant lets somebody into the guarded shell.
struct ShellCompiler {
    let reader: YAMLReader
    let table: RoleTable

    /// Reads by the roles that there are; execs have those alone that are built in.
    init(_ reader: YAMLReader, _ table: RoleTable = .builtIn) {
        self.reader = reader
        self.table = table
    }

    /// The terms of a grant of these verbs; the role is `viewer` unless roles are named.
    func read(_ shell: Node?, needs: Node?, _ verbs: VerbSet) -> ShellTerms {
        let record = reader.record(needs, "needs", known: ["reason"])
        let needsReason = record["reason"]?.bool ?? false
        if let reason = record["reason"], reason.bool == nil {
            reader.report("reason is true or false", at: reason)
        }
        let enters = verbs.verbs.contains(.enter)
        if !enters, let node = shell ?? needs {
            reader.report(
                "the grant has no verb enter, so there is nothing to say of the guarded shell",
                at: node, hint: "write may: [enter]")
        }
        guard let shell else { return ShellTerms(roles: ["viewer"], needsReason: needsReason) }
        return ShellTerms(roles: roles(shell, "shell"), needsReason: needsReason)
    }

    /// The names of roles that stand under a key; at least one.
    func roles(_ list: Node, _ key: String) -> [String] {
        var roles: [String] = []
        for node in reader.list(list, key) {
            let word = node.string ?? ""
            if table.named(word) == nil {
                reader.report(
                    "unknown role \"\(word)\" of the guarded shell", at: node,
                    hint: Suggestion.hint(for: word, among: table.all.map(\.name)))
            } else if !roles.contains(word) {
                roles.append(word)
            }
        }
        if roles.isEmpty {
            reader.report("the grant has no role of the guarded shell", at: list)
        }
        return roles
    }
}
