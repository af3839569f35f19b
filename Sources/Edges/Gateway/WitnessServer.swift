import Engine
package import Foundation
import Ledger
package import LedgerTree
package import NIOCore
package import NIOPosix
import Wire

/// A witness that is asked over HTTP (C2SP tlog-witness). It needs no authentication: what it cosigns it
/// believes by the log's signature alone. TLS is the matter of what stands before it.
package final class WitnessServer: Sendable {
    private let folder: URL
    private let logs: [VerifierKey]
    private let threads: NIOThreadPool

    /// Makes a server.
    ///
    /// - Parameters:
    ///   - folder: The witness's folder.
    ///   - logs: The keys of the logs that it cosigns.
    ///   - threads: Where it writes to the disk.
    package init(_ folder: URL, logs: [VerifierKey], threads: NIOThreadPool) {
        self.folder = folder
        self.logs = logs
        self.threads = threads
    }

    /// Listens.
    ///
    /// - Returns: The listening channel.
    /// - Throws: `GatewayError` naming the address.
    package func listen(
        host: String, port: Int, group: MultiThreadedEventLoopGroup
    ) async throws -> any Channel {
        do {
            return try await ServerBootstrap(group: group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(WitnessHandler(self))
                    }
                }
                .bind(host: host, port: port).get()
        } catch {
            throw GatewayError("cannot listen on http://\(host):\(port): \(error)")
        }
    }

    /// The answer to a request; the folder is waited for on a thread of its own.
    func answer(_ body: [UInt8], on loop: any EventLoop) -> EventLoopFuture<WitnessAnswer> {
        threads.runIfActive(eventLoop: loop) { self.judge(body) }
            .flatMapErrorWithEventLoop { _, loop in loop.makeSucceededFuture(.failed) }
    }

    private func judge(_ body: [UInt8]) -> WitnessAnswer {
        let request: WitnessRequest
        do throws(NoteFailure) {
            request = try WitnessRequest(parsing: body)
        } catch {
            return WitnessAnswer(error)
        }
        do {
            let origin = request.checkpoint.text.split(separator: "\n").first.map(String.init) ?? ""
            guard let log = logs.first(where: { $0.name.utf8.elementsEqual(origin.utf8) }) else {
                return .unknownLog
            }
            let witness = try Witness(folder)
            let now = UInt64(max(0, Date().timeIntervalSince1970))
            return WitnessAnswer(try witness.cosign(request, of: log, at: now))
        } catch let refusal as WitnessRequest.Refusal {
            return WitnessAnswer(refusal)
        } catch {
            return .failed
        }
    }
}

/// One connection of a log: one request, one answer.
private final class WitnessHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The most bytes of a request: a proof has at most 63 hashes.
    private static let longest = 64 << 10

    private let server: WitnessServer
    private var reader = MessageReader(limits: HeadLimits(maximumBytes: 8192))
    private var head: RequestHead?
    private var body: [UInt8] = []
    private var isAnswering = false

    init(_ server: WitnessServer) {
        self.server = server
    }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(30)) {
            channel.close(promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isAnswering else { return }
        reader.add(unwrapInboundIn(data))
        do {
            if head == nil {
                guard let read = try reader.requestHead() else { return }
                head = read
                let path = read.target.split(separator: "?").first ?? ""
                guard path == "/add-checkpoint" else { return say(.elsewhere, context) }
                guard read.method == .post else { return say(.otherMethod, context) }
                if read.expectsContinue {
                    let bytes = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")
                    context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
                }
            }
            guard try reader.collectBody(into: &body, limit: Self.longest) else {
                return say(.tooLong, context)
            }
        } catch {
            return context.close(promise: nil)
        }
        guard reader.isBodyRead else { return }
        isAnswering = true
        let channel = context.channel
        server.answer(body, on: context.eventLoop).whenSuccess { Self.write($0, channel) }
    }

    private func say(_ answer: WitnessAnswer, _ context: ChannelHandlerContext) {
        isAnswering = true
        Self.write(answer, context.channel)
    }

    private static func write(_ answer: WitnessAnswer, _ channel: any Channel) {
        var writer = HeadWriter(status: answer.status, reason: "")
        writer.field(.contentType, answer.type)
        writer.framing(.length(answer.body.utf8.count))
        writer.field(.connection, "close")
        let bytes = ByteBuffer(bytes: writer.end() + Array(answer.body.utf8))
        channel.writeAndFlush(bytes).whenComplete { _ in channel.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
