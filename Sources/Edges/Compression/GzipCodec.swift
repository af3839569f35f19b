import CZlib

/// gzip by zlib, several members one behind the other as Go's `compress/gzip` reads them.
final class GzipCodec: Codec {
    let format = CompressionFormat.gzip
    /// On the heap, since zlib keeps its address.
    private let stream: UnsafeMutablePointer<z_stream>
    private let limits: Decompressor.Limits
    private var members = 1
    private var isBetween = false

    init(_ limits: Decompressor.Limits) throws(CompressionFailure) {
        self.limits = limits
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 15 bits of window, and 16 for "gzip only": zlib's own and raw data are something else.
        let status = inflateInit2_(
            stream, 15 + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            stream.deallocate()
            throw .outOfMemory
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func step(
        _ input: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutableBufferPointer<UInt8>
    ) throws(CompressionFailure) -> (consumed: Int, produced: Int) {
        if isBetween {
            guard !input.isEmpty else { return (0, 0) }
            try beginMember()
        }
        let available = CUnsignedInt(clamping: input.count)
        let room = CUnsignedInt(clamping: output.count)
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = available
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = room
        switch inflate(stream, Z_NO_FLUSH) {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: isBetween = true
        case Z_MEM_ERROR: throw .outOfMemory
        default:
            // A member that fails in its first bytes is none.
            let isMember = stream.pointee.total_out > 0 || stream.pointee.total_in > 2
            throw members > 1 && !isMember ? .trailingData(format) : .damaged(format)
        }
        return (
            Int(available - stream.pointee.avail_in), Int(room - stream.pointee.avail_out)
        )
    }

    func isAtEnd() -> Bool { isBetween }

    private func beginMember() throws(CompressionFailure) {
        members += 1
        guard members <= limits.parts else { throw .tooManyParts(limit: limits.parts) }
        guard inflateReset(stream) == Z_OK else { throw .outOfMemory }
        isBetween = false
    }
}
