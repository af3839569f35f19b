/// Takes a body's framing off, byte by byte, in whatever pieces it arrives.
package struct BodyDecoder: Hashable, Sendable {
    /// What one step found.
    package enum Step: Hashable, Sendable {
        /// All bytes are consumed and the body goes on.
        case needsMore
        /// Payload stands in this range of the bytes given.
        case payload(Range<Int>)
        /// The body has ended; the offset stands behind its last byte.
        case end
    }

    private enum State: Hashable {
        case counted(remaining: Int)
        case untilClose
        case size(value: Int, digits: Int)
        case sizeLineFeed(value: Int)
        case data(remaining: Int)
        case dataReturn
        case dataLineFeed
        case lastReturn
        case lastLineFeed
        case ended
    }

    private var state: State

    /// Makes a decoder for one body.
    package init(_ framing: BodyFraming) {
        switch framing {
        case .none, .length(0): state = .ended
        case .length(let count): state = .counted(remaining: count)
        case .chunked: state = .size(value: 0, digits: 0)
        case .untilClose: state = .untilClose
        }
    }

    /// True when the body's last byte has been consumed.
    package var isAtEnd: Bool { state == .ended }

    /// Consumes bytes up to the next piece of payload or the body's end.
    ///
    /// - Parameters:
    ///   - bytes: Bytes of the connection.
    ///   - offset: Where to begin; moved behind what was consumed.
    /// - Returns: What was found.
    /// - Throws: `.badChunk` or `.trailer`.
    package mutating func step(
        _ bytes: Span<UInt8>, at offset: inout Int
    ) throws(BodyFailure) -> Step {
        while true {
            switch state {
            case .ended:
                return .end
            case .untilClose:
                guard offset < bytes.count else { return .needsMore }
                return .payload(take(bytes.count - offset, at: &offset))
            case .counted(let remaining):
                guard offset < bytes.count else { return .needsMore }
                let range = take(min(remaining, bytes.count - offset), at: &offset)
                state =
                    remaining == range.count ? .ended : .counted(remaining: remaining - range.count)
                return .payload(range)
            case .data(let remaining):
                guard offset < bytes.count else { return .needsMore }
                let range = take(min(remaining, bytes.count - offset), at: &offset)
                state =
                    remaining == range.count
                    ? .dataReturn : .data(remaining: remaining - range.count)
                return .payload(range)
            case .size, .sizeLineFeed, .dataReturn, .dataLineFeed, .lastReturn, .lastLineFeed:
                guard offset < bytes.count else { return .needsMore }
                state = try Self.next(state, bytes[offset])
                offset += 1
            }
        }
    }

    /// Consumes all bytes, or all that belong to the body, and only counts the payload.
    ///
    /// What stands between the old and the new offset is correctly framed and may be passed on as it
    /// is to a peer that reads the same framing.
    ///
    /// - Parameters:
    ///   - bytes: Bytes of the connection.
    ///   - offset: Where to begin; moved behind what was consumed.
    /// - Returns: How many payload bytes were seen, and whether the body has ended.
    /// - Throws: `.badChunk` or `.trailer`.
    package mutating func pass(
        _ bytes: Span<UInt8>, at offset: inout Int
    ) throws(BodyFailure) -> (payloadBytes: Int, ended: Bool) {
        var count = 0
        while true {
            switch try step(bytes, at: &offset) {
            case .payload(let range): count += range.count
            case .needsMore: return (count, isAtEnd)
            case .end: return (count, true)
            }
        }
    }

    /// Tells the decoder that the sender has ended.
    ///
    /// - Throws: `.incomplete` when the framing promised more.
    package mutating func inputEnded() throws(BodyFailure) {
        switch state {
        case .ended, .untilClose: state = .ended
        default: throw .incomplete
        }
    }

    private func take(_ count: Int, at offset: inout Int) -> Range<Int> {
        defer { offset += count }
        return offset..<offset + count
    }

    /// The state after one byte of framing.
    private static func next(_ state: State, _ byte: UInt8) throws(BodyFailure) -> State {
        switch (state, byte) {
        case (.size(let value, 1...), 0x0D): return .sizeLineFeed(value: value)
        case (.size(let value, let digits), _):
            guard digits < 8, let digit = hexadecimal(byte) else { throw .badChunk }
            return .size(value: value << 4 | digit, digits: digits + 1)
        case (.sizeLineFeed(0), 0x0A): return .lastReturn
        case (.sizeLineFeed(let value), 0x0A): return .data(remaining: value)
        case (.dataReturn, 0x0D): return .dataLineFeed
        case (.dataLineFeed, 0x0A): return .size(value: 0, digits: 0)
        case (.lastReturn, 0x0D): return .lastLineFeed
        case (.lastLineFeed, 0x0A): return .ended
        case (.lastReturn, _): throw .trailer
        default: throw .badChunk
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x41...0x46: Int(byte) - 0x41 + 10
        case 0x61...0x66: Int(byte) - 0x61 + 10
        default: nil
        }
    }
}
