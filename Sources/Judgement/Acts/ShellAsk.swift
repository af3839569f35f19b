/// What somebody asks of the guarded shell from outside of a session.
package enum ShellAsk: Hashable, Sendable {
    /// Which recordings there are, or what in them holds a text.
    case recordings(RecordingWish)
    /// One recording, by its session's id.
    case recording(String)

    /// What it is about, for records.
    package var target: String {
        switch self {
        case .recordings: "recordings"
        case .recording(let id): "recording/\(id)"
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
