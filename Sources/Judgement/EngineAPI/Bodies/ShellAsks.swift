import Acts

extension ShellAsk {
    /// What an operation of the guarded shell asks for; nil for any other.
    ///
    /// - Throws: `BodyRefusal` when it does not say what is to be done.
    init?(_ call: Call) throws(BodyRefusal) {
        func value(_ name: String) -> String? {
            let text = call.query.value(name)
            return text.isEmpty ? nil : text
        }
        switch call.operation.name {
        case "RecordingList":
            var wish = RecordingWish()
            wish.identity = value("identity")
            wish.container = value("container")
            wish.since = value("since")
            wish.until = value("until")
            wish.text = value("text")
            self = .recordings(wish)
        case "RecordingGet": self = .recording(call.subject ?? "")
        case "SessionList": self = .sessions
        case "SessionWatch": self = .watch(call.subject ?? "")
        case "SessionModerate":
            guard let what = Moderation(rawValue: call.query.value("do")) else {
                throw BodyRefusal("do", "query.empty", "must be pause, resume or end")
            }
            self = .moderate(call.subject ?? "", what, reason: value("reason") ?? "")
        case "ApprovalList": self = .approvals
        case "ApprovalDecide":
            let decision = call.query.value("decision")
            guard ["approve", "deny"].contains(decision) else {
                throw BodyRefusal("decision", "query.empty", "must be approve or deny")
            }
            self = .decide(
                call.subject ?? "", approves: decision == "approve", reason: value("reason") ?? "")
        default: return nil
        }
    }
}
