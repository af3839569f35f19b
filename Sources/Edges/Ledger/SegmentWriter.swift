import Foundation
import LedgerTree

/// The end of the record: the segment that grows, and the tree over all lines.
///
/// Used by one thread at a time. What it says to be written is on the disk.
struct SegmentWriter: ~Copyable {
    let folder: LedgerFolder
    let options: LedgerOptions
    private let key: SignerKey
    private let disk: any Disk
    private var file: Int32
    private var path: String
    /// The length of the file up to the last checkpoint.
    private var length: Int
    /// True when bytes behind `length` could not be taken back yet: nothing may follow them.
    private var isTorn = false
    /// True while the disk has no room for a reserve: what is left is for those who may use it.
    private(set) var isFull = false
    /// True when the reserve is known to have its blocks.
    private var hasReserve = false
    private(set) var first: UInt64
    private var hashes: [TreeHash]
    private(set) var tree: Frontier
    /// Finished segments whose hashes are not written yet.
    private var unhashed: [(first: UInt64, hashes: [TreeHash])] = []
    /// The newest checkpoint that is on the disk; nil before there is one.
    private(set) var newest: SignedNote?

    /// Goes on with an open segment.
    init(
        _ folder: LedgerFolder, _ options: LedgerOptions, _ key: SignerKey, _ disk: any Disk,
        _ end: LedgerEnd
    ) throws(LedgerError) {
        self.folder = folder
        self.options = options
        self.key = key
        self.disk = disk
        file = end.file
        path = folder.segment(end.first)
        length = end.length
        first = end.first
        hashes = end.hashes
        tree = end.tree
        newest = end.newest
        renewReserve()
    }

    deinit {
        close(file)
    }

    /// Writes lines and a checkpoint over them, and returns when they are on the disk.
    ///
    /// - Parameters:
    ///   - lines: What is written: all or nothing.
    ///   - fromReserve: True when the blocks kept for a full disk may be used.
    /// - Throws: `LedgerError`; nothing was written then.
    mutating func commit(_ lines: Lines, fromReserve: Bool = false) throws(LedgerError) {
        try mend()
        if isFull, !fromReserve {
            renewReserve()
            if isFull { throw LedgerError("write", path, ENOSPC) }
        }
        if isFull { openReserve() }
        if length >= options.segmentBytes, !isFull { rotate() }
        var (tree, leaves) = (self.tree, [TreeHash]())
        leaves.reserveCapacity(lines.marks.count + 1)
        lines.forEachLine { line in
            let leaf = TreeHash.leaf(line)
            tree.append(leaf)
            leaves.append(leaf)
        }
        let note = try Self.checkpoint(of: tree, key)
        let last = Line.checkpoint(note)
        let leaf = TreeHash.leaf(last)
        tree.append(leaf)
        leaves.append(leaf)
        do throws(LedgerError) {
            try put(lines.bytes + last + [0x0A])
        } catch {
            if error.isFull { isFull = true }
            throw error
        }
        self.tree = tree
        hashes.append(contentsOf: leaves)
        newest = note
    }

    private static func checkpoint(
        of tree: Frontier, _ key: SignerKey
    ) throws(LedgerError) -> SignedNote {
        let checkpoint = Checkpoint(origin: key.verifier.name, size: tree.size, root: tree.root)
        do throws(NoteFailure) {
            return try checkpoint.signed(by: key)
        } catch {
            throw LedgerError("a checkpoint cannot be made: \(error)")
        }
    }

    private mutating func put(_ bytes: [UInt8]) throws(LedgerError) {
        do throws(DiskError) {
            try disk.append(bytes, to: file)
        } catch {
            let failure = LedgerError("write", path, error.number)
            isTorn = true
            // It may do at the next attempt, and until then nothing is written.
            try? mend()
            throw failure
        }
        length += bytes.count
    }

    /// Takes back what a failed write has left.
    ///
    /// After fdatasync(2) has failed, pages that never reached the disk count as clean: whatever is
    /// behind the last checkpoint is cut and written anew, never flushed a second time.
    private mutating func mend() throws(LedgerError) {
        guard isTorn else { return }
        do throws(DiskError) {
            try disk.cut(file, to: length)
            try disk.flush(file)
        } catch {
            throw LedgerError("mend", path, error.number)
        }
        isTorn = false
    }

    // MARK: Segments

    /// Begins a new segment. When that fails the old one goes on.
    private mutating func rotate() {
        let next = folder.segment(tree.size)
        let fresh = open(next, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard fresh >= 0 else { return }
        begin(next, fresh)
    }

    /// Writes a header and makes the file the one that grows.
    private mutating func begin(_ next: String, _ fresh: Int32) {
        let header = Line.header(origin: key.verifier.name, tree)
        do {
            try disk.append(header + [0x0A], to: fresh)
            try LedgerFolder.keepNames(of: folder.url.path)
        } catch {
            close(fresh)
            unlink(next)
            return
        }
        unhashed.append((first, hashes))
        close(file)
        file = fresh
        path = next
        first = tree.size
        length = header.count + 1
        let leaf = TreeHash.leaf(header)
        hashes = [leaf]
        tree.append(leaf)
        if !isFull { writeHashes() }
    }

    /// Writes the hashes of finished segments: what proofs need once their lines are gone.
    private mutating func writeHashes() {
        while let part = unhashed.first {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(part.hashes.count * TreeHash.byteCount)
            for hash in part.hashes { hash.append(to: &bytes) }
            guard
                (try? LedgerFolder.place(
                    bytes, at: folder.hashes(part.first), mode: 0o600, disk: disk)) != nil
            else { return }
            unhashed.removeFirst()
        }
    }

    // MARK: The reserve

    /// Takes blocks for the time when the disk is full.
    private mutating func renewReserve() {
        if access(folder.reserve, F_OK) == 0, hasReserve {
            isFull = false
            return
        }
        // A copy of a reserve has no blocks: those of one that was there already are asked for too.
        let isThere = access(folder.reserve, F_OK) == 0
        let fresh = isThere ? folder.reserve : folder.reserve + ".new"
        let file = open(fresh, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            isFull = errno == ENOSPC || errno == EDQUOT
            return
        }
        defer { close(file) }
        do throws(DiskError) {
            try disk.reserve(options.reserveBytes, for: file)
            if rename(fresh, folder.reserve) == 0 {
                isFull = false
                hasReserve = true
            } else {
                isFull = errno == ENOSPC
                unlink(fresh)
            }
            writeHashes()
        } catch {
            // A file system that reserves nothing is no reason to refuse.
            isFull = error.number == ENOSPC || error.number == EDQUOT
            if !isThere { unlink(fresh) }
        }
    }

    /// Makes the reserve the segment that grows, when it is not already.
    private mutating func openReserve() {
        let next = folder.segment(tree.size)
        // Opened first: a segment of this name that nothing is written to would break the row.
        let fresh = open(folder.reserve, O_RDWR | O_APPEND | O_CLOEXEC)
        guard fresh >= 0 else { return }
        guard rename(folder.reserve, next) == 0 else {
            close(fresh)
            return
        }
        hasReserve = false
        begin(next, fresh)
    }
}
