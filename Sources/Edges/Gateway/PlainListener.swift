import Engine
package import NIOCore
package import NIOPosix
import Synchronization
package import Wire

/// What a plain listener is asked.
package struct PlainRequest: Sendable {
    /// The method.
    package let method: Method
    /// The target up to its query.
    package let path: String
    /// The body; empty when the service reads none.
    package let body: [UInt8]
}

/// What a plain listener answers.
package struct PlainAnswer: Sendable {
    let status: Int
    let type: String
    let body: String

    /// An answer.
    ///
    /// - Parameters:
    ///   - status: The status code.
    ///   - body: The body.
    ///   - type: The body's type.
    package init(_ status: Int, _ body: String, type: String = "text/plain; charset=utf-8") {
        self.status = status
        self.type = type
        self.body = body
    }
}

/// Who answers what a plain listener is asked.
package protocol PlainService: Sendable {
    /// The most bytes of a body; 0: bodies are not read.
    var longestBody: Int { get }

    /// The answer that a request gets whatever its body holds; nil: the body is read first.
    func answer(before body: PlainRequest) -> PlainAnswer?

    /// The answer to a request.
    func answer(_ request: PlainRequest) async -> PlainAnswer
}

/// A small HTTP/1.1 listener without TLS: a connection carries one request and gets one answer. What
/// it holds is bounded, whoever asks: connections, bytes, and how long each may take.
package final class PlainListener: Sendable {
    /// What is bounded.
    package struct Limits: Sendable {
        /// The most connections at a time. For one more the oldest is ended whose request is not here
        /// yet; where all have asked, the new one is told so and ended.
        package var connections = 64
        /// How long a request may take to arrive.
        package var request = TimeAmount.seconds(10)
        /// How long a connection may last.
        package var connection = TimeAmount.seconds(30)

        /// The bounds that hold unless somebody says otherwise.
        package init() {}
    }

    let service: any PlainService
    let limits: Limits
    /// The connections, and answers that are still being made for those that have gone.
    private let open = Mutex(Open())

    private struct Open {
        var tickets: Set<UInt64> = []
        /// Those that have not asked yet, the oldest first, and what ends them.
        var silent: [(ticket: UInt64, end: @Sendable () -> Void)] = []
        var last: UInt64 = 0
    }

    private init(_ service: any PlainService, _ limits: Limits) {
        self.service = service
        self.limits = limits
    }

    /// Listens.
    ///
    /// - Parameters:
    ///   - host: The address.
    ///   - port: The port; 0: any.
    ///   - group: Whose loops are used.
    ///   - limits: What is bounded.
    ///   - service: Who answers.
    /// - Returns: The listening channel.
    /// - Throws: `GatewayError` naming the address.
    package static func listen(
        host: String, port: Int, group: MultiThreadedEventLoopGroup, limits: Limits = Limits(),
        _ service: any PlainService
    ) async throws -> any Channel {
        let listener = PlainListener(service, limits)
        do {
            return try await ServerBootstrap(group: group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(PlainHandler(listener))
                    }
                }
                .bind(host: host, port: port).get()
        } catch {
            throw GatewayError("cannot listen on http://\(host):\(port): \(error)")
        }
    }

    /// Another connection.
    ///
    /// - Parameter end: Ends it, from any thread.
    /// - Returns: What it leaves by; nil when there are too many.
    fileprivate func enter(_ end: @escaping @Sendable () -> Void) -> UInt64? {
        let (ticket, oldest) = open.withLock { open -> (UInt64?, (@Sendable () -> Void)?) in
            var oldest: (@Sendable () -> Void)?
            if open.tickets.count >= limits.connections {
                guard !open.silent.isEmpty else { return (nil, nil) }
                let first = open.silent.removeFirst()
                open.tickets.remove(first.ticket)
                oldest = first.end
            }
            open.last += 1
            open.tickets.insert(open.last)
            open.silent.append((open.last, end))
            return (open.last, oldest)
        }
        oldest?()
        return ticket
    }

    /// A connection has asked: it is not ended for another.
    ///
    /// - Returns: False when it was ended just now.
    fileprivate func ask(_ ticket: UInt64) -> Bool {
        open.withLock { open in
            open.silent.removeAll { $0.ticket == ticket }
            return open.tickets.contains(ticket)
        }
    }

    /// A connection has ended, and its answer is made if it was asked for.
    fileprivate func leave(_ ticket: UInt64) {
        open.withLock { open in
            open.tickets.remove(ticket)
            open.silent.removeAll { $0.ticket == ticket }
        }
    }

    fileprivate static let full = PlainAnswer(503, "too many connections are open\n")
    fileprivate static let late = PlainAnswer(408, "the request did not arrive in time\n")
}

/// One connection: one request, one answer. Confined to its channel's loop.
private final class PlainHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let listener: PlainListener
    private var reader = MessageReader(limits: HeadLimits(maximumBytes: 8192))
    private var head: RequestHead?
    private var body: [UInt8] = []
    private var isAnswering = false
    private var ticket: UInt64?
    /// True while the service makes the answer, whether somebody waits for it or not.
    private var isAtWork = false
    private var hasEnded = false
    private var deadlines: [Scheduled<Void>] = []

    init(_ listener: PlainListener) {
        self.listener = listener
    }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        let loop = context.eventLoop.assumeIsolated()
        ticket = listener.enter { channel.close(promise: nil) }
        guard ticket != nil else { return say(PlainListener.full, channel) }
        deadlines = [
            loop.scheduleTask(in: listener.limits.request) {
                if !self.isAnswering { self.say(PlainListener.late, channel) }
            },
            loop.scheduleTask(in: listener.limits.connection) { channel.close(promise: nil) },
        ]
    }

    func channelInactive(context: ChannelHandlerContext) {
        isAnswering = true
        for deadline in deadlines { deadline.cancel() }
        hasEnded = true
        leave()
    }

    /// Somebody who goes before the answer is there does not make room for another question.
    private func leave() {
        guard hasEnded, !isAtWork, let ticket else { return }
        listener.leave(ticket)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isAnswering else { return }
        let channel = context.channel
        let service = listener.service
        reader.add(unwrapInboundIn(data))
        do {
            if head == nil {
                guard let read = try reader.requestHead() else { return }
                head = read
                if let answer = service.answer(before: request(read)) {
                    return say(answer, channel)
                }
                if read.expectsContinue, service.longestBody > 0 {
                    let bytes = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")
                    context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
                }
            }
            if service.longestBody > 0 {
                guard try reader.collectBody(into: &body, limit: service.longestBody) else {
                    let words = "a request has at most \(service.longestBody) bytes\n"
                    return say(PlainAnswer(413, words), channel)
                }
                guard reader.isBodyRead else { return }
            }
        } catch {
            return context.close(promise: nil)
        }
        guard let head, let ticket, listener.ask(ticket) else { return }
        isAnswering = true
        isAtWork = true
        let request = request(head)
        let promise = context.eventLoop.makePromise(of: PlainAnswer.self)
        promise.completeWithTask { await service.answer(request) }
        promise.futureResult.assumeIsolated().whenSuccess {
            self.isAtWork = false
            self.say($0, channel)
            self.leave()
        }
    }

    private func request(_ head: RequestHead) -> PlainRequest {
        let path = head.target.split(separator: "?").first.map(String.init) ?? "/"
        return PlainRequest(method: head.method, path: path, body: body)
    }

    private func say(_ answer: PlainAnswer, _ channel: any Channel) {
        isAnswering = true
        var writer = HeadWriter(status: answer.status, reason: "")
        writer.field(.contentType, answer.type)
        writer.framing(.length(answer.body.utf8.count))
        writer.field(.connection, "close")
        let body = head?.method == .head ? [] : Array(answer.body.utf8)
        let bytes = ByteBuffer(bytes: writer.end() + body)
        channel.writeAndFlush(bytes).whenComplete { _ in channel.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
