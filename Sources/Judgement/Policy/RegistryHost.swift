/// Hosts that an engine may be sent to on a tenant's word.
enum RegistryHost {
    /// True for a host with a name of several parts: neither an address, nor the host itself, nor a
    /// name of its own network. Where such a name leads, only the engine's resolver knows.
    static func isPublic(_ host: String) -> Bool {
        let pieces = host.utf8.split(
            separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard 1...2 ~= pieces.count, let first = pieces.first,
            pieces.dropFirst().allSatisfy({ $0.allSatisfy { 0x30...0x39 ~= $0 } })
        else { return false }
        let name = String(Substring(first)).lowercased()
        let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count > 1, let last = parts.last, !parts.contains(where: \.isEmpty),
            name.utf8.allSatisfy({
                0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == 0x2D || $0 == 0x2E
            }),
            // A last part of digits, or one like 0x7f, is an address to some resolver.
            last.contains(where: { 0x61...0x7A ~= $0 }), !last.starts(with: "0x".utf8)
        else { return false }
        return !["localhost", "localdomain", "local", "internal", "invalid", "lan", "home"]
            .contains(String(Substring(last)))
    }
}
