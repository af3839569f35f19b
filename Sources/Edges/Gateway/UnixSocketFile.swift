import Foundation

/// The file of a Unix socket: where it may stand, and whose it is.
enum UnixSocketFile {
    /// Makes the directory ready and removes a socket that nobody listens on.
    ///
    /// The directory is made when it is absent and kept when the gateway ends, so a container that
    /// mounts the directory finds the next socket in it too.
    ///
    /// - Throws: `GatewayError` when the directory is somebody else's to change, or the socket is
    ///   in use.
    static func prepare(_ path: String) throws(GatewayError) {
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o755])
        } catch {
            throw GatewayError("cannot make \(directory): \(error.localizedDescription)")
        }
        try checkDirectory(directory)
        guard let type = attributes(path)?[.type] as? FileAttributeType else { return }
        // An engine that starts a container again while the gateway is away makes an empty folder where a
        // bind's source is missing; only an empty one is removed by this.
        if type == .typeDirectory, rmdir(path) == 0 { return }
        guard type == .typeSocket else {
            throw GatewayError("\(path) exists and is no socket")
        }
        guard !isAnswering(path) else {
            throw GatewayError("somebody listens on \(path) already")
        }
        unlink(path)
    }

    /// Gives a socket its mode and owner.
    static func own(_ listener: UnixListener) throws(GatewayError) {
        let owner = listener.owner ?? UInt32.max
        let group = listener.group ?? UInt32.max
        if listener.owner != nil || listener.group != nil,
            chown(listener.path, owner, group) != 0
        {
            throw failure("give away", listener.path)
        }
        guard chmod(listener.path, mode_t(listener.mode)) == 0 else {
            throw failure("set the mode of", listener.path)
        }
    }

    /// Removes a socket that is listened on no more; its directory stays.
    static func remove(_ path: String) {
        unlink(path)
    }

    private static func checkDirectory(_ path: String) throws(GatewayError) {
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let found = attributes(real), let owner = found[.ownerAccountID] as? NSNumber,
            let mode = found[.posixPermissions] as? NSNumber
        else { throw GatewayError("cannot look at \(path)") }
        guard owner.uint32Value == geteuid() || owner.uint32Value == 0 else {
            throw GatewayError(
                "\(path) belongs to another user, who could replace the socket",
                hint: "use a directory of the gateway's own, for example /run/quaymaster/NAME")
        }
        // Others may write only where nobody can remove what is not theirs.
        guard mode.uint16Value & 0o022 == 0 || mode.uint16Value & 0o1000 != 0 else {
            throw GatewayError(
                "\(path) can be written by others, who could replace the socket",
                hint: "chmod go-w \(path)")
        }
    }

    /// What the file system says of a file, or nil when it is not there; links are not followed.
    private static func attributes(_ path: String) -> [FileAttributeKey: Any]? {
        do {
            return try FileManager.default.attributesOfItem(atPath: path)
        } catch {
            return nil
        }
    }

    private static func isAnswering(_ path: String) -> Bool {
        guard let descriptor = UnixSocket.connect(path) else { return false }
        close(descriptor)
        return true
    }

    private static func failure(_ what: String, _ path: String) -> GatewayError {
        GatewayError("cannot \(what) \(path): \(String(cString: strerror(errno)))")
    }
}

/// Blocking Unix sockets, for commands that ask a running gateway.
package enum UnixSocket {
    /// Connects to a socket; nil when nobody listens.
    package static func connect(_ path: String) -> Int32? {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            close(descriptor)
            return nil
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}
