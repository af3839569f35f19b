/// What a log says of itself at a size (C2SP tlog-checkpoint): the text of a signed note.
package struct Checkpoint: Hashable, Sendable {
    /// Which log.
    package let origin: String
    /// How many entries it has.
    package let size: UInt64
    /// The root of the tree over them.
    package let root: TreeHash

    /// Makes a checkpoint.
    package init(origin: String, size: UInt64, root: TreeHash) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// Reads a note's text. Lines beyond the third are passed over, as the specification wants.
    ///
    /// - Throws: `NoteFailure.malformed`.
    package init(parsing text: String) throws(NoteFailure) {
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard lines.count >= 4, lines.last == "", !lines.dropLast().contains(""),
            let size = NoteKeyText.number(lines[1]),
            let root = Base64.bytes(lines[2]).flatMap({ TreeHash($0) })
        else { throw .malformed("a checkpoint reads: origin, size, root hash") }
        self.init(origin: lines[0], size: size, root: root)
    }

    /// The note's text.
    package var text: String { "\(origin)\n\(size)\n\(root.text)\n" }

    /// The checkpoint as a note, signed by its log.
    ///
    /// - Throws: `NoteFailure.malformed` when the origin cannot stand in a note.
    package func signed(by key: SignerKey) throws(NoteFailure) -> SignedNote {
        var note = try SignedNote(text: text)
        try note.sign(with: key)
        return note
    }
}

extension TreeHash {
    /// The hash in base64, as checkpoints and proofs write it.
    package var text: String { Base64.text(bytes) }

    /// Reads a hash in base64.
    ///
    /// - Returns: nil when it is not 32 bytes in one spelling.
    package init?(parsing text: some StringProtocol) {
        guard let hash = Base64.bytes(text).flatMap({ TreeHash($0) }) else { return nil }
        self = hash
    }
}
