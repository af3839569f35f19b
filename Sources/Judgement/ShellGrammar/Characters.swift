/// Which characters may stand where on a line.
package enum Characters {
    /// True for what may stand outside quotes: `A-Z a-z 0-9 . _ - / : = , + % @`.
    static func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "/"),
            UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: "+"),
            UInt8(ascii: "%"), UInt8(ascii: "@"):
            true
        default: false
        }
    }

    /// True for printable ASCII, U+0020 to U+007E.
    static func isPrintable(_ byte: UInt8) -> Bool {
        0x20...0x7E ~= byte
    }

    /// True for C0, DEL and C1: U+0000 to U+001F and U+007F to U+009F.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value
    }

    /// True for what people see on a line, the space included.
    ///
    /// Not so are controls, format characters (bidi, zero width), characters that Unicode ignores when
    /// it shows text, line separators, blanks other than the space, and what has no meaning (private
    /// use, unassigned).
    static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return isPrintable(UInt8(scalar.value)) }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator,
            .lineSeparator, .paragraphSeparator:
            return false
        default: return !properties.isDefaultIgnorableCodePoint
        }
    }

    /// True for what a terminal or a browser may be given: it shows itself and does nothing else.
    ///
    /// Beyond `isVisible` these are blanks other than the space, private characters (they are icons
    /// in some fonts) and the two selectors that choose between text and emoji.
    static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .spaceSeparator, .privateUse: true
        default: scalar.value == 0xFE0E || scalar.value == 0xFE0F || isVisible(scalar)
        }
    }

    /// A character as text: `^M`, `<U+202E>`.
    static func shown(_ scalar: Unicode.Scalar) -> String {
        if scalar.value < 0x20 || scalar.value == 0x7F {
            return "^" + String(Unicode.Scalar(UInt8(scalar.value) ^ 0x40))
        }
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "<U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + ">"
    }

    /// A text of which nothing can act: what is not visible stands in it as `^M` or `<U+202E>`.
    package static func shown(_ text: String) -> String {
        if text.utf8.allSatisfy(isPrintable) { return text }
        var safe = ""
        for scalar in text.unicodeScalars {
            if isVisible(scalar) {
                safe.unicodeScalars.append(scalar)
            } else {
                safe += shown(scalar)
            }
        }
        return safe
    }
}
