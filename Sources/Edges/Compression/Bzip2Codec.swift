import CBzip2

/// bzip2 by libbzip2, several streams one behind the other as Go's `compress/bzip2` reads them.
final class Bzip2Codec: Codec {
    let format = CompressionFormat.bzip2
    /// On the heap, since libbzip2 keeps its address.
    private let stream: UnsafeMutablePointer<bz_stream>
    private let limits: Decompressor.Limits
    private var parts = 0
    private var isBetween = true

    init(_ limits: Decompressor.Limits) throws(CompressionFailure) {
        self.limits = limits
        stream = .allocate(capacity: 1)
        stream.initialize(to: bz_stream())
    }

    deinit {
        if !isBetween { BZ2_bzDecompressEnd(stream) }
        stream.deallocate()
    }

    func step(
        _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>
    ) throws(CompressionFailure) -> (consumed: Int, produced: Int) {
        if isBetween {
            guard !input.isEmpty else { return (0, 0) }
            try beginPart()
        }
        let available = CUnsignedInt(clamping: input.count)
        let room = CUnsignedInt(clamping: output.count)
        stream.pointee.next_in = input.baseAddress.map {
            UnsafeMutableRawPointer(mutating: $0).assumingMemoryBound(to: CChar.self)
        }
        stream.pointee.avail_in = available
        stream.pointee.next_out = output.baseAddress.map {
            UnsafeMutableRawPointer($0).assumingMemoryBound(to: CChar.self)
        }
        stream.pointee.avail_out = room
        let status = BZ2_bzDecompress(stream)
        let step = (
            consumed: Int(available - stream.pointee.avail_in),
            produced: Int(room - stream.pointee.avail_out)
        )
        switch status {
        case BZ_OK: break
        case BZ_STREAM_END:
            isBetween = true
            BZ2_bzDecompressEnd(stream)
        case BZ_MEM_ERROR: throw .outOfMemory
        case BZ_DATA_ERROR_MAGIC where parts > 1: throw .trailingData(format)
        default: throw .damaged(format)
        }
        return step
    }

    func isAtEnd() -> Bool { isBetween && parts > 0 }

    private func beginPart() throws(CompressionFailure) {
        parts += 1
        guard parts <= limits.parts else { throw .tooManyParts(limit: limits.parts) }
        stream.pointee = bz_stream()
        guard BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK else { throw .outOfMemory }
        isBetween = false
    }
}
