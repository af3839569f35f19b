/// An address of the internet protocol, in any of its spellings (RFC 4291 §2.2).
struct IPAddress {
    /// Sixteen bytes; those of an IPv4 address are the last four, behind ::ffff.
    private let bytes: [UInt8]

    /// Reads an address; nil for what is none. Leading zeros are no part of an IPv4 address: to some
    /// readers they make it octal.
    init?(_ text: some StringProtocol) {
        let text = Array(text.utf8)
        if let four = Self.four(text[...]) {
            bytes = Array(repeating: 0, count: 10) + [0xFF, 0xFF] + four
        } else if let sixteen = Self.sixteen(text) {
            bytes = sixteen
        } else {
            return nil
        }
    }

    /// True for unspecified, loopback and link-local addresses, those of IPv4 inside IPv6 included.
    var isOfHost: Bool {
        let isFour =
            bytes.prefix(10).allSatisfy { $0 == 0 } && (bytes[10], bytes[11]) == (0xFF, 0xFF)
            || bytes.prefix(12).allSatisfy { $0 == 0 }
        // ::1 is 0.0.0.1 in that sense, and :: is 0.0.0.0.
        if isFour { return [0, 127].contains(bytes[12]) || (bytes[12], bytes[13]) == (169, 254) }
        return bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
    }

    private static func four(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard 1...3 ~= part.count, part.allSatisfy({ 0x30...0x39 ~= $0 }),
                part.count == 1 || part.first != 0x30
            else { return nil }
            let number = part.reduce(0) { $0 * 10 + Int($1) - 0x30 }
            guard let byte = UInt8(exactly: number) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func sixteen(_ text: [UInt8]) -> [UInt8]? {
        let colon = UInt8(ascii: ":")
        guard let gap = text.indices.first(where: { text[$0...].starts(with: [colon, colon]) })
        else {
            return groups(text[...]).flatMap { $0.count == 16 ? $0 : nil }
        }
        guard let front = groups(text[..<gap]), let back = groups(text[(gap + 2)...]) else {
            return nil
        }
        // The gap stands for one group at least.
        let missing = 16 - front.count - back.count
        return missing < 2 ? nil : front + Array(repeating: 0, count: missing) + back
    }

    /// Groups of up to four hexadecimal digits; the last may be an IPv4 address.
    private static func groups(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        if text.isEmpty { return [] }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var bytes: [UInt8] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, let four = four(part) {
                bytes += four
                continue
            }
            guard 1...4 ~= part.count, part.allSatisfy(isHexadecimal),
                let group = UInt16(String(decoding: part, as: UTF8.self), radix: 16)
            else { return nil }
            bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
        }
        return bytes.count <= 16 ? bytes : nil
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        0x30...0x39 ~= byte || 0x41...0x46 ~= byte || 0x61...0x66 ~= byte
    }
}

/// Addresses that mean the host.
enum Address {
    /// True for a name server that is no address, or one of the host's: unspecified, loopback or
    /// link-local. A resolver may read what is no address as one (`2130706433` is 127.0.0.1).
    static func isOfHost(_ server: String) -> Bool {
        IPAddress(server)?.isOfHost ?? true
    }

    /// True for a host entry (`name:address`, `name=address`) that leads to the host, or whose end is
    /// no address (`host-gateway`).
    static func leadsToHost(_ entry: String) -> Bool {
        let address = entry.utf8.drop { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "=") }
            .dropFirst()
        var text = Substring(address)
        if text.utf8.first == UInt8(ascii: "["), text.utf8.last == UInt8(ascii: "]") {
            text = text.dropFirst().dropLast()
        }
        return IPAddress(text)?.isOfHost ?? true
    }
}
