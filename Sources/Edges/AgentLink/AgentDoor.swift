import AgentMessages
import Foundation
import Identity
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// The agent's door to gateways on other machines: mutual TLS, and behind it the same conversation as on the
/// agent's Unix socket, over a pair of sockets.
///
/// Nothing is said to whoever has not proven to be the gateway. Of those whose handshake is under way there
/// are so many and no more; when another comes, the one that has waited longest goes.
package final class AgentDoor: Sendable {
    private let loop: any EventLoop
    /// The gateways' connections behind the door, on the loop.
    private let inside: NIOLoopBoundBox<[ObjectIdentifier: Guest]>
    // Guards the credentials for handshakes from now on.
    private let credentials: Mutex<LinkCredentials>
    private let take: @Sendable (Int32) -> Void
    private let log: @Sendable (String) -> Void

    /// The most handshakes at once.
    static let mostHandshakes = 32

    /// Makes a door.
    ///
    /// - Parameters:
    ///   - credentials: The agent's own, and whom it takes for the gateway.
    ///   - take: Takes the descriptor on which one gateway's connection is spoken; it is the taker's to close.
    ///   - log: Takes a sentence for people.
    package init(
        _ credentials: LinkCredentials, take: @escaping @Sendable (Int32) -> Void,
        log: @escaping @Sendable (String) -> Void
    ) {
        loop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()
        inside = NIOLoopBoundBox.makeBoxSendingValue([:], eventLoop: loop)
        self.credentials = Mutex(credentials)
        self.take = take
        self.log = log
    }

    /// Uses others from now on. Whoever is behind the door and would not be let in any more goes.
    package func replace(_ credentials: LinkCredentials) {
        self.credentials.withLock { $0 = credentials }
        loop.execute { [self] in
            for guest in inside.value.values {
                guard let objection = credentials.rule.objection(to: guest.certificate, at: Date())
                else { continue }
                log("\(guest.address) is let in as a gateway no more: its certificate \(objection)")
                guest.outside.sever()
            }
        }
    }

    /// One connection of a gateway's.
    private struct Guest {
        let address: String
        let certificate: PeerCertificate
        let outside: RelayEnd
    }

    /// Listens.
    ///
    /// - Parameters:
    ///   - host: A host's name or address.
    ///   - port: The port; 0 for any.
    /// - Returns: The port.
    /// - Throws: What the system says.
    package func listen(host: String, port: Int) throws -> Int {
        let waiting = NIOLoopBoundBox.makeBoxSendingValue(Waiting(), eventLoop: loop)
        let refusals = NIOLoopBoundBox.makeBoxSendingValue(Refusals(), eventLoop: loop)
        let channel = try ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 64)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { [self] channel in
                LinkKeepAlive.set(on: channel).flatMap { [self] in
                    channel.eventLoop.makeCompletedFuture {
                        try welcome(channel, waiting, refusals)
                    }
                }
            }
            .bind(host: host, port: port).wait()
        return channel.localAddress?.port ?? port
    }

    private func welcome(
        _ channel: any Channel, _ waiting: NIOLoopBoundBox<Waiting>,
        _ refusals: NIOLoopBoundBox<Refusals>
    ) throws {
        let credentials = self.credentials.withLock { $0 }
        let outside = RelayEnd()
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(NIOSSLServerHandler(context: credentials.context))
        let place = ObjectIdentifier(channel)
        let address = channel.remoteAddress.map { "\($0.ipAddress ?? "?"):\($0.port ?? 0)" } ?? "?"
        let handshake = LinkHandshake(credentials, parting: Self.parting) { [self] result in
            waiting.value.all.removeAll { ObjectIdentifier($0.channel) == place }
            switch result {
            case .success(let certificate):
                let guest = Guest(address: address, certificate: certificate, outside: outside)
                enter(guest, channel)
            case .failure(let problem):
                for line in refusals.value.lines(address, "\(problem)", .now()) { log(line) }
            }
        }
        try pipeline.addHandler(handshake)
        try pipeline.addHandler(outside)
        waiting.value.all.append((channel, handshake))
        if waiting.value.all.count > Self.mostHandshakes, let first = waiting.value.all.first {
            first.handshake.end("it has not finished its handshake, and others have come since")
            first.channel.close(promise: nil)
        }
    }

    private static let parting =
        Reply.refused(
            Sentence(
                "agent.gateway",
                "the agent does not know this machine as its gateway; its log says which it knows")
        ).frame.bytes

    /// Lets a gateway in, unless that has changed since its handshake began.
    private func enter(_ guest: Guest, _ channel: any Channel) {
        let rule = credentials.withLock(\.rule)
        if let objection = rule.objection(to: guest.certificate, at: Date()) {
            log("\(guest.address) is not let in as a gateway: its certificate \(objection)")
            return channel.close(promise: nil)
        }
        let place = ObjectIdentifier(channel)
        inside.value[place] = guest
        channel.closeFuture.whenComplete { [inside] _ in inside.value[place] = nil }
        pass(channel, guest.outside)
    }

    /// Hands a gateway's connection to the agent.
    private func pass(_ channel: any Channel, _ outside: RelayEnd) {
        var ends: [Int32] = [0, 0]
        guard
            socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0
        else {
            log("no descriptor is left for a gateway's connection")
            return channel.close(promise: nil)
        }
        let (ours, theirs) = (ends[0], ends[1])
        let bound = NIOLoopBound(
            (outside: outside, inside: RelayEnd()), eventLoop: channel.eventLoop)
        let take = self.take
        ClientBootstrap(group: channel.eventLoop)
            .channelOption(.autoRead, value: false)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(bound.value.inside)
                }
            }
            .withConnectedSocket(ours)
            .whenComplete { result in
                switch result {
                case .success:
                    RelayEnd.join(bound.value.outside, bound.value.inside)
                    take(theirs)
                case .failure:
                    Foundation.close(theirs)
                    channel.close(promise: nil)
                }
            }
    }

    /// Those whose handshake is under way, the longest first.
    private struct Waiting {
        var all: [(channel: any Channel, handshake: LinkHandshake)] = []
    }
}

/// What is said of those who were refused: everybody on the network can have it said, so not more than one
/// line a second and what was left out.
struct Refusals {
    private var next: NIODeadline = .uptimeNanoseconds(0)
    private var left = 0

    /// The lines to write down about another.
    mutating func lines(_ address: String, _ problem: String, _ now: NIODeadline) -> [String] {
        guard now >= next else {
            left += 1
            return []
        }
        next = now + .seconds(1)
        defer { left = 0 }
        let more = left > 0 ? ["\(left) more were refused in the meantime"] : []
        return more + ["\(address) is not let in as a gateway: \(problem)"]
    }
}

/// How soon one end notices that the other's machine is gone without a word (tcp(7)): after 11 s of silence.
enum LinkKeepAlive {
    private static let options: [(NIOBSDSocket.OptionLevel, Int32, Int)] = [
        (.socket, SO_KEEPALIVE, 1), (.tcp, Int32(TCP_KEEPIDLE), 5), (.tcp, Int32(TCP_KEEPINTVL), 2),
        (.tcp, Int32(TCP_KEEPCNT), 3),
        // What was sent and is not acknowledged, in milliseconds.
        (.tcp, Int32(TCP_USER_TIMEOUT), 11_000), (.tcp, Int32(TCP_NODELAY), 1),
    ]

    static func set(on channel: any Channel) -> EventLoopFuture<Void> {
        EventLoopFuture.andAllSucceed(
            options.map { level, name, value in
                channel.setOption(
                    ChannelOptions.Types.SocketOption(
                        level: level, name: NIOBSDSocket.Option(rawValue: name)),
                    value: value)
            }, on: channel.eventLoop)
    }
}
