package import Crypto

/// A SHA-256 hash of a leaf or an inner node (RFC 6962 §2.1, RFC 9162 §2.1.1).
package struct TreeHash: Hashable, Sendable {
    // Four words rather than an array: millions of them are held and compared.
    private let a: UInt64
    private let b: UInt64
    private let c: UInt64
    private let d: UInt64

    /// How many bytes a hash has.
    package static let byteCount = 32

    /// The hash of a tree without leaves: that of nothing.
    package static let ofNothing = TreeHash(SHA256().finalize())

    /// Takes over a digest.
    package init(_ digest: SHA256.Digest) {
        // A digest is its 32 bytes and nothing else. The library's own way to them is generic and
        // cannot be specialised here: it costs ten times as much, for each line and node.
        if MemoryLayout<SHA256.Digest>.size == Self.byteCount {
            self.init(unsafe withUnsafeBytes(of: digest) { unsafe Words($0) })
        } else {
            self.init(unsafe digest.withUnsafeBytes { unsafe Words($0) })
        }
    }

    /// Takes over 32 bytes.
    ///
    /// - Returns: nil when there are more or fewer.
    package init?(_ bytes: Span<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init(unsafe bytes.withUnsafeBytes { unsafe Words($0) })
    }

    private init(_ words: Words) {
        (a, b, c, d) = (words.a, words.b, words.c, words.d)
    }

    private struct Words {
        let (a, b, c, d): (UInt64, UInt64, UInt64, UInt64)

        /// Reads 32 bytes; fewer trap.
        init(_ bytes: UnsafeRawBufferPointer) {
            func word(_ number: Int) -> UInt64 {
                unsafe bytes.loadUnaligned(fromByteOffset: 8 * number, as: UInt64.self)
            }
            (a, b, c, d) = (word(0), word(1), word(2), word(3))
        }
    }

    /// Takes over 32 bytes.
    ///
    /// - Returns: nil when there are more or fewer.
    package init?(_ bytes: [UInt8]) {
        self.init(bytes.span)
    }

    /// The 32 bytes.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        append(to: &bytes)
        return bytes
    }

    /// Appends the 32 bytes.
    package func append(to bytes: inout [UInt8]) {
        for word in [a, b, c, d] {
            var rest = word.littleEndian
            for _ in 0..<8 {
                bytes.append(UInt8(truncatingIfNeeded: rest))
                rest >>= 8
            }
        }
    }

    /// The hash of a leaf: `SHA-256(0x00 || leaf)`.
    package static func leaf(_ bytes: Span<UInt8>) -> TreeHash {
        var hash = SHA256()
        let lead: UInt8 = 0x00
        // Nothing of either buffer outlives its call.
        unsafe withUnsafeBytes(of: lead) { unsafe hash.update(bufferPointer: $0) }
        unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
        return TreeHash(hash.finalize())
    }

    /// The hash of a leaf.
    package static func leaf(_ bytes: [UInt8]) -> TreeHash {
        leaf(bytes.span)
    }

    /// The hash of an inner node: `SHA-256(0x01 || left || right)`.
    package static func node(_ left: TreeHash, _ right: TreeHash) -> TreeHash {
        // One update of 65 bytes: each costs a call into the library.
        let block = Block(
            lead: UInt64(bigEndian: 0x01), l0: left.a, l1: left.b, l2: left.c, l3: left.d,
            r0: right.a, r1: right.b, r2: right.c, r3: right.d)
        var hash = SHA256()
        // The last byte of the lead is 0x01; the words lie behind it without gaps.
        unsafe withUnsafeBytes(of: block) {
            unsafe hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[7...]))
        }
        return TreeHash(hash.finalize())
    }

    private struct Block {
        var lead, l0, l1, l2, l3, r0, r1, r2, r3: UInt64
    }
}
