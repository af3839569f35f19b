import CZstd

/// zstd by libzstd, which itself reads several frames, skippable ones included.
final class ZstdCodec: Codec {
    let format = CompressionFormat.zstd
    private let context: OpaquePointer
    private let limits: Decompressor.Limits
    private var isBetween = false
    private var hasFrames = false

    init(_ limits: Decompressor.Limits) throws(CompressionFailure) {
        self.limits = limits
        guard let context = ZSTD_createDCtx() else { throw .outOfMemory }
        self.context = context
        // The largest power of two within the limit; 10 is the format's smallest.
        let bits = max(10, Int.bitWidth - 1 - max(1, limits.memory).leadingZeroBitCount)
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, CInt(min(bits, 31)))
    }

    deinit {
        ZSTD_freeDCtx(context)
    }

    func step(
        _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>
    ) throws(CompressionFailure) -> (consumed: Int, produced: Int) {
        // Asked between frames, libzstd would say that it waits for one.
        if isBetween, input.isEmpty { return (0, 0) }
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let status = ZSTD_decompressStream(context, &target, &source)
        guard ZSTD_isError(status) == 0 else {
            switch ZSTD_getErrorCode(status) {
            case ZSTD_error_memory_allocation: throw .outOfMemory
            case ZSTD_error_frameParameter_windowTooLarge:
                throw .needsMemory(limit: limits.memory)
            case ZSTD_error_prefix_unknown where hasFrames: throw .trailingData(format)
            default: throw .damaged(format)
            }
        }
        isBetween = status == 0
        hasFrames = hasFrames || isBetween
        return (source.pos, target.pos)
    }

    func isAtEnd() -> Bool { isBetween }
}
