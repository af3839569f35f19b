import Engine
import Foundation
import GuardedShell
import Ledger
import LedgerTree
package import NIOCore
package import NIOPosix
import Wire

/// Health, readiness, metrics and the record's newest checkpoint, on a listener of their own without TLS: loopback, or a network
/// that only monitoring reaches. Nothing here names an object or an identity.
package final class OperationsServer: Sendable {
    private let gateway: Gateway
    private let services: Services

    /// Makes a server for a gateway.
    package init(_ gateway: Gateway, _ services: Services) {
        self.gateway = gateway
        self.services = services
    }

    /// Listens.
    ///
    /// - Returns: The listening channel.
    package func listen(
        host: String, port: Int, group: MultiThreadedEventLoopGroup
    ) async throws -> any Channel {
        do {
            return try await ServerBootstrap(group: group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(OperationsHandler(self))
                    }
                }
                .bind(host: host, port: port).get()
        } catch {
            throw GatewayError("cannot listen on http://\(host):\(port): \(error)")
        }
    }

    /// The answer to a path.
    func answer(_ method: Method, _ path: String) async -> (status: Int, type: String, body: String)
    {
        guard method == .get || method == .head else {
            return (405, "text/plain; charset=utf-8", "only GET is answered here\n")
        }
        switch path {
        case "/healthz": return (200, "text/plain; charset=utf-8", "ok\n")
        case "/readyz":
            if let problem = await gateway.engineProblem() {
                return (503, "text/plain; charset=utf-8", "not ready: \(problem)\n")
            }
            return (200, "text/plain; charset=utf-8", "ready\n")
        case "/metrics":
            do {
                let text = Metrics.text(
                    try await gateway.counters(), lostLines: services.ledger.lostLines,
                    usage: services.usage.current, recordings: services.recorder.room.sums)
                return (200, "text/plain; version=0.0.4; charset=utf-8", text)
            } catch {
                return (503, "text/plain; charset=utf-8", "the gateway stops\n")
            }
        case "/checkpoint":
            guard let note = services.ledger.checkpoint else {
                return (404, "text/plain; charset=utf-8", "there is no checkpoint yet\n")
            }
            return (
                200, "text/plain; charset=utf-8", String(decoding: note.bytes, as: UTF8.self)
            )
        case "/cosigned":
            guard let note = cosigned else {
                return (404, "text/plain; charset=utf-8", "no witness has cosigned yet\n")
            }
            return (
                200, "text/plain; charset=utf-8", String(decoding: note.bytes, as: UTF8.self)
            )
        default:
            return (
                404, "text/plain; charset=utf-8",
                "here are /healthz, /readyz, /metrics, /checkpoint and /cosigned\n"
            )
        }
    }

    /// The newest checkpoint that witnesses have signed.
    private var cosigned: SignedNote? {
        do {
            return try LedgerReader(directory: services.ledger.directory).cosigned()
        } catch {
            return nil
        }
    }
}

/// One connection of monitoring: one request, one answer.
private final class OperationsHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let server: OperationsServer
    private var reader = MessageReader(limits: HeadLimits(maximumBytes: 8192))
    private var isAnswering = false

    init(_ server: OperationsServer) {
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
        let head: RequestHead
        do {
            guard let read = try reader.requestHead() else { return }
            head = read
        } catch {
            return context.close(promise: nil)
        }
        isAnswering = true
        let channel = context.channel
        let server = self.server
        let path = head.target.split(separator: "?").first.map(String.init) ?? "/"
        let promise = context.eventLoop.makePromise(of: ByteBuffer.self)
        promise.completeWithTask {
            let answer = await server.answer(head.method, path)
            var writer = HeadWriter(status: answer.status, reason: "")
            writer.field(.contentType, answer.type)
            writer.framing(.length(answer.body.utf8.count))
            writer.field(.connection, "close")
            let body = head.method == .head ? [] : Array(answer.body.utf8)
            return ByteBuffer(bytes: writer.end() + body)
        }
        promise.futureResult.whenSuccess { bytes in
            channel.writeAndFlush(bytes).whenComplete { _ in channel.close(promise: nil) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
