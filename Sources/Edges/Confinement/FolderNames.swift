import CLinux
import Glibc

/// Reads what stands in a folder, by getdents64(2).
enum FolderNames {
    /// One name and what is known of it.
    struct Entry {
        /// The name as text; bytes that are no UTF-8 are replaced.
        let name: String
        /// The name's bytes, which open it.
        let bytes: [UInt8]
        /// The kind (DT_ constants of readdir(3)); 0 when it is not known.
        let kind: UInt8
    }

    /// Goes through a folder in the order in which it stands on disk; `body` ends it by false.
    ///
    /// - Returns: False when it cannot be read.
    static func each(of folder: Int32, _ body: (Entry) -> Bool) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 32_768)
        while true {
            let count = linux_getdents64(folder, &buffer, UInt(buffer.count))
            guard count >= 0 else { return false }
            if count == 0 { return true }
            var place = 0
            while place + 19 <= count {
                // struct linux_dirent64: inode 8, offset 8, length 2, kind 1, name.
                let length = Int(buffer[place + 16]) | Int(buffer[place + 17]) << 8
                guard length >= 20, place + length <= count else { return false }
                let name = Array(buffer[(place + 19)..<(place + length)].prefix { $0 != 0 })
                let kind = buffer[place + 18]
                place += length
                if name == [0x2E] || name == [0x2E, 0x2E] { continue }
                let entry = Entry(
                    name: String(decoding: name, as: UTF8.self), bytes: name, kind: kind)
                guard body(entry) else { return true }
            }
        }
    }

    /// All names; nil when the folder cannot be read or has more than the limit.
    static func all(of folder: Int32, limit: Int) -> [Entry]? {
        var entries: [Entry] = []
        let isRead = each(of: folder) {
            entries.append($0)
            return entries.count <= limit
        }
        return isRead && entries.count <= limit ? entries : nil
    }
}
