/// The names by which a listener may be asked (RFC 9112 §3.2).
///
/// A page whose name has been bound to the gateway's address (DNS rebinding) may read the answers to
/// its requests; that they name another host gives it away. Names are compared as bytes, without
/// ASCII case, and without the port.
package struct HostNames: Hashable, Sendable {
    /// The names, in small letters.
    private let names: Set<[UInt8]>
    /// True on a Unix socket, where clients make names up.
    private let isLocal: Bool

    /// What Docker clients say where there is no host: docker (CLI to 20.10), api.moby.localhost
    /// (CLI from 20.10.25 and 23 on), localhost (docker-py, curl), docker.example.com (CLI over ssh;
    /// the domain is nobody's, RFC 2606 §3).
    private static let madeUp: Set<[UInt8]> = Set(
        ["docker", "localhost", "api.moby.localhost", "docker.example.com"].map { Array($0.utf8) })

    /// The names of a listener that clients reach over a network.
    ///
    /// - Parameter certified: The names in its certificate. One with a wildcard is left out: it is
    ///   everybody's below it.
    package init(_ certified: [String]) {
        let plain = certified.filter { !$0.utf8.contains(UInt8(ascii: "*")) }
        names = Self.madeUp.union(plain.map { Self.lowercased($0.utf8[...]) })
        isLocal = false
    }

    private init() {
        names = Self.madeUp
        isLocal = true
    }

    /// The names of a Unix socket. Browsers do not reach one; what forwards a port to it may be
    /// reached. Clients say the socket's file (docker.sock, unix.sock), its path in hexadecimal, or
    /// any word: a page's name that can be bound to an address has a dot, and a domain that exists.
    package static let local = HostNames()

    /// True when the listener may be asked by a host.
    func include(_ host: String) -> Bool {
        guard let name = Self.name(in: host.utf8[...]) else { return false }
        if name.first == UInt8(ascii: "[") || Self.isIPv4(name) || names.contains(name) {
            return true
        }
        guard isLocal else { return false }
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return true }
        let domain = name[(dot + 1)...]
        return Self.unresolvable.contains { domain.elementsEqual($0.utf8) }
    }

    /// Last labels that no public name has: RFC 6761 §6.3, and what clients call sockets.
    private static let unresolvable = ["localhost", "sock", "socket"]

    /// The names for a message.
    var words: String {
        let own = names.subtracting(Self.madeUp).map { String(decoding: $0, as: UTF8.self) }
        return (own.sorted() + ["localhost", "docker", "IP addresses"]).joined(separator: ", ")
    }

    /// The name before the port, in small letters; nil for what is no host.
    private static func name(in host: Substring.UTF8View) -> [UInt8]? {
        let colon = UInt8(ascii: ":")
        if host.first == UInt8(ascii: "[") {
            guard let end = host.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let address = host[host.index(after: host.startIndex)..<end]
            guard isPort(host[host.index(after: end)...]), isIPv6(address) else { return nil }
            return lowercased(host[...end])
        }
        let end = host.firstIndex(of: colon) ?? host.endIndex
        guard end != host.startIndex, isPort(host[end...]) else { return nil }
        return lowercased(host[..<end])
    }

    /// True for nothing, or a colon and digits.
    private static func isPort(_ rest: Substring.UTF8View) -> Bool {
        guard let first = rest.first else { return true }
        return first == UInt8(ascii: ":") && (1...5).contains(rest.count - 1)
            && rest.dropFirst().allSatisfy { 0x30...0x39 ~= $0 }
    }

    /// Four decimal numbers: what browsers write for every spelling of an IPv4 address.
    private static func isIPv4(_ name: [UInt8]) -> Bool {
        let parts = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                guard (1...3).contains(part.count), part.allSatisfy({ 0x30...0x39 ~= $0 }) else {
                    return false
                }
                return part.reduce(0) { $0 * 10 + Int($1 - 0x30) } < 256
            }
    }

    /// What may stand in brackets; no name can.
    private static func isIPv6(_ address: Substring.UTF8View) -> Bool {
        var colons = 0
        for byte in address {
            switch byte {
            case UInt8(ascii: ":"): colons += 1
            case UInt8(ascii: "."), 0x30...0x39, 0x41...0x46, 0x61...0x66: break
            default: return false
            }
        }
        return (2...7).contains(colons) && address.count <= 45
    }

    private static func lowercased(_ bytes: Substring.UTF8View) -> [UInt8] {
        bytes.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }
    }
}
