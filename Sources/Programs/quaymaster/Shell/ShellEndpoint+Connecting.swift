import NIOCore
import NIOPosix
import NIOSSL

extension ShellEndpoint {
    /// Connects to the gateway, and checks its certificate.
    ///
    /// - Parameters:
    ///   - group: The event loops.
    ///   - handler: Makes who speaks on the connection, on its loop.
    /// - Returns: The connection.
    /// - Throws: `CommandError` when the gateway cannot be reached.
    func connect(
        on group: MultiThreadedEventLoopGroup,
        _ handler: @escaping @Sendable () -> any ChannelHandler
    ) async throws -> any Channel {
        let tls = try tls()
        let address = self.address
        let bootstrap = ClientBootstrap(group: group).connectTimeout(.seconds(10))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls {
                        // An address is checked against the certificate's own.
                        var name: String?
                        if case .tcp(let host, _) = address, Self.isName(host) { name = host }
                        try pipeline.addHandler(
                            try NIOSSLClientHandler(context: tls, serverHostname: name))
                    }
                    try pipeline.addHandler(handler())
                }
            }
        do {
            return switch address {
            case .unix(let path): try await bootstrap.connect(unixDomainSocketPath: path).get()
            case .tcp(let host, let port):
                try await bootstrap.connect(host: host, port: port).get()
            }
        } catch {
            throw CommandError("the gateway at \(host) cannot be reached: \(error)")
        }
    }

    private static func isName(_ host: String) -> Bool {
        host.utf8.contains { !(0x30...0x39 ~= $0 || $0 == 0x2E) } && !host.contains(":")
    }
}
