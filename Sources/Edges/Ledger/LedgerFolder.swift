package import Foundation
package import LedgerTree

/// The files of a record: where they are and which there are.
///
///     lock                         held by the one who writes
///     key, key.pub                 what checkpoints are signed and verified with
///     00000000000000000000.jsonl   a segment, named by how many lines come before it
///     00000000000000000000.hashes  the hashes of a finished segment's lines, 32 bytes each
///     checkpoint                   the newest checkpoint, for whoever publishes it
///     requested-…, cosigned-…      the checkpoints that a witness was asked to sign, and has signed last
///     reserve                      blocks for a disk that is full
///     torn/                        what a crash left behind the last whole line
///     record.jsonl                 the record of a version before, kept as it is
package struct LedgerFolder: Sendable {
    /// The folder.
    package let url: URL

    /// Names a folder; nothing is looked at yet.
    package init(_ url: URL) {
        self.url = url
    }

    func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    /// The lock that the writer holds.
    package var lock: String { path("lock") }
    var key: String { path("key") }
    /// The verifier key.
    package var publicKey: String { path("key.pub") }
    /// The newest checkpoint as a signed note; at most about a second behind the segments.
    package var checkpoint: String { path("checkpoint") }
    /// The newest checkpoint that a witness has signed; of a version before when it is not said which.
    func cosigned(by witness: VerifierKey?) -> String { path("cosigned" + Self.end(witness)) }
    /// The checkpoint that a witness was asked to sign last; when it is not said which, any of them.
    func requested(of witness: VerifierKey?) -> String { path("requested" + Self.end(witness)) }
    /// What all witnesses have signed.
    ///
    /// - Returns: The paths.
    /// - Throws: `LedgerError` when the folder cannot be read.
    func cosigned() throws(LedgerError) -> [String] {
        try names().filter {
            $0 == "cosigned" || $0.hasPrefix("cosigned-") && !$0.hasSuffix(".new")
        }.sorted().map(path)
    }

    private static func end(_ witness: VerifierKey?) -> String {
        witness.map { "-" + digits(ofKey: $0) } ?? ""
    }

    /// What a key's files are named by: its text, which is told by its name.
    static func digits(ofKey key: VerifierKey) -> String {
        TreeHash.leaf(Array(key.text.utf8)).digits(16)
    }

    var reserve: String { path("reserve") }
    var torn: String { path("torn") }
    /// The record of a version before.
    package var old: String { path("record.jsonl") }

    /// The segment that begins behind a number of lines.
    package func segment(_ first: UInt64) -> String { path(Self.stem(first) + ".jsonl") }
    func hashes(_ first: UInt64) -> String { path(Self.stem(first) + ".hashes") }

    static func stem(_ first: UInt64) -> String {
        let text = String(first)
        return String(repeating: "0", count: 20 - text.count) + text
    }

    /// What there is of each part of the record, in order.
    struct Part: Hashable {
        let first: UInt64
        var hasLines = false
        var hasHashes = false
    }

    /// The parts of the record.
    ///
    /// - Throws: `LedgerError` when the folder cannot be read.
    func parts() throws(LedgerError) -> [Part] {
        var parts: [UInt64: Part] = [:]
        for name in try names() {
            let pieces = name.split(separator: ".", omittingEmptySubsequences: false)
            guard pieces.count == 2, pieces[0].count == 20, let first = UInt64(pieces[0]),
                Self.stem(first) == pieces[0]
            else { continue }
            if pieces[1] == "jsonl" { parts[first, default: Part(first: first)].hasLines = true }
            if pieces[1] == "hashes" { parts[first, default: Part(first: first)].hasHashes = true }
        }
        return parts.values.sorted { $0.first < $1.first }
    }

    private func names() throws(LedgerError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: url.path)
        } catch {
            throw LedgerError("cannot read \(url.path): \(error.localizedDescription)")
        }
    }

    // MARK: Keys

    /// The key that checkpoints are verified with.
    ///
    /// - Returns: The key; its name is the log's origin.
    /// - Throws: `LedgerError` when there is none that can be read.
    package func readPublicKey() throws(LedgerError) -> VerifierKey {
        let text = try Self.line(of: publicKey)
        do throws(NoteFailure) {
            return try VerifierKey(parsing: text)
        } catch {
            throw LedgerError("\(publicKey): \(error)")
        }
    }

    /// The key that checkpoints are signed with; a new record gets one.
    func loadKey() throws(LedgerError) -> SignerKey {
        let isNew = access(key, F_OK) != 0
        // Another key would make another log of it.
        guard !isNew || access(publicKey, F_OK) != 0 else {
            throw LedgerError("\(key) is missing, and \(publicKey) is not")
        }
        let text = isNew ? "" : try Self.line(of: key)
        let secret: SignerKey
        do throws(NoteFailure) {
            secret = try isNew ? Self.makeKey() : SignerKey(parsing: text)
        } catch {
            throw LedgerError("\(key): \(error)")
        }
        if isNew { try Self.place(Array("\(secret.text)\n".utf8), at: key, mode: 0o600) }
        if access(publicKey, F_OK) != 0 {
            try Self.place(Array("\(secret.verifier.text)\n".utf8), at: publicKey, mode: 0o644)
        }
        return secret
    }

    private static func makeKey() throws(NoteFailure) -> SignerKey {
        let digits = (0..<8).map { _ in String(UInt8.random(in: 16...255), radix: 16) }
        return try SignerKey(name: "quaymaster/ledger/\(digits.joined())", .ed25519)
    }

    /// The text of a file that is one line.
    private static func line(of path: String) throws(LedgerError) -> String {
        let bytes = try read(path)
        guard bytes.last == 0x0A, let text = String(validating: bytes.dropLast(), as: UTF8.self)
        else { throw LedgerError("\(path) is not one line") }
        return text
    }

    // MARK: Files

    /// Reads a whole file.
    static func read(_ path: String) throws(LedgerError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw LedgerError("open", path) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw LedgerError("read", path) }
        let length = Int(status.st_size)
        var failed = false
        let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            while count < length {
                let got = Foundation.read(
                    file, buffer.baseAddress.map { $0 + count }, length - count)
                if got < 0, errno == EINTR { continue }
                if got < 0 { failed = true }
                if got <= 0 { return }
                count += got
            }
        }
        if failed { throw LedgerError("read", path) }
        return bytes
    }

    /// Puts a whole file in its place at once: whoever looks finds the old one or the new one, and so
    /// does whoever looks after the power was lost.
    ///
    /// - Parameters:
    ///   - bytes: The file's contents.
    ///   - path: Where it belongs.
    ///   - mode: Its permissions.
    ///   - durably: True when the new one is to be found then; else it may be either.
    ///   - disk: What it is written to.
    /// - Throws: `LedgerError`; the old file stands as it was then.
    static func place(
        _ bytes: [UInt8], at path: String, mode: mode_t, durably: Bool = true,
        disk: any Disk = SystemDisk()
    ) throws(LedgerError) {
        let fresh = path + ".new"
        unlink(fresh)
        let file = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard file >= 0 else { throw LedgerError("make", fresh) }
        var failure: LedgerError?
        do throws(DiskError) {
            // On the disk before it has its name: else the name may be all that is left of it.
            try disk.append(bytes, to: file)
            if fchmod(file, mode) != 0 || rename(fresh, path) != 0 {
                failure = LedgerError("write", path)
            }
        } catch {
            failure = LedgerError("write", fresh, error.number)
        }
        close(file)
        if let failure {
            unlink(fresh)
            throw failure
        }
        if durably { try keepNames(of: (path as NSString).deletingLastPathComponent) }
    }

    /// A new file's name is on the disk when its folder is.
    static func keepNames(of folder: String) throws(LedgerError) {
        let file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw LedgerError("open", folder) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw LedgerError("write", folder) }
    }
}

extension TreeHash {
    /// The first bytes in hexadecimal, for names of files.
    func digits(_ byteCount: Int) -> String {
        bytes.prefix(byteCount).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
