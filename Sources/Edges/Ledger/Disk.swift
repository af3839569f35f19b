import CLinux
import Foundation

/// What the disk refused, as errno(3).
package struct DiskError: Error, Hashable, Sendable {
    /// The number.
    package let number: Int32

    /// Makes an error.
    package init(_ number: Int32) {
        self.number = number
    }
}

/// What the record asks of the disk when it writes, so that tests can tear, fail and fill it.
package protocol Disk: Sendable {
    /// Writes at the end of a file (write(2)); at least one byte is taken.
    ///
    /// - Returns: How many bytes were taken.
    func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) throws(DiskError) -> Int
    /// Returns when what was written is on the disk (fdatasync(2)).
    func flush(_ file: Int32) throws(DiskError)
    /// Cuts a file to a length (ftruncate(2)).
    func cut(_ file: Int32, to length: Int) throws(DiskError)
    /// Takes blocks for bytes to come; the file's length stays (fallocate(2)).
    func reserve(_ byteCount: Int, for file: Int32) throws(DiskError)
}

extension Disk {
    /// Writes at the end of a file and returns when it is on the disk.
    func append(_ bytes: [UInt8], to file: Int32) throws(DiskError) {
        let failure = bytes.withUnsafeBytes { all -> DiskError? in
            var written = 0
            do throws(DiskError) {
                while written < all.count {
                    written += try write(
                        UnsafeRawBufferPointer(rebasing: all[written...]), to: file)
                }
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
        try flush(file)
    }
}

/// The disk itself.
package struct SystemDisk: Disk {
    /// Makes the disk.
    package init() {}

    /// Writes at the end of a file.
    package func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) throws(DiskError) -> Int {
        while true {
            let count = Foundation.write(file, bytes.baseAddress, bytes.count)
            if count > 0 { return count }
            guard count < 0, errno == EINTR else { throw DiskError(count < 0 ? errno : EIO) }
        }
    }

    /// Returns when what was written is on the disk.
    package func flush(_ file: Int32) throws(DiskError) {
        guard fdatasync(file) == 0 else { throw DiskError(errno) }
    }

    /// Cuts a file to a length.
    package func cut(_ file: Int32, to length: Int) throws(DiskError) {
        guard ftruncate(file, off_t(length)) == 0 else { throw DiskError(errno) }
    }

    /// Takes blocks for bytes to come.
    package func reserve(_ byteCount: Int, for file: Int32) throws(DiskError) {
        guard linux_fallocate_keeping_size(file, byteCount) == 0 else {
            throw DiskError(errno)
        }
    }
}
