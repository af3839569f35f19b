/// Finds the end of a message head in bytes that arrive in any pieces.
///
/// The owner keeps the unread bytes and presents all of them at each call; the scanner remembers how
/// far it has looked. It refuses at the first byte that cannot stand in a head, wherever the input
/// was cut, so the same bytes always meet the same verdict.
package struct HeadScanner: Hashable, Sendable {
    private enum Place: Hashable {
        /// Before the first byte.
        case start
        /// Inside a line.
        case line
        /// After the CR that ends a line.
        case lineEnd
        /// After a whole line.
        case lineStart
        /// After the CR of the empty line.
        case headEnd
    }

    private var place: Place = .start
    private var scanned = 0
    private let limit: Int

    /// Makes a scanner.
    ///
    /// - Parameter limit: The most bytes that a head may have, its empty line included.
    package init(limit: Int) {
        self.limit = limit
    }

    /// True when not one byte has been seen.
    package var isAtStart: Bool { place == .start }

    /// Looks for the end of the head.
    ///
    /// - Parameter bytes: All unread bytes, from the head's first on.
    /// - Returns: The head's length in bytes with its empty line, or nil when more bytes are needed.
    /// - Throws: `.controlByte`, `.notHTTP` or `.tooLong` at the first byte that says so.
    package mutating func end(in bytes: Span<UInt8>) throws(HeadFailure) -> Int? {
        var index = scanned
        let end = min(bytes.count, limit)
        while index < bytes.count {
            // Nearly every byte is one that stands in a line.
            if place == .line {
                while index < end, bytes[index] > 0x1F, bytes[index] != 0x7F { index += 1 }
                if index == bytes.count { break }
            }
            guard index < limit else { throw .tooLong(limit: limit) }
            let byte = bytes[index]
            index += 1
            switch (place, byte) {
            case (.start, 0x41...0x5A):
                place = .line
            case (.start, _):
                throw .notHTTP
            case (.line, 0x0D), (.lineStart, 0x0D):
                place = place == .line ? .lineEnd : .headEnd
            case (.lineEnd, 0x0A):
                place = .lineStart
            case (.headEnd, 0x0A):
                return index
            case (.lineEnd, _), (.headEnd, _), (_, 0x0A), (_, 0x7F):
                throw .controlByte
            case (_, 0x00..<0x20) where byte != 0x09:
                throw .controlByte
            case (.line, _), (.lineStart, _):
                place = .line
            }
        }
        scanned = index
        return nil
    }
}
