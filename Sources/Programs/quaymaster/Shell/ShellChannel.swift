import Foundation
import GuardedShell
import JSON
import NIOCore
import NIOPosix
import NIOSSL

/// The connection of a person's terminal to the gateway.
final class ShellChannel: Sendable {
    /// What the gateway says, or how the connection ends.
    enum News: Sendable {
        /// An event, as it came and as it reads.
        case event(String, JSONObject)
        /// The gateway refused the session: its status and its sentence.
        case refused(status: Int, String)
        /// The connection has ended; a sentence when that was not in order.
        case ended(String?)
    }

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let channel: any Channel
    /// What the gateway says, in order.
    let news: AsyncStream<News>

    /// Asks for a session.
    ///
    /// - Parameters:
    ///   - endpoint: Where the gateway is.
    ///   - target: The request's target.
    /// - Throws: `CommandError` when the gateway cannot be reached.
    init(_ endpoint: ShellEndpoint, target: String) async throws {
        let (stream, continuation) = AsyncStream<News>.makeStream()
        news = stream
        let request =
            "POST \(target) HTTP/1.1\r\nHost: \(endpoint.host)\r\nUser-Agent: Quaymaster\r\n"
            + "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
        channel = try await endpoint.connect(on: group) { ShellReader(request, continuation) }
    }

    /// Says something.
    func send(_ command: ShellCommand) {
        channel.writeAndFlush(ByteBuffer(bytes: command.bytes), promise: nil)
    }

    /// Ends the connection.
    func close() async {
        do {
            try await channel.close()
        } catch {
            // It was closed before.
        }
        do {
            try await group.shutdownGracefully()
        } catch {
            return
        }
    }
}

/// Reads the answer's head, then an event a line. Confined to its channel's loop.
private final class ShellReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: String
    private let continuation: AsyncStream<ShellChannel.News>.Continuation
    private var bytes: [UInt8] = []
    private var status: Int?
    /// The bytes of a refusal's body; nil before that is known.
    private var length: Int?
    private var failure: String?
    /// True when the gateway has said that it is over.
    private var isOver = false

    /// The most bytes of a head, and of a refusal.
    private static let mostBytes = 64 << 10

    init(_ request: String, _ continuation: AsyncStream<ShellChannel.News>.Continuation) {
        self.request = request
        self.continuation = continuation
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes += unwrapInboundIn(data).readableBytesView
        if status == nil { readHead() }
        guard status == 101 else {
            // The gateway would serve on; there is nothing more to ask.
            if bytes.count >= length ?? Self.mostBytes { context.close(promise: nil) }
            return
        }
        while let end = bytes.firstIndex(of: 0x0A) {
            let line = Array(bytes[..<end])
            bytes.removeFirst(end + 1)
            do {
                guard let object = try JSONReader.answer(line).object else { continue }
                if object.members.first?.name == "bye" { isOver = true }
                continuation.yield(.event(String(decoding: line, as: UTF8.self), object))
            } catch {
                failure = "the gateway says what is not understood"
                context.close(promise: nil)
            }
        }
    }

    private func readHead() {
        let end = Array("\r\n\r\n".utf8)
        guard let head = bytes.firstRange(of: end) else { return }
        let first = bytes[..<head.lowerBound].prefix { $0 != 0x0D }
        let words = first.split(separator: 0x20)
        status = words.count > 1 ? Int(String(decoding: words[1], as: UTF8.self)) : 0
        let fields = String(decoding: bytes[..<head.lowerBound], as: UTF8.self).lowercased()
        length =
            fields.split(separator: "\r\n").compactMap { field in
                field.hasPrefix("content-length:")
                    ? Int(field.dropFirst(15).trimmingCharacters(in: .whitespaces)) : nil
            }.first
        bytes.removeFirst(head.upperBound)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case NIOSSLError.uncleanShutdown = error { return }
        failure = "\(error)"
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let status, status != 101 {
            continuation.yield(.refused(status: status, message))
        } else {
            continuation.yield(.ended(failure ?? loss))
        }
        continuation.finish()
    }

    /// What is said of an end that the gateway has not announced; nil when it has.
    private var loss: String? {
        if status == nil { return "the gateway ended the connection unanswered" }
        if isOver { return nil }
        return "the connection to the gateway was lost, and the session with it; enter again, and "
            + "ask again for what waited for an approval"
    }

    /// The sentence of a refusal's body.
    private var message: String {
        let start = bytes.firstIndex(of: UInt8(ascii: "{")) ?? bytes.endIndex
        let end = bytes.lastIndex(of: UInt8(ascii: "}")).map { $0 + 1 } ?? bytes.endIndex
        guard start < end else { return "the gateway says no more" }
        do {
            return try JSONReader.answer(Array(bytes[start..<end]))["message"]?.string ?? ""
        } catch {
            return "the gateway says no more"
        }
    }
}
