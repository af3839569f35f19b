package import Foundation
package import LedgerTree

/// Reads a record, also while another process writes it.
package struct LedgerReader: Sendable {
    /// Where it is.
    package let folder: LedgerFolder
    /// The key that its checkpoints are verified with.
    package let key: VerifierKey

    /// A line of the record.
    package struct Found: Sendable {
        /// Which line, counted from 0.
        package let index: UInt64
        /// The line, without its end.
        package let line: [UInt8]
    }

    /// Opens the record of a state directory to read.
    ///
    /// - Throws: `LedgerError` when there is none.
    package init(directory: URL) throws(LedgerError) {
        folder = LedgerFolder(directory)
        key = try folder.readPublicKey()
    }

    /// Calls for each line that a checkpoint is over, in order, the checkpoints' own included.
    ///
    /// - Parameters:
    ///   - start: The first line, counted from 0. Lines that are not kept any more are passed over.
    ///   - body: Given a line's index and bytes; reading ends when it answers false.
    /// - Throws: `LedgerError`, or what `body` throws.
    package func forEachLine(
        from start: UInt64 = 0, _ body: (UInt64, Span<UInt8>) throws -> Bool
    ) throws {
        let parts = try folder.parts()
        for (place, part) in parts.enumerated() where part.hasLines {
            if place + 1 < parts.count, parts[place + 1].first <= start { continue }
            let bytes = try LedgerFolder.read(folder.segment(part.first))
            let lines = SegmentLines(bytes).ranges
            // Of the segment that grows, what no checkpoint is over yet is nobody's to read.
            let end =
                place + 1 < parts.count
                ? lines.count
                : (lines.lastIndex { bytes[$0].starts(with: Line.checkpointStart) } ?? -1) + 1
            for (offset, range) in lines[..<end].enumerated() {
                let index = part.first + UInt64(offset)
                if index < start { continue }
                guard try body(index, bytes.span.extracting(range)) else { return }
            }
        }
    }

    /// Calls for each entry that a checkpoint is over, in order.
    ///
    /// - Parameters:
    ///   - start: The first line, counted from 0.
    ///   - body: Given an entry's index and line; reading ends when it answers false.
    /// - Throws: `LedgerError`, or what `body` throws.
    package func forEachEntry(
        from start: UInt64 = 0, _ body: (UInt64, [UInt8]) throws -> Bool
    ) throws {
        try forEachLine(from: start) { index, line in
            guard Self.isEntry(line) else { return true }
            return try body(index, line.withUnsafeBufferPointer { Array($0) })
        }
    }

    private static func isEntry(_ line: Span<UInt8>) -> Bool {
        guard line.count > Line.entryStart.count else { return false }
        for (index, byte) in Line.entryStart.enumerated() where line[index] != byte { return false }
        return true
    }

    /// The lines of an entry's id: those of an act's intent and outcome.
    ///
    /// - Throws: `LedgerError`.
    package func entries(withID id: String) throws -> [Found] {
        let wanted = Line.entryStart + Array("\(id)\"".utf8)
        var found: [Found] = []
        try forEachLine { index, line in
            guard line.count >= wanted.count else { return true }
            for (place, byte) in wanted.enumerated() where line[place] != byte { return true }
            found.append(Found(index: index, line: line.withUnsafeBufferPointer { Array($0) }))
            return true
        }
        return found
    }

    /// Lines by their places, in order; those that are not kept any more are left out.
    ///
    /// - Parameter indices: Which lines, counted from 0, in order.
    /// - Returns: The lines.
    /// - Throws: `LedgerError`.
    package func lines(at indices: [UInt64]) throws -> [Found] {
        var found: [Found] = []
        var rest = indices[...]
        let parts = try folder.parts()
        for (place, part) in parts.enumerated() where part.hasLines {
            let end = place + 1 < parts.count ? parts[place + 1].first : .max
            let here = rest.prefix { $0 < end }
            rest = rest.dropFirst(here.count)
            if here.isEmpty { continue }
            let bytes = try LedgerFolder.read(folder.segment(part.first))
            let lines = SegmentLines(bytes).ranges
            for index in here where index >= part.first && index - part.first < UInt64(lines.count)
            {
                found.append(
                    Found(index: index, line: Array(bytes[lines[Int(index - part.first)]])))
            }
        }
        return found
    }

    /// A line from which on there are at least so many entries, or as many as there are.
    ///
    /// - Throws: `LedgerError`.
    package func start(ofLast count: Int) throws -> UInt64 {
        let parts = try folder.parts().filter(\.hasLines)
        var entries = 0
        for part in parts.reversed() {
            try forEachEntry(from: part.first) { _, _ in
                entries += 1
                return entries < count
            }
            if entries >= count { return part.first }
        }
        return parts.first?.first ?? 0
    }

    /// The newest checkpoint of the segments that is by the record's key.
    ///
    /// - Throws: `LedgerError` when there is none.
    package func newest() throws(LedgerError) -> SignedNote {
        for part in try folder.parts().reversed() where part.hasLines {
            let bytes = try LedgerFolder.read(folder.segment(part.first))
            for range in SegmentLines(bytes).ranges.reversed() {
                if let note = Line.note(of: bytes[range]), (try? note.verify(by: key)) != nil {
                    return note
                }
            }
        }
        throw LedgerError("there is no checkpoint in \(folder.url.path) yet")
    }

    // MARK: Proofs

    /// The hashes of all lines, from those files that are there.
    ///
    /// - Throws: `LedgerError` when lines are missing.
    package func leaves() throws(LedgerError) -> [TreeHash] {
        var leaves: [TreeHash] = []
        for part in try folder.parts() {
            guard part.first == UInt64(leaves.count) else {
                throw LedgerError(
                    "lines \(leaves.count) to \(part.first) are missing from \(folder.url.path)")
            }
            leaves.append(contentsOf: try Self.leaves(of: part, in: folder))
        }
        return leaves
    }

    /// The hashes of the lines of one part.
    static func leaves(
        of part: LedgerFolder.Part, in folder: LedgerFolder
    ) throws(LedgerError) -> [TreeHash] {
        if part.hasHashes { return try hashes(folder.hashes(part.first)) }
        let bytes = try LedgerFolder.read(folder.segment(part.first))
        return SegmentLines(bytes).ranges.map { .leaf(bytes.span.extracting($0)) }
    }

    static func hashes(_ path: String) throws(LedgerError) -> [TreeHash] {
        let bytes = try LedgerFolder.read(path)
        guard bytes.count % TreeHash.byteCount == 0 else {
            throw LedgerError("\(path) does not hold whole hashes")
        }
        var hashes: [TreeHash] = []
        hashes.reserveCapacity(bytes.count / TreeHash.byteCount)
        var start = 0
        while start < bytes.count {
            // Not generic: there may be millions.
            if let hash = TreeHash(bytes.span.extracting(start..<start + TreeHash.byteCount)) {
                hashes.append(hash)
            }
            start += TreeHash.byteCount
        }
        return hashes
    }

    /// Proves a line to be in the record, against its newest checkpoint or one with cosignatures.
    ///
    /// - Parameters:
    ///   - index: The line, counted from 0.
    ///   - note: The checkpoint; it has to be over the line.
    /// - Returns: The proof.
    /// - Throws: `LedgerError`.
    package func prove(_ index: UInt64, against note: SignedNote) throws(LedgerError) -> EntryProof
    {
        let leaves = try leaves()
        guard let said = try? Checkpoint(parsing: note.text), index < said.size,
            said.size <= UInt64(leaves.count)
        else { throw LedgerError("the checkpoint is not over line \(index)") }
        let path = TreeProof.inclusion(of: index, in: said.size) { Self.root(leaves, $0) }
        return EntryProof(index: index, path: path, checkpoint: note)
    }

    /// Proves the record at one size to be the beginning of the record at another.
    ///
    /// - Parameters:
    ///   - old: The smaller size, in lines.
    ///   - size: The larger size.
    /// - Returns: The proof.
    /// - Throws: `LedgerError`.
    package func consistency(
        from old: UInt64, to size: UInt64
    ) throws(LedgerError) -> [TreeHash] {
        let leaves = try leaves()
        guard old <= size, size <= UInt64(leaves.count) else {
            throw LedgerError("the record has \(leaves.count) lines")
        }
        return TreeProof.consistency(from: old, to: size) { Self.root(leaves, $0) }
    }

    private static func root(_ leaves: [TreeHash], _ range: Range<UInt64>) -> TreeHash {
        var tree = Frontier()
        for index in range { tree.append(leaves[Int(index)]) }
        return tree.root
    }
}
