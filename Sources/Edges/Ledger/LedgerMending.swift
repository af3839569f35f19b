import Foundation
import LedgerTree

/// Cuts what a crash has torn off a record's end, and opens it.
struct LedgerMending {
    let folder: LedgerFolder
    let disk: any Disk
    /// What was done, as sentences.
    private(set) var mended: [String] = []

    init(folder: LedgerFolder, disk: any Disk) {
        self.folder = folder
        self.disk = disk
    }

    /// Begins a segment.
    ///
    /// - Parameters:
    ///   - key: The record's key.
    ///   - tree: The tree over all lines before it.
    ///   - newest: The newest checkpoint over them.
    /// - Returns: The record's end.
    /// - Throws: `LedgerError`; there is no such segment then.
    func begin(
        _ key: VerifierKey, _ tree: Frontier, _ newest: SignedNote?
    ) throws(LedgerError) -> LedgerEnd {
        let path = folder.segment(tree.size)
        let file = Foundation.open(path, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw LedgerError("make", path) }
        let header = Line.header(origin: key.name, tree)
        do throws(DiskError) {
            try disk.append(header + [0x0A], to: file)
        } catch {
            close(file)
            unlink(path)
            throw LedgerError("write", path, error.number)
        }
        do throws(LedgerError) {
            try LedgerFolder.keepNames(of: folder.url.path)
        } catch {
            close(file)
            throw error
        }
        var grown = tree
        grown.append(.leaf(header))
        return LedgerEnd(
            file: file, first: tree.size, before: tree, length: header.count + 1,
            hashes: [.leaf(header)], tree: grown, newest: newest, mended: mended)
    }

    /// Opens the segment that goes on, without what was torn.
    ///
    /// - Throws: `LedgerError`.
    mutating func open(
        _ segment: ReadSegment, _ tail: SegmentTail, _ newest: SignedNote?
    ) throws(LedgerError) -> LedgerEnd {
        let file = Foundation.open(segment.path, O_RDWR | O_APPEND | O_CLOEXEC)
        guard file >= 0 else { throw LedgerError("open", segment.path) }
        if tail.length < segment.bytes.count {
            setAside(Array(segment.bytes[tail.length...]), of: segment.path)
            // To cut needs no room: a disk that is full does not keep the record from being opened.
            guard ftruncate(file, off_t(tail.length)) == 0, fsync(file) == 0 else {
                let failure = LedgerError("mend", segment.path)
                close(file)
                throw failure
            }
        } else if tail.uncovered > 0 {
            mended.append("\(tail.uncovered) whole lines had no checkpoint and have one now")
        }
        // It grows again: hashes that were written when it seemed finished are not all of them.
        unlink(folder.hashes(segment.first))
        return LedgerEnd(
            file: file, first: segment.first, before: tail.before, length: tail.length,
            hashes: tail.hashes, tree: tail.tree, newest: tail.newest ?? newest, mended: mended)
    }

    /// Removes a segment that holds nothing that was promised.
    ///
    /// - Throws: `LedgerError`.
    mutating func remove(_ segment: ReadSegment) throws(LedgerError) {
        if !segment.bytes.isEmpty { setAside(segment.bytes, of: segment.path) }
        guard unlink(segment.path) == 0 else { throw LedgerError("remove", segment.path) }
        // It may have seemed finished.
        unlink(folder.hashes(segment.first))
    }

    /// Keeps what is cut, where there is room for it: nobody was ever promised these bytes.
    private mutating func setAside(_ bytes: [UInt8], of path: String) {
        let digest = TreeHash.leaf(bytes).digits(8)
        let name = (path as NSString).lastPathComponent
        let what = "\(bytes.count) bytes that a crash had torn were cut from \(name)"
        do throws(LedgerError) {
            if mkdir(folder.torn, 0o700) != 0, errno != EEXIST {
                throw LedgerError("make", folder.torn)
            }
            try LedgerFolder.place(
                bytes, at: folder.torn + "/" + digest, mode: 0o600, disk: disk)
            mended.append(what + " and are kept in torn/\(digest)")
        } catch {
            mended.append(what + " and could not be kept: \(error)")
        }
    }
}
