/// Select Graphic Rendition, `ESC [ parameters m` (ECMA-48 §8.3.117): colours and weights of text.
enum SGR {
    /// True for what stands between `[` and `m`.
    static func isParameter(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: ";")
            || byte == UInt8(ascii: ":")
    }

    /// True when a sequence without its `m` has its `[` and does not conceal text: what is there is seen.
    static func isHarmless(_ sequence: ArraySlice<UInt8>) -> Bool {
        guard sequence.count > 1 else { return false }
        var parameters = sequence.dropFirst(2).split(
            separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)[...]
        while let parameter = parameters.popFirst() {
            guard let number = number(parameter) else {
                // Its parts stand behind colons: it takes no parameter behind it.
                if parameter.first == UInt8(ascii: ":") || conceals(parameter) { return false }
                continue
            }
            if number == 8 { return false }
            guard [38, 48, 58].contains(number) else { continue }
            // An index, or red, green and blue behind a 2.
            let isDirect = parameters.first.flatMap(Self.number) == 2
            parameters = parameters.dropFirst(isDirect ? 4 : 2)
        }
        return true
    }

    /// True when a sequence without its `m` sets the terminal's own colours: `ESC [ m`, `ESC [ 0 m`.
    static func isReset(_ sequence: ArraySlice<UInt8>) -> Bool {
        sequence.dropFirst(2).allSatisfy { $0 == UInt8(ascii: "0") }
    }

    /// The number that a parameter is; an empty one is 0, and one with colons is none.
    private static func number(_ parameter: ArraySlice<UInt8>) -> Int? {
        var number = 0
        for byte in parameter {
            guard byte != UInt8(ascii: ":") else { return nil }
            // Beyond four digits it means nothing, whatever it is.
            number = min(number * 10 + Int(byte - UInt8(ascii: "0")), 9999)
        }
        return number
    }

    private static func conceals(_ parameter: ArraySlice<UInt8>) -> Bool {
        number(parameter.prefix { $0 != UInt8(ascii: ":") }) == 8
    }
}
