import Foundation
import JSON
import LedgerTree

/// One part of a record, looked at by itself: it begins where its header says.
struct PartScan: Sendable {
    /// What stands behind the newest checkpoint.
    enum Tail: Sendable {
        case none
        /// What a writer could have been about to write.
        case unfinished(lines: Int, bytes: Int)
        /// What no writer writes; the line, counted from 1.
        case wrong(line: Int)
    }

    var name: String
    /// The tree before it; nil when only hashes are left.
    var start: Frontier?
    /// The tree behind it.
    var end = Frontier()
    /// The hashes of its lines, when nothing else is left of them.
    var hashes: [TreeHash] = []
    /// The roots at the sizes that were asked for.
    var roots: [UInt64: TreeHash] = [:]
    var entries = 0
    var byteCount = 0
    var findings: [String] = []
    /// The newest checkpoint, of the last part alone.
    var newest: (note: SignedNote, size: UInt64)?
    var tail = Tail.none
    /// The digest of a record of a version before, when its first entry names one.
    var old: String?

    static func read(
        _ reader: LedgerReader, _ part: LedgerFolder.Part, _ sizes: Set<UInt64>, isLast: Bool
    ) -> Result<PartScan, LedgerError> {
        do throws(LedgerError) {
            let kept =
                part.hasHashes ? try LedgerReader.hashes(reader.folder.hashes(part.first)) : nil
            var scan = PartScan(name: "\(LedgerFolder.stem(part.first)).jsonl")
            guard part.hasLines else {
                scan.hashes = kept ?? []
                return .success(scan)
            }
            let bytes = try LedgerFolder.read(reader.folder.segment(part.first))
            scan.read(bytes, part.first, reader.key, kept, sizes, isLast)
            return .success(scan)
        } catch {
            return .failure(error)
        }
    }

    private mutating func read(
        _ bytes: [UInt8], _ first: UInt64, _ key: VerifierKey, _ kept: [TreeHash]?,
        _ sizes: Set<UInt64>, _ isLast: Bool
    ) {
        let lines = SegmentLines(bytes)
        byteCount = bytes.count
        if isLast, lines.ranges.isEmpty, Line.isBeginning(bytes) {
            tail = .unfinished(lines: 0, bytes: bytes.count)
            return
        }
        guard let head = lines.ranges.first,
            let tree = Line.tree(ofHeader: Array(bytes[head]), origin: key.name),
            tree.size == first
        else {
            start = Frontier()
            findings.append("\(name) does not begin with its header")
            return
        }
        start = tree
        end = tree
        var promised = lines.ranges.count
        if isLast {
            promised = judgeTail(bytes, lines, key)
        } else if lines.rest < bytes.count {
            findings.append("\(name) does not end with a line's end")
        }
        hash(bytes, lines.ranges[..<promised], kept, sizes)
        if let newest, isLast {
            let said = try? Checkpoint(parsing: newest.note.text)
            self.newest?.size = said?.size ?? 0
            // The root before the checkpoint's own line.
            if said?.size != first + UInt64(promised) - 1 || roots[said?.size ?? 0] != said?.root {
                findings.append(
                    "\(name): the lines are not those that the newest checkpoint is over")
                locate(bytes, lines.ranges, tree)
            }
        }
        if promised > 1, first == 0 { old = Self.oldDigest(Array(bytes[lines.ranges[1]])) }
    }

    /// Hashes lines; the root before the last of them is kept, and the roots at the sizes asked for.
    private mutating func hash(
        _ bytes: [UInt8], _ ranges: ArraySlice<Range<Int>>, _ kept: [TreeHash]?,
        _ sizes: Set<UInt64>
    ) {
        let span = bytes.span
        if let kept, kept.count != ranges.count {
            findings.append("\(name) has \(ranges.count) lines, and \(kept.count) hashes are kept")
        }
        var different: Int?
        // A local tree: the compiler need not ask whether somebody else looks at it.
        var tree = end
        defer { end = tree }
        // In order, so that no line has to be looked up.
        var wanted = sizes.filter { $0 >= tree.size }.sorted()[...]
        var offset = -1
        for range in ranges {
            offset += 1
            if offset == ranges.count - 1 { roots[tree.size] = tree.root }
            if wanted.first == tree.size {
                wanted.removeFirst()
                roots[tree.size] = tree.root
            }
            let line = span.extracting(range)
            let leaf = TreeHash.leaf(line)
            tree.append(leaf)
            // The ninth byte tells `{"v":2,"id":` from headers and checkpoints.
            if line.count > 8, line[8] == UInt8(ascii: "i") { entries += 1 }
            if different == nil, let kept, offset < kept.count, kept[offset] != leaf {
                different = offset
            }
        }
        if sizes.contains(tree.size) { roots[tree.size] = tree.root }
        if let different {
            findings.append("\(name), line \(different + 1) is not the one whose hash was kept")
        }
    }

    /// Looks at what stands behind the newest checkpoint.
    ///
    /// - Returns: How many lines are promised: up to the newest checkpoint, which is included.
    private mutating func judgeTail(
        _ bytes: [UInt8], _ lines: SegmentLines, _ key: VerifierKey
    ) -> Int {
        let last = lines.ranges.lastIndex { range in
            guard bytes[range].starts(with: Line.checkpointStart),
                let note = Line.note(of: bytes[range]), (try? note.verify(by: key)) != nil
            else { return false }
            newest = (note, 0)
            return true
        }
        let promised = (last ?? 0) + 1
        for index in promised..<lines.ranges.count
        where !Line.isEntry(Array(bytes[lines.ranges[index]])) {
            tail = .wrong(line: index + 1)
            return promised
        }
        let rest = bytes[lines.rest...]
        if !rest.isEmpty, !Line.isBeginning(rest) {
            tail = .wrong(line: lines.ranges.count + 1)
        } else if promised < lines.ranges.count || !rest.isEmpty {
            tail = .unfinished(lines: lines.ranges.count - promised, bytes: rest.count)
        }
        return promised
    }

    /// Says which group was changed: the first whose checkpoint is over other lines.
    private mutating func locate(_ bytes: [UInt8], _ ranges: [Range<Int>], _ start: Frontier) {
        var tree = start
        var begin = 1
        for (index, range) in ranges.enumerated() {
            if bytes[range].starts(with: Line.checkpointStart) {
                let said = Line.note(of: bytes[range]).flatMap { try? Checkpoint(parsing: $0.text) }
                guard said?.size == tree.size, said?.root == tree.root else {
                    findings.append("\(name): lines \(begin) to \(index + 1) hold the change")
                    return
                }
                begin = index + 2
            }
            tree.append(.leaf(bytes.span.extracting(range)))
        }
    }

    /// The digest that the entry names which takes an older record over.
    static func oldDigest(_ line: [UInt8]) -> String? {
        guard let entry = try? JSONReader.value(of: line),
            entry["operation"]?.string == OldRecord.operation
        else { return nil }
        return entry["digest"]?.string
    }
}
