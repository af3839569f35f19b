import Acts
import Engine
import EngineAPI
import Exchange
import NIOCore
import Store
import Wire

/// Events on their way to a client.
struct EventStream {
    var lines = EventLines()
    /// The requests one of which may have made the exec that the next event tells of.
    var makers: Set<UInt64>?
    /// The object that the engine was asked about, and whose it is once it has said so.
    var asked: Sighting?
    var owner: String??
    /// True while the next event waits.
    var isHeld = false
}

/// How events pass: those of others' objects are left out, and of execs that others have made.
extension ClientConnection {
    /// Passes on the events that are here. One whose object or exec is being made waits, and the rest
    /// with it.
    func relayEvents() {
        guard !events.isHeld else { return }
        guard let bytes = takePart() else { return }
        events.lines.add(bytes)
        if answers.isBodyRead { events.lines.end() }
        // Out of its place meanwhile: who rules looks at what else stands there.
        var lines = events.lines
        events.lines = EventLines()
        let tenant = exchange.narrowedTo
        let names = loop.imageNames
        let (shown, waits) = lines.take(
            whose: { line in
                // What is filtered by is what the client would read, which nobody knows before it is
                // known whose the object is.
                let ruling = tenant.map { rule(line, for: $0) } ?? .shown
                guard ruling == .shown, let filter = exchange.eventFilter else { return ruling }
                let own = tenant == nil ? line : OriginView.told(line, names)
                return filter.matches(retelling?.told(own) ?? own) ? .shown : .hidden
            },
            telling: tenant == nil ? nil : { OriginView.told($0, names) },
            { rule($0, in: $1) })
        events.lines = lines
        let veiled = exchange.veiled(lines: shown)
        writeChunk(ByteBuffer(bytes: retelling?.told(veiled) ?? veiled))
        if waits { return holdEvents() }
        if answers.isBodyRead { endChunks() }
    }

    /// Whose an event is. One that tells of an object whose answer is still on its way waits until the
    /// engine has said whose it is.
    private func rule(_ line: [UInt8], for tenant: String) -> EventLines.Ruling {
        let ownership = loop.services.ownership
        let verdict = EventView.judge(
            line, for: tenant, owner: ownership.lastOwner, names: loop.imageNames,
            offered: { ownership.isOffered($0, to: tenant) })
        guard case .unknown(let kind, let id) = verdict else {
            return verdict == .shown ? .shown : .hidden
        }
        let sighting = Sighting(kind, id)
        if events.asked == sighting {
            guard let owner = events.owner else { return .later }
            events.asked = nil
            events.owner = nil
            return owner == tenant ? .shown : .hidden
        }
        guard ownership.objects.awaits(kind.rawValue), Name.isValid(id, for: kind) else {
            // Another loop may have settled it since it was asked.
            return ownership.lastOwner(of: sighting) == tenant ? .shown : .hidden
        }
        events.asked = sighting
        events.owner = nil
        let number = self.number
        loop.resolver.owner(of: kind, id) { owner in
            guard number == self.number, self.events.asked == sighting else { return }
            self.events.owner = .some(owner)
        }
        return .later
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

    /// Waits for the request that is making an exec, or for the engine's word: either ends with an
    /// answer of the engine's.
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
}
