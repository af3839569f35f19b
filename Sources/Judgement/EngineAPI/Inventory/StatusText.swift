/// What a list says of a container's state: `Up 5 minutes (healthy)`. The engine's words are kept;
/// the time in them is said anew whenever it is listed, as the engine would.
struct StatusText: Hashable, Sendable {
    /// What stands before the time, or the whole text when there is none.
    private let before: String
    /// What stands behind it.
    private let after: String
    /// Since when, in nanoseconds since 1970; nil when no time is said.
    private let origin: Int64?

    private static let second: Int64 = 1_000_000_000

    /// Takes an engine's text apart; nil when what the engine says is not what these times mean.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - started: When the container was started last.
    ///   - finished: When it ended last.
    ///   - seen: Between which times the engine said it, in nanoseconds since 1970.
    init?(_ text: String, started: Int64?, finished: Int64?, seen: ClosedRange<Int64>) {
        guard let split = Self.split(text) else {
            before = text
            after = ""
            origin = nil
            return
        }
        before = split.before
        after = split.after
        guard let origin = text.hasPrefix("Up ") ? started : finished else { return nil }
        self.origin = origin
        // A busy engine takes its time; a second more on both sides is clocks' roughness.
        var moment = seen.lowerBound - Self.second
        while moment < seen.upperBound + 2 * Self.second {
            if Self.words(moment - origin) == split.time { return }
            moment += Self.second / 2
        }
        return nil
    }

    /// What the engine would say at a time, in nanoseconds since 1970.
    func text(at now: Int64) -> String {
        guard let origin else { return before }
        return before + Self.words(now - origin) + after
    }

    /// `Up TIME`, `Up TIME (…)`, `Exited (1) TIME ago`, `Restarting (1) TIME ago`.
    private static func split(_ text: String) -> (before: String, time: String, after: String)? {
        if text.hasPrefix("Up ") {
            let rest = text.dropFirst(3)
            let time = rest.prefix { $0 != "(" }
            guard time.endIndex < rest.endIndex else { return ("Up ", String(rest), "") }
            return ("Up ", String(time.dropLast()), " " + rest[time.endIndex...])
        }
        guard text.hasPrefix("Exited (") || text.hasPrefix("Restarting ("), text.hasSuffix(" ago"),
            let end = text.firstIndex(of: ")")
        else { return nil }
        let before = text[...end] + " "
        let time = text[text.index(after: end)...].dropFirst().dropLast(4)
        return (String(before), String(time), " ago")
    }

    /// A duration in words, as Go's go-units `HumanDuration` says it.
    static func words(_ nanoseconds: Int64) -> String {
        let seconds = nanoseconds / second
        if seconds < 1 { return "Less than a second" }
        if seconds == 1 { return "1 second" }
        if seconds < 60 { return "\(seconds) seconds" }
        let minutes = seconds / 60
        if minutes == 1 { return "About a minute" }
        if minutes < 60 { return "\(minutes) minutes" }
        let hours = (nanoseconds + 1800 * second) / (3600 * second)
        if hours == 1 { return "About an hour" }
        if hours < 48 { return "\(hours) hours" }
        if hours < 24 * 7 * 2 { return "\(hours / 24) days" }
        if hours < 24 * 30 * 2 { return "\(hours / 24 / 7) weeks" }
        if hours < 24 * 365 * 2 { return "\(hours / 24 / 30) months" }
        return "\(seconds / 3600 / 24 / 365) years"
    }
}
