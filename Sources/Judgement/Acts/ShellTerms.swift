/// On which terms a grant lets somebody into containers by the guarded shell.
package struct ShellTerms: Hashable, Sendable {
    /// The roles whose verbs there are, in the order of the policy; no name stands twice.
    package let roles: [String]
    /// True when a person says why.
    package let needsReason: Bool

    /// What a second person approves.
    package let approval: ShellApproval

    /// Makes terms.
    package init(
        roles: [String], needsReason: Bool = false, approval: ShellApproval = .nothing
    ) {
        self.roles = roles
        self.needsReason = needsReason
        self.approval = approval
    }
}

/// What of the guarded shell a second person approves before it is done.
package enum ShellApproval: Hashable, Sendable {
    /// Nothing.
    case nothing
    /// Each line that starts a program in the container.
    case line
    /// The session, which then ends after so many seconds.
    case session(seconds: Int64)
}

/// What somebody asks for who enters a container by the guarded shell.
package struct ShellWish: Hashable, Sendable {
    /// The roles that are wanted; none: all that there are.
    package let roles: [String]
    /// Why; "" when nothing is said.
    package let reason: String

    /// Makes a wish.
    package init(roles: [String], reason: String) {
        self.roles = roles
        self.reason = reason
    }
}
