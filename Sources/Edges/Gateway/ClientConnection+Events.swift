import Acts
import Engine
import EngineAPI
import Exchange
import NIOCore
import Wire

/// Events on their way to a client.
struct EventStream {
    var lines = EventLines()
    /// The requests one of which may have made the exec that the next event tells of.
    var makers: Set<UInt64>?
    /// True while the next event waits for one of them.
    var isHeld = false
}

/// How events pass: those of execs that others have made are left out.
extension ClientConnection {
    /// Passes on the events that are here. One whose exec is being made waits, and the rest with it.
    func relayEvents() {
        guard !events.isHeld else { return }
        var bytes: [UInt8] = []
        do {
            // Never refused for its length: what is here is what was read from the socket.
            _ = try answers.collectBody(into: &bytes, limit: .max)
        } catch {
            return run(exchange.abort())
        }
        events.lines.add(bytes)
        if answers.isBodyRead { events.lines.end() }
        // Out of its place meanwhile: who rules looks at what else stands there.
        var lines = events.lines
        events.lines = EventLines()
        let (shown, waits) = lines.take { rule($0, in: $1) }
        events.lines = lines
        writeChunk(ByteBuffer(bytes: shown))
        if waits { return holdEvents() }
        if answers.isBodyRead { endChunks() }
    }

    private func rule(_ exec: String, in container: String) -> EventLines.Ruling {
        // The first that is asked for is the one that waited.
        let makers = events.makers
        events.makers = nil
        switch loop.services.execs.eventMaker(of: exec, waitingFor: makers) {
        // A container's label can name an exec too, but none of the container's own.
        case .known(let maker, let own):
            return maker == peer.identity && own ?? container == container ? .shown : .hidden
        case .nobody: return exchange.permit?.isUnrestricted == true ? .shown : .hidden
        case .perhaps(let left):
            events.makers = left
            return .later
        }
    }

    /// Waits for the request that is making an exec: it ends with the engine's answer.
    private func holdEvents() {
        events.isHeld = true
        flush()
        let number = self.number
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        loop.eventLoop.scheduleTask(in: .milliseconds(5)) {
            let connection = bound.value
            guard number == connection.number, connection.isActive else { return }
            connection.events.isHeld = false
            connection.relayEvents()
            connection.flush()
            connection.readEngine()
            connection.process()
        }
    }

    /// The engine has ended; what its framing promised may be here.
    func endEvents() {
        do {
            try answers.inputEnded()
        } catch {
            return engineBrokeOff()
        }
        events.isHeld = false
        events.lines.end()
        relayEvents()
    }
}
