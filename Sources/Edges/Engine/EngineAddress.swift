/// Where an engine listens: a Unix socket.
package struct EngineAddress: Hashable, Sendable, CustomStringConvertible {
    /// The socket's path.
    package let path: String

    /// Takes `unix:///var/run/docker.sock`; nil for anything else.
    package init?(_ text: String) {
        guard text.hasPrefix("unix:///") else { return nil }
        path = String(text.dropFirst("unix://".count))
        // sun_path holds 108 bytes with its terminator (unix(7)).
        guard path.utf8.count < 108 else { return nil }
    }

    /// `unix:///var/run/docker.sock`
    package var description: String { "unix://\(path)" }
}

/// Why the engine did not do its part.
package struct EngineFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What failed, naming the socket.
    package let description: String
    /// The status code for the client: 503 when it was never asked, 502 when it broke off.
    package let status: Int

    /// Makes a failure.
    package init(_ description: String, status: Int) {
        self.description = description
        self.status = status
    }
}
