import Foundation
import LedgerTree

/// Where a record ends, found when it is opened, and what had to be mended.
struct LedgerEnd {
    /// The segment that grows, open.
    let file: Int32
    let first: UInt64
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
    /// `torn/`. A record whose last lines are whole and not those that its checkpoint is over was
    /// changed, and is not opened.
    ///
    /// - Throws: `LedgerError`; nothing was changed then.
    static func find(
        _ folder: LedgerFolder, _ key: VerifierKey, _ disk: any Disk
    ) throws(LedgerError) -> LedgerEnd {
        var mended: [String] = []
        while let last = try folder.parts().last(where: \.hasLines) {
            if let end = try open(folder, last.first, key, &mended) { return end }
            // No line of the segment was ever promised: the one before goes on.
        }
        return try begin(folder, key, disk, mended)
    }

    private static func begin(
        _ folder: LedgerFolder, _ key: VerifierKey, _ disk: any Disk, _ mended: [String]
    ) throws(LedgerError) -> LedgerEnd {
        let path = folder.segment(0)
        let file = Foundation.open(path, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw LedgerError("make", path) }
        let header = Line.header(origin: key.name, Frontier())
        do throws(DiskError) {
            try disk.append(header + [0x0A], to: file)
        } catch {
            close(file)
            unlink(path)
            throw LedgerError("write", path, error.number)
        }
        try LedgerFolder.keepNames(of: folder.url.path)
        var tree = Frontier()
        tree.append(.leaf(header))
        return LedgerEnd(
            file: file, first: 0, length: header.count + 1, hashes: [.leaf(header)], tree: tree,
            newest: nil, mended: mended)
    }

    /// Opens the last segment.
    ///
    /// - Returns: nil when it holds nothing that was promised, and was set aside.
    private static func open(
        _ folder: LedgerFolder, _ first: UInt64, _ key: VerifierKey, _ mended: inout [String]
    ) throws(LedgerError) -> LedgerEnd? {
        let path = folder.segment(first)
        let bytes = try LedgerFolder.read(path)
        let tail = try Tail(bytes, first, key, path)
        guard let tail else {
            if bytes.count > 0 {
                try setAside(bytes, of: path, in: folder, &mended)
            }
            guard unlink(path) == 0 else { throw LedgerError("remove", path) }
            return nil
        }
        let file = Foundation.open(path, O_RDWR | O_APPEND | O_CLOEXEC)
        guard file >= 0 else { throw LedgerError("open", path) }
        if tail.length < bytes.count {
            do throws(LedgerError) {
                try setAside(Array(bytes[tail.length...]), of: path, in: folder, &mended)
            } catch {
                close(file)
                throw error
            }
            guard ftruncate(file, off_t(tail.length)) == 0, fsync(file) == 0 else {
                close(file)
                throw LedgerError("mend", path)
            }
        } else if tail.uncovered > 0 {
            mended.append("\(tail.uncovered) whole lines had no checkpoint and have one now")
        }
        // It grows again: hashes that were written when it seemed finished are not all of them.
        unlink(folder.hashes(first))
        return LedgerEnd(
            file: file, first: first, length: tail.length, hashes: tail.hashes, tree: tail.tree,
            newest: tail.newest, mended: mended)
    }

    private static func setAside(
        _ bytes: [UInt8], of path: String, in folder: LedgerFolder, _ mended: inout [String]
    ) throws(LedgerError) {
        if mkdir(folder.torn, 0o700) != 0, errno != EEXIST {
            throw LedgerError("make", folder.torn)
        }
        let digest = TreeHash.leaf(bytes).bytes.prefix(8).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        let name = (path as NSString).lastPathComponent
        let copy = folder.torn + "/" + digest
        try LedgerFolder.place(bytes, at: copy, mode: 0o600)
        mended.append(
            "\(bytes.count) bytes that a crash had torn were cut from \(name) and are kept in "
                + "torn/\(digest)")
    }
}

/// The end of a segment: its whole lines and the tree over them.
private struct Tail {
    var tree: Frontier
    var hashes: [TreeHash] = []
    var length = 0
    var newest: SignedNote?
    /// How many whole lines follow the newest checkpoint.
    var uncovered = 0

    /// Reads a segment.
    ///
    /// - Returns: nil when no checkpoint was ever whole: then nothing in it was promised.
    init?(
        _ bytes: [UInt8], _ first: UInt64, _ key: VerifierKey, _ path: String
    ) throws(LedgerError) {
        let lines = SegmentLines(bytes)
        guard let head = lines.ranges.first,
            let tree = Line.tree(ofHeader: Array(bytes[head]), origin: key.name)
        else {
            // A torn header has no lines behind it.
            guard lines.ranges.count < 2 else {
                throw LedgerError("\(path) does not begin with a segment's header")
            }
            return nil
        }
        guard tree.size == first else { throw LedgerError("\(path) has another segment's header") }
        self.tree = tree
        let checkpoints = lines.ranges.indices.filter {
            bytes[lines.ranges[$0]].starts(with: Line.checkpointStart)
        }
        for (place, index) in checkpoints.enumerated().reversed() {
            guard let note = Line.note(of: bytes[lines.ranges[index]]),
                (try? note.verify(by: key)) != nil
            else { continue }
            if cover(bytes, lines, index, note) {
                addRest(bytes, lines, after: index)
                return
            }
            // A group that was torn in its middle holds what is no line; what is whole was changed.
            let group = (place > 0 ? checkpoints[place - 1] + 1 : 1)..<index
            guard !group.allSatisfy({ Line.isEntry(Array(bytes[lines.ranges[$0]])) }) else {
                throw LedgerError(
                    "\(path) was changed: its lines are not those that the checkpoint in line "
                        + "\(index + 1) is over; `quaymaster ledger verify` says where. "
                        + "To begin a new record, move the folder away")
            }
            self = Tail(tree: tree)
        }
        guard checkpoints.isEmpty else {
            throw LedgerError("no checkpoint in \(path) is over its lines by this record's key")
        }
        return nil
    }

    private init(tree: Frontier) {
        self.tree = tree
    }

    /// Takes the lines up to a checkpoint; true when they are those that it is over.
    private mutating func cover(
        _ bytes: [UInt8], _ lines: SegmentLines, _ line: Int, _ note: SignedNote
    ) -> Bool {
        for index in 0..<line { add(bytes.span, lines.ranges[index]) }
        guard let said = try? Checkpoint(parsing: note.text), said.size == tree.size,
            said.root == tree.root
        else { return false }
        add(bytes.span, lines.ranges[line])
        newest = note
        return true
    }

    /// Takes whole entries that no checkpoint is over.
    private mutating func addRest(_ bytes: [UInt8], _ lines: SegmentLines, after line: Int) {
        for range in lines.ranges.dropFirst(line + 1) {
            guard Line.isEntry(Array(bytes[range])) else { return }
            add(bytes.span, range)
            uncovered += 1
        }
    }

    private mutating func add(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        let leaf = TreeHash.leaf(bytes.extracting(range))
        tree.append(leaf)
        hashes.append(leaf)
        length = range.upperBound + 1
    }
}

/// The whole lines of a segment.
struct SegmentLines {
    /// Where each line is, without its line end.
    let ranges: [Range<Int>]
    /// Where the bytes begin that no line end follows.
    let rest: Int

    init(_ bytes: [UInt8]) {
        var ranges: [Range<Int>] = []
        var start = 0
        bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            while start < buffer.count,
                let found = memchr(base + start, 0x0A, buffer.count - start)
            {
                let end = base.distance(to: UnsafeRawPointer(found))
                ranges.append(start..<end)
                start = end + 1
            }
        }
        self.ranges = ranges
        rest = start
    }
}
