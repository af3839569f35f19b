/// One word of a line.
package struct Word: Hashable, Sendable {
    /// What it says, without its quotes.
    package let text: String
    /// True when it stood in quotes.
    package let isQuoted: Bool
    /// Where it begins, its quote included: in Unicode scalars of the line, from 1.
    package let column: Int
    /// True when it is printable ASCII. Swift compares other texts by canonical equivalence, in which
    /// U+212A is K: words of the grammar are therefore only compared with plain ones.
    let isPlain: Bool

    init(_ bytes: ArraySlice<UInt8>, isQuoted: Bool, column: Int) {
        text = String(decoding: bytes, as: UTF8.self)
        self.isQuoted = isQuoted
        self.column = column
        isPlain = bytes.allSatisfy(Characters.isPrintable)
    }

    /// True when the word is exactly this one of the grammar's.
    func says(_ word: String) -> Bool {
        isPlain && text == word
    }

    /// True when it begins with a hyphen.
    var isDashed: Bool { text.utf8.first == UInt8(ascii: "-") }

    /// The column behind it.
    var endColumn: Int { column + text.unicodeScalars.count + (isQuoted ? 2 : 0) }

    /// The column of its n-th scalar, counted from 0.
    func column(at offset: Int) -> Int {
        column + (isQuoted ? 1 : 0) + offset
    }
}

/// Words as a line that reads as the same words.
package enum Printing {
    /// The line, or nil when there is none: a word that holds both kinds of quotes, or a `'` beside what
    /// double quotes may not hold, cannot be typed.
    package static func line(_ words: some Sequence<String>) -> String? {
        var line = ""
        for word in words {
            guard let quoted = quoted(word) else { return nil }
            if !line.isEmpty { line += " " }
            line += quoted
        }
        return line
    }

    /// A word as it is typed: bare where it can be, else in single quotes, else in double ones.
    package static func quoted(_ word: String) -> String? {
        let bytes = word.utf8
        if !bytes.isEmpty, bytes.allSatisfy(Characters.isBare) { return word }
        if !bytes.contains(UInt8(ascii: "'")) { return "'\(word)'" }
        return bytes.contains(where: Characters.isRefusedInDoubleQuotes) ? nil : "\"\(word)\""
    }
}

extension Characters {
    /// True for `"` and for what a shell would act on between double quotes: `$`, backquote, backslash.
    static func isRefusedInDoubleQuotes(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "$"), UInt8(ascii: "`"), UInt8(ascii: "\\"): true
        default: false
        }
    }
}
