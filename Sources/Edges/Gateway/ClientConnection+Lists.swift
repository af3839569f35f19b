import Engine
import EngineAPI
import Exchange
import NIOCore
import Wire

/// How bodies pass whose length is not known: in chunks, and what others have is left out of lists.
extension ClientConnection {
    func relayChunk() {
        writeChunk(answers.takeAll())
    }

    func writeChunk(_ body: ByteBuffer) {
        guard body.readableBytes > 0 else { return }
        record?.bytesOut += Int64(body.readableBytes)
        write(ByteBuffer(bytes: ChunkLine.before(body.readableBytes)))
        write(body)
        write(ByteBuffer(string: "\r\n"))
    }

    func endChunks() {
        guard isActive else { return }
        write(ByteBuffer(bytes: ChunkLine.last))
        run(exchange.answerEnded())
    }

    // MARK: Parts

    /// What is here of the answer's body; nil when its framing is broken, and everything ends.
    func takePart() -> [UInt8]? {
        var part: [UInt8] = []
        do {
            // Never refused for its length: what is here is what was read from the socket.
            _ = try answers.collectBody(into: &part, limit: .max)
            return part
        } catch {
            run(exchange.abort())
            return nil
        }
    }

    /// The engine has ended; what its framing promised may be here.
    func endParts() {
        guard !isSettling else { return }
        do {
            try answers.inputEnded()
        } catch {
            return engineBrokeOff()
        }
        switch outflow {
        case .events:
            events.isHeld = false
            events.lines.end()
            relayEvents()
        case .list: relayList()
        case .lines: relayLines()
        case .progress: relayProgress()
        case .idle, .head, .framed, .chunked, .collecting, .raw: break
        }
    }

    // MARK: Lines

    /// Passes on the lines that are here with the client's names.
    func relayLines() {
        guard let bytes = takePart() else { return }
        heldLine += bytes
        let isWhole = answers.isBodyRead
        let end = isWhole ? heldLine.endIndex : heldLine.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        guard heldLine.count - end <= Self.longestLine else { return run(exchange.abort()) }
        let lines = Array(heldLine[..<end])
        heldLine.removeFirst(end)
        writeChunk(ByteBuffer(bytes: retelling?.told(lines) ?? lines))
        if isWhole { endChunks() }
    }

    /// The most bytes of a line that is told anew.
    private static let longestLine = 4 << 20

    // MARK: Lists

    /// Passes on what the client may see of the list's part that is here.
    func relayList() {
        guard let part = takePart() else { return }
        let isWhole = answers.isBodyRead
        guard
            let shown = exchange.listReceived(
                part, isWhole: isWhole, seeing: owners)
        else { return run(exchange.abort()) }
        writeChunk(ByteBuffer(bytes: shown))
        if isWhole { endChunks() }
    }
}
