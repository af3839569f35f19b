import Acts
import Engine
import EngineAPI
import Exchange
import NIOCore
import Store
import Wire

/// A tenant's own part of the engine's events, line by line.
extension ClientConnection {
    /// Judges what has come; what tells of an object that may be being made waits until the engine
    /// has said whose it is.
    func relayEvents(_ events: EventStream) {
        do {
            guard try answers.collectBody(into: &events.bytes, limit: EventStream.longest) else {
                return run(exchange.abort())
            }
        } catch {
            return run(exchange.abort())
        }
        while !events.isAsking, isActive, let line = events.nextLine() {
            judge(line, events)
        }
        if !events.isAsking, isActive, answers.isBodyRead { endChunks() }
    }

    private func judge(_ line: [UInt8], _ events: EventStream) {
        let ownership = loop.services.ownership
        let verdict = EventView.judge(
            line, for: events.tenant, owner: ownership.lastOwner, imageOwner: loop.imageOwner)
        switch verdict {
        case .shown: show(line)
        case .hidden: break
        case .unknown(let kind, let id):
            guard ownership.objects.awaits(kind.rawValue), Name.isValid(id, for: kind) else {
                // Another loop may have settled it since it was asked.
                if ownership.lastOwner(of: Sighting(kind, id)) == events.tenant { show(line) }
                return
            }
            events.isAsking = true
            let number = self.number
            loop.resolver.owner(of: kind, id) { owner in
                guard number == self.number, self.isActive else { return }
                events.isAsking = false
                if owner == events.tenant { self.show(line) }
                self.relayEvents(events)
                self.flush()
            }
        }
    }

    private func show(_ line: [UInt8]) {
        record?.bytesOut += Int64(line.count)
        var chunk = ByteBuffer()
        chunk.writeBytes(ChunkLine.before(line.count))
        chunk.writeBytes(line)
        chunk.writeStaticString("\r\n")
        write(chunk)
    }
}
