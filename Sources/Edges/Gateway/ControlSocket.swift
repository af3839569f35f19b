import Acts
package import Foundation
package import Identity
package import JSON
package import Logging
package import NIOCore
package import NIOPosix
package import Store

/// The operator's door: `STATE/control.sock`, one JSON line in, one out.
///
/// Only root and the gateway's own user get in; the kernel says who it is.
package final class ControlSocket: Sendable {
    private let administration: Administration
    private let log: Logger

    /// The socket's name in the state directory.
    package static let name = "control.sock"

    /// Makes the door.
    package init(_ administration: Administration, log: Logger) {
        self.administration = administration
        self.log = log
    }

    /// Listens.
    package func listen(
        _ path: String, group: MultiThreadedEventLoopGroup
    ) async throws -> any Channel {
        try UnixSocketFile.prepare(path)
        let channel = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                PeerCredentials.of(channel).flatMapThrowing { credentials in
                    guard credentials.user == 0 || credentials.user == geteuid() else {
                        throw GatewayError("the Unix user \(credentials.user) is no operator")
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        ControlHandler(self, "unix:\(credentials.user)"))
                }
            }
            .bind(unixDomainSocketPath: path).get()
        guard chmod(path, 0o600) == 0 else {
            throw GatewayError("cannot set the mode of \(path)")
        }
        return channel
    }

    /// Carries out one command.
    func answer(_ line: [UInt8], by who: String) -> JSONObject {
        do {
            let value = try JSONReader.value(of: line)
            switch value["command"]?.string {
            case "status": return JSONObject([("ok", .bool(true))])
            case "reload":
                let (version, warnings) = try administration.reload(by: who)
                return JSONObject([
                    ("ok", .bool(true)), ("version", .string(version)),
                    ("warnings", .array(warnings.map { .string("\($0)") })),
                ])
            case "issue":
                guard let certificate = IssuedCertificate(value) else {
                    throw GatewayError("the command is incomplete")
                }
                try administration.issue(certificate, by: who)
                return JSONObject([("ok", .bool(true))])
            case "revoke":
                let revoked = try administration.revoke(
                    value["identity"]?.string,
                    fingerprint: try value["fingerprint"]?.string.map(Self.fingerprint), by: who)
                return JSONObject([
                    ("ok", .bool(true)), ("revoked", .array(revoked.map { .string($0) })),
                ])
            case "owned":
                let objects = administration.owned(by: value["tenant"]?.string)
                return JSONObject([
                    ("ok", .bool(true)), ("objects", .array(objects.map { .object($0.members) })),
                ])
            case "look":
                guard let target = value["target"]?.string, let how = value["how"]?.string else {
                    throw GatewayError("the command is incomplete")
                }
                try administration.noteLook(at: target, how, by: who)
                return JSONObject([("ok", .bool(true))])
            case "adopt", "release": return try changeOwners(value, by: who)
            default: throw GatewayError("there is no such command")
            }
        } catch {
            log.error("a command failed", metadata: ["error": "\(error)", "by": "\(who)"])
            return JSONObject([("ok", .bool(false)), ("error", .string("\(error)"))])
        }
    }
}

extension ControlSocket {
    private func changeOwners(_ value: JSONValue, by who: String) throws -> JSONObject {
        guard let tenant = value["tenant"]?.string else {
            throw GatewayError("the command is incomplete")
        }
        let texts = (value["objects"]?.array ?? []).compactMap(\.string)
        let isDry = value["dryRun"]?.bool == true
        let changes =
            value["command"]?.string == "adopt"
            ? try administration.adopt(
                texts, labelled: value["labelled"]?.bool == true, for: tenant, isDry: isDry, by: who
            )
            : try administration.release(texts, of: tenant, isDry: isDry, by: who)
        let shown = changes.map { change in
            JSONValue.object(
                JSONObject([
                    ("kind", .string(change.kind)), ("id", .string(change.id)),
                    ("name", .string(change.name)),
                ]))
        }
        return JSONObject([("ok", .bool(true)), ("objects", .array(shown))])
    }

    private static func fingerprint(_ text: String) throws -> String {
        guard let digits = Fingerprint.digits(text) else {
            throw GatewayError("\"\(text)\" is no fingerprint")
        }
        return digits
    }
}

/// One connection of an operator.
private final class ControlHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let socket: ControlSocket
    private let who: String
    private var inbox = ByteBuffer()

    init(_ socket: ControlSocket, _ who: String) {
        self.socket = socket
        self.who = who
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        inbox.writeBuffer(&bytes)
        guard inbox.readableBytes < 1 << 16 else { return context.close(promise: nil) }
        guard
            let length = inbox.readableBytesView.firstIndex(of: 0x0A).map({ $0 - inbox.readerIndex }
            ),
            let line = inbox.readBytes(length: length)
        else { return }
        inbox.moveReaderIndex(forwardBy: 1)
        let channel = context.channel
        let (socket, who) = (self.socket, self.who)
        // Commands wait for the disk; event loops do not.
        DispatchQueue.global().async {
            let answer = JSONWriter.bytes(.object(socket.answer(line, by: who))) + [0x0A]
            channel.writeAndFlush(ByteBuffer(bytes: answer)).whenComplete { _ in
                channel.close(promise: nil)
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

/// A command's side of the control socket.
package enum ControlClient {
    /// Sends a command to a running gateway.
    ///
    /// - Parameters:
    ///   - command: The command.
    ///   - state: The state directory.
    /// - Returns: The answer, or nil when no gateway runs.
    /// - Throws: `GatewayError` with what the gateway says is wrong.
    package static func send(_ command: JSONObject, state: URL) throws -> JSONObject? {
        let path = state.appendingPathComponent(ControlSocket.name).path
        guard let descriptor = UnixSocket.connect(path) else { return nil }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: JSONWriter.bytes(.object(command)) + [0x0A])
        guard let data = try handle.readToEnd() else {
            throw GatewayError("the gateway gives no answer")
        }
        let bytes = Array(data.prefix { $0 != 0x0A })
        guard let answer = try JSONReader.value(of: bytes).object else {
            throw GatewayError("the gateway gives no answer")
        }
        if let error = answer["error"]?.string { throw GatewayError(error) }
        return answer
    }

    /// The command that notes that somebody looks at recordings in the state directory.
    package static func look(at target: String, _ how: String) -> JSONObject {
        JSONObject([
            ("command", .string("look")), ("target", .string(target)), ("how", .string(how)),
        ])
    }

    /// The command that notes a certificate.
    package static func issue(_ certificate: IssuedCertificate) -> JSONObject {
        JSONObject([("command", .string("issue"))] + certificate.members)
    }
}

extension OwnedObject {
    /// What `quaymaster tenant list` shows.
    package var members: JSONObject {
        JSONObject([
            ("tenant", .string(tenant)), ("kind", .string(kind)), ("id", .string(id ?? "")),
            ("name", .string(name)), ("origin", .string(origin.rawValue)),
            ("identity", .string(identity)), ("engine", .string(engine)),
            ("since", .integer((settledAt ?? createdAt) / 1_000_000)),
            ("ports", .integer(Int64(ports))),
        ])
    }
}
