/// Addresses that mean the host, in every spelling that an engine reads (Go: `net.ParseIP`).
enum Address {
    /// True when what stands behind a host name is such an address: `name:address`, and
    /// `name=address` in case that an engine takes it, too.
    static func isOfHost(entry: String) -> Bool {
        [UInt8(ascii: ":"), UInt8(ascii: "=")].contains { separator in
            let parts = entry.utf8.split(
                separator: separator, maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 && isOfHost(String(Substring(parts[1])))
        }
    }

    /// True for `host-gateway`, and for loopback, link-local and unspecified addresses.
    static func isOfHost(_ address: String) -> Bool {
        let text = Letter.lowercase(
            address.utf8.filter { $0 != UInt8(ascii: "[") && $0 != UInt8(ascii: "]") })
        if text.elementsEqual("host-gateway".utf8) || text.elementsEqual("localhost".utf8) {
            return true
        }
        return text.contains(UInt8(ascii: ":")) ? isOfHost(six: text) : isOfHost(four: text)
    }

    /// Whatever begins with a group of zeros is loopback, unspecified, or an address of version 4 in
    /// disguise.
    private static func isOfHost(six text: [UInt8]) -> Bool {
        let head = text.prefix { $0 != UInt8(ascii: ":") }
        guard !head.isEmpty else { return true }
        guard let first = UInt32(String(decoding: head, as: UTF8.self), radix: 16) else {
            return false
        }
        return first == 0 || first & 0xFFC0 == 0xFE80
    }

    private static func isOfHost(four text: [UInt8]) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        // Leading zeros are decimal to engines built before Go 1.17.
        let numbers = parts.map { UInt32(String(decoding: $0, as: UTF8.self)) }
        switch numbers.first {
        case .some(0), .some(127): return true
        case .some(169): return numbers.dropFirst().first == 254
        case .some, nil: return false
        }
    }
}
