/// The gateway's Unix sockets, each of which stands for one identity, as binds of containers know them.
package struct OwnSockets: Hashable, Sendable {
    /// The paths by which clients know the engine's own socket.
    package var engine: Set<String>
    /// The path of each identity's socket.
    package var paths: [String: String]

    /// Makes a table.
    package init(engine: Set<String> = [], paths: [String: String] = [:]) {
        self.engine = engine
        self.paths = paths
    }

    /// What a bind of the engine's socket becomes for an identity; nil when it has no socket.
    package func own(of identity: String) -> OwnSocket? {
        paths[identity].map { OwnSocket(path: $0, engine: engine) }
    }
}

/// The socket on which an identity is itself, in the place of the engine's.
package struct OwnSocket: Hashable, Sendable {
    /// Its path on the host.
    package let path: String
    /// The paths by which clients know the engine's own socket.
    package let engine: Set<String>

    /// Makes a socket.
    package init(path: String, engine: Set<String>) {
        self.path = path
        self.engine = engine
    }
}
