import CLinux
import Glibc

/// A file descriptor with one owner, closed once.
package struct OwnedDescriptor: ~Copyable, Sendable {
    /// The number.
    package let number: Int32

    /// Takes a descriptor over.
    package init(taking number: Int32) {
        self.number = number
    }

    deinit {
        _ = close(number)
    }

    /// Opens a file; it closes on exec. nil, with the reason in `errno`, when that fails.
    package init?(_ path: String, _ flags: Int32, in folder: Int32 = AT_FDCWD) {
        let number = openat(folder, path, flags | O_CLOEXEC)
        guard number >= 0 else { return nil }
        self.number = number
    }

    /// Opens a file by openat2(2); it closes on exec. nil, with the reason in `errno`, when that fails.
    ///
    /// - Parameters:
    ///   - path: The path below `folder`.
    ///   - flags: As of open(2).
    ///   - folder: Where the path begins.
    ///   - resolve: What may not be met on the way (RESOLVE_ flags).
    package init?(_ path: String, _ flags: Int32, in folder: Int32, resolve: Int32) {
        let number = linux_openat2(
            folder, path, UInt64(UInt32(bitPattern: flags | O_CLOEXEC)), UInt64(resolve))
        guard number >= 0 else { return nil }
        self.number = number
    }

    /// Gives the descriptor to somebody else.
    package consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }
}

/// Reading and writing whole texts by read(2) and write(2).
package enum Bytes {
    /// Reads until the end; nil when reading fails or there is more than the limit.
    ///
    /// - Parameters:
    ///   - descriptor: What is read.
    ///   - limit: The most bytes.
    /// - Returns: The bytes.
    package static func all(of descriptor: Int32, limit: Int = 1 << 20) -> [UInt8]? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return bytes }
            guard bytes.count + count <= limit else {
                errno = EFBIG
                return nil
            }
            bytes.append(contentsOf: buffer[..<count])
        }
    }

    /// Reads exactly so many bytes; nil when there are fewer.
    package static func exactly(_ count: Int, from descriptor: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var have = 0
        while have < count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                read(descriptor, buffer.baseAddress?.advanced(by: have), count - have)
            }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { return nil }
            have += got
        }
        return bytes
    }

    /// Writes everything; false when that fails.
    @discardableResult
    package static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var sent = 0
            while sent < buffer.count {
                let count = Glibc.write(
                    descriptor, buffer.baseAddress?.advanced(by: sent), buffer.count - sent)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }
    }
}

/// Small files of proc(5), sysfs and cgroupfs.
package enum SmallFile {
    /// A file's text; nil, with the reason in `errno`, when it cannot be read.
    package static func text(_ path: String, limit: Int = 1 << 20) -> String? {
        guard let descriptor = OwnedDescriptor(path, O_RDONLY) else { return nil }
        return Bytes.all(of: descriptor.number, limit: limit)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// Writes a text to a file that exists; false, with the reason in `errno`, when that fails.
    package static func write(_ text: String, to path: String) -> Bool {
        guard let descriptor = OwnedDescriptor(path, O_WRONLY) else { return false }
        return Bytes.write(Array(text.utf8), to: descriptor.number)
    }

    /// Where a link leads; nil when it is none.
    package static func link(_ path: String) -> String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlink(path, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
