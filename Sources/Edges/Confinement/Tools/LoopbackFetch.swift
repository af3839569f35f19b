import Glibc

/// `curl`: a GET or HEAD of HTTP/1.1 (RFC 9112) to the container's own loopback interface.
struct LoopbackFetch {
    /// Failures with curl's exit statuses.
    struct Failure: Error, Hashable {
        let status: UInt8
        let words: String
    }

    /// Fetches and writes what comes.
    ///
    /// - Returns: 0 when there was an answer, whatever it says; else curl's status for the failure.
    static func run(_ order: InsideTool.Fetch) -> UInt8 {
        do throws(Failure) {
            try fetch(order)
            return 0
        } catch {
            // -s is silent unless -S is there too.
            if !order.flags.contains("s") || order.flags.contains("S") {
                ToolText.complain("curl: (\(error.status)) \(error.words)")
            }
            return error.status
        }
    }

    private static func fetch(_ order: InsideTool.Fetch) throws(Failure) {
        let deadline = Clock.milliseconds + Int64(order.seconds) * 1000
        let hosts =
            switch order.host {
            case "localhost": ["127.0.0.1", "::1"]
            case "[::1]": ["::1"]
            default: ["127.0.0.1"]
            }
        // Of two addresses the first one tells why.
        var code: Int32 = 0
        for host in hosts {
            guard let address = SocketAddress(host, port: order.port) else { continue }
            guard let socket = ToolSocket(address, Int32(SOCK_STREAM.rawValue), deadline: deadline)
            else {
                code = code == 0 ? errno : code
                continue
            }
            return try exchange(order, socket)
        }
        throw Failure(
            status: code == ETIMEDOUT ? 28 : 7,
            words: "no connection to \(order.host) port \(order.port): "
                + String(cString: strerror(code)))
    }

    private static func exchange(
        _ order: InsideTool.Fetch, _ socket: borrowing ToolSocket
    ) throws(Failure) {
        let isHead = order.flags.contains("I")
        let lines = [
            "\(isHead ? "HEAD" : "GET") \(order.target) HTTP/1.1",
            "Host: \(order.host)\(order.port == 80 ? "" : ":\(order.port)")",
            "User-Agent: quaymaster", "Accept: */*", "Connection: close",
        ]
        if order.flags.contains("v") { for line in lines { ToolText.complain("> \(line)") } }
        guard socket.send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)) else {
            throw Failure(
                status: 55, words: "nothing is sent: \(String(cString: strerror(errno)))")
        }
        var answer = FetchedAnswer(isHead: isHead)
        while !answer.isOver {
            guard let bytes = socket.receive() else {
                let code = errno
                throw Failure(
                    status: code == ETIMEDOUT ? 28 : 56,
                    words: code == ETIMEDOUT
                        ? "no whole answer in \(order.seconds) s"
                        : String(cString: strerror(code)))
            }
            let hadHead = answer.head != nil
            let body = try bytes.isEmpty ? answer.end() : answer.receive(bytes)
            if !hadHead, let head = answer.head { show(head, order.flags) }
            guard Bytes.write(body, to: 1) else { return }
        }
    }

    private static func show(_ head: [String], _ flags: String) {
        for line in head {
            if flags.contains("v") { ToolText.complain("< \(line)") }
            if flags.contains("i") || flags.contains("I") { ToolText.say(line) }
        }
        if flags.contains("i") || flags.contains("I") { ToolText.say("") }
    }
}

/// An answer of HTTP/1.x while it comes, cut anywhere. Bounded: what belongs to no body is.
struct FetchedAnswer {
    private enum Framing {
        case none
        case counted(Int)
        case untilClose
        /// What of the chunk is left; nil where its size stands.
        case chunked(left: Int?)
    }

    private static let mostHead = 64 << 10
    private static let mostBody = 64 << 20

    private let isHead: Bool
    private var waiting: [UInt8] = []
    private var framing = Framing.none
    private var total = 0
    /// The lines of the head, once it is there.
    private(set) var head: [String]?
    /// True when nothing follows.
    private(set) var isOver = false

    init(isHead: Bool) {
        self.isHead = isHead
    }

    /// Takes what came; the part of the body that is in it.
    mutating func receive(_ bytes: [UInt8]) throws(LoopbackFetch.Failure) -> [UInt8] {
        waiting += bytes
        while head == nil {
            guard let end = headEnd() else {
                guard waiting.count <= Self.mostHead else {
                    throw LoopbackFetch.Failure(status: 56, words: "the head has no end")
                }
                return []
            }
            try take(head: String(decoding: waiting[..<end.begins], as: UTF8.self))
            waiting.removeFirst(end.ends)
        }
        let body = try takeBody()
        total += body.count
        if total > Self.mostBody {
            throw LoopbackFetch.Failure(status: 63, words: "the answer is longer than 64 MiB")
        }
        return body
    }

    /// Nothing more comes.
    mutating func end() throws(LoopbackFetch.Failure) -> [UInt8] {
        guard head != nil else {
            throw LoopbackFetch.Failure(status: 52, words: "there is no answer of HTTP")
        }
        if case .untilClose = framing {
            isOver = true
            return []
        }
        throw LoopbackFetch.Failure(status: 18, words: "the answer ends before it is whole")
    }

    private func headEnd() -> (begins: Int, ends: Int)? {
        var index = 0
        while index < waiting.count {
            guard waiting[index] == 0x0A else {
                index += 1
                continue
            }
            var next = index + 1
            if next < waiting.count, waiting[next] == 0x0D { next += 1 }
            if next < waiting.count, waiting[next] == 0x0A { return (index, next + 1) }
            index += 1
        }
        return nil
    }

    private mutating func take(head text: String) throws(LoopbackFetch.Failure) {
        let lines = text.utf8.split(separator: 0x0A).map { line in
            String(Substring(line.last == 0x0D ? line.dropLast() : line))
        }
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count > 1, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]),
            100...599 ~= status
        else {
            throw LoopbackFetch.Failure(status: 1, words: "the answer is not of HTTP/1")
        }
        // Another head follows (RFC 9110 §15.2).
        if 100...199 ~= status, status != 101 { return }
        head = lines
        var (length, isChunked) = (Int?.none, false)
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            switch line[..<colon].lowercased() {
            case "content-length": length = Int(value)
            case "transfer-encoding": isChunked = value.lowercased().hasSuffix("chunked")
            default: break
            }
        }
        if isHead || [101, 204, 304].contains(status) {
            isOver = true
        } else if isChunked {
            framing = .chunked(left: nil)
        } else if let length, length >= 0 {
            framing = .counted(length)
            isOver = length == 0
        } else {
            framing = .untilClose
        }
    }

    private mutating func takeBody() throws(LoopbackFetch.Failure) -> [UInt8] {
        guard !isOver else { return [] }
        switch framing {
        case .none: return []
        case .untilClose: return take(waiting.count)
        case .counted(let left):
            let body = take(left)
            framing = .counted(left - body.count)
            isOver = left == body.count
            return body
        case .chunked: return try takeChunks()
        }
    }

    private mutating func takeChunks() throws(LoopbackFetch.Failure) -> [UInt8] {
        var body: [UInt8] = []
        while case .chunked(let left) = framing, !isOver {
            if let left {
                let piece = take(left)
                body += piece
                guard piece.count == left else {
                    framing = .chunked(left: left - piece.count)
                    return body
                }
                framing = .chunked(left: nil)
                continue
            }
            guard let end = waiting.firstIndex(of: 0x0A) else {
                guard waiting.count <= 1024 else { throw Self.badChunk }
                return body
            }
            let line = waiting[..<end].filter { $0 != 0x0D }
            waiting.removeFirst(end + 1)
            // The end of the chunk before.
            if line.isEmpty { continue }
            let digits = String(decoding: line.prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
            guard digits.utf8.count <= 8, let size = Int(digits, radix: 16), size >= 0 else {
                throw Self.badChunk
            }
            // Trailers are of no use here.
            if size == 0 { isOver = true } else { framing = .chunked(left: size) }
        }
        return body
    }

    private static let badChunk = LoopbackFetch.Failure(
        status: 56, words: "the answer's chunks are not understood")

    private mutating func take(_ most: Int) -> [UInt8] {
        let piece = Array(waiting.prefix(most))
        waiting.removeFirst(piece.count)
        return piece
    }
}
