/// Hosts that an engine may be sent to on a tenant's word.
enum RegistryHost {
    /// True for a host with a name of several parts: neither an address, nor the host itself, nor a
    /// name of its own network. Where such a name leads, only the engine's resolver knows.
    static func isPublic(_ host: String) -> Bool {
        let halves = host.utf8.split(
            separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = halves.first, name.allSatisfy(isOfName) else { return false }
        // Behind a name and a colon could stand a password, an @ and the host that is meant.
        if halves.count > 1 {
            guard 1...5 ~= halves[1].count, halves[1].allSatisfy({ 0x30...0x39 ~= $0 }) else {
                return false
            }
        }
        let parts = String(Substring(name)).lowercased().utf8.split(
            separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count > 1, let last = parts.last, !parts.contains(where: \.isEmpty),
            // A last part of digits, or one like 0x7f, is an address to some resolver.
            last.contains(where: { 0x61...0x7A ~= $0 }), !last.starts(with: "0x".utf8)
        else { return false }
        return ![
            "localhost", "localdomain", "local", "internal", "invalid", "lan", "home",
        ].contains(String(Substring(last)))
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E: true
        default: false
        }
    }
}
