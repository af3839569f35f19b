import CLzma

/// xz by liblzma, which itself reads several streams and the zeros that may stand between them.
final class XZCodec: Codec {
    let format = CompressionFormat.xz
    /// `lzma/container.h`: refuse checks that this library cannot compute.
    private static let LZMA_TELL_UNSUPPORTED_CHECK: UInt32 = 0x02
    /// `lzma/container.h`: go on with the next stream.
    private static let LZMA_CONCATENATED: UInt32 = 0x08

    private let stream: UnsafeMutablePointer<lzma_stream>
    private let limits: Decompressor.Limits

    init(_ limits: Decompressor.Limits) throws(CompressionFailure) {
        self.limits = limits
        stream = .allocate(capacity: 1)
        stream.initialize(to: lzma_stream())
        let flags = Self.LZMA_CONCATENATED | Self.LZMA_TELL_UNSUPPORTED_CHECK
        guard lzma_stream_decoder(stream, UInt64(limits.memory), flags) == LZMA_OK else {
            stream.deallocate()
            throw .outOfMemory
        }
    }

    deinit {
        lzma_end(stream)
        stream.deallocate()
    }

    func step(
        _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>
    ) throws(CompressionFailure) -> (consumed: Int, produced: Int) {
        stream.pointee.next_in = input.baseAddress
        stream.pointee.avail_in = input.count
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = output.count
        switch lzma_code(stream, LZMA_RUN) {
        case LZMA_OK, LZMA_BUF_ERROR: break
        case LZMA_MEM_ERROR: throw .outOfMemory
        case LZMA_MEMLIMIT_ERROR: throw .needsMemory(limit: limits.memory)
        default: throw .damaged(format)
        }
        return (
            input.count - stream.pointee.avail_in, output.count - stream.pointee.avail_out
        )
    }

    /// Only liblzma knows whether another stream has begun; asking it ends the stream.
    func isAtEnd() -> Bool {
        stream.pointee.avail_in = 0
        var spare: UInt8 = 0
        return withUnsafeMutablePointer(to: &spare) { room in
            stream.pointee.next_out = room
            stream.pointee.avail_out = 1
            return lzma_code(stream, LZMA_FINISH) == LZMA_STREAM_END
                && stream.pointee.avail_out == 1
        }
    }
}
