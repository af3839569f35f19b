/// The only addresses of the host that ports may be bound to.
package struct PublishedAddresses: Hashable, Sendable {
    /// The addresses, the usual one first; at least one.
    package let list: [String]

    /// Makes a list.
    package init(_ list: [String]) {
        self.list = list
    }

    /// The address that a port is bound to.
    ///
    /// - Parameter asked: What was asked for; every address, in whatever spelling, becomes one.
    /// - Returns: The address, or nil when there is none that may be had for it.
    package func address(for asked: String) -> String? {
        switch asked {
        case "": list.first
        case "0.0.0.0": list.first { !Self.isIPv6($0) }
        case "::": list.first(where: Self.isIPv6)
        default: list.contains(asked) ? asked : nil
        }
    }

    /// Those that are in both lists, in the order of this one.
    package func and(_ other: PublishedAddresses) -> PublishedAddresses {
        PublishedAddresses(list.filter(other.list.contains))
    }

    private static func isIPv6(_ address: String) -> Bool {
        address.utf8.contains(UInt8(ascii: ":"))
    }
}
