package import NIOCore
package import Wire

/// Reads HTTP messages out of bytes that arrive in pieces: a buffer with `Wire`'s machines over it.
///
/// What has not been read stays in the buffer; an empty reader holds no memory.
package struct MessageReader {
    private var inbox = ByteBuffer()
    private var scanner: HeadScanner
    private var decoder = BodyDecoder(.none)
    private let limits: HeadLimits

    /// Makes a reader.
    package init(limits: HeadLimits = HeadLimits()) {
        self.limits = limits
        scanner = HeadScanner(limit: limits.maximumBytes)
    }

    /// How many bytes have arrived and not been read.
    package var unread: Int { inbox.readableBytes }

    /// True when the body of the last head has been read to its end.
    package var isBodyRead: Bool { decoder.isAtEnd }

    /// True when a head has begun and not ended.
    package var isInsideHead: Bool { !scanner.isAtStart }

    /// Adds bytes that arrived.
    package mutating func add(_ bytes: ByteBuffer) {
        if inbox.readableBytes == 0 {
            inbox = bytes
        } else {
            var bytes = bytes
            inbox.discardReadBytes()
            inbox.writeBuffer(&bytes)
        }
    }

    /// Reads a request's head and makes ready for its body.
    ///
    /// - Returns: The head, or nil while it is not whole.
    /// - Throws: The first failure in the head's bytes.
    package mutating func requestHead() throws(HeadFailure) -> RequestHead? {
        let bytes = inbox
        let span = bytes.readableBytesUInt8Span
        guard let end = try scanner.end(in: span) else { return nil }
        let head = try RequestHead(parsing: span.extracting(0..<end), limits: limits)
        begin(head.framing, after: end)
        return head
    }

    /// Reads an answer's head and makes ready for its body.
    ///
    /// - Parameter method: The method of the request that is answered.
    /// - Returns: The head, or nil while it is not whole.
    /// - Throws: The first failure in the head's bytes.
    package mutating func responseHead(to method: Method) throws(HeadFailure) -> ResponseHead? {
        let bytes = inbox
        let span = bytes.readableBytesUInt8Span
        guard let end = try scanner.end(in: span) else { return nil }
        let head = try ResponseHead(
            parsing: span.extracting(0..<end), to: method, limits: limits)
        begin(head.framing, after: end)
        return head
    }

    private mutating func begin(_ framing: BodyFraming, after end: Int) {
        consume(end)
        scanner = HeadScanner(limit: limits.maximumBytes)
        decoder = BodyDecoder(framing)
    }

    /// Takes the body's bytes that are here, with their framing, which has been checked.
    ///
    /// - Returns: The bytes, none when nothing of the body is here, and how much of it is payload.
    package mutating func framedBody() throws(BodyFailure) -> (bytes: ByteBuffer, payload: Int) {
        let bytes = inbox
        let span = bytes.readableBytesUInt8Span
        var offset = 0
        let payload = try decoder.pass(span, at: &offset).payloadBytes
        let slice = inbox.readSlice(length: offset) ?? ByteBuffer()
        consume(0)
        return (slice, payload)
    }

    /// Moves the body's payload that is here into an array.
    ///
    /// - Returns: False when the array would grow beyond the limit.
    package mutating func collectBody(
        into body: inout [UInt8], limit: Int
    ) throws(BodyFailure) -> Bool {
        let bytes = inbox
        let span = bytes.readableBytesUInt8Span
        var offset = 0
        reading: while true {
            switch try decoder.step(span, at: &offset) {
            case .needsMore, .end: break reading
            case .payload(let range):
                guard body.count + range.count <= limit else { return false }
                let start = bytes.readerIndex + range.lowerBound
                body.append(
                    contentsOf: bytes.viewBytes(at: start, length: range.count)
                        ?? ByteBufferView())
            }
        }
        consume(offset)
        return true
    }

    /// Tells the reader that the sender has ended.
    package mutating func inputEnded() throws(BodyFailure) {
        try decoder.inputEnded()
    }

    /// Takes everything that has not been read, as it came.
    package mutating func takeAll() -> ByteBuffer {
        defer { inbox = ByteBuffer() }
        return inbox
    }

    private mutating func consume(_ count: Int) {
        inbox.moveReaderIndex(forwardBy: count)
        // Lets go of the storage, which the socket's side wants to use again.
        if inbox.readableBytes == 0 { inbox = ByteBuffer() }
    }
}
