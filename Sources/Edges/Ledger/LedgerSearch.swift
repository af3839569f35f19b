import Foundation
import LedgerTree

/// A segment as it was read.
struct ReadSegment {
    let first: UInt64
    let path: String
    let bytes: [UInt8]
}

/// The search for the end of a record; it changes nothing.
struct LedgerSearch {
    enum Found {
        /// A segment goes on.
        case goesOn(ReadSegment, SegmentTail)
        /// A segment begins behind a tree.
        case begins(Frontier)
    }

    let folder: LedgerFolder
    let key: VerifierKey
    let published: PublishedCheckpoint
    /// Segments at the end that hold nothing that was promised.
    private(set) var unpromised: [ReadSegment] = []

    init(folder: LedgerFolder, key: VerifierKey, published: PublishedCheckpoint) {
        self.folder = folder
        self.key = key
        self.published = published
    }

    mutating func look() throws(LedgerError) -> Found {
        var parts = try folder.parts()[...]
        var header: SegmentTail?
        while let last = parts.last, last.hasLines {
            let path = folder.segment(last.first)
            let segment = ReadSegment(
                first: last.first, path: path, bytes: try LedgerFolder.read(path))
            let tail = try SegmentTail(
                segment.bytes, last.first, key, path, rootAt: published.said?.size)
            if let tail, tail.newest != nil {
                try published.judge(tail.tree.size, tail.root)
                return .goesOn(segment, tail)
            }
            // No line of the segment was ever promised: the one before goes on.
            unpromised.append(segment)
            header = tail
            parts.removeLast()
        }
        let tree = try known(parts)
        guard let segment = unpromised.last else { return .begins(tree) }
        guard segment.first == tree.size else { throw missing(tree.size, segment.first) }
        guard let header, header.before == tree else { return .begins(tree) }
        unpromised.removeLast()
        return .goesOn(segment, header)
    }

    /// The tree over lines that are not here any more, from their hashes.
    private func known(
        _ parts: ArraySlice<LedgerFolder.Part>
    ) throws(LedgerError) -> Frontier {
        var tree = Frontier()
        var root: TreeHash? = published.said?.size == 0 ? tree.root : nil
        for part in parts {
            guard part.first == tree.size else { throw missing(tree.size, part.first) }
            for leaf in try LedgerReader.leaves(of: part, in: folder) {
                tree.append(leaf)
                if tree.size == published.said?.size { root = tree.root }
            }
        }
        try published.judge(tree.size, root)
        guard tree.size > 0 else { return tree }
        guard published.said != nil else {
            throw LedgerError(
                "the lines before \(tree.size) are archived, and \(published.path), which would show "
                    + "that they are the last, is missing: put it or the last segment back")
        }
        guard !unpromised.isEmpty else {
            throw LedgerError(
                "the segment that grows is missing behind line \(tree.size): put it back; only "
                    + "finished segments may be archived")
        }
        return tree
    }

    private func missing(_ start: UInt64, _ end: UInt64) -> LedgerError {
        LedgerError(
            "lines \(min(start, end)) to \(max(start, end)) are missing from \(folder.url.path): put "
                + "the segment or its .hashes back; to begin a new record, move the folder away")
    }
}
