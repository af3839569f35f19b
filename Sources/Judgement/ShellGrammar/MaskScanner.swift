/// Goes over a text once and leaves out the values of names that tell of secrets.
struct MaskScanner {
    private let mask: SecretMask
    private let bytes: [UInt8]
    private var index = 0
    private var output: [UInt8] = []

    init(_ text: String, by mask: SecretMask) {
        self.mask = mask
        bytes = Array(text.utf8)
        output.reserveCapacity(bytes.count)
    }

    mutating func masked() -> String {
        while index < bytes.count {
            if Self.isName(bytes[index]) {
                name()
            } else if bytes[index...].starts(with: "://".utf8) {
                userinfo()
            } else {
                output.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private mutating func name() {
        let start = index
        while index < bytes.count, Self.isName(bytes[index]) { index += 1 }
        output += bytes[start..<index]
        // Most words of a text are followed by no value, and are not looked at as names.
        guard let value = valueStart(isOption: bytes[start] == UInt8(ascii: "-")) else { return }
        let name = String(decoding: bytes[start..<index], as: UTF8.self)
        guard mask.isSecret(name: name),
            let range = Self.isHeader(name) ? value..<bytes.count : quotedOrWord(at: value),
            !range.isEmpty
        else { return }
        output += bytes[index..<range.lowerBound]
        output += SecretMask.mark.utf8
        index = range.upperBound
    }

    /// Where the value begins of a name that ends at the index; nil when none follows.
    private func valueStart(isOption: Bool) -> Int? {
        var start = index
        if start < bytes.count, Self.isQuote(bytes[start]) { start += 1 }
        start = skipBlanks(start)
        guard start < bytes.count else { return nil }
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

    private func quotedOrWord(at start: Int) -> Range<Int>? {
        guard start < bytes.count else { return nil }
        if Self.isQuote(bytes[start]) {
            var end = start + 1
            while end < bytes.count, bytes[end] != bytes[start] {
                // A quote behind a backslash ends nothing.
                end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
            }
            end = min(end, bytes.count)
            return end > start + 1 ? start + 1..<end : nil
        }
        var end = start
        while end < bytes.count, !Self.isBlank(bytes[end]), bytes[end] != UInt8(ascii: "&"),
            !Self.isQuote(bytes[end])
        {
            end += 1
        }
        return end > start ? start..<end : nil
    }

    /// Leaves out who stands in front of a URL's host, which may be a token without a password.
    private mutating func userinfo() {
        output += "://".utf8
        index += 3
        let rest = bytes[index...].prefix {
            !Self.isBlank($0) && !Self.isQuote($0) && $0 != UInt8(ascii: "<")
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
        output += SecretMask.mark.utf8
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
