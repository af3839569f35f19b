import NIOCore
import NIOPosix

/// Who connected to a Unix socket, as the kernel tells (unix(7), SO_PEERCRED).
struct PeerCredentials {
    // The layout of struct ucred.
    var process: Int32 = 0
    var user: UInt32 = 0
    var group: UInt32 = 0

    /// Asks the kernel.
    static func of(_ channel: any Channel) -> EventLoopFuture<PeerCredentials> {
        guard let provider = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(GatewayError("this is no socket"))
        }
        // SO_PEERCRED is 17 on Linux (asm-generic/socket.h).
        return provider.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: 17))
    }
}
