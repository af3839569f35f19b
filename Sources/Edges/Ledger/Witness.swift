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
        // Of the signatures that came the log's alone is kept: a note has a bound.
        var note = request.checkpoint.limited(to: [log])
        try note.cosign(with: key, at: time)
        try LedgerFolder.place(note.bytes, at: path(of: log), mode: 0o644)
        guard let signature = note.signatures.last else { throw NoteFailure.unsigned }
        return signature
    }

    /// Each log has a file.
    private func path(of log: VerifierKey) -> String {
        folder.appendingPathComponent("\(LedgerFolder.digits(ofKey: log)).checkpoint").path
    }
}
