package import Acts

/// Who may look at what others do in the guarded shell, and stop it.
extension Policy {
    /// Whether an identity may do something with a tenant's part of the guarded shell.
    ///
    /// What is asked for names a session, which only the gateway knows: `decide` has found a grant of
    /// the verb for any tenant, and this holds it against the session's own.
    ///
    /// - Parameters:
    ///   - verb: What.
    ///   - identity: Who.
    ///   - tenant: Whose container it is; "" for one that is the administrators'.
    /// - Returns: True when a grant has the verb there, and hides nothing of what would be shown.
    package func allows(_ verb: Verb, by identity: String, over tenant: String) -> Bool {
        (grants[identity] ?? []).contains { grant in
            guard grant.verbs.intersects([verb]), grant.hides.isEmpty else { return false }
            return switch grant.scope {
            case .everything: true
            case .tenant(let own): own == tenant
            }
        }
    }

    /// Whether an identity may see the recording of a session.
    ///
    /// - Parameters:
    ///   - owner: Whose session it was.
    ///   - tenant: Whose container it was; "" for one that is the administrators'.
    ///   - identity: Who asks.
    /// - Returns: True with the verb `review` there, and with `recall` for one's own.
    package func showsRecording(of owner: String, in tenant: String, to identity: String) -> Bool {
        allows(.review, by: identity, over: tenant)
            || owner == identity && allows(.recall, by: identity, over: tenant)
    }
}
