/// A tree that only grows, known by its perfect subtrees alone (a compact range from leaf 0).
///
/// It holds at most 64 hashes however many leaves there are, and gives the root at any time.
package struct Frontier: Hashable, Sendable {
    /// How many leaves the tree has.
    package private(set) var size: UInt64 = 0
    /// The roots of its perfect subtrees, the largest (leftmost) first; one per bit set in `size`.
    package private(set) var peaks: [TreeHash] = []

    /// The tree without leaves.
    package init() {}

    /// Takes a tree up where it was.
    ///
    /// - Returns: nil when a tree of that size has another number of perfect subtrees.
    package init?(size: UInt64, peaks: [TreeHash]) {
        guard size.nonzeroBitCount == peaks.count else { return nil }
        self.size = size
        self.peaks = peaks
    }

    /// Adds a leaf on the right.
    package mutating func append(_ leaf: TreeHash) {
        var hash = leaf
        // Each trailing one in the size is a perfect subtree that is full now.
        var rest = size
        while rest & 1 == 1, let left = peaks.popLast() {
            hash = .node(left, hash)
            rest >>= 1
        }
        peaks.append(hash)
        size += 1
    }

    /// The root of the tree (RFC 6962 §2.1).
    package var root: TreeHash {
        guard var hash = peaks.last else { return .ofNothing }
        for left in peaks.dropLast().reversed() { hash = .node(left, hash) }
        return hash
    }
}
