/// Decompresses a stream piece by piece, within limits.
///
/// It holds C state and belongs to one task or loop at a time.
package final class Decompressor {
    /// What decompressing may cost.
    package struct Limits: Hashable, Sendable {
        /// How large everything may become, in bytes.
        package var total = Int.max
        /// How many times as large as it came it may become.
        package var ratio = 1000
        /// From how many bytes on the ratio counts: honest archives may begin with zeros.
        package var ratioFrom = 64 << 20
        /// How much memory the stream may ask for, in bytes: a dictionary or window.
        package var memory = 128 << 20
        /// How many compressed parts may stand one behind the other.
        package var parts = 1_000_000

        /// The usual limits.
        package init() {}
    }

    private let limits: Limits
    private let codec: any Codec
    private var taken = 0
    private var given = 0
    /// True when the codec may hold output for which there was no room.
    private var isFull = false
    private var failure: CompressionFailure?

    /// Makes a decompressor for one stream.
    ///
    /// - Throws: `.outOfMemory`.
    package init(
        _ format: CompressionFormat, limits: Limits = Limits()
    ) throws(CompressionFailure) {
        self.limits = limits
        switch format {
        case .gzip: codec = try GzipCodec(limits)
        case .bzip2: codec = try Bzip2Codec(limits)
        case .xz: codec = try XZCodec(limits)
        case .zstd: codec = try ZstdCodec(limits)
        }
    }

    /// Decompresses what there is, until the output is full.
    ///
    /// Call it again while it fills the output or leaves input; then it needs more input.
    ///
    /// - Parameters:
    ///   - input: Bytes of the stream; what was consumed is taken off the front.
    ///   - maximumOutput: How many bytes to give at most.
    /// - Returns: Decompressed bytes.
    /// - Throws: `CompressionFailure`, and the same again for whatever comes later.
    package func decompress(
        _ input: inout ArraySlice<UInt8>, maximumOutput: Int
    ) throws(CompressionFailure) -> [UInt8] {
        if let failure { throw failure }
        var outcome: Result<Int, CompressionFailure> = .success(0)
        let output = [UInt8](unsafeUninitializedCapacity: maximumOutput) { buffer, count in
            outcome = input.withUnsafeBufferPointer { source in
                do throws(CompressionFailure) {
                    return .success(try fill(buffer, &count, from: source))
                } catch {
                    return .failure(error)
                }
            }
        }
        switch outcome {
        case .success(let consumed):
            input = input.dropFirst(consumed)
            return output
        case .failure(let error):
            failure = error
            throw error
        }
    }

    /// Tells the decompressor that no more input comes; everything has been decompressed before.
    ///
    /// - Throws: `.truncated` when the stream promised more.
    package func inputEnded() throws(CompressionFailure) {
        if let failure { throw failure }
        guard !isFull, taken > 0, try codec.isAtEnd() else {
            failure = .truncated(codec.format)
            throw .truncated(codec.format)
        }
    }

    /// Fills a buffer as far as the source goes, and gives how much of that was consumed.
    private func fill(
        _ buffer: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int,
        from source: UnsafeBufferPointer<UInt8>
    ) throws(CompressionFailure) -> Int {
        var consumed = 0
        while count < buffer.count, consumed < source.count || isFull {
            let step = try codec.step(
                UnsafeBufferPointer(rebasing: source[consumed...]),
                UnsafeMutableBufferPointer(rebasing: buffer[count...]))
            consumed += step.consumed
            count += step.produced
            isFull = count == buffer.count
            taken += step.consumed
            given += step.produced
            try judge()
            // Without progress there would be no end; with input left that is the stream's fault.
            if step.consumed == 0, step.produced == 0 {
                guard consumed == source.count else { throw .damaged(codec.format) }
                break
            }
        }
        return consumed
    }

    private func judge() throws(CompressionFailure) {
        guard given <= limits.total else { throw .tooLarge(limit: limits.total) }
        guard given <= limits.ratioFrom || given / limits.ratio <= taken else {
            throw .expands(ratio: limits.ratio)
        }
    }
}

/// One format's C library behind one interface.
protocol Codec: AnyObject {
    /// The format.
    var format: CompressionFormat { get }

    /// Decompresses a little; neither consuming nor producing anything means that input is needed.
    func step(
        _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>
    ) throws(CompressionFailure) -> (consumed: Int, produced: Int)

    /// True when the stream may end here.
    func isAtEnd() throws(CompressionFailure) -> Bool
}
