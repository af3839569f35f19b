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
        // A digest of SHA-256 has 32 bytes; no word is read past them.
        (a, b, c, d) = unsafe digest.withUnsafeBytes { bytes in
            func word(_ index: Int) -> UInt64 {
                unsafe bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
            }
            return (word(0), word(1), word(2), word(3))
        }
    }

    /// Takes over 32 bytes.
    ///
    /// - Returns: nil when there are more or fewer.
    package init?(_ bytes: Span<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        func word(_ number: Int) -> UInt64 {
            var word: UInt64 = 0
            for index in 0..<8 { word |= UInt64(bytes[8 * number + index]) << UInt64(8 * index) }
            // As a load from memory reads it.
            return UInt64(littleEndian: word)
        }
        (a, b, c, d) = (word(0), word(1), word(2), word(3))
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
