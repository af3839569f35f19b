import Foundation
import Identity
package import NIOCore
package import NIOPosix
import NIOSSL
import Synchronization

/// The gateway's way to an agent on another machine.
package final class AgentDial: Sendable, CustomStringConvertible {
    private let host: String
    private let port: Int
    // Guards the credentials for connections from now on.
    private let credentials: Mutex<LinkCredentials>

    /// Notes where an agent listens.
    ///
    /// - Parameters:
    ///   - host: A host's name or address.
    ///   - port: The port.
    ///   - credentials: The gateway's own, and whom it takes for the agent.
    package init(host: String, port: Int, _ credentials: LinkCredentials) {
        self.host = host
        self.port = port
        self.credentials = Mutex(credentials)
    }

    /// `tls://engine-1.example.com:2377`
    package var description: String {
        host.contains(":") ? "tls://[\(host)]:\(port)" : "tls://\(host):\(port)"
    }

    /// Uses others for connections from now on.
    package func replace(_ credentials: LinkCredentials) {
        self.credentials.withLock { $0 = credentials }
    }

    /// Connects.
    ///
    /// - Parameters:
    ///   - bootstrap: With which options.
    ///   - eventLoop: The bootstrap's loop.
    ///   - add: Adds who speaks to the agent behind TLS.
    /// - Returns: The channel once the agent is known to be the right one. Fails with `LinkFailure` when it
    ///   is not, and with what the system says when nobody listens.
    package func connect(
        _ bootstrap: ClientBootstrap, on eventLoop: any EventLoop,
        _ add: @escaping @Sendable (any Channel) throws -> Void
    ) -> EventLoopFuture<any Channel> {
        let credentials = self.credentials.withLock { $0 }
        let name = description
        if let expired = credentials.warning(at: Date()), credentials.notAfter < Date() {
            return eventLoop.makeFailedFuture(
                LinkFailure("\(expired); `quaymaster agent issue` makes another"))
        }
        return bootstrap.channelInitializer { channel in
            LinkKeepAlive.set(on: channel)
        }
        .connect(host: host, port: port)
        .flatMap { channel in
            let promise = channel.eventLoop.makePromise(of: (any Channel).self)
            do {
                // Nobody reads before these are there.
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHandler(
                    NIOSSLClientHandler(context: credentials.context, serverHostname: nil))
                try pipeline.addHandler(
                    LinkHandshake(credentials) { result in
                        switch result {
                        case .success: promise.succeed(channel)
                        case .failure(let problem):
                            promise.fail(
                                LinkFailure("the agent at \(name) is not used: \(problem)"))
                        }
                    })
                try add(channel)
                channel.read()
            } catch {
                promise.fail(error)
                channel.close(promise: nil)
            }
            return promise.futureResult
        }
    }
}
