package import Foundation
import LedgerTree

/// Which finished segments are kept. The hashes of all lines stay, so that everything else verifies and
/// entries that were kept elsewhere can still be proven; the segment that grows stays too.
package struct Retention: Sendable {
    /// How many finished segments are kept; nil: all.
    package var segments: Int?
    /// How long a finished segment is kept after its last line, in seconds; nil: for ever.
    package var seconds: Int64?
    /// Where segments that are not kept any more are moved; nil: they are removed.
    package var archive: URL?

    /// Keeps all.
    package init() {}

    var keepsAll: Bool { segments == nil && seconds == nil }

    /// The segments that are not kept any more, the oldest first.
    ///
    /// - Parameters:
    ///   - folder: The record's.
    ///   - growing: How many lines come before the segment that grows.
    ///   - now: The time, in seconds since 1970.
    /// - Returns: Finished segments whose hashes are there.
    /// - Throws: `LedgerError` when the folder cannot be read.
    func due(
        _ folder: LedgerFolder, before growing: UInt64, at now: Int64
    ) throws(LedgerError) -> [LedgerFolder.Part] {
        let finished = try folder.parts().filter { $0.hasLines && $0.first < growing }
        let tooMany = segments.map { max(0, finished.count - $0) } ?? 0
        return finished.enumerated().filter { place, part in
            guard part.hasHashes else { return false }
            if place < tooMany { return true }
            guard let seconds else { return false }
            var status = stat()
            guard stat(folder.segment(part.first), &status) == 0 else { return false }
            return now - Int64(status.st_mtim.tv_sec) >= seconds
        }.map(\.element)
    }

    /// Moves or removes a segment.
    ///
    /// - Parameters:
    ///   - part: The segment.
    ///   - folder: The record's.
    ///   - carry: Called with its lines once they are known to be the record's, before they go.
    /// - Returns: What was done, as a sentence.
    /// - Throws: `LedgerError` when its hashes are not those of its lines, or the archive holds another
    ///   file of its name: it stays then.
    func retire(
        _ part: LedgerFolder.Part, of folder: LedgerFolder,
        carrying carry: ([ArraySlice<UInt8>]) throws(LedgerError) -> Void
    ) throws(LedgerError) -> String {
        let path = folder.segment(part.first)
        let name = (path as NSString).lastPathComponent
        let bytes = try LedgerFolder.read(path)
        let lines = SegmentLines(bytes).ranges
        guard
            lines.map({ TreeHash.leaf(bytes.span.extracting($0)) })
                == (try LedgerReader.hashes(folder.hashes(part.first)))
        else { throw LedgerError("\(name) stays: its lines are not those whose hashes are kept") }
        let what = "lines \(part.first) to \(part.first + UInt64(lines.count) - 1)"
        if let archive { try Self.keep(bytes, name, in: archive) }
        try carry(lines.map { bytes[$0] })
        guard unlink(path) == 0 else { throw LedgerError("remove", path) }
        try LedgerFolder.keepNames(of: folder.url.path)
        return archive.map { "\(what) were moved to \($0.path)" } ?? "\(what) were removed"
    }

    private static func keep(
        _ bytes: [UInt8], _ name: String, in archive: URL
    ) throws(LedgerError) {
        if mkdir(archive.path, 0o700) != 0, errno != EEXIST {
            throw LedgerError("make", archive.path)
        }
        let path = archive.appendingPathComponent(name).path
        guard access(path, F_OK) != 0 else {
            // It may have been copied when the power went.
            guard try LedgerFolder.read(path) == bytes else {
                throw LedgerError("\(name) stays: \(path) is another file")
            }
            return
        }
        try LedgerFolder.place(bytes, at: path, mode: 0o600)
    }
}

extension Ledger {
    /// Begins to move or remove segments that are not kept any more.
    ///
    /// - Parameter issues: What the record says of the issues of certificates that are believed at a time:
    ///   before a segment with one of them goes, the record says it anew.
    package func beginRetiring(keeping issues: @escaping @Sendable () -> Set<String>) {
        if options.retention.keepsAll { return }
        retiring.async { [weak self] in self?.retain(issues) }
    }

    private static let betweenRetentions = DispatchTimeInterval.seconds(60)

    /// Looks for segments that are not kept any more, and does so again: a segment of 64 MiB takes
    /// longer to fill. Runs on its own queue.
    private func retain(_ issues: @escaping @Sendable () -> Set<String>) {
        guard let growing else { return }
        retire(before: growing, keeping: issues)
        retiring.asyncAfter(deadline: .now() + Self.betweenRetentions) { [weak self] in
            self?.retain(issues)
        }
    }

    /// Moves or removes the segments that are not kept any more, and says so in the record. What was
    /// issued in one and is believed still is said anew first. Waits for the disk; nobody who writes waits
    /// for it.
    ///
    /// - Parameters:
    ///   - growing: How many lines come before the segment that grows.
    ///   - issues: See `beginRetiring`.
    private func retire(before growing: UInt64, keeping issues: () -> Set<String>) {
        let now = Timestamp.now() / 1_000_000_000
        do throws(LedgerError) {
            for part in try options.retention.due(folder, before: growing, at: now) {
                let what = try options.retention.retire(part, of: folder) {
                    lines throws(LedgerError) in
                    let wanted = issues()
                    for line in lines {
                        guard let issue = LedgerReader.issue(line), wanted.contains(issue) else {
                            continue
                        }
                        try appendAndWait(Entry.event(ids, LedgerReader.keptIssue, reason: issue))
                    }
                }
                note("SegmentRetired", folder.segment(part.first), what)
            }
        } catch {
            note("SegmentKept", "", "\(error)")
        }
    }

    private func note(_ name: String, _ path: String, _ what: String) {
        var entry = Entry.event(ids, name, reason: what)
        entry.target = (path as NSString).lastPathComponent
        append(entry)
    }
}
