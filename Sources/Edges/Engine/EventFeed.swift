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
    private var lines = EventLines()

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
            var bytes: [UInt8] = []
            _ = try reader.collectBody(into: &bytes, limit: .max)
            lines.add(bytes)
        } catch {
            return end("the engine answers what is no HTTP")
        }
        takeLines()
        if reader.isBodyRead { end("the engine has ended its events") }
    }

    private func takeLines() {
        var events: [EngineEvent] = []
        var missed = -lines.skipped
        _ = lines.take(
            whose: { line in
                // The stream goes on after what cannot be read: it would be told again by the next
                // one, and end that too.
                if let event = EngineEvent(line) {
                    events.append(event)
                } else if line.count > 2 {
                    missed += 1
                }
                return .hidden
            }, { _, _ in .hidden })
        missed += lines.skipped
        if !events.isEmpty { report(.events(events)) }
        if missed > 0 { report(.missed) }
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
