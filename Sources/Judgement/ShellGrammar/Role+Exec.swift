/// The same judge in front of an exec of the engine's, whose words a program of the container's reads.
extension Role {
    /// Judges the words of an exec.
    ///
    /// What the role accepts and what a program of that name would do must be the same: a filter would be
    /// further file names to it, and a pager of the container's starts shells.
    ///
    /// - Parameter words: The program's name and its arguments.
    /// - Returns: Why they may not be run; nil when they may, exactly as they are.
    package func objection(toExec words: [String]) -> ShellRefusal? {
        switch judge(words: words) {
        case .nothing: return ShellRefusal(at: 1, .unwritable)
        case .refused(let refusal): return refusal
        case .accepted(let line):
            guard line.argv == words else { return ShellRefusal(at: 1, .unwritable) }
            if !line.filters.isEmpty || Self.ownAnswers.contains(line.verb) {
                return ShellRefusal(at: 1, .ownAnswer(line.filters.isEmpty ? line.verb : nil))
            }
            return nil
        }
    }

    /// Verbs that are no programs, or whose programs do more than the verb.
    private static let ownAnswers: Set<String> = [
        "match", "mounts", "limits", "net", "less", "more", "view", "vi",
    ]
}
