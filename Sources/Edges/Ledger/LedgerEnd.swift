import Foundation
import LedgerTree

/// Where a record ends, found when it is opened, and what had to be mended.
struct LedgerEnd {
    /// The segment that grows, open.
    let file: Int32
    let first: UInt64
    /// The tree over the lines before it.
    let before: Frontier
    let length: Int
    /// The hashes of its lines.
    let hashes: [TreeHash]
    /// The tree over all lines, the header of the segment included.
    let tree: Frontier
    /// The newest checkpoint; nil when there is none yet.
    let newest: SignedNote?
    /// What was done to it, as sentences for the log and the record.
    let mended: [String]

    /// Finds the end of a record, or begins one.
    ///
    /// What a crash has torn is cut: nobody was told that it is on the disk. What is cut is kept under
    /// `torn/` where there is room. A record whose last lines are whole and not those that its
    /// checkpoint is over was changed; one that ends before the checkpoint that lies beside it was cut;
    /// one whose last lines are elsewhere would be told twice. None of these is opened.
    ///
    /// - Throws: `LedgerError`; nothing was changed then.
    static func find(
        _ folder: LedgerFolder, _ key: VerifierKey, _ disk: any Disk
    ) throws(LedgerError) -> LedgerEnd {
        let published = PublishedCheckpoint(folder, key)
        var search = LedgerSearch(folder: folder, key: key, published: published)
        let found = try search.look()
        var mending = LedgerMending(folder: folder, disk: disk)
        for segment in search.unpromised { try mending.remove(segment) }
        switch found {
        case .goesOn(let segment, let tail):
            return try mending.open(segment, tail, published.note)
        case .begins(let tree):
            return try mending.begin(key, tree, published.note)
        }
    }
}
