import Foundation

/// The Unix socket on which an agent listens.
package enum AgentSocket {
    /// Listens; what an agent that has ended left there is replaced.
    ///
    /// - Parameters:
    ///   - path: The socket's path.
    ///   - owner: The user who may connect beside root.
    /// - Returns: The descriptor.
    /// - Throws: `AgentError` when somebody listens there already, or it cannot be made.
    package static func listen(_ path: String, owner: UInt32) throws(AgentError) -> Int32 {
        guard let (address, size) = address(path) else {
            throw AgentError("the socket's path \(path) is too long, 107 bytes are the most")
        }
        if let connected = connect(path) {
            close(connected)
            throw AgentError("somebody listens on \(path) already", hint: "is an agent running?")
        }
        unlink(path)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var copy = address
        // Nobody connects before the mode is right.
        let mask = umask(0o177)
        let bound = withUnsafePointer(to: &copy) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        umask(mask)
        guard descriptor >= 0, bound == 0, lchown(path, owner, UInt32.max) == 0,
            Glibc.listen(descriptor, 64) == 0
        else { throw AgentError.system("the agent cannot listen on \(path)") }
        return descriptor
    }

    /// Connects; nil when nobody listens there.
    package static func connect(_ path: String) -> Int32? {
        guard let (address, size) = address(path) else { return nil }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var copy = address
        let result = withUnsafePointer(to: &copy) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, size)
            }
        }
        if result == 0 { return descriptor }
        close(descriptor)
        return nil
    }

    private static func address(_ path: String) -> (sockaddr_un, socklen_t)? {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return (address, socklen_t(MemoryLayout<sockaddr_un>.size))
    }
}
