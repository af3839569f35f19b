package import Foundation
package import LedgerTree

/// A second key that has seen the record: it cosigns checkpoints that go on from the last one it has
/// cosigned, and no others. Its folder belongs on another machine than the record.
package struct Witness: ~Copyable {
    private let folder: URL
    private let key: SignerKey
    private let lock: Int32

    /// Makes a witness's key.
    ///
    /// - Parameters:
    ///   - folder: Where its key and what it has seen are kept; it must not hold a key yet.
    ///   - name: The key's name, best a domain and path of the witness's owner.
    /// - Returns: The key that its cosignatures are verified with.
    /// - Throws: `LedgerError`.
    package static func make(_ folder: URL, name: String) throws(LedgerError) -> VerifierKey {
        if mkdir(folder.path, 0o700) != 0, errno != EEXIST {
            throw LedgerError("make", folder.path)
        }
        let path = folder.appendingPathComponent("key").path
        guard access(path, F_OK) != 0 else {
            throw LedgerError("\(path) exists; nothing was changed")
        }
        do throws(NoteFailure) {
            let key = try SignerKey(name: name, .cosignature)
            try write("\(key.text)\n", to: path, mode: 0o600)
            try write("\(key.verifier.text)\n", to: path + ".pub", mode: 0o644)
            return key.verifier
        } catch {
            throw LedgerError("the witness \"\(name)\" cannot be made: \(error)")
        }
    }

    private static func write(
        _ text: String, to path: String, mode: mode_t
    ) throws(NoteFailure) {
        do throws(LedgerError) {
            try LedgerFolder.place(Array(text.utf8), at: path, mode: mode)
        } catch {
            throw .malformed(error.description)
        }
    }

    /// Opens a witness's folder; nobody else cosigns with it meanwhile.
    ///
    /// - Throws: `LedgerError` when there is no key, or another process has it.
    package init(_ folder: URL) throws(LedgerError) {
        let path = folder.appendingPathComponent("key").path
        let text = String(decoding: try LedgerFolder.read(path), as: UTF8.self)
        let secret: SignerKey
        do throws(NoteFailure) {
            secret = try SignerKey(parsing: String(text.dropLast()))
        } catch {
            throw LedgerError("\(path): \(error)")
        }
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw LedgerError("open", path) }
        guard flock(file, LOCK_EX) == 0 else {
            close(file)
            throw LedgerError("lock", path)
        }
        self.folder = folder
        key = secret
        lock = file
    }

    deinit {
        close(lock)
    }

    /// The key that its cosignatures are verified with.
    package var verifier: VerifierKey { key.verifier }

    /// What it has cosigned last of a log.
    ///
    /// - Returns: The checkpoint; nil when it has seen none.
    /// - Throws: `LedgerError` when what it keeps cannot be read: then it cosigns nothing.
    package func last(of log: VerifierKey) throws(LedgerError) -> SignedNote? {
        let path = path(of: log)
        guard access(path, F_OK) == 0 else { return nil }
        let bytes = try LedgerFolder.read(path)
        do throws(NoteFailure) {
            let note = try SignedNote(parsing: bytes)
            try note.verify(by: key.verifier)
            return note
        } catch {
            throw LedgerError("\(path): \(error)")
        }
    }

    /// Cosigns a checkpoint that goes on from the last one. It is on the disk before it is answered.
    ///
    /// - Parameters:
    ///   - request: What the log sends.
    ///   - log: The log's key.
    ///   - time: Now, in seconds since 1970.
    /// - Returns: The signature's line.
    /// - Throws: `WitnessRequest.Refusal`, or `LedgerError` when it cannot be kept.
    package func cosign(
        _ request: WitnessRequest, of log: VerifierKey, at time: UInt64
    ) throws -> SignedNote.Signature {
        let last = try last(of: log)
        _ = try request.judge(by: log, after: try last.map { try Checkpoint(parsing: $0.text) })
        var note = request.checkpoint
        try note.cosign(with: key, at: time)
        try LedgerFolder.place(note.bytes, at: path(of: log), mode: 0o644)
        guard let signature = note.signatures.last else { throw NoteFailure.unsigned }
        return signature
    }

    /// Each log has a file; its name is told by the key, which is told by its name.
    private func path(of log: VerifierKey) -> String {
        let name = TreeHash.leaf(Array(log.text.utf8)).bytes.prefix(16).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        return folder.appendingPathComponent("\(name).checkpoint").path
    }
}

extension LedgerReader {
    /// What a witness is sent: the newest checkpoint and the proof from the one cosigned last.
    ///
    /// - Parameter old: How many lines the witness has cosigned last; nil: as the record knows it.
    /// - Returns: The request; its checkpoint is kept until the cosignature comes.
    /// - Throws: `LedgerError`.
    package func request(from old: UInt64? = nil) throws(LedgerError) -> WitnessRequest {
        let note = try newest()
        guard let said = try? Checkpoint(parsing: note.text) else {
            throw LedgerError("the newest checkpoint cannot be read")
        }
        let size = old ?? cosignedSize
        guard size <= said.size else {
            throw LedgerError("\(size) lines were cosigned, and the record has \(said.size)")
        }
        let proof = try consistency(from: size, to: said.size)
        try LedgerFolder.place(note.bytes, at: folder.requested, mode: 0o644)
        return WitnessRequest(old: size, proof: proof, checkpoint: note)
    }

    private var cosignedSize: UInt64 {
        guard let note = cosigned, let said = try? Checkpoint(parsing: note.text) else { return 0 }
        return said.size
    }

    /// The newest checkpoint that witnesses have signed; nil when there is none.
    package var cosigned: SignedNote? {
        guard let bytes = try? LedgerFolder.read(folder.cosigned) else { return nil }
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
        let asked = try LedgerFolder.read(folder.requested)
        do throws(NoteFailure) {
            var note = try SignedNote(parsing: asked)
            let text = String(decoding: lines, as: UTF8.self)
            for line in text.split(separator: "\n") { note.add(try SignedNote.signature(line)) }
            try note.verify(by: key)
            try note.verify(by: witness)
            // What other witnesses have said of the same checkpoint stays.
            if let cosigned, cosigned.text == note.text {
                for other in cosigned.signatures
                where !note.signatures.contains(where: { $0.id == other.id }) {
                    note.add(other)
                }
            }
            try Self.keep(note.bytes, at: folder.cosigned)
            return note
        } catch {
            throw LedgerError("this is not the witness's signature of what was asked for: \(error)")
        }
    }

    private static func keep(_ bytes: [UInt8], at path: String) throws(NoteFailure) {
        do throws(LedgerError) {
            try LedgerFolder.place(bytes, at: path, mode: 0o644)
        } catch {
            throw .malformed(error.description)
        }
    }
}
