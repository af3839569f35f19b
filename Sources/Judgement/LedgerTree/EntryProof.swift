/// A proof, verifiable offline, that an entry is in a log (C2SP tlog-proof, v1).
package struct EntryProof: Hashable, Sendable {
    /// What stands beside the proof and is not authenticated by it; nil: nothing.
    package let extra: [UInt8]?
    /// Which entry, counted from 0.
    package let index: UInt64
    /// The hashes from the leaf's sibling up to the child of the root.
    package let path: [TreeHash]
    /// The checkpoint, with its signatures.
    package let checkpoint: SignedNote

    private static let header = "c2sp.org/tlog-proof@v1"

    /// Makes a proof.
    package init(
        extra: [UInt8]? = nil, index: UInt64, path: [TreeHash], checkpoint: SignedNote
    ) {
        self.extra = extra
        self.index = index
        self.path = path
        self.checkpoint = checkpoint
    }

    /// Reads a proof.
    ///
    /// - Throws: `NoteFailure.malformed`.
    package init(parsing bytes: [UInt8]) throws(NoteFailure) {
        let (head, note) = try SignedNote.divide(bytes, "a proof")
        var lines = head[...]
        guard lines.popFirst().map(String.init) == Self.header else {
            throw .malformed("a proof begins with \(Self.header)")
        }
        var extra: [UInt8]?
        if let line = lines.first, line.hasPrefix("extra ") {
            guard let bytes = Base64.bytes(line.dropFirst(6)) else {
                throw .malformed("a proof's extra data is base64")
            }
            extra = bytes
            lines.removeFirst()
        }
        guard let line = lines.popFirst(), line.hasPrefix("index "),
            let index = NoteKeyText.number(line.dropFirst(6))
        else { throw .malformed("a proof names the entry: index N") }
        let path = lines.compactMap { TreeHash(parsing: $0) }
        guard path.count == lines.count, path.count < TreeProof.longest else {
            throw .malformed("a proof's hashes are 32 bytes in base64 each")
        }
        self.init(
            extra: extra, index: index, path: path,
            checkpoint: try SignedNote(parsing: note))
    }

    /// The proof as it is written.
    package var bytes: [UInt8] {
        var text = Self.header + "\n"
        if let extra { text += "extra \(Base64.text(extra))\n" }
        text += "index \(index)\n"
        for hash in path { text += hash.text + "\n" }
        return Array((text + "\n").utf8) + checkpoint.bytes
    }

    /// Verifies that a leaf is in the log of a key.
    ///
    /// - Returns: The checkpoint that it is proven against.
    /// - Throws: `NoteFailure`; `.malformed` when the hashes do not lead from the leaf to the root.
    @discardableResult
    package func verify(leaf: TreeHash, by key: VerifierKey) throws(NoteFailure) -> Checkpoint {
        try checkpoint.verify(by: key)
        let said = try Checkpoint(parsing: checkpoint.text)
        guard said.origin.utf8.elementsEqual(key.name.utf8) else {
            throw .malformed("the checkpoint is of the log \"\(said.origin)\"")
        }
        guard
            TreeProof.isIncluded(
                leaf, at: index, size: said.size, root: said.root, by: path)
        else { throw .malformed("the hashes do not lead from this entry to the checkpoint") }
        return said
    }
}
