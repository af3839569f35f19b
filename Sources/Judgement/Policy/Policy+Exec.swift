import Acts
import ShellGrammar

/// What an exec of the engine's may run, where a grant maps it to the guarded judge.
extension Policy {
    /// Why a grant does not let an exec run what it asks for, or nil.
    ///
    /// An exec whose maker is not known was judged by nobody: it is not started by such a grant.
    func unguarded(_ act: Act, _ grant: Grant, _ facts: Facts) -> Refusal? {
        guard let roles = grant.exec.roles else { return nil }
        if let exec = act.references.first(where: { $0.kind == .exec && facts.makers[$0] == nil }) {
            return Refusal(
                rule: "exec.own", location: grant.location, reason: .foreignExec(exec))
        }
        guard let wish = act.exec else { return nil }
        func refusal(_ reason: Reason) -> Refusal {
            Refusal(rule: "exec.guard", location: grant.location, reason: reason)
        }
        if let extra = wish.extras.first { return refusal(.execExtra(extra, roles: roles)) }
        var nearest: ShellRefusal?
        for role in roles.compactMap(Roles.named) {
            guard let objection = role.objection(toExec: wish.words) else { return nil }
            if objection.column > nearest?.column ?? 0 { nearest = objection }
        }
        return refusal(
            .guardedExec(nearest?.sentence ?? "none of them is known", roles: roles))
    }
}
