/// A range of IPv4 addresses out of which tenants' networks get their parts.
package struct SubnetPool: Hashable, Sendable {
    /// A range of IPv4 addresses.
    package struct Subnet: Hashable, Sendable, CustomStringConvertible {
        /// The first address, as a number.
        let first: UInt32
        /// How many leading bits all its addresses share.
        package let prefix: Int

        /// Reads `10.0.0.0/16`; nil when it is none. Bits behind the prefix count for nothing, as
        /// engines take a gateway's address for the subnet too.
        package init?(_ text: String) {
            let parts = text.utf8.split(
                separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            guard parts.count == 2, let prefix = Self.number(parts[1], atMost: 32) else {
                return nil
            }
            let bytes = parts[0].split(
                separator: UInt8(ascii: "."), omittingEmptySubsequences: false
            ).map { Self.number($0, atMost: 255) }
            guard bytes.count == 4, !bytes.contains(nil) else { return nil }
            let address = bytes.compactMap { $0 }.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            self.init(first: address & Self.mask(prefix), prefix: prefix)
        }

        init(first: UInt32, prefix: Int) {
            self.first = first
            self.prefix = prefix
        }

        /// `10.0.0.0/16`
        package var description: String {
            let bytes = [24, 16, 8, 0].map { String(first >> $0 & 0xFF) }
            return bytes.joined(separator: ".") + "/\(prefix)"
        }

        /// True for ranges within the private ones (RFC 1918).
        package var isPrivate: Bool {
            let ranges = [
                Subnet(first: 0x0A00_0000, prefix: 8), Subnet(first: 0xAC10_0000, prefix: 12),
                Subnet(first: 0xC0A8_0000, prefix: 16),
            ]
            return ranges.contains { $0.prefix <= prefix && $0.overlaps(self) }
        }

        /// True when an address is in both.
        package func overlaps(_ other: Subnet) -> Bool {
            let mask = Self.mask(min(prefix, other.prefix))
            return first & mask == other.first & mask
        }

        static func mask(_ prefix: Int) -> UInt32 {
            prefix == 0 ? 0 : ~UInt32(0) << (32 - prefix)
        }

        private static func number(_ digits: Substring.UTF8View, atMost most: Int) -> Int? {
            // Readers disagree on leading zeros.
            guard 1...3 ~= digits.count, digits.allSatisfy({ 0x30...0x39 ~= $0 }),
                digits.count == 1 || digits.first != 0x30
            else { return nil }
            let number = digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
            return number <= most ? number : nil
        }
    }

    /// All of it.
    package let range: Subnet
    /// The prefix of each part.
    package let size: Int

    /// Makes a pool.
    ///
    /// - Parameters:
    ///   - range: All of it.
    ///   - size: The prefix of each part; 29 at most, so that there is room for containers.
    package init?(_ range: Subnet, size: Int) {
        guard range.prefix <= size, size <= 29, size - range.prefix <= 16 else { return nil }
        self.range = range
        self.size = size
    }

    /// How many parts it has.
    package var count: Int { 1 << (size - range.prefix) }

    /// True for a subnet that takes no more of the pool than one network gets.
    package func admits(_ subnet: Subnet) -> Bool {
        !range.overlaps(subnet) || (subnet.prefix >= size && subnet.prefix >= range.prefix)
    }

    /// The first part that shares no address with others; nil when there is none.
    ///
    /// - Parameter taken: What is in use.
    /// - Returns: The part.
    package func free(beside taken: [Subnet]) -> Subnet? {
        // Walks over what is in the way instead of asking for every part.
        let step = UInt64(1) << (32 - size)
        let end = UInt64(range.first) + UInt64(1) << (32 - range.prefix)
        var at = UInt64(range.first)
        for other in taken.filter(range.overlaps).sorted(by: { $0.first < $1.first }) {
            if UInt64(other.first) >= at + step { break }
            let behind = UInt64(other.first) + UInt64(1) << (32 - other.prefix)
            at = max(at, (behind + step - 1) / step * step)
        }
        guard at < end else { return nil }
        return Subnet(first: UInt32(at), prefix: size)
    }
}
