import Glibc

/// `ping`: echo requests of ICMP (RFC 792, RFC 4443 §4), as a container may send them.
enum EchoRequests {
    /// Sends requests, one a second, and writes what comes back.
    ///
    /// - Parameters:
    ///   - host: A name, or an IPv4 address.
    ///   - count: How many.
    ///   - seconds: How long each answer may take.
    /// - Returns: 0 when an answer came, 1 when none did, 2 when nothing could be sent.
    static func run(_ host: String, count: Int, seconds: Int) -> UInt8 {
        guard let address = address(of: host) else { return 2 }
        guard var way = EchoWay(to: address) else {
            if errno == EACCES || errno == EPERM || errno == EPROTONOSUPPORT {
                ToolText.complain(
                    "ping: the container may send no echo request: its group is not in "
                        + "net.ipv4.ping_group_range and it has no NET_RAW; curl and nslookup ask otherwise"
                )
                return 2
            }
            return ToolText.fail("ping: \(address.text) is not asked", errno, status: 2)
        }
        ToolText.say("PING \(host) (\(address.text)) 56 bytes of data")
        var times: [Int64] = []
        for number in 1...count {
            if number > 1 { sleep(1) }
            let begin = microseconds()
            guard let answer = way.ask(UInt16(number), seconds: seconds) else {
                ToolText.say("no answer to icmp_seq=\(number): \(String(cString: strerror(errno)))")
                continue
            }
            let time = microseconds() - begin
            times.append(time)
            ToolText.say(
                "\(answer) bytes from \(address.text): icmp_seq=\(number) time=\(words(time)) ms")
        }
        let lost = (count - times.count) * 100 / count
        ToolText.say("\(count) sent, \(times.count) received, \(lost)% lost")
        guard let least = times.min(), let most = times.max() else { return 1 }
        let middle = times.reduce(0, +) / Int64(times.count)
        ToolText.say("min/avg/max \(words(least))/\(words(middle))/\(words(most)) ms")
        return 0
    }

    private static func address(of host: String) -> SocketAddress? {
        if let address = SocketAddress(host) { return address }
        switch Resolver.inside().addresses(host) {
        case .found(let records, _):
            let addresses = records.compactMap { SocketAddress($0.value) }
            if let first = addresses.first(where: { $0.family == AF_INET }) ?? addresses.first {
                return first
            }
            ToolText.complain("ping: \(host) has no address")
        case .nothing(let server):
            ToolText.complain("ping: \(Shown.name(server.utf8)) knows no \(host)")
        case .failed(let reason): ToolText.complain("ping: \(reason)")
        }
        return nil
    }

    private static func microseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    /// Milliseconds with three places.
    private static func words(_ microseconds: Int64) -> String {
        let rest = String(microseconds % 1000)
        return "\(microseconds / 1000)." + String(repeating: "0", count: 3 - rest.utf8.count) + rest
    }
}

/// A socket for echo requests: one that any program of the right group gets (icmp(7)), or a raw one.
private struct EchoWay: ~Copyable {
    private var socket: ToolSocket
    private let isRaw: Bool
    private let isVersion6: Bool
    private let number = UInt16.random(in: 0...UInt16.max)

    init?(to address: SocketAddress) {
        let isVersion6 = address.family == AF_INET6
        // IPPROTO_ICMP and IPPROTO_ICMPV6.
        let code: Int32 = isVersion6 ? 58 : 1
        let plain = ToolSocket.connected(address, Int32(SOCK_DGRAM.rawValue), code, 0)
        let found = plain ?? ToolSocket.connected(address, Int32(SOCK_RAW.rawValue), code, 0)
        guard let found else { return nil }
        socket = ToolSocket(taking: found, deadline: 0)
        isRaw = plain == nil
        self.isVersion6 = isVersion6
    }

    /// Asks; how many bytes came back, nil with the reason in `errno` for nothing in time.
    mutating func ask(_ sequence: UInt16, seconds: Int) -> Int? {
        socket.deadline = Clock.milliseconds + Int64(seconds) * 1000
        let request = EchoMessage.request(number, sequence, isVersion6: isVersion6)
        guard socket.send(request) else { return nil }
        while let bytes = socket.receive(most: 2048) {
            // A raw socket of version 4 gets the packet's head too, and everybody's answers.
            let message = isRaw && !isVersion6 ? EchoMessage.body(ofPacket: bytes) : bytes[...]
            let isOurs = EchoMessage.answers(
                message, request, isVersion6: isVersion6, anyNumber: !isRaw)
            if isOurs { return message.count }
        }
        return nil
    }
}

/// Echo messages: type, code, checksum, number, sequence, data.
enum EchoMessage {
    /// A request with 56 bytes of data.
    static func request(_ number: UInt16, _ sequence: UInt16, isVersion6: Bool) -> [UInt8] {
        var bytes: [UInt8] = [
            isVersion6 ? 128 : 8, 0, 0, 0, UInt8(number >> 8), UInt8(number & 0xFF),
            UInt8(sequence >> 8), UInt8(sequence & 0xFF),
        ]
        bytes += (0..<56).map { UInt8($0) }
        // Of version 6 the kernel makes it, which knows the addresses.
        if !isVersion6 {
            let sum = checksum(bytes)
            (bytes[2], bytes[3]) = (UInt8(sum >> 8), UInt8(sum & 0xFF))
        }
        return bytes
    }

    /// True for the answer to a request.
    ///
    /// - Parameters:
    ///   - message: What came.
    ///   - request: What was asked.
    ///   - isVersion6: Whether it is ICMPv6.
    ///   - anyNumber: True when the kernel has put its own number in the place of ours.
    /// - Returns: False for anything else.
    static func answers(
        _ message: ArraySlice<UInt8>, _ request: [UInt8], isVersion6: Bool, anyNumber: Bool
    ) -> Bool {
        guard message.count >= 8, message.first == (isVersion6 ? 129 : 0) else { return false }
        let bytes = Array(message.prefix(8))
        return bytes[6...7] == request[6...7] && (anyNumber || bytes[4...5] == request[4...5])
    }

    /// What follows the head of an IPv4 packet.
    static func body(ofPacket packet: [UInt8]) -> ArraySlice<UInt8> {
        packet.dropFirst(Int((packet.first ?? 0) & 0x0F) * 4)
    }

    /// The Internet's checksum (RFC 1071).
    static func checksum(_ bytes: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for index in stride(from: 0, to: bytes.count, by: 2) {
            let low = index + 1 < bytes.count ? bytes[index + 1] : 0
            sum += UInt32(bytes[index]) << 8 | UInt32(low)
        }
        while sum > 0xFFFF { sum = sum >> 16 + sum & 0xFFFF }
        return ~UInt16(sum)
    }
}
