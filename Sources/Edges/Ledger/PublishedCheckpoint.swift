import LedgerTree

/// The checkpoint in the file for whoever publishes it: signed, and on the disk before it was put there.
struct PublishedCheckpoint {
    let path: String
    let note: SignedNote?
    let said: Checkpoint?

    /// Reads the file. One that is empty or cannot be read (a crash of a version before could leave it
    /// so) says nothing: it is a copy.
    init(_ folder: LedgerFolder, _ key: VerifierKey) {
        path = folder.checkpoint
        guard let bytes = try? LedgerFolder.read(folder.checkpoint),
            let note = try? SignedNote(parsing: bytes), (try? note.verify(by: key)) != nil,
            let said = try? Checkpoint(parsing: note.text)
        else {
            (note, said) = (nil, nil)
            return
        }
        (self.note, self.said) = (note, said)
    }

    /// Refuses lines that are fewer or others than those that were signed.
    ///
    /// - Parameters:
    ///   - count: How many lines there are.
    ///   - root: The root over as many as the checkpoint is over; nil when it is not asked for.
    /// - Throws: `LedgerError`, which says what may be done.
    func judge(_ count: UInt64, _ root: TreeHash?) throws(LedgerError) {
        guard let said else { return }
        guard said.size <= count else {
            throw LedgerError(
                "the record has \(count) lines, and \(path) was signed over \(said.size): it was cut "
                    + "or lost what was on the disk. Put the lost lines back; to go on without "
                    + "them, move that file away, and every witness will say so")
        }
        if let root, root != said.root {
            throw LedgerError(
                "the record was changed: its first \(said.size) lines are not those that \(path) was "
                    + "signed over. To begin a new record, move the folder away")
        }
    }
}
