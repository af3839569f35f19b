/// The field lines of a head, read strictly (RFC 9112 §5).
///
/// Unknown fields are checked and dropped; a known one that stands twice is refused.
struct FieldLines {
    private(set) var fields: Fields
    private let isASCII: Bool

    /// Reads every field line of a head.
    ///
    /// - Parameters:
    ///   - head: A whole head; `HeadScanner` has vouched for its bytes and line ends.
    ///   - start: The first byte of the first field line.
    ///   - limit: The most field lines.
    /// - Throws: At the first line that is none, or that says again what was said.
    init(_ head: Span<UInt8>, from start: Int, limit: Int) throws(HeadFailure) {
        fields = Fields(over: head)
        isASCII = Self.isASCII(head)
        var index = start
        var count = 0
        // The head ends in an empty line; what stands before it is lines.
        while index < head.count - 2 {
            count += 1
            guard count <= limit else { throw .tooManyFields(limit: limit) }
            let end = Self.lineEnd(head, from: index)
            try readLine(head, index..<end)
            index = end + 2
        }
    }

    private mutating func readLine(
        _ head: Span<UInt8>, _ line: Range<Int>
    ) throws(HeadFailure) {
        var colon = line.lowerBound
        while colon < line.upperBound, Self.isToken(head[colon]) { colon += 1 }
        // A blank before the colon, a folded line and a line without a name all end here.
        guard colon > line.lowerBound, colon < line.upperBound, head[colon] == 0x3A else {
            throw .badFieldLine
        }
        guard let name = FieldName.named(head, in: line.lowerBound..<colon) else { return }
        // There are few known fields; looking through them costs less than a set.
        guard !fields.contains(name) else { throw .duplicateField(name) }
        fields.append(name, try trimmed(head, colon + 1..<line.upperBound))
    }

    private func trimmed(
        _ head: Span<UInt8>, _ range: Range<Int>
    ) throws(HeadFailure) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, head[lower] == 0x20 || head[lower] == 0x09 { lower += 1 }
        while upper > lower, head[upper - 1] == 0x20 || head[upper - 1] == 0x09 { upper -= 1 }
        guard isASCII || Self.text(head, lower..<upper) != nil else { throw .badFieldLine }
        return lower..<upper
    }

    /// True when no byte is above U+007F, as in nearly every head.
    private static func isASCII(_ head: Span<UInt8>) -> Bool {
        var bits: UInt8 = 0
        for index in head.indices { bits |= head[index] }
        return bits < 0x80
    }

    /// Copies a range as text, or returns nil when it is no UTF-8.
    static func text(_ head: Span<UInt8>, _ range: Range<Int>) -> String? {
        do {
            return String(copying: try UTF8Span(validating: head.extracting(range)))
        } catch {
            return nil
        }
    }

    static func lineEnd(_ head: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while head[index] != 0x0D { index += 1 }
        return index
    }

    /// True for the characters of a token (RFC 9110 §5.6.2).
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23, 0x24, 0x25, 0x26, 0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C,
            0x7E:
            true
        default: false
        }
    }
}
