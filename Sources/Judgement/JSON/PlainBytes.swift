/// Runs of bytes that mean themselves in a JSON string: printable ASCII but `"` and `\`.
package enum PlainBytes {
    /// Finds the end of a run, eight bytes at a time.
    ///
    /// - Parameters:
    ///   - bytes: The text.
    ///   - start: Where the run begins.
    /// - Returns: The index of the first byte that is a quotation mark, a backslash, a control
    ///   character or no ASCII, or the text's end.
    package static func end(of bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while index <= bytes.count - 8 {
            let marks = special(bytes, at: index)
            if marks != 0 { return index + marks.trailingZeroBitCount / 8 }
            index += 8
        }
        if bytes.count - start >= 8, index < bytes.count {
            // The last eight bytes; those that were seen already have no mark.
            let marks = special(bytes, at: bytes.count - 8)
            return marks == 0 ? bytes.count : bytes.count - 8 + marks.trailingZeroBitCount / 8
        }
        while index < bytes.count, isPlain(bytes[index]) { index += 1 }
        return index
    }

    /// True for printable ASCII but `"` and `\`.
    package static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// The high bit of each of eight bytes that is not plain. A carry may set it for a byte above
    /// such a one too; the lowest is always right.
    private static func special(_ bytes: Span<UInt8>, at index: Int) -> UInt64 {
        let word = bytes.word(at: index)
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotation = (word ^ (ones &* 0x22)) &- ones
        let backslash = (word ^ (ones &* 0x5C)) &- ones
        let control = word &- (ones &* 0x20)
        let deleteOrAbove = (word &+ ones) | word
        return (quotation | backslash | control | deleteOrAbove) & (ones &* 0x80)
    }
}

extension Span<UInt8> {
    /// Eight bytes as an integer, the first of them lowest.
    func word(at index: Int) -> UInt64 {
        // Any eight bytes are an integer, and the load is checked against the bounds.
        UInt64(
            littleEndian: unsafe bytes.unsafeLoadUnaligned(
                fromByteOffset: index, as: UInt64.self))
    }
}
