/// Texts that an engine expands where a task starts (swarmkit: `template.ExpandContainerSpec`).
///
/// They are programs in Go's `text/template`, which the engine runs itself: one that doubles its own
/// output takes all of the host's memory, and one that prints a colon makes another mount.
enum TaskTemplate {
    /// What may stand between braces: short values of the task's own.
    private static let placeholders = [
        ".Service.ID", ".Service.Name", ".Node.ID", ".Node.Hostname",
        ".Node.Platform.Architecture", ".Node.Platform.OS", ".Task.ID", ".Task.Name", ".Task.Slot",
    ]

    /// True for a text without templates, or with plain placeholders only.
    static func isPlain(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: "{{".utf8, omittingEmptySubsequences: false)
        return parts.dropFirst().allSatisfy { part in
            guard let end = part.firstRange(of: "}}".utf8) else { return false }
            let action = part[..<end.lowerBound].drop { $0 == 0x20 }
            return placeholders.contains { placeholder in
                action.starts(with: placeholder.utf8)
                    && action.dropFirst(placeholder.utf8.count).allSatisfy { $0 == 0x20 }
            }
        }
    }
}
