import ArgumentParser
import Foundation
import JSON
import NIOCore
import NIOPosix
import NIOSSL
import Wire

import struct Engine.MessageReader

/// One request to the gateway that is answered once, as a person's certificate lets them.
struct GatewayRequest {
    let endpoint: ShellEndpoint
    let method: Wire.Method
    /// The path and its parameters.
    let target: String

    /// A target: what stands in parameters is escaped, what is nil or empty is left out.
    static func target(_ path: String, _ parameters: KeyValuePairs<String, String?> = [:]) -> String
    {
        let pairs = parameters.compactMap { name, value in
            value.flatMap { $0.isEmpty ? nil : "\(name)=\(escaped($0))" }
        }
        return path + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
    }

    /// A text for a parameter of a query or a segment of a path (RFC 3986 §2.3).
    static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F:
                return String(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                return "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }.joined()
    }

    /// Asks.
    ///
    /// - Returns: The body, piece by piece.
    /// - Throws: `CommandError` with the gateway's sentence when it refuses, and when it cannot be
    ///   reached or breaks off.
    func pieces(_ body: (Data) throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let (stream, continuation) = AsyncThrowingStream<Data, any Error>.makeStream()
        let request =
            "\(method.rawValue) \(target) HTTP/1.1\r\nHost: \(endpoint.host)\r\n"
            + "User-Agent: Quaymaster\r\nConnection: close\r\n\r\n"
        let method = self.method
        let result: Result<Void, any Error>
        do {
            let channel = try await endpoint.connect(on: group) {
                AnswerReader(request, method, continuation)
            }
            for try await piece in stream { try body(piece) }
            channel.close(promise: nil)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        do {
            try await group.shutdownGracefully()
        } catch {
            // The program ends with it.
        }
        try result.get()
    }

    /// Asks for a JSON value.
    func value() async throws -> JSONValue {
        var bytes: [UInt8] = []
        try await pieces { bytes += $0 }
        do {
            return try JSONReader.answer(bytes)
        } catch {
            throw CommandError("the gateway says what is not understood")
        }
    }
}

/// Reads one answer. Confined to its channel's loop.
private final class AnswerReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: String
    private let method: Wire.Method
    private let continuation: AsyncThrowingStream<Data, any Error>.Continuation
    private var reader = MessageReader()
    private var status: Int?
    /// The body of a refusal.
    private var refusal: [UInt8] = []

    init(
        _ request: String, _ method: Wire.Method,
        _ continuation: AsyncThrowingStream<Data, any Error>.Continuation
    ) {
        self.request = request
        self.method = method
        self.continuation = continuation
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        reader.add(unwrapInboundIn(data))
        do {
            try read()
        } catch {
            end(CommandError("the gateway says what is not understood: \(error)"))
            context.close(promise: nil)
        }
    }

    private func read() throws {
        if status == nil {
            guard let head = try reader.responseHead(to: method) else { return }
            status = head.status
        }
        var bytes: [UInt8] = []
        _ = try reader.collectBody(into: &bytes, limit: .max)
        if status == 200 {
            if !bytes.isEmpty { continuation.yield(Data(bytes)) }
        } else {
            refusal += bytes.prefix(64 << 10)
        }
        if reader.isBodyRead { end(nil) }
    }

    private func end(_ error: CommandError?) {
        if let error { return continuation.finish(throwing: error) }
        guard status != 200 else { return continuation.finish() }
        var words = "the gateway answers \(status ?? 0)"
        do {
            words = try JSONReader.answer(refusal)["message"]?.string ?? words
        } catch {
            // The status says all that there is.
        }
        continuation.finish(throwing: CommandError(words, code: (status ?? 0) >= 500 ? 3 : 1))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case NIOSSLError.uncleanShutdown = error { return }
        end(CommandError("the connection to the gateway broke off: \(error)"))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(CommandError("the gateway ended the connection before its answer"))
    }
}

/// `--host` and `--certificates`, where a command finds the gateway, as docker does.
struct GatewayOption: ParsableArguments {
    @Option(help: "The gateway; without it DOCKER_HOST.")
    var host: String?

    @Option(help: "The folder of ca.pem, cert.pem and key.pem; without it DOCKER_CERT_PATH.")
    var certificates: String?

    /// The gateway.
    func endpoint() throws -> ShellEndpoint {
        try ShellEndpoint(host: host, certificates: certificates)
    }
}
