extension Slot {
    /// Reads a word.
    ///
    /// - Parameter word: The word that stands in the slot's place.
    /// - Returns: The value.
    /// - Throws: `ShellRefusal` at the character that does not fit.
    func value(of word: Word) throws(ShellRefusal) -> Value {
        if word.isDashed {
            // What is quoted never counts as an option, so it may not look like one either.
            if word.isQuoted { throw ShellRefusal(at: word.column, .quotedOption) }
            // Numbers may be negative. Nothing else that could be taken for an option is a value.
            if !isNumber { throw ShellRefusal(at: word.column, .dashedValue(self)) }
        }
        if case .text = self { return .text(try Self.text(word)) }
        guard word.isPlain else { throw Self.beyondASCII(word, self) }
        if case .path(let trees) = self { return .path(try PathRule.judge(word, under: trees)) }
        guard let value = plainValue(word.text) else {
            throw ShellRefusal(at: word.column, .value(self))
        }
        return value
    }

    private var isNumber: Bool {
        switch self {
        case .integer, .signed, .size: true
        case .path, .host, .loopbackURL, .glob, .text, .service, .choice: false
        }
    }

    /// The value of a text in printable ASCII; nil for one that does not fit.
    private func plainValue(_ text: String) -> Value? {
        switch self {
        case .integer(let range): Self.integer(text, range).map { .integer($0) }
        case .signed(let range): Self.signed(text, range)
        case .host: HostName.isValid(text) ? .host(text) : nil
        case .loopbackURL: LoopbackURL(text).map { .loopbackURL($0) }
        case .glob: Self.isGlob(text) ? .glob(text) : nil
        case .size: Self.size(text)
        case .service: Self.isService(text) ? .service(text) : nil
        case .choice(let words): words.contains(text) ? .choice(text) : nil
        case .path, .text: nil
        }
    }

    private static func beyondASCII(_ word: Word, _ slot: Slot) -> ShellRefusal {
        let place = word.text.unicodeScalars.enumerated().first { !$0.element.isASCII }
        return ShellRefusal(
            at: word.column(at: place?.offset ?? 0), .beyondASCII(place?.element ?? "?", slot))
    }

    private static func text(_ word: Word) throws(ShellRefusal) -> String {
        // The line has no character that cannot be seen; how long it is remains to be judged.
        guard 1...200 ~= word.text.unicodeScalars.count else {
            throw ShellRefusal(at: word.column, .value(.text))
        }
        return word.text
    }

    /// One spelling for each number: programs differ in what they make of a leading 0.
    private static func integer(_ text: String, _ range: ClosedRange<Int>) -> Int? {
        guard text.utf8.count == 1 || text.utf8.first != UInt8(ascii: "0") else { return nil }
        return digits(text.utf8[...], in: range)
    }

    private static func digits(_ text: Substring.UTF8View, in range: ClosedRange<Int>) -> Int? {
        guard 1...18 ~= text.count else { return nil }
        var number = 0
        for byte in text {
            guard isDigit(byte) else { return nil }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return range.contains(number) ? number : nil
    }

    private static func signed(_ text: String, _ range: ClosedRange<Int>) -> Value? {
        let (sign, rest) = sign(text)
        return digits(rest, in: range).map { .signed(sign, $0) }
    }

    private static func size(_ text: String) -> Value? {
        let (sign, rest) = sign(text)
        guard let last = rest.last, let unit = Value.Unit(rawValue: String(Unicode.Scalar(last))),
            1...6 ~= rest.count - 1, let number = digits(rest.dropLast(), in: 0...999_999)
        else { return nil }
        return .size(sign, number, unit: unit)
    }

    private static func sign(_ text: String) -> (Value.Sign, Substring.UTF8View) {
        switch text.utf8.first {
        case UInt8(ascii: "+"): (.plus, text.utf8.dropFirst())
        case UInt8(ascii: "-"): (.minus, text.utf8.dropFirst())
        default: (.none, text.utf8[...])
        }
    }

    private static func isGlob(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                isLetter(byte) || isDigit(byte) || ".-_*?".utf8.contains(byte)
            }
    }

    private static func isService(_ text: String) -> Bool {
        guard 1...32 ~= text.utf8.count, let first = text.utf8.first, isLowerCase(first) else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            isLowerCase(byte) || isDigit(byte) || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "-")
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }

    private static func isLowerCase(_ byte: UInt8) -> Bool {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        isLowerCase(byte | 0x20)
    }
}
