/// Tar written by hand, so that tests can say what no writer says.
enum Hand {
    /// One header block, its checksum right unless said otherwise.
    static func header(
        _ name: String, _ flag: Character = "0", size: String = "0", link: String = "",
        magic: String = "ustar\u{0}00", mode: String = "644", user: String = "0",
        time: String = "0", prefix: String = "", major: String = "0", trailer: String = "",
        checksum: Int? = nil
    ) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, _ offset: Int) {
            for (index, scalar) in text.unicodeScalars.enumerated() {
                block[offset + index] = UInt8(scalar.value)
            }
        }
        for (text, offset) in [
            (name, 0), (mode, 100), (user, 108), ("0", 116), (size, 124), (time, 136),
            ("        ", 148), (String(flag), 156), (link, 157), (magic, 257), (major, 329),
            ("0", 337), (prefix, 345), (trailer, 508),
        ] { put(text, offset) }
        let sum = checksum ?? block.reduce(0) { $0 + Int($1) }
        put(String(sum, radix: 8) + "\u{0} ", 148)
        return block
    }

    /// A header and its content, padded.
    static func entry(
        _ name: String, _ flag: Character = "0", _ content: String = "", link: String = "",
        magic: String = "ustar\u{0}00", prefix: String = ""
    ) -> [UInt8] {
        let bytes = Array(content.utf8)
        return header(
            name, flag, size: String(bytes.count, radix: 8), link: link, magic: magic,
            prefix: prefix) + padded(bytes)
    }

    /// An extended header, or a global one.
    static func records(_ records: [(String, String)], _ flag: Character = "x") -> [UInt8] {
        entry("PaxHeaders/x", flag, records.map { record($0.0, $0.1) }.joined())
    }

    /// One record of an extended header.
    static func record(_ key: String, _ value: String) -> String {
        let body = " \(key)=\(value)\n"
        var length = body.utf8.count + 1
        while String(length).utf8.count + body.utf8.count != length { length += 1 }
        return String(length) + body
    }

    /// A GNU long name or link.
    static func long(_ flag: Character, _ text: String) -> [UInt8] {
        entry("././@LongLink", flag, text + "\u{0}", magic: "ustar  \u{0}")
    }

    /// Zeros up to the next block.
    static func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
    }

    /// The two blocks that end an archive.
    static let end = [UInt8](repeating: 0, count: 1024)
}
