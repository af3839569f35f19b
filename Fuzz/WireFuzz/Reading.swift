import FuzzSupport
import Wire

/// A head, a client's or an engine's.
enum Head: Equatable {
    case request(RequestHead)
    case answer(ResponseHead)

    /// How the body behind it ends.
    var framing: BodyFraming {
        switch self {
        case .request(let head): head.framing
        case .answer(let head): head.framing
        }
    }

    /// Written anew with every field that is known.
    var written: [UInt8] {
        var writer: HeadWriter
        let fields: Fields
        switch self {
        case .request(let head):
            writer = HeadWriter(head.method, head.target)
            fields = head.fields
        case .answer(let head):
            writer = HeadWriter(status: head.status, reason: head.reason)
            fields = head.fields
        }
        fields.forEach { writer.field($0, $1) }
        return writer.end()
    }

    /// True when two heads say the same.
    func hasMeaning(of other: Head) -> Bool {
        switch (self, other) {
        case (.request(let one), .request(let other)): one == other
        case (.answer(let one), .answer(let other)): one == other
        case (.request, _), (.answer, _): false
        }
    }
}

/// A head, and the body behind it as far as it came.
struct Message: Equatable {
    /// The head's bytes.
    var bytes: [UInt8]
    var head: Head
    var payload: [UInt8] = []
}

/// What a connection makes of bytes: every message, or the first failure.
struct Reading: Equatable {
    private(set) var messages: [Message] = []
    private(set) var failure: String?
    private var inbox: [UInt8] = []
    private var scanner = HeadScanner(limit: 4096)
    private var decoder: BodyDecoder?

    init(of pieces: [ArraySlice<UInt8>], from sender: Sender) {
        for piece in pieces {
            inbox += piece
            do {
                while try step(sender) {}
            } catch {
                failure = "\(error)"
                return
            }
        }
    }

    /// Reads one head or what there is of a body; false when more is needed.
    private mutating func step(_ sender: Sender) throws -> Bool {
        guard var body = decoder else {
            var scanner = scanner
            defer { self.scanner = scanner }
            guard let end = try scanner.end(in: inbox.span) else { return false }
            let head = try sender.head(inbox.span.extracting(0..<end))
            messages.append(Message(bytes: Array(inbox[..<end]), head: head))
            inbox.removeFirst(end)
            scanner = HeadScanner(limit: 4096)
            decoder = BodyDecoder(head.framing)
            return true
        }
        var counting = body
        var counted = 0
        var offset = 0
        var payload: [UInt8] = []
        // What stands before a broken chunk was read, too.
        defer { messages[messages.count - 1].payload += payload }
        let passed = try? counting.pass(inbox.span, at: &counted)
        loop: while true {
            switch try body.step(inbox.span, at: &offset) {
            case .payload(let range): payload += inbox[range]
            case .needsMore, .end: break loop
            }
        }
        // What is passed on as it came is counted like what is taken off its framing.
        hold(
            passed.map { $0 == (payload.count, body.isAtEnd) } == true && counted == offset
                && counting == body, "a body is passed on otherwise than it is read")
        inbox.removeFirst(offset)
        decoder = body.isAtEnd ? nil : body
        return decoder == nil
    }

    static func == (left: Reading, right: Reading) -> Bool {
        left.messages == right.messages && left.failure == right.failure
    }
}
