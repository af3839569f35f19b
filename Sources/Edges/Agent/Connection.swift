import AgentMessages
import Confinement
import Foundation

/// A gateway's connection: one question, or one line and what is said while it runs.
final class Connection {
    private let socket: SharedDescriptor
    private var reader = FrameReader(fromGateway: true)

    /// True once the gateway is gone, or says what it may not say.
    private(set) var isOver = false

    /// How long whoever connects may say nothing, and a gateway may take nothing.
    private static let patience = timeval(tv_sec: 10, tv_usec: 0)

    init(_ socket: SharedDescriptor) {
        self.socket = socket
        var patience = Self.patience
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(
                socket.number, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    var number: Int32 { socket.number }

    /// The next request of those that have arrived; nil when there is none yet, or the gateway is gone.
    func next() -> Request? {
        do {
            return try reader.next().map { try Request($0) }
        } catch {
            isOver = true
            return nil
        }
    }

    /// Waits for the first request; whoever sends it byte by byte has no longer than others.
    func first() -> Request? {
        let end = ContinuousClock.now + .seconds(Self.patience.tv_sec)
        while !isOver {
            if let request = next() { return request }
            if ContinuousClock.now >= end { isOver = true }
            if !isOver { receive() }
        }
        return nil
    }

    /// Takes what has arrived.
    func receive() {
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = recv(socket.number, &bytes, bytes.count, 0)
        if count < 0, errno == EINTR { return }
        if count > 0 { reader.receive(bytes.prefix(count)) } else { isOver = true }
    }

    /// Says something; a gateway that does not take it is gone.
    func send(_ reply: Reply) {
        if !isOver, !Bytes.write(reply.frame.bytes, to: socket.number) { isOver = true }
    }
}
