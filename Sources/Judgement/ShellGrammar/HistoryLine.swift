/// What a history keeps of a line.
package enum HistoryLine {
    /// The text to keep, or nil for a line that is not kept: an empty one, one that begins with a space
    /// (so that a person can keep a line out, as in bash with `HISTCONTROL=ignorespace`), and one that is
    /// no text or too long to be a line.
    ///
    /// Refused lines are kept: they are mended. What is secret never is, and nothing that is kept acts on
    /// a terminal.
    ///
    /// - Parameters:
    ///   - line: The line as typed.
    ///   - mask: What is secret.
    /// - Returns: What may be stored and shown again.
    package static func stored(_ line: [UInt8], masking mask: SecretMask) -> String? {
        guard let first = line.first, first != UInt8(ascii: " "),
            line.count <= LineReader.maximumBytes,
            let text = String(validating: line, as: UTF8.self)
        else { return nil }
        return mask.mask(text: Characters.shown(text))
    }
}
