import Foundation

extension EngineAddress {
    /// Who listens on the engine's socket (unix(7), SO_PEERCRED).
    /// 0: a process that is not seen here; nil: nobody.
    var listener: Int32? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else { return nil }
        // struct ucred: process, user, group. SO_PEERCRED is 17 (asm-generic/socket.h).
        var credentials: (Int32, UInt32, UInt32) = (0, 0, 0)
        var size = socklen_t(MemoryLayout.size(ofValue: credentials))
        guard getsockopt(descriptor, SOL_SOCKET, 17, &credentials, &size) == 0 else { return nil }
        return credentials.0
    }

    /// True when the engine's files are those that are seen here: its processes are seen, and their
    /// root is ours as far as we may look.
    var sharesFiles: Bool {
        guard let listener, listener > 0 else { return false }
        var theirs = stat()
        var ours = stat()
        guard stat("/proc/\(listener)/root/", &theirs) == 0, stat("/", &ours) == 0 else {
            // Not ours to look at: a gateway that sees its process shares the host with it.
            return true
        }
        return theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino
    }
}
