/// Comparing names byte for byte.
///
/// Swift compares strings by canonical equivalence, in which U+212A equals K; names of fields must
/// not be compared so.
package enum Spelling {
    /// True when two texts are the same bytes.
    package static func isSame(_ one: String, _ other: String) -> Bool {
        // Nearly all names that are compared differ in length. Of short ones Swift sees the others in
        // two registers; long ones beyond ASCII it would normalise, which is not to be paid for.
        one.utf8.count == other.utf8.count && (one.utf8.count > 15 || one == other)
            && isSame(one.utf8Span.span, other.utf8Span.span)
    }

    /// True when two texts are the same bytes.
    package static func isSame(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        guard one.count >= 8 else {
            for index in one.indices where one[index] != other[index] { return false }
            return true
        }
        var index = 0
        while index < one.count - 8 {
            guard one.word(at: index) == other.word(at: index) else { return false }
            index += 8
        }
        return one.word(at: one.count - 8) == other.word(at: one.count - 8)
    }

    /// True when a text is a name of letters, digits and the like in any case of its ASCII letters.
    ///
    /// - Parameters:
    ///   - text: Any text.
    ///   - name: A name in ASCII.
    /// - Returns: Whether they are one for a reader that folds ASCII.
    package static func isFolded(_ text: Span<UInt8>, _ name: Span<UInt8>) -> Bool {
        guard text.count == name.count else { return false }
        if isSame(text, name) { return true }
        for index in text.indices where folded(text[index]) != folded(name[index]) {
            return false
        }
        return true
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}
