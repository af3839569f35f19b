package import NIOCore
package import NIOPosix

/// Where those listen whom a pool's connections lead to, and how they are reached.
package struct EngineDoor: Sendable, CustomStringConvertible {
    /// Puts whoever uses the connection into its channel.
    package typealias Add = @Sendable (any Channel) throws -> Void

    /// For sentences: `unix:///var/run/docker.sock`
    package let description: String
    /// Connects; a failure that is an `EngineFailure` is told as it is.
    let open: Open

    /// Connects with the options of a bootstrap, which is of a loop, adds the user, and answers once it may
    /// speak.
    package typealias Open =
        @Sendable (ClientBootstrap, any EventLoop, @escaping Add) -> EventLoopFuture<any Channel>

    /// Makes a door of another kind.
    ///
    /// - Parameters:
    ///   - description: For sentences.
    ///   - open: Connects.
    package init(_ description: String, open: @escaping Open) {
        self.description = description
        self.open = open
    }

    /// A Unix socket.
    package static func unix(_ address: EngineAddress) -> EngineDoor {
        EngineDoor(address.description) { bootstrap, _, add in
            bootstrap.channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try add(channel) }
            }
            .connect(unixDomainSocketPath: address.path)
        }
    }
}
