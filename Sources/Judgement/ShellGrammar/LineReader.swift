/// Cuts a line into words, or says where and why it is none.
///
/// Nothing is ever expanded: what a shell would act on is refused outside quotes and literal inside.
struct LineReader {
    /// The most bytes of a line.
    static let maximumBytes = 1024

    private let bytes: [UInt8]
    private var index = 0
    private var words: [Word] = []

    /// Reads a line.
    ///
    /// - Parameter bytes: The line as typed, without the Enter that ends it.
    /// - Returns: Its words.
    /// - Throws: `ShellRefusal` for the first thing that is refused.
    static func words(of bytes: [UInt8]) throws(ShellRefusal) -> [Word] {
        if bytes.count > maximumBytes {
            let end = LineReader(bytes).column(of: maximumBytes)
            throw ShellRefusal(at: end, .tooLong)
        }
        try judgeCharacters(bytes)
        var reader = LineReader(bytes)
        try reader.readAll()
        return reader.words
    }

    private mutating func readAll() throws(ShellRefusal) {
        while let byte = next {
            if byte == UInt8(ascii: " ") {
                index += 1
            } else {
                try word(byte)
            }
        }
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    /// Where a byte stands, in scalars from 1.
    private func column(of offset: Int) -> Int {
        1 + bytes[..<offset].reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }

    private func refusal(_ reason: ShellRefusal.Reason, at offset: Int) -> ShellRefusal {
        ShellRefusal(at: column(of: offset), reason)
    }

    /// Bytes that may stand nowhere, inside quotes or out.
    private static func judgeCharacters(_ bytes: [UInt8]) throws(ShellRefusal) {
        if bytes.allSatisfy(Characters.isPrintable) { return }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ShellRefusal(at: LineReader(bytes).column(of: soundCount(bytes)), .notUnicode)
        }
        for (place, scalar) in text.unicodeScalars.enumerated() {
            if Characters.isControl(scalar) {
                throw ShellRefusal(at: 1 + place, .control(scalar))
            }
            if !Characters.isVisible(scalar) {
                throw ShellRefusal(at: 1 + place, .invisible(scalar))
            }
        }
    }

    /// How many bytes at the start are UTF-8.
    private static func soundCount(_ bytes: [UInt8]) -> Int {
        do throws(UTF8.ValidationError) {
            return try UTF8Span(validating: bytes.span).count
        } catch {
            return error.byteOffsets.lowerBound
        }
    }

    private mutating func word(_ first: UInt8) throws(ShellRefusal) {
        if first == UInt8(ascii: "'") || first == UInt8(ascii: "\"") {
            try quotedWord(first)
        } else {
            try bareWord()
        }
    }

    private mutating func bareWord() throws(ShellRefusal) {
        let start = index
        while let byte = next, byte != UInt8(ascii: " ") {
            guard Characters.isBare(byte) else {
                if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                    throw refusal(.joinedQuotes, at: index)
                }
                throw refusal(.character(character, Operator(bytes[index...])), at: index)
            }
            index += 1
        }
        words.append(Word(bytes[start..<index], isQuoted: false, column: column(of: start)))
    }

    /// The scalar that stands at the index.
    private var character: Unicode.Scalar {
        String(decoding: bytes[index...], as: UTF8.self).unicodeScalars.first ?? "?"
    }

    private mutating func quotedWord(_ quote: UInt8) throws(ShellRefusal) {
        let start = index
        index += 1
        while let byte = next, byte != quote {
            if quote == UInt8(ascii: "\""), Characters.isRefusedInDoubleQuotes(byte) {
                throw refusal(.expansionInQuotes(character), at: index)
            }
            index += 1
        }
        guard index < bytes.count else { throw refusal(.openQuote, at: start) }
        index += 1
        if let byte = next, byte != UInt8(ascii: " ") { throw refusal(.joinedQuotes, at: index) }
        words.append(
            Word(bytes[start + 1..<index - 1], isQuoted: true, column: column(of: start)))
    }
}

/// What a character, or two of them, would make a shell do.
package enum Operator: Hashable, Sendable {
    /// `;`, `&&`, `||`
    case chain
    /// `|`, `|&`
    case pipe
    /// `&`
    case background
    /// `$`, backquote
    case substitution
    /// `<`, `>`
    case redirection
    /// `*`, `?`, `[`, `]`
    case glob
    /// `{`, `}`
    case brace
    /// `~`
    case tilde
    /// `!`, `^`
    case history
    /// `\`
    case escape
    /// `(`, `)`
    case group
    /// `#`
    case comment

    /// Reads what stands at the start; nil for what is nothing to a shell.
    init?(_ bytes: ArraySlice<UInt8>) {
        let first = bytes.first ?? 0
        let second = bytes.dropFirst().first
        switch first {
        case UInt8(ascii: ";"): self = .chain
        case UInt8(ascii: "&"): self = second == first ? .chain : .background
        case UInt8(ascii: "|"): self = second == first ? .chain : .pipe
        case UInt8(ascii: "$"), UInt8(ascii: "`"): self = .substitution
        case UInt8(ascii: "<"), UInt8(ascii: ">"): self = .redirection
        case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "]"):
            self = .glob
        case UInt8(ascii: "{"), UInt8(ascii: "}"): self = .brace
        case UInt8(ascii: "~"): self = .tilde
        case UInt8(ascii: "!"), UInt8(ascii: "^"): self = .history
        case UInt8(ascii: "\\"): self = .escape
        case UInt8(ascii: "("), UInt8(ascii: ")"): self = .group
        case UInt8(ascii: "#"): self = .comment
        default: return nil
        }
    }
}
