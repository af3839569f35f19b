import Crypto
import Foundation

/// The record of a version before (`record.jsonl`): kept as it is, and known by its digest.
struct OldRecord {
    /// The event that takes it over.
    static let operation = "RecordContinued"

    let byteCount: Int
    /// SHA-256, in hexadecimal.
    let digest: String

    /// Reads the record of a folder.
    ///
    /// - Returns: nil when there is none.
    init?(_ folder: LedgerFolder) {
        let file = open(folder.old, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var hash = SHA256()
        var total = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            hash.update(data: buffer[..<count])
            total += count
        }
        byteCount = total
        digest = hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    func entry(_ ids: EntryIDs) -> Entry {
        var entry = Entry.event(
            ids, Self.operation, reason: "record.jsonl of \(byteCount) bytes is kept as it is")
        entry.target = "record.jsonl"
        entry.digest = digest
        return entry
    }
}
