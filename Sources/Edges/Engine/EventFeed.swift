import EngineAPI
import NIOCore
import Wire

/// The gateway's own stream of an engine's events. It is read without a pause: an engine leaves out
/// what somebody does not take in time. Confined to its pool's loop.
final class EventFeed: EngineConnectionUser {
    /// What the stream says.
    enum News {
        /// It has begun; the head is its answer's.
        case began(ResponseHead)
        /// Events came.
        case events([EngineEvent])
        /// Something happened that is not told: an event cannot be read, or is too long.
        case missed
        /// It has ended, and why; nothing follows.
        case ended(String)
    }

    private let pool: EnginePool
    private let report: (News) -> Void
    private var connection: EngineConnection?
    private var reader = MessageReader()
    private var hasBegun = false
    private var hasEnded = false
    private var pending: [UInt8] = []

    /// True while an event is skipped that is longer than any is read.
    private var isSkipping = false

    /// The most bytes of an event.
    private static let longest = 4 << 20

    /// Opens a stream.
    ///
    /// - Parameters:
    ///   - pool: Whose connections are used.
    ///   - target: The target of the request.
    ///   - report: Called on the loop with what the stream says.
    init(_ pool: EnginePool, target: String, _ report: @escaping (News) -> Void) {
        self.pool = pool
        self.report = report
        pool.lease(fresh: true) { result in
            switch result {
            case .failure(let failure): self.end("\(failure)")
            case .success(let connection):
                guard !self.hasEnded else { return connection.close() }
                var writer = HeadWriter(.get, target)
                writer.field(.host, "docker")
                writer.field(.userAgent, "Quaymaster")
                self.connection = connection
                connection.user = self
                connection.write(ByteBuffer(bytes: writer.end()))
                connection.flush()
                connection.read()
            }
        }
    }

    /// Ends the stream.
    func close() {
        hasEnded = true
        connection?.close()
        connection = nil
    }

    private func end(_ reason: String) {
        guard !hasEnded else { return }
        close()
        report(.ended(reason))
    }

    // MARK: EngineConnectionUser

    func engineDidSend(_ bytes: ByteBuffer) {
        reader.add(bytes)
        do {
            if !hasBegun {
                guard let head = try reader.responseHead(to: .get) else { return }
                guard head.status == 200 else { return end("the engine answers \(head.status)") }
                hasBegun = true
                report(.began(head))
            }
            guard !hasEnded else { return }
            // Never refused for its length: what is here is what was read from the socket.
            _ = try reader.collectBody(into: &pending, limit: .max)
        } catch {
            return end("the engine answers what is no HTTP")
        }
        takeLines()
        if reader.isBodyRead { end("the engine has ended its events") }
    }

    private func takeLines() {
        var events: [EngineEvent] = []
        var hasMissed = false
        var start = 0
        while let feed = pending[start...].firstIndex(of: 0x0A) {
            let line = Array(pending[start...feed])
            start = feed + 1
            if isSkipping || line.count > Self.longest {
                isSkipping = false
                hasMissed = true
                continue
            }
            if line.count < 3 { continue }
            // The stream goes on: it would be told again by the next one, and end that too.
            if let event = EngineEvent(line) {
                events.append(event)
            } else {
                hasMissed = true
            }
        }
        pending.removeFirst(start)
        if pending.count > Self.longest {
            pending = []
            isSkipping = true
        }
        if !events.isEmpty { report(.events(events)) }
        if hasMissed { report(.missed) }
    }

    func engineDidPause() {
        connection?.read()
    }

    func engineDidEnd() {
        end("the engine has ended its events")
    }

    func engineWritabilityChanged() {}

    func engineDidClose() {
        end("the engine has closed the stream of its events")
    }
}
