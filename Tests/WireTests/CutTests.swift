import Testing
import Wire

/// What a connection makes of bytes: every head and every piece of payload, or the first failure.
private struct Reading: Equatable {
    var heads: [RequestHead] = []
    var payload: [UInt8] = []
    var failure: String?
}

/// Feeds bytes in the given pieces to the machines, as a connection does.
private func read(_ pieces: [ArraySlice<UInt8>]) -> Reading {
    var reading = Reading()
    var inbox: [UInt8] = []
    var scanner = HeadScanner(limit: 4096)
    var decoder: BodyDecoder?
    for piece in pieces {
        inbox += piece
        do {
            while true {
                if var body = decoder {
                    var offset = 0
                    step: while true {
                        switch try body.step(inbox.span, at: &offset) {
                        case .payload(let range): reading.payload += inbox[range]
                        case .needsMore, .end: break step
                        }
                    }
                    inbox.removeFirst(offset)
                    decoder = body.isAtEnd ? nil : body
                    if decoder != nil { break }
                } else {
                    guard let end = try scanner.end(in: inbox.span) else { break }
                    let head = try RequestHead(parsing: inbox.span.extracting(0..<end))
                    reading.heads.append(head)
                    inbox.removeFirst(end)
                    scanner = HeadScanner(limit: 4096)
                    decoder = BodyDecoder(head.framing)
                }
            }
        } catch {
            reading.failure = "\(error)"
            return reading
        }
    }
    return reading
}

@Suite struct CutTests {
    static let wires = [
        "GET /_ping HTTP/1.1\r\nHost: d\r\n\r\nHEAD /_ping HTTP/1.1\r\nHost: d\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: d\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\nHost: d\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1A\r\n"
            + "abcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: d\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n",
        "POST /a HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello",
        "POST /a HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: d\r\nX: a\nb\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}",
    ]

    @Test(arguments: wires)
    func everyCutReadsAlike(wire: String) {
        let bytes = Array(wire.utf8)
        let whole = read([bytes[...]])
        for cut in 0...bytes.count {
            #expect(read([bytes[..<cut], bytes[cut...]]) == whole, "cut at \(cut)")
        }
        #expect(read(bytes.indices.map { bytes[$0...$0] }) == whole, "byte by byte")
    }

    /// Bytes that are almost HTTP, mutated by a fixed random source: whatever is read, it is read
    /// alike in one piece, byte by byte, and in random pieces; nothing traps.
    @Test func mutationsReadAlike() {
        var random = SplitMix(seed: 20_261_123)
        for round in 0..<6000 {
            var bytes = Array(Self.wires[round % Self.wires.count].utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert([0x0D, 0x0A, 0x20, 0x30].randomElement(using: &random) ?? 0, at: place)
                default: bytes.insert(contentsOf: bytes[place...].prefix(9), at: place)
                }
                if bytes.isEmpty { bytes = [0x47] }
            }
            let whole = read([bytes[...]])
            #expect(read(bytes.indices.map { bytes[$0...$0] }) == whole)
            let cut = Int.random(in: 0...bytes.count, using: &random)
            #expect(read([bytes[..<cut], bytes[cut...]]) == whole)
        }
    }
}

/// A random source that is the same everywhere (SplitMix64).
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
