import LedgerTree

extension LedgerFolder {
    /// Writes the hashes of finished segments that have none: a crash between a segment's end and its
    /// hashes leaves it so, and once its lines are archived nobody could prove anything any more.
    ///
    /// Best effort: lines that do not lead to the segment that follows get none, and `verify` says of it.
    ///
    /// - Parameters:
    ///   - growing: How many lines come before the segment that grows.
    ///   - tree: The tree over them.
    ///   - key: The record's key.
    ///   - disk: What they are written to.
    func writeMissingHashes(
        before growing: UInt64, _ tree: Frontier, _ key: VerifierKey, _ disk: any Disk
    ) {
        guard let parts = try? parts() else { return }
        for (part, next) in zip(parts, parts.dropFirst())
        where part.hasLines && !part.hasHashes && part.first < growing {
            guard let bytes = try? Self.read(segment(part.first)) else { continue }
            let lines = SegmentLines(bytes)
            guard let head = lines.ranges.first,
                var end = Line.tree(ofHeader: Array(bytes[head]), origin: key.name),
                end.size == part.first, lines.rest == bytes.count
            else { continue }
            var hashes: [UInt8] = []
            hashes.reserveCapacity(lines.ranges.count * TreeHash.byteCount)
            for range in lines.ranges {
                let leaf = TreeHash.leaf(bytes.span.extracting(range))
                end.append(leaf)
                leaf.append(to: &hashes)
            }
            let wanted = next.first == growing ? tree : start(of: next, key)
            guard wanted == end else { continue }
            // Another start will try again.
            try? Self.place(hashes, at: self.hashes(part.first), mode: 0o600, disk: disk)
        }
    }

    /// The tree before a part, as its header says.
    private func start(of part: Part, _ key: VerifierKey) -> Frontier? {
        guard part.hasLines, let bytes = try? Self.read(segment(part.first)),
            let head = SegmentLines(bytes).ranges.first
        else { return nil }
        return Line.tree(ofHeader: Array(bytes[head]), origin: key.name)
    }
}
