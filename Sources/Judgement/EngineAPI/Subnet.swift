import Acts

/// Subnets in CIDR notation.
enum Subnet {
    /// True for a subnet within the private ranges (RFC 1918, RFC 4193) that leaves most of them to
    /// others: a network over public or link-local addresses takes them from the host and from every
    /// container (169.254.169.254 is the cloud's metadata).
    static func isPrivate(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 2, let length = number(parts[1]), length <= 128 else { return false }
        let address = String(parts[0]) ?? ""
        if address.contains(":") {
            let head = address.split(separator: ":", omittingEmptySubsequences: false)[0]
            guard head.utf8.count == 4, let first = UInt16(head, radix: 16) else { return false }
            return first & 0xFE00 == 0xFC00 && length >= 48
        }
        guard let subnet = SubnetPool.Subnet(text) else { return false }
        return subnet.isPrivate && subnet.prefix >= 16
    }

    /// A decimal number of up to three digits without leading zeros, which readers disagree on.
    private static func number(_ text: Substring.UTF8View.SubSequence) -> Int? {
        guard 1...3 ~= text.count, text.allSatisfy({ 0x30...0x39 ~= $0 }),
            text.count == 1 || text.first != 0x30
        else { return nil }
        return text.reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }
}
