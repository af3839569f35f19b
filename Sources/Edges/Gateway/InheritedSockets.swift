import Foundation

/// Listening Unix sockets that the service manager holds and hands to each gateway that it starts
/// (sd_listen_fds(3)), so that a socket that is mounted into a container outlives the gateway.
struct InheritedSockets: Sendable {
    /// The descriptors by the paths that they are bound to.
    private(set) var descriptors: [String: Int32] = [:]

    /// The first descriptor that is handed over (sd_listen_fds(3), SD_LISTEN_FDS_START).
    private static let first: Int32 = 3

    /// Takes what the environment says is for this process; no child inherits it.
    ///
    /// - Parameter environment: The process's environment.
    init(_ environment: [String: String]) {
        guard environment["LISTEN_PID"].flatMap({ Int32($0) }) == getpid(),
            let count = environment["LISTEN_FDS"].flatMap({ Int32($0) }), (1...1024).contains(count)
        else { return }
        for descriptor in Self.first..<Self.first + count {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            if let path = Self.path(of: descriptor) { descriptors[path] = descriptor }
        }
    }

    /// The path that a Unix socket is bound to; nil for any other.
    private static func path(of descriptor: Int32) -> String? {
        var address = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &length)
            }
        }
        guard result == 0, address.sun_family == sa_family_t(AF_UNIX) else { return nil }
        let bytes = withUnsafeBytes(of: &address.sun_path) { Array($0.prefix { $0 != 0 }) }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }
}
