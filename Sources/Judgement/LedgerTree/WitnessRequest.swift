/// What a log sends to a witness (C2SP tlog-witness, add-checkpoint): a checkpoint, and the proof that it
/// goes on from the one that the witness has cosigned last.
package struct WitnessRequest: Hashable, Sendable {
    /// The size of the checkpoint that the witness is thought to have cosigned last; 0: none.
    package let old: UInt64
    /// The consistency proof from there.
    package let proof: [TreeHash]
    /// The new checkpoint, signed by its log.
    package let checkpoint: SignedNote

    /// Why a witness does not cosign.
    package enum Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        /// It is not signed by the log's key, or not a checkpoint of that log.
        case unbelieved(NoteFailure)
        /// The witness has cosigned another size last: the proof has to begin there.
        case otherSize(UInt64)
        /// The log was rolled back: the checkpoint is over fewer lines than one that was cosigned.
        case rollback(from: UInt64, to: UInt64)
        /// The log was rewritten: it does not begin with what was cosigned.
        case fork(UInt64)

        /// The refusal as a sentence.
        package var description: String {
            switch self {
            case .unbelieved(let failure): "the checkpoint is not believed: \(failure)"
            case .otherSize(let size):
                "this witness has cosigned \(size) lines last; prove that they are still the first"
            case .rollback(let from, let to):
                "the log was rolled back: it had \(from) lines, and this checkpoint is over \(to)"
            case .fork(let size):
                "the log was rewritten: its first \(size) lines are not those that were cosigned, "
                    + "or the proof does not show it"
            }
        }
    }

    /// Makes a request.
    package init(old: UInt64, proof: [TreeHash], checkpoint: SignedNote) {
        self.old = old
        self.proof = proof
        self.checkpoint = checkpoint
    }

    /// Reads a request.
    ///
    /// - Throws: `NoteFailure.malformed`.
    package init(parsing bytes: [UInt8]) throws(NoteFailure) {
        let (lines, note) = try SignedNote.divide(bytes, "a request")
        guard let first = lines.first, first.hasPrefix("old "),
            let old = NoteKeyText.number(first.dropFirst(4)), lines.count <= 64
        else { throw .malformed("a request begins with old SIZE and has at most 63 hashes") }
        let proof = lines.dropFirst().compactMap { TreeHash(parsing: $0) }
        guard proof.count == lines.count - 1 else {
            throw .malformed("a request's hashes are 32 bytes in base64 each")
        }
        self.init(
            old: old, proof: proof,
            checkpoint: try SignedNote(parsing: note))
    }

    /// The request as it is written.
    package var bytes: [UInt8] {
        let head = "old \(old)\n" + proof.map { $0.text + "\n" }.joined() + "\n"
        return Array(head.utf8) + checkpoint.bytes
    }

    /// Decides whether a witness may cosign.
    ///
    /// - Parameters:
    ///   - log: The key of the log.
    ///   - last: What the witness has cosigned last of that log; nil: nothing.
    /// - Returns: The checkpoint that may be cosigned once it is kept as the last one.
    /// - Throws: `Refusal`.
    package func judge(by log: VerifierKey, after last: Checkpoint?) throws(Refusal) -> Checkpoint {
        let new: Checkpoint
        do throws(NoteFailure) {
            try checkpoint.verify(by: log)
            new = try Checkpoint(parsing: checkpoint.text)
            guard new.origin.utf8.elementsEqual(log.name.utf8) else {
                throw .malformed("it is of the log \"\(new.origin)\"")
            }
        } catch {
            throw .unbelieved(error)
        }
        let known = last ?? Checkpoint(origin: new.origin, size: 0, root: .ofNothing)
        guard new.size >= known.size else { throw .rollback(from: known.size, to: new.size) }
        guard old == known.size else { throw .otherSize(known.size) }
        guard
            TreeProof.isConsistent(
                (known.size, known.root), with: (new.size, new.root), by: proof)
        else { throw .fork(known.size) }
        return new
    }
}
