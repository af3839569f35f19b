/// Finds in a part of a line the values of names that tell of secrets.
struct MaskScanner {
    /// How far a value goes.
    enum Value: Hashable, Sendable {
        /// To a blank, a quote or an ampersand.
        case word
        /// To the quote; the first byte is left over when a backslash stood before it.
        case quoted(UInt8, isEscaped: Bool)
        /// To the line's end.
        case line
    }

    /// The most bytes that wait for what makes a value of them.
    static let mostWaiting = 4096
    /// The most bytes of a name that wait: what is longer tells by its end.
    private static let mostName = 256

    private let mask: SecretMask
    private let bytes: [UInt8]
    private let isEnd: Bool
    private var index = 0
    /// How many bytes belong to a value that began in an earlier part.
    let skipped: Int
    /// Values that began here, each not empty.
    private(set) var hidden: [Range<Int>] = []
    /// The value that goes on behind the part; nil when none does.
    private(set) var open: Value?
    /// Where begins what only the next part tells the meaning of.
    private(set) var end: Int

    /// Goes over a part of a line once.
    ///
    /// - Parameters:
    ///   - bytes: The part, without escape sequences.
    ///   - isEnd: True when the line ends with it.
    ///   - value: The value that the part before it has ended in.
    ///   - mask: Which names tell.
    init(_ bytes: [UInt8], isEnd: Bool, in value: Value?, by mask: SecretMask) {
        self.mask = mask
        self.bytes = bytes
        self.isEnd = isEnd
        end = bytes.count
        let (stop, rest) = value.map { Self.end(of: $0, in: bytes, from: 0) } ?? (0, nil)
        (skipped, index) = (stop, stop)
        if !isEnd { open = rest }
        scan()
    }

    private mutating func scan() {
        while index < bytes.count {
            let byte = bytes[index]
            if Self.isName(byte) {
                name()
            } else if byte == UInt8(ascii: ":") {
                address()
            } else {
                index += 1
            }
        }
    }

    private mutating func name() {
        let start = index
        while index < bytes.count, Self.isName(bytes[index]) { index += 1 }
        // Most words of a text are followed by no value, and are not looked at as names.
        guard let value = valueStart(isOption: bytes[start] == UInt8(ascii: "-")) else { return }
        guard value < bytes.count else {
            return wait(from: index < bytes.count ? start : max(start, index - Self.mostName))
        }
        let name = String(decoding: bytes[start..<index], as: UTF8.self)
        guard mask.isSecret(name: name) else { return }
        let isQuoted = Self.isQuote(bytes[value])
        if isQuoted, value + 1 == bytes.count { return wait(from: start) }
        if Self.isHeader(name) {
            hide(.line, from: value)
        } else if isQuoted {
            hide(.quoted(bytes[value], isEscaped: false), from: value + 1)
        } else {
            hide(.word, from: value)
        }
    }

    private mutating func hide(_ value: Value, from start: Int) {
        let (stop, rest) = Self.end(of: value, in: bytes, from: start)
        guard stop > start else { return }
        hidden.append(start..<stop)
        index = stop
        if stop == bytes.count, !isEnd { open = rest }
    }

    /// Ends the part before something that may have a value.
    private mutating func wait(from start: Int) {
        guard !isEnd, bytes.count - start <= Self.mostWaiting else { return }
        end = start
        index = bytes.count
    }

    /// Where the value begins of a name that ends at the index, the part's end when that is not known
    /// yet; nil when none follows.
    private func valueStart(isOption: Bool) -> Int? {
        var start = index
        if start < bytes.count, Self.isQuote(bytes[start]) { start += 1 }
        start = skipBlanks(start)
        guard start < bytes.count else { return start }
        guard bytes[start] == UInt8(ascii: "=") || bytes[start] == UInt8(ascii: ":") else {
            return isOption && start > index ? start : nil
        }
        start += 1
        // `=>`, and `:=`
        if start < bytes.count,
            bytes[start] == UInt8(ascii: ">") || bytes[start] == UInt8(ascii: "=")
        {
            start += 1
        }
        return skipBlanks(start)
    }

    /// Where a value ends, and what is left of it behind the bytes.
    private static func end(
        of value: Value, in bytes: [UInt8], from start: Int
    ) -> (stop: Int, rest: Value?) {
        var end = start
        switch value {
        case .line: return (bytes.count, value)
        case .word:
            while end < bytes.count, !isBlank(bytes[end]), bytes[end] != UInt8(ascii: "&"),
                !isQuote(bytes[end])
            {
                end += 1
            }
            return (end, end == bytes.count ? value : nil)
        case .quoted(let quote, let isEscaped):
            end += isEscaped ? 1 : 0
            while end < bytes.count, bytes[end] != quote {
                // A quote behind a backslash ends nothing.
                end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
            }
            let rest = Value.quoted(quote, isEscaped: end > bytes.count)
            return end < bytes.count ? (end, nil) : (bytes.count, rest)
        }
    }

    /// Leaves out who stands in front of a URL's host, which may be a token without a password.
    private mutating func address() {
        let start = index
        let mark = "://".utf8
        let found = bytes[start...].prefix(mark.count)
        guard found.elementsEqual(mark) else {
            index += 1
            if !isEnd, found.count < mark.count, mark.starts(with: found) { wait(from: start) }
            return
        }
        index += mark.count
        let rest = bytes[index...].prefix {
            !Self.isBlank($0) && !Self.isQuote($0) && $0 != UInt8(ascii: "<")
        }
        if rest.endIndex == bytes.count, !isEnd, bytes.count - start <= Self.mostWaiting {
            return wait(from: start)
        }
        let authority = rest.prefix { !"/?#".utf8.contains($0) }
        var end = authority.lastIndex(of: UInt8(ascii: "@"))
        // A password may hold a slash although it should not: then a port is no number.
        if end == nil, let colon = authority.firstIndex(of: UInt8(ascii: ":")),
            !authority[(colon + 1)...].allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
            authority.first != UInt8(ascii: "[")
        {
            end = rest.lastIndex(of: UInt8(ascii: "@"))
        }
        guard let end, end > index else { return }
        hidden.append(index..<end)
        index = end
    }

    private func skipBlanks(_ start: Int) -> Int {
        var end = start
        while end < bytes.count, Self.isBlank(bytes[end]) { end += 1 }
        return end
    }

    private static func isHeader(_ name: String) -> Bool {
        ["authorization", "proxy-authorization", "cookie", "set-cookie"].contains(name.lowercased())
    }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || 0x09...0x0D ~= byte
    }

    private static func isQuote(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
    }
}
