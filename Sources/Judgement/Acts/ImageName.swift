/// What a client calls an image that exists.
package enum ImageName: Hashable, Sendable {
    /// The image of this id, 64 hexadecimal digits without `sha256:`.
    case id(String)
    /// The only image whose id begins so.
    case beginning(String)
    /// The image of this name or, where there is none, the only one whose id begins with `beginning`.
    case reference(ImageReference, beginning: String?)

    /// Reads what a client says, as engines do.
    ///
    /// - Parameter text: A reference, an id, or the beginning of an id.
    /// - Throws: What is wrong with it as a reference.
    package init(parsing text: String) throws(ImageReference.Failure) {
        let algorithm = "sha256:".utf8
        let isPrefixed = text.utf8.starts(with: algorithm)
        let digits = isPrefixed ? text.utf8.dropFirst(algorithm.count) : text.utf8[...]
        let isBeginning = (1..<64).contains(digits.count) && digits.allSatisfy(Self.isDigit)
        if Self.isID(digits) {
            self = .id(String(decoding: digits, as: UTF8.self))
        } else if isPrefixed, isBeginning {
            self = .beginning(String(decoding: digits, as: UTF8.self))
        } else {
            self = .reference(
                try ImageReference(parsing: text), beginning: isBeginning ? text : nil)
        }
    }

    /// True for a whole id without its algorithm.
    static func isID(_ bytes: Substring.UTF8View) -> Bool {
        bytes.count == 64 && bytes.allSatisfy(isDigit)
    }

    /// A small hexadecimal digit.
    static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte || 0x61...0x66 ~= byte }
}
