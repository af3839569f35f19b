import Acts
import EngineAPI
import Exchange
import Policy
import Wire

/// A request's whole way: bytes of the client in, bytes for the engine and for the client out.
struct ExchangeWork {
    private let request: [UInt8]
    private let answer: [UInt8]
    private let bench = BenchPolicy(tenants: 10, grants: 100)

    /// `POST /containers/create`
    init(createBody body: [UInt8]) {
        let head = [
            "POST /v1.41/containers/create?name=web-1 HTTP/1.1", "Host: 127.0.0.1:2376",
            "User-Agent: Docker-Client/28.0.1 (linux)", "Content-Length: \(body.count)",
            "Content-Type: application/json",
        ]
        request = Self.head(head) + body
        answer = Self.head([
            "HTTP/1.1 201 Created", "Api-Version: 1.41", "Content-Type: application/json",
            "Docker-Experimental: false", "Ostype: linux", "Server: Docker/20.10.24 (linux)",
            "Date: Mon, 23 Nov 2026 21:00:00 GMT", "Content-Length: 88",
        ])
    }

    private init(request: [UInt8], answer: [UInt8]) {
        self.request = request
        self.answer = answer
    }

    /// `GET /_ping`
    static func ping() -> ExchangeWork {
        ExchangeWork(
            request: head([
                "GET /_ping HTTP/1.1", "Host: 127.0.0.1:2376",
                "User-Agent: Docker-Client/28.0.1 (linux)",
            ]),
            answer: head([
                "HTTP/1.1 200 OK", "Api-Version: 1.41", "Builder-Version: 1",
                "Cache-Control: no-cache, no-store, must-revalidate",
                "Content-Type: text/plain; charset=utf-8", "Docker-Experimental: false",
                "Ostype: linux", "Pragma: no-cache", "Server: Docker/20.10.24 (linux)",
                "Swarm: inactive", "Date: Mon, 23 Nov 2026 21:00:00 GMT", "Content-Length: 2",
            ]))
    }

    private static func head(_ lines: [String]) -> [UInt8] {
        Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    func run() throws -> Int {
        var exchange = Exchange(bodyLimit: 1 << 20)
        let end = try Self.end(of: request)
        let head = try RequestHead(parsing: request.span.extracting(0..<end))
        var action = exchange.received(head)
        if case .collectBody = action {
            guard let operation = exchange.operation,
                bench.policy.objection(to: operation.verbs, by: bench.identity) == nil
            else { throw Unexpected("refused before the body") }
            action = exchange.bodyCollected(try Self.body(request, from: end, head.framing))
        }
        guard case .judge(let act) = action else { throw Unexpected("\(action)") }
        let (permit, facts) = try bench.permit(act)
        action = exchange.decided(
            .permit(permit), for: bench.identity, on: bench.engine, seeing: facts)
        if case .record = action { action = exchange.recorded() }
        guard case .send(let outbound) = action else { throw Unexpected("\(action)") }
        return outbound.bytes.count + (try passOn(outbound.method, &exchange))
    }

    /// The engine's answer on its way back.
    private func passOn(_ method: Method, _ exchange: inout Exchange) throws -> Int {
        let end = try Self.end(of: answer)
        let head = try ResponseHead(parsing: answer.span.extracting(0..<end), to: method)
        let bytes: [UInt8]?
        switch exchange.answered(head) {
        case .relay(.asFramed(let head)): bytes = head
        // What was made becomes somebody's before the client hears of it.
        case .relay(.collect): bytes = exchange.answerCollected(Self.made)
        default: bytes = nil
        }
        guard let bytes, case .finish(let ending) = exchange.answerEnded(), ending.keepClient
        else { throw Unexpected("the answer is not passed on") }
        return bytes.count
    }

    private static let made = Array(
        (#"{"Id":""# + String(repeating: "4c", count: 32) + #"","Warnings":[]}"# + "\n").utf8)

    private static func end(of bytes: [UInt8]) throws -> Int {
        var scanner = HeadScanner(limit: HeadLimits().maximumBytes)
        guard let end = try scanner.end(in: bytes.span) else { throw Unexpected("half a head") }
        return end
    }

    private static func body(
        _ bytes: [UInt8], from start: Int, _ framing: BodyFraming
    ) throws -> [UInt8] {
        var decoder = BodyDecoder(framing)
        var body: [UInt8] = []
        var offset = start
        while case .payload(let range) = try decoder.step(bytes.span, at: &offset) {
            body.append(contentsOf: bytes[range])
        }
        guard decoder.isAtEnd else { throw Unexpected("half a body") }
        return body
    }
}
