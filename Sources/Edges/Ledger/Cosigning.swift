import Foundation
package import LedgerTree

/// What the log keeps of its witnesses: for each a checkpoint that it was asked to sign, and one that it
/// has signed.
extension LedgerReader {
    /// What a witness is sent: the newest checkpoint and the proof from the one cosigned last.
    ///
    /// - Parameters:
    ///   - witness: Which; nil when it is not said: then the last to be asked is the one that answers.
    ///   - old: How many lines the witness has cosigned last; nil: as the record knows it.
    /// - Returns: The request; its checkpoint is kept until the cosignature comes.
    /// - Throws: `LedgerError`.
    package func request(
        of witness: VerifierKey? = nil, from old: UInt64? = nil
    ) throws(LedgerError) -> WitnessRequest {
        let note = try newest()
        guard let said = try? Checkpoint(parsing: note.text) else {
            throw LedgerError("the newest checkpoint cannot be read")
        }
        let known = if let witness { cosigned(by: witness) } else { try cosigned() }
        let size = old ?? known.map(Self.size) ?? 0
        guard size <= said.size else {
            throw LedgerError("\(size) lines were cosigned, and the record has \(said.size)")
        }
        let proof = try consistency(from: size, to: said.size)
        try LedgerFolder.place(note.bytes, at: folder.requested(of: witness), mode: 0o644)
        return WitnessRequest(old: size, proof: proof, checkpoint: note)
    }

    private static func size(_ note: SignedNote) -> UInt64 {
        guard let said = try? Checkpoint(parsing: note.text) else { return 0 }
        return said.size
    }

    /// The newest checkpoint that a witness has signed.
    ///
    /// - Parameter witness: The witness's key.
    /// - Returns: nil when there is none that names the key; nothing is verified.
    package func cosigned(by witness: VerifierKey) -> SignedNote? {
        for path in [folder.cosigned(by: witness), folder.cosigned(by: nil)] {
            if let note = Self.note(path), note.cosignedAt(by: witness) != nil { return note }
        }
        return nil
    }

    /// The newest checkpoint that any witness has signed, with the signatures of all who have.
    ///
    /// - Returns: nil when there is none.
    /// - Throws: `LedgerError` when the folder cannot be read.
    package func cosigned() throws(LedgerError) -> SignedNote? {
        let notes = try folder.cosigned().compactMap(Self.note)
        guard var newest = notes.max(by: { Self.size($0) < Self.size($1) }) else { return nil }
        for note in notes where note.text == newest.text {
            note.signatures.forEach { newest.add($0) }
        }
        return newest
    }

    private static func note(_ path: String) -> SignedNote? {
        guard let bytes = try? LedgerFolder.read(path) else { return nil }
        return try? SignedNote(parsing: bytes)
    }

    /// Keeps what a witness has answered beside the checkpoint that it was asked for.
    ///
    /// - Parameters:
    ///   - lines: Signature lines.
    ///   - witness: The witness's key.
    /// - Returns: The cosigned checkpoint.
    /// - Throws: `LedgerError` when they are not the witness's on the checkpoint that was asked for.
    package func accept(_ lines: [UInt8], by witness: VerifierKey) throws(LedgerError) -> SignedNote
    {
        var failure = NoteFailure.malformed("nothing was asked of it")
        for path in [folder.requested(of: witness), folder.requested(of: nil)] {
            guard let asked = Self.note(path) else { continue }
            let note: SignedNote
            do throws(NoteFailure) {
                note = try self.note(asked, with: lines, by: witness)
            } catch {
                failure = error
                continue
            }
            try LedgerFolder.place(note.bytes, at: folder.cosigned(by: witness), mode: 0o644)
            return note
        }
        throw LedgerError("this is not the witness's signature of what was asked for: \(failure)")
    }

    private func note(
        _ asked: SignedNote, with lines: [UInt8], by witness: VerifierKey
    ) throws(NoteFailure) -> SignedNote {
        var note = asked
        let text = String(decoding: lines, as: UTF8.self)
        for line in text.split(separator: "\n") { note.add(try SignedNote.signature(line)) }
        // Whatever else was sent with it is not kept.
        note = note.limited(to: [key, witness])
        try note.verify(by: key)
        try note.verify(by: witness)
        return note
    }
}
