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
        let record = reader.record(needs, "needs", known: ["reason", "approval", "for"])
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
        let approval = approval(record["approval"], lasting: record["for"])
        guard let shell else {
            return ShellTerms(roles: ["viewer"], needsReason: needsReason, approval: approval)
        }
        return ShellTerms(
            roles: roles(shell, "shell"), needsReason: needsReason, approval: approval)
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

    /// What a second person approves. What is not understood is the strictest: the policy does not
    /// compile then.
    private func approval(_ node: Node?, lasting time: Node?) -> ShellApproval {
        if node?.string == "session" { return .session(seconds: seconds(time)) }
        if let time {
            reader.report(
                "\"for\" says how long an approved session lasts", at: time,
                hint: "write approval: session beside it, or leave it out")
        }
        guard let node else { return .nothing }
        if node.string != "line" {
            reader.report(
                "approval is line or session", at: node,
                hint: "line: each line that starts a program; session: the whole, for a time")
        }
        return .line
    }

    /// A time such as `30m` or `2h`: one minute to eight hours, half an hour unless said.
    private func seconds(_ node: Node?) -> Int64 {
        guard let node else { return 1800 }
        let text = node.string ?? ""
        let unit: Int64? = ["m": 60, "h": 3600][text.suffix(1)]
        guard let unit, let count = Int64(text.dropLast()), 1...480 ~= count,
            60...28_800 ~= count * unit
        else {
            reader.report(
                "\"\(text)\" is no time for a session", at: node, hint: "30m, 2h; 8h at most")
            return 60
        }
        return count * unit
    }
}
