/// The names of an engine's objects, told as a tenant calls them.
///
/// Engine names of tenants' objects carry digits that nothing else has, so they are found wherever an
/// engine says them: as values, as names of members, within paths and within sentences.
package struct Retelling {
    /// An engine name and what is said in its place.
    package struct Name: Hashable, Sendable {
        /// The name on the engine.
        package let engineName: String
        /// The tenant's name; nil: it is somebody else's.
        package let shown: String?

        /// Makes a pair.
        package init(engineName: String, shown: String?) {
            self.engineName = engineName
            self.shown = shown
        }
    }

    /// The names that carry 16 digits: the present one, and those from before a renaming.
    package typealias Book = (_ mark: String) -> [Name]

    private let book: Book
    /// What is said in the place of another tenant's name.
    private static let hidden = Array("(hidden)".utf8)

    /// Makes a retelling.
    ///
    /// - Parameter book: The names that carry 16 digits.
    package init(_ book: @escaping Book) {
        self.book = book
    }

    /// Tells a text anew.
    ///
    /// - Parameters:
    ///   - text: What the engine says: JSON or words. A name within it is whole.
    ///   - hidesUnknown: True where names that nobody knows any more could be another tenant's.
    /// - Returns: The text with the tenant's own names.
    package func told(_ text: [UInt8], hidesUnknown: Bool = false) -> [UInt8] {
        var output: [UInt8] = []
        var copied = 0
        var index = 0
        while let sign = Self.nextSign(in: text, from: index) {
            index = sign + 2
            let digits = text[(sign + 2)..<(sign + 2 + EngineName.digits)]
            let names = book(String(decoding: digits, as: UTF8.self))
            if let (range, shown) = Self.match(names, in: text, at: sign),
                range.lowerBound >= copied
            {
                output += text[copied..<range.lowerBound]
                output += shown.map { Array($0.utf8) } ?? Self.hidden
                copied = range.upperBound
                index = copied
            } else if hidesUnknown {
                let range = Self.word(in: text, around: sign)
                guard range.lowerBound >= copied else { continue }
                output += text[copied..<range.lowerBound]
                output += Self.hidden
                copied = range.upperBound
                index = copied
            }
        }
        return copied == 0 ? text : output + text[copied...]
    }

    /// True when a text holds a name that is somebody else's.
    func isAnothers(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let sign = Self.nextSign(in: bytes, from: 0) else { return false }
        let digits = bytes[(sign + 2)..<(sign + 2 + EngineName.digits)]
        let match = Self.match(book(String(decoding: digits, as: UTF8.self)), in: bytes, at: sign)
        return match.map { $0.1 == nil } ?? true
    }

    /// Where `qm`, 16 hexadecimal digits and a hyphen stand next.
    static func nextSign(in text: [UInt8], from start: Int) -> Int? {
        let length = 2 + EngineName.digits
        var index = start
        while index + length < text.count {
            if text[index] == UInt8(ascii: "q"), text[index + 1] == UInt8(ascii: "m"),
                text[index + length] == UInt8(ascii: "-"),
                text[(index + 2)..<(index + length)].allSatisfy(isDigit)
            {
                return index
            }
            index += 1
        }
        return nil
    }

    /// The name that stands around a sign, and what is said in its place.
    private static func match(
        _ names: [Name], in text: [UInt8], at sign: Int
    ) -> (Range<Int>, String?)? {
        for name in names {
            let bytes = Array(name.engineName.utf8)
            guard let offset = nextSign(in: bytes, from: 0), offset <= sign else { continue }
            let start = sign - offset
            guard start + bytes.count <= text.count,
                text[start..<(start + bytes.count)].elementsEqual(bytes)
            else { continue }
            return (start..<(start + bytes.count), name.shown)
        }
        return nil
    }

    /// Everything around a place that could belong to a name.
    private static func word(in text: [UInt8], around index: Int) -> Range<Int> {
        var start = index
        while start > 0, isOfName(text[start - 1]) { start -= 1 }
        var end = index
        while end < text.count, isOfName(text[end]) { end += 1 }
        return start..<end
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        0x30...0x39 ~= byte || 0x61...0x66 ~= byte
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}
