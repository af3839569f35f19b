import FuzzSupport
import Wire

/// What libFuzzer calls with each input: bytes of a connection.
///
/// The first byte says where the rest is cut, the second whose bytes they are: a client's, or an
/// engine's that answers. Whole and cut must come to the same; what is read is written and read
/// again; an accepted head has one meaning for a reader that takes it line by line.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    feed(start, count) { bytes in
        guard bytes.count > 2 else { return }
        let input = bytes[2...]
        let cut = input.startIndex + Int(bytes[0]) * input.count / 256
        let sender = Sender(bytes[1])
        let whole = Reading(of: [input], from: sender)
        hold(Reading(of: [input[..<cut], input[cut...]], from: sender) == whole, "the cut matters")
        for message in whole.messages { judge(message, from: sender) }
    }
}

/// Whose bytes are read.
enum Sender {
    case client
    /// An engine that answers a request of this method.
    case engine(Method)

    init(_ byte: UInt8) {
        switch byte & 3 {
        case 1: self = .engine(.get)
        case 3: self = .engine(.head)
        default: self = .client
        }
    }

    /// Reads a head.
    func head(_ bytes: Span<UInt8>) throws -> Head {
        switch self {
        case .client: .request(try RequestHead(parsing: bytes))
        case .engine(let method): .answer(try ResponseHead(parsing: bytes, to: method))
        }
    }
}

private func judge(_ message: Message, from sender: Sender) {
    let lines = Lines(of: message.bytes)
    hold(lines.objection == nil, "an accepted head: \(lines.objection ?? "")")
    let written = message.head.written
    let again = try? sender.head(written.span)
    hold(again.map { $0.hasMeaning(of: message.head) } == true, "what is written is read otherwise")
    var scanner = HeadScanner(limit: written.count)
    hold((try? scanner.end(in: written.span)) == written.count, "what is written is no one head")
    judge(message.payload)
}

/// Framed anew as chunks, a body must come out as it was.
private func judge(_ payload: [UInt8]) {
    var framed: [UInt8] = []
    for start in stride(from: 0, to: payload.count, by: 100) {
        let chunk = payload[start..<min(start + 100, payload.count)]
        framed += ChunkLine.before(chunk.count) + chunk + [0x0D, 0x0A]
    }
    framed += ChunkLine.last
    var decoder = BodyDecoder(.chunked)
    var read: [UInt8] = []
    var offset = 0
    loop: while true {
        switch try? decoder.step(framed.span, at: &offset) {
        case .payload(let range)?: read += framed[range]
        case .needsMore?, .end?, nil: break loop
        }
    }
    hold(decoder.isAtEnd && offset == framed.count && read == payload, "chunks change a body")
}
