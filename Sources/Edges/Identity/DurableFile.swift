package import Foundation

/// Files that must survive a crash.
package enum DurableFile {
    /// Appends bytes and waits until they are on the disk.
    ///
    /// - Throws: `IdentityError` with the system's reason; nothing is left half-written.
    package static func append(_ bytes: [UInt8], to file: URL) throws {
        let descriptor = open(file.path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("open", file) }
        defer { close(descriptor) }
        let end = lseek(descriptor, 0, SEEK_END)
        if end == 0 { try keepName(of: file) }
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            let error = failure("write", file)
            _ = ftruncate(descriptor, end)
            throw error
        }
    }

    /// Cuts a file to a length.
    package static func cut(_ file: URL, to length: Int) throws {
        guard truncate(file.path, off_t(length)) == 0 else { throw failure("mend", file) }
    }

    /// Makes a file that must not exist yet.
    ///
    /// - Parameters:
    ///   - file: Where it will be.
    ///   - text: Its content.
    ///   - mode: Its permissions, for example 0600, whatever the umask.
    /// - Throws: `IdentityError` with the system's reason.
    package static func create(_ file: URL, _ text: String, mode: mode_t) throws {
        let descriptor = open(file.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw failure("create", file) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard fchmod(descriptor, mode) == 0,
            write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0
        else { throw failure("write", file) }
        try keepName(of: file)
    }

    /// A new file's name is on the disk when its directory is.
    private static func keepName(of file: URL) throws {
        let folder = file.deletingLastPathComponent()
        let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("write", folder) }
    }

    private static func failure(_ what: String, _ file: URL) -> IdentityError {
        IdentityError("cannot \(what) \(file.path): \(String(cString: strerror(errno)))")
    }
}
