import Acts
import Engine
import Gateway
import Policy
import PolicyFile

/// The Unix sockets that a configuration lists.
struct ListenSockets {
    private let listeners: [UnixListener]
    private let engine: EngineAddress?

    /// Reads them; what is no address is reported where it is listened on.
    init(_ file: ConfigurationFile) {
        engine = EngineAddress(file.engine.text)
        listeners = file.listen.compactMap { entry in
            do throws(GatewayError) {
                if case .unix(let listener) = try ListenAddress(entry.text) { return listener }
            } catch {}
            return nil
        }
    }

    /// Nobody binds the socket of another identity, whatever a level names.
    var paths: [String] { listeners.map(\.path) }

    /// The sockets as binds know them: each identity's first whose path may stand in one.
    var own: OwnSockets {
        var sockets = OwnSockets(engine: ["/var/run/docker.sock", "/run/docker.sock"])
        if let engine { sockets.engine.insert(engine.path) }
        for listener in listeners where Self.isBindable(listener.path) {
            if sockets.paths[listener.identity] == nil {
                sockets.paths[listener.identity] = listener.path
            }
        }
        return sockets
    }

    private static func isBindable(_ path: String) -> Bool {
        HostPath.isCanonical(path)
            && path.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: ":") }
    }
}
