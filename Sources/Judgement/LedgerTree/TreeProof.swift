/// Proofs about trees and their verification (RFC 6962 §2.1.1 and §2.1.2, RFC 9162 §2.1.3 and §2.1.4).
package enum TreeProof {
    /// The most hashes that a proof of either kind can have.
    package static let longest = 65

    /// The hashes that prove a leaf to be in a tree, from its sibling up to the child of the root.
    ///
    /// - Parameters:
    ///   - index: The leaf, counted from 0; it has to be in the tree.
    ///   - size: How many leaves the tree has.
    ///   - root: The root of the tree over a range of leaves.
    /// - Returns: At most 64 hashes.
    /// - Throws: What `root` throws.
    package static func inclusion<Failure: Error>(
        of index: UInt64, in size: UInt64,
        _ root: (Range<UInt64>) throws(Failure) -> TreeHash
    ) throws(Failure) -> [TreeHash] {
        var (start, end) = (UInt64(0), size)
        var path: [TreeHash] = []
        while end - start > 1 {
            let middle = start + split(end - start)
            if index < middle {
                path.append(try root(middle..<end))
                end = middle
            } else {
                path.append(try root(start..<middle))
                start = middle
            }
        }
        return path.reversed()
    }

    /// The hashes that prove a tree to be the beginning of another.
    ///
    /// - Parameters:
    ///   - old: How many leaves the smaller tree has: more than 0, at most `size`.
    ///   - size: How many leaves the larger tree has.
    ///   - root: The root of the tree over a range of leaves.
    /// - Returns: At most 65 hashes; none when the trees are of one size.
    /// - Throws: What `root` throws.
    package static func consistency<Failure: Error>(
        from old: UInt64, to size: UInt64,
        _ root: (Range<UInt64>) throws(Failure) -> TreeHash
    ) throws(Failure) -> [TreeHash] {
        guard old > 0, old < size else { return [] }
        var (start, end) = (UInt64(0), size)
        var path: [TreeHash] = []
        // True while the smaller tree's root is a node that whoever verifies knows already.
        var isKnown = true
        while old != end {
            let middle = start + split(end - start)
            if old <= middle {
                path.append(try root(middle..<end))
                end = middle
            } else {
                path.append(try root(start..<middle))
                start = middle
                isKnown = false
            }
        }
        if !isKnown { path.append(try root(start..<end)) }
        return path.reversed()
    }

    /// True when a leaf is proven to be in a tree.
    package static func isIncluded(
        _ leaf: TreeHash, at index: UInt64, size: UInt64, root: TreeHash, by proof: [TreeHash]
    ) -> Bool {
        guard index < size else { return false }
        var (node, last) = (index, size - 1)
        var hash = leaf
        for sibling in proof {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                hash = .node(sibling, hash)
                while node & 1 == 0, node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                hash = .node(hash, sibling)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }

    /// True when a tree is proven to be the beginning of another. A tree without leaves is the
    /// beginning of every tree and needs no proof.
    package static func isConsistent(
        _ old: (size: UInt64, root: TreeHash), with new: (size: UInt64, root: TreeHash),
        by proof: [TreeHash]
    ) -> Bool {
        guard old.size <= new.size else { return false }
        if old.size == 0 { return proof.isEmpty && old.root == .ofNothing }
        if old.size == new.size { return proof.isEmpty && old.root == new.root }
        var rest = proof[...]
        // A whole subtree's root is left out of the proof: it is the old root itself.
        let isWhole = old.size.nonzeroBitCount == 1
        guard var hash = isWhole ? old.root : rest.popFirst() else { return false }
        var before = hash
        var (node, last) = (old.size - 1, new.size - 1)
        while node & 1 == 1 {
            node >>= 1
            last >>= 1
        }
        for sibling in rest {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                before = .node(sibling, before)
                hash = .node(sibling, hash)
                while node & 1 == 0, node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                hash = .node(hash, sibling)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && before == old.root && hash == new.root
    }

    /// The largest power of two that is smaller than a number greater than 1.
    private static func split(_ count: UInt64) -> UInt64 {
        1 << UInt64(63 - (count - 1).leadingZeroBitCount)
    }
}
