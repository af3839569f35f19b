import CLinux
import Glibc

/// An address of the Internet and a port.
struct SocketAddress: Hashable {
    /// AF_INET or AF_INET6.
    let family: Int32
    /// The address as text.
    let text: String
    private let bytes: [UInt8]
    private let port: UInt16

    /// Reads an IPv4 or IPv6 address; nil for anything else.
    init?(_ text: String, port: UInt16 = 0) {
        self.text = text
        self.port = port
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            (family, self.bytes) = (AF_INET, Array(bytes.prefix(4)))
        } else if inet_pton(AF_INET6, text, &bytes) == 1 {
            (family, self.bytes) = (AF_INET6, bytes)
        } else {
            return nil
        }
    }

    /// An address out of its 4 or 16 bytes, as text; nil for another count.
    static func text(_ bytes: some Collection<UInt8>) -> String? {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        var text = [CChar](repeating: 0, count: 64)
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, Array(bytes), &text, 64) != nil else { return nil }
        let shown = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: shown, as: UTF8.self)
    }

    /// The structure of ip(7) or ipv6(7), bytes in their order.
    var structure: [UInt8] {
        // The family in the machine's order, the port in the network's.
        let head = [
            UInt8(truncatingIfNeeded: family), UInt8(truncatingIfNeeded: family >> 8),
            UInt8(port >> 8), UInt8(port & 0xFF),
        ]
        let tail = [UInt8](repeating: 0, count: family == AF_INET ? 8 : 4)
        return head + (family == AF_INET ? bytes + tail : tail + bytes + tail)
    }
}

/// A socket of a tool, with a moment at which it gives up.
struct ToolSocket: ~Copyable {
    private let descriptor: OwnedDescriptor
    /// When it gives up, by `Clock`.
    var deadline: Int64

    /// Connects; nil, with the reason in `errno`, when that fails or takes too long.
    ///
    /// - Parameters:
    ///   - address: To whom.
    ///   - type: SOCK_STREAM, SOCK_DGRAM or SOCK_RAW.
    ///   - number: The protocol's number, or 0.
    ///   - deadline: When it gives up.
    init?(_ address: SocketAddress, _ type: Int32, protocol number: Int32 = 0, deadline: Int64) {
        guard let made = Self.connected(address, type, number, deadline) else { return nil }
        self.init(taking: made, deadline: deadline)
    }

    /// Takes over a descriptor that is connected.
    init(taking number: Int32, deadline: Int64) {
        descriptor = OwnedDescriptor(taking: number)
        self.deadline = deadline
    }

    /// The number of a connected socket; nil, with the reason in `errno`, when there is none in time.
    static func connected(
        _ address: SocketAddress, _ type: Int32, _ number: Int32, _ deadline: Int64
    ) -> Int32? {
        let flags = Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let made = socket(address.family, type | flags, number)
        guard made >= 0 else { return nil }
        let structure = address.structure
        let result = structure.withUnsafeBytes { bytes -> Int32 in
            guard let base = bytes.baseAddress else { return -1 }
            return connect(
                made, base.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        if result == 0 { return made }
        var code = errno
        if code == EINPROGRESS {
            guard wait(made, POLLOUT, deadline) else {
                code = errno
                close(made)
                errno = code
                return nil
            }
            var size = socklen_t(4)
            getsockopt(made, SOL_SOCKET, SO_ERROR, &code, &size)
            if code == 0 { return made }
        }
        close(made)
        errno = code
        return nil
    }

    /// Sends everything; false, with the reason in `errno`, when that fails.
    func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.send(descriptor.number, Array(rest), rest.count, Int32(MSG_NOSIGNAL))
            if count < 0 {
                if errno == EINTR { continue }
                guard errno == EAGAIN, Self.wait(descriptor.number, POLLOUT, deadline) else {
                    return false
                }
            } else {
                rest = rest.dropFirst(count)
            }
        }
        return true
    }

    /// What comes next: empty at the end, nil with the reason in `errno` when nothing comes in time.
    func receive(most: Int = 16_384) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: most)
        while true {
            let count = recv(descriptor.number, &buffer, most, 0)
            if count >= 0 { return Array(buffer[..<count]) }
            if errno == EINTR { continue }
            guard errno == EAGAIN, Self.wait(descriptor.number, POLLIN, deadline) else {
                return nil
            }
        }
    }

    private static func wait(_ descriptor: Int32, _ events: Int32, _ deadline: Int64) -> Bool {
        while true {
            let left = deadline - Clock.milliseconds
            guard left > 0 else {
                errno = ETIMEDOUT
                return false
            }
            var polled = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            let count = poll(&polled, 1, Int32(min(left, 60_000)))
            if count > 0 { return true }
            if count < 0, errno != EINTR { return false }
        }
    }
}
