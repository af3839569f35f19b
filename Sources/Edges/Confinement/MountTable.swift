/// The mounts that a process sees (proc_pid_mountinfo(5)).
package struct MountTable: Hashable, Sendable {
    /// One mount.
    package struct Mount: Hashable, Sendable {
        /// Where it is.
        package let point: String
        /// The filesystem's type: `overlay`.
        package let type: String
        /// What is mounted, as the filesystem says it.
        package let source: String
        /// What of the filesystem is mounted here.
        package let root: String
        /// Options of the mount.
        package let options: [String]
        /// Options of the filesystem.
        package let superOptions: [String]

        /// The value of a filesystem's option `name=value`.
        package func superOption(_ name: String) -> String? {
            superOptions.first { $0.hasPrefix(name + "=") }.map {
                String($0.dropFirst(name.count + 1))
            }
        }
    }

    /// The mounts, those below others after them.
    package let mounts: [Mount]

    /// Reads a mountinfo; a line that is none is left out.
    package init(_ text: String) {
        mounts = text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard let dash = words.firstIndex(of: "-"), dash >= 6, words.count >= dash + 4 else {
                return nil
            }
            return Mount(
                point: Self.unescaped(words[4]), type: String(words[dash + 1]),
                source: Self.unescaped(words[dash + 2]), root: Self.unescaped(words[3]),
                options: words[5].split(separator: ",").map(String.init),
                superOptions: Self.options(words[dash + 3]))
        }
    }

    /// The mount that is seen at a path: the last one that was made there.
    package func mount(at point: String) -> Mount? {
        mounts.last { $0.point == point }
    }

    /// Splits at commas that no backslash escapes: overlayfs escapes those in its paths.
    private static func options(_ text: Substring) -> [String] {
        var options: [[UInt8]] = [[]]
        for byte in unescaped(text).utf8 {
            if byte == UInt8(ascii: ","), options[options.count - 1].last != UInt8(ascii: "\\") {
                options.append([])
            } else {
                options[options.count - 1].append(byte)
            }
        }
        return options.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Undoes `\040` and the like.
    private static func unescaped(_ text: Substring) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return String(text) }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let digits = bytes[index...].dropFirst().prefix(3)
            if bytes[index] == UInt8(ascii: "\\"), digits.count == 3,
                digits.allSatisfy({ 0x30...0x37 ~= $0 }),
                let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                result.append(byte)
                index += 4
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
