import Acts
import Engine
import EngineAPI
import Exchange
import GuardedShell
import Ledger
import NIOCore
import Wire

/// An answer that the engine is not asked for. Its head and body come to the client the way that an
/// engine's would.
struct OwnAnswer {
    /// What is still to be said.
    enum Content {
        /// Containers, in a version, and whether one was said before.
        case list(ArraySlice<ContainerRow>, APIVersion, hasBegun: Bool)
        /// Events that are asked for; what waits, and whether more may come.
        case events(EventQuery, waiting: [UInt8])
        /// A recording, from a place in it on; whether a piece of it is being read.
        case recording(Recording, offset: UInt64, isReading: Bool)
        /// Nothing.
        case nothing
    }

    var content: Content
}

/// How lists and events are answered from the inventory.
extension ClientConnection {
    /// The most bytes of events that wait for a client; who is further behind is ended.
    private static let mostWaiting = 1 << 20
    /// The most bytes of events that wait for the engine to say whose one of them is.
    private static let mostHeld = 16 << 20
    /// About how many bytes of a list are written at a time.
    private static let piece = 32 << 10

    /// Answers a request without the engine.
    ///
    /// - Parameters:
    ///   - outbound: The request as it would go to the engine.
    ///   - otherwise: Called when the engine is to be asked.
    func answer(_ outbound: Outbound, otherwise: @escaping () -> Void) {
        let inventory = loop.services.inventory
        let target = exchange.request?.target ?? ""
        switch exchange.operation?.name {
        case "ContainerList":
            guard let query = ContainerQuery(target: target) else { return ask(otherwise) }
            let number = self.number
            inventory.list(query, on: loop.eventLoop) { list in
                guard number == self.number, self.isActive else { return }
                guard let list else { return self.ask(otherwise) }
                self.loop.counters.lists.own += 1
                self.begin(
                    .list(list.rows[...], query.version, hasBegun: false), head: list.head)
                self.process()
            }
        case "SystemEvents":
            guard let query = EventQuery(target: target), let head = inventory.eventHead(query)
            else { return otherwise() }
            loop.listen(self)
            begin(.events(query, waiting: []), head: head)
        case "RecordingList", "RecordingGet", "SessionList", "SessionWatch", "SessionModerate",
            "ApprovalList", "ApprovalDecide":
            guard let ask = exchange.act?.ask else { return run(exchange.abort()) }
            answer(ask)
        case "ContainerEnter":
            guard let shell = makeShell() else { return }
            self.shell = shell
            begin(.nothing, head: Self.switchHead)
        case "ImagePrune":
            guard let permit = exchange.permit, permit.namesImages, let tenant = permit.tenant
            else {
                return otherwise()
            }
            pruneImages(target, of: tenant) {
                self.begin(.nothing, head: Self.valueHead)
                self.say($0, isLast: true)
                self.process()
            }
        default: otherwise()
        }
    }

    /// The head of an answer that is JSON.
    static let valueHead = Array(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            .utf8)

    private func ask(_ otherwise: () -> Void) {
        loop.counters.lists.engines += 1
        otherwise()
    }

    func begin(_ content: OwnAnswer.Content, head: [UInt8]) {
        own = OwnAnswer(content: content)
        outflow = .head
        answers = MessageReader()
        answers.add(ByteBuffer(bytes: head))
        readAnswer()
        readOwn()
        flush()
    }

    /// Says more of an answer of the gateway's own, when the client has taken what it got.
    func readOwn() {
        while let content = own?.content, isActive, let context, context.channel.isWritable,
            !events.isHeld
        {
            switch content {
            case .list(let rows, let version, let hasBegun):
                say(rows, version, hasBegun: hasBegun)
            case .events(let query, let waiting):
                if waiting.isEmpty { return }
                own?.content = .events(query, waiting: [])
                say(waiting)
            case .recording(let recording, let offset, let isReading):
                if !isReading { read(recording, from: offset) }
                return
            case .nothing: return
            }
        }
    }

    private func say(_ rows: ArraySlice<ContainerRow>, _ version: APIVersion, hasBegun: Bool) {
        var rows = rows
        var bytes: [UInt8] = hasBegun ? [] : [UInt8(ascii: "[")]
        var isFirst = !hasBegun
        let now = Timestamp.now()
        while bytes.count < Self.piece, let row = rows.popFirst() {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            row.append(to: &bytes, in: version, at: now)
        }
        guard rows.isEmpty else {
            own?.content = .list(rows, version, hasBegun: true)
            return say(bytes)
        }
        own?.content = .nothing
        say(bytes + Array("]\n".utf8), isLast: true)
    }

    /// Brings a piece of the body to where an engine's would come.
    func say(_ bytes: [UInt8], isLast: Bool = false) {
        var buffer = ByteBuffer()
        // A chunk of nothing would be the last.
        if !bytes.isEmpty {
            buffer.writeBytes(ChunkLine.before(bytes.count))
            buffer.writeBytes(bytes)
            buffer.writeString("\r\n")
        }
        if isLast { buffer.writeBytes(ChunkLine.last) }
        answers.add(buffer)
        readAnswer()
    }

    // MARK: Changes

    /// Notes what the request may change in lists of containers.
    func noteChange() {
        change = exchange.act.map { ListChange($0, seeing: facts) } ?? .nothing
        touches = 0
    }

    /// Notes that the engine speaks of an act: with its head, and with what follows first. What comes
    /// then may be what a program writes, as often as it likes; the end is noted by itself.
    func noteAnswer() {
        guard touches < 2 else { return }
        touches += 1
        touchChanged()
    }

    /// What the engine says of an act, a list that is asked for after it shows: to be called before
    /// the client can know of it.
    func touchChanged() {
        let inventory = loop.services.inventory
        switch change {
        case .nothing: break
        case .containers(let references): inventory.touch(references)
        case .images(let names, let ids): inventory.touch(images: names, ids: ids)
        case .everything: inventory.touchAll()
        }
    }

    // MARK: Events

    /// Events have come for everybody.
    func eventsCame(_ news: [EngineEvent]) {
        guard case .events(let query, var waiting)? = own?.content else { return }
        let seen = news.filter { query.includes($0) && mayBeSeen($0) }
        guard !seen.isEmpty else { return }
        // What is new is not what was left unread, however long it is.
        let isReading = context?.channel.isWritable == true
        let behind = waiting.count + answers.unread + events.lines.waiting
        guard behind <= (isReading ? Self.mostHeld : Self.mostWaiting) else {
            return end("it does not read its events: more than 1 MiB of them wait")
        }
        for event in seen { waiting += event.line }
        own?.content = .events(query, waiting: waiting)
        readOwn()
        flush()
        process()
    }

    /// False for what is known to be others': it neither waits for a client nor ends it.
    private func mayBeSeen(_ event: EngineEvent) -> Bool {
        guard let tenant = exchange.narrowedTo else { return true }
        let ownership = loop.services.ownership
        let verdict = EventView.judge(
            event, for: tenant, owner: ownership.lastOwner, names: loop.imageNames,
            offered: { ownership.isOffered($0, to: tenant) })
        return verdict != .hidden
    }

    /// Some events may be missing from here on: the client is told by the end of the stream, as it is
    /// when an engine stops.
    func eventsEnded() {
        guard case .events? = own?.content else { return }
        end("the stream of the engine's events has ended")
    }
}
