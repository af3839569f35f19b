/// An address as Go's `net.ParseIP` reads it.
struct HostAddress {
    /// Sixteen bytes; those of an IPv4 address stand behind ::ffff.
    private let bytes: [UInt8]

    /// Reads an address with blanks around it; nil for what is none.
    init?(trimming text: Substring) {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let trimmed = text.drop(while: isBlank)
        let end = trimmed.lastIndex { !isBlank($0) }
        let address = end.map { trimmed[...$0] } ?? ""
        if let four = Self.four(address) {
            bytes = Array(repeating: 0, count: 10) + [0xFF, 0xFF] + four
        } else if let sixteen = Self.sixteen(address) {
            bytes = sixteen
        } else {
            return nil
        }
    }

    /// True for loopback, link-local and unspecified addresses.
    var isHost: Bool {
        if bytes.prefix(12).elementsEqual(Array(repeating: 0, count: 10) + [0xFF, 0xFF]) {
            return bytes[12] == 127 || bytes[12] == 0 || (bytes[12] == 169 && bytes[13] == 254)
        }
        if bytes.dropLast().allSatisfy({ $0 == 0 }) { return bytes[15] <= 1 }
        return bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
    }

    private static func four(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let numbers = parts.compactMap { part in
            part.allSatisfy(\.isWholeNumber) && (part.count == 1 || !part.hasPrefix("0"))
                ? UInt8(part) : nil
        }
        return numbers.count == 4 ? numbers : nil
    }

    private static func sixteen(_ text: Substring) -> [UInt8]? {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard 1...2 ~= halves.count, let first = halves.first, let last = halves.last,
            let front = groups(first), let back = halves.count == 2 ? groups(last) : []
        else { return nil }
        let missing = 16 - front.count - back.count
        guard halves.count == 2 ? missing >= 2 : missing == 0 else { return nil }
        return front + Array(repeating: 0, count: missing) + back
    }

    private static func groups(_ text: Substring) -> [UInt8]? {
        if text.isEmpty { return [] }
        var bytes: [UInt8] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.contains("."), let four = four(part) {
                bytes += four
            } else if 1...4 ~= part.count, let group = UInt16(part, radix: 16), part.first != "+" {
                bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
            } else {
                return nil
            }
        }
        return bytes
    }
}
