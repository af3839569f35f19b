/// What somebody asks of the guarded shell from outside of a session.
package enum ShellAsk: Hashable, Sendable {
    /// Which recordings there are, or what in them holds a text.
    case recordings(RecordingWish)
    /// One recording, by its session's id.
    case recording(String)
    /// Which sessions are under way.
    case sessions
    /// To see a session, by its id, while it goes on.
    case watch(String)
    /// To pause a session, to resume or to end it, and why.
    case moderate(String, Moderation, reason: String)
    /// What waits for a second person.
    case approvals
    /// To approve or deny what waits, by its id, and why.
    case decide(String, approves: Bool, reason: String)

    /// What somebody may do to another's session.
    package enum Moderation: String, Hashable, Sendable, CaseIterable {
        /// Nothing runs until it is resumed.
        case pause
        /// Lines run again.
        case resume
        /// It ends.
        case end
    }

    /// What it is about, for records.
    package var target: String {
        switch self {
        case .recordings: "recordings"
        case .recording(let id): "recording/\(id)"
        case .sessions: "sessions"
        case .watch(let id), .moderate(let id, _, _): "session/\(id)"
        case .approvals: "approvals"
        case .decide(let id, _, _): "approval/\(id)"
        }
    }
}

/// Which recordings are wanted; what is nil does not matter.
package struct RecordingWish: Hashable, Sendable {
    /// Whose.
    package var identity: String?
    /// Of which container: its name, or the beginning of its id.
    package var container: String?
    /// Not before this time, as RFC 3339 in UTC or the beginning of it.
    package var since: String?
    /// Before this time.
    package var until: String?
    /// What a line's words or its output must hold, whether capital or small.
    package var text: String?

    /// Wishes for all.
    package init() {}
}
