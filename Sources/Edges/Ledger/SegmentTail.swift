import LedgerTree

/// The end of a segment: its whole lines and the tree over them.
struct SegmentTail {
    /// The tree before the segment, as its header says.
    let before: Frontier
    private(set) var tree: Frontier
    private(set) var hashes: [TreeHash] = []
    private(set) var length = 0
    /// The newest checkpoint; nil when no line was ever promised: then the header is all that is kept.
    private(set) var newest: SignedNote?
    /// How many whole lines follow the newest checkpoint.
    private(set) var uncovered = 0
    /// The root at the size that was asked for; nil when the segment does not go through it.
    private(set) var root: TreeHash?
    private let size: UInt64?

    /// Reads a segment.
    ///
    /// What a crash tears was never promised: the group that was being written, whatever of it is left.
    /// Whole lines that are not those of their checkpoint are no such thing. It is nil when there is no
    /// header: then there is nothing in it.
    ///
    /// - Parameters:
    ///   - bytes: The segment.
    ///   - first: How many lines come before it.
    ///   - key: The record's key.
    ///   - path: Its name, for sentences.
    ///   - size: A size of the record at which the root is wanted.
    /// - Throws: `LedgerError` when it was changed.
    init?(
        _ bytes: [UInt8], _ first: UInt64, _ key: VerifierKey, _ path: String,
        rootAt size: UInt64? = nil
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
        self.init(tree, size)
        let checkpoints = lines.ranges.indices.filter {
            bytes[lines.ranges[$0]].starts(with: Line.checkpointStart)
        }
        var isOfAnotherKey = false
        for (place, index) in checkpoints.enumerated().reversed() {
            // What is no note was torn; a whole one by another key was put there.
            guard let note = Line.note(of: bytes[lines.ranges[index]]) else { continue }
            guard (try? note.verify(by: key)) != nil else {
                isOfAnotherKey = true
                continue
            }
            if cover(bytes, lines, index, note) {
                addRest(bytes, lines, after: index)
                endRoot()
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
            self = SegmentTail(tree, size)
        }
        guard !isOfAnotherKey else {
            throw LedgerError("no checkpoint in \(path) is over its lines by this record's key")
        }
        add(bytes.span, head)
        endRoot()
    }

    private init(_ tree: Frontier, _ size: UInt64?) {
        before = tree
        self.tree = tree
        self.size = size
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
        if tree.size == size { root = tree.root }
        let leaf = TreeHash.leaf(bytes.extracting(range))
        tree.append(leaf)
        hashes.append(leaf)
        length = range.upperBound + 1
    }

    private mutating func endRoot() {
        if tree.size == size { root = tree.root }
    }
}
