/// Writes archives in one spelling: ustar where everything fits and is plain ASCII, else one
/// extended header with records in a fixed order before it.
///
/// The first bytes never look like a compressed stream to a reader that sniffs: names that are not
/// printable, or begin as bzip2 does, stand in an extended header.
package enum TarWriter {
    private static let textLimit = 31
    private static let nameLimit = 100
    private static let extendedName = Array("PaxHeaders.0/entry".utf8)

    /// Appends an entry's headers; `entry.size` bytes of content and `padding(after:)` follow.
    package static func append(_ entry: TarEntry, to output: inout [UInt8]) {
        let records = records(of: entry)
        if !records.isEmpty {
            var header = Block()
            header.text(extendedName, at: 0)
            header.number(records.count, at: 124, digits: 11)
            header.finish(flag: UInt8(ascii: "x"))
            output += header.bytes
            output += records
            appendPadding(after: records.count, to: &output)
        }
        var block = Block()
        block.text(fits(name: entry.name) ? entry.name : extendedName, at: 0)
        block.number(entry.mode, at: 100, digits: 7)
        block.number(entry.userID, at: 108, digits: 7)
        block.number(entry.groupID, at: 116, digits: 7)
        block.number(entry.size, at: 124, digits: 11)
        block.number(fits(entry.modified) ? Int(entry.modified.seconds) : 0, at: 136, digits: 11)
        if fits(name: entry.linkName) { block.text(entry.linkName, at: 157) }
        if fits(text: entry.userName) { block.text(entry.userName, at: 265) }
        if fits(text: entry.groupName) { block.text(entry.groupName, at: 297) }
        block.number(entry.device.major, at: 329, digits: 7)
        block.number(entry.device.minor, at: 337, digits: 7)
        block.finish(flag: flag(of: entry.kind))
        output += block.bytes
    }

    /// Appends the zeros that fill the last block of so much content.
    package static func appendPadding(after size: Int, to output: inout [UInt8]) {
        output += repeatElement(0, count: TarReader.padding(after: size))
    }

    /// Appends the two blocks of zeros that end an archive.
    package static func appendEnd(to output: inout [UInt8]) {
        output += repeatElement(0, count: 2 * TarHeader.size)
    }

    private static func flag(of kind: TarEntry.Kind) -> UInt8 {
        switch kind {
        case .file: UInt8(ascii: "0")
        case .hardLink: UInt8(ascii: "1")
        case .symbolicLink: UInt8(ascii: "2")
        case .characterDevice: UInt8(ascii: "3")
        case .blockDevice: UInt8(ascii: "4")
        case .directory: UInt8(ascii: "5")
        case .pipe: UInt8(ascii: "6")
        }
    }

    /// True when a name may stand in the block; the magic of all other compressions is not printable.
    private static func fits(name: [UInt8]) -> Bool {
        name.count <= nameLimit && EntryName.isPrintable(name) && !name.starts(with: "BZh".utf8)
    }

    private static func fits(text: [UInt8]) -> Bool {
        text.count <= textLimit && EntryName.isPrintable(text)
    }

    private static func fits(_ number: Int, digits: Int) -> Bool {
        number >> (3 * digits) == 0
    }

    private static func fits(_ time: TarTime) -> Bool {
        time.nanoseconds == 0 && fits(Int(time.seconds), digits: 11)
    }

    /// The records for what the block cannot hold, in the order of this function.
    private static func records(of entry: TarEntry) -> [UInt8] {
        var records: [UInt8] = []
        func append(_ key: some Sequence<UInt8>, _ value: some Sequence<UInt8>) {
            let body = [0x20] + key + [UInt8(ascii: "=")] + value + [0x0A]
            // The length counts its own digits.
            var length = body.count + 1
            while String(length).utf8.count + body.count != length { length += 1 }
            records += Array(String(length).utf8) + body
        }
        if !fits(name: entry.name) { append("path".utf8, entry.name) }
        if !fits(name: entry.linkName) { append("linkpath".utf8, entry.linkName) }
        if !fits(entry.size, digits: 11) { append("size".utf8, String(entry.size).utf8) }
        if !fits(entry.userID, digits: 7) { append("uid".utf8, String(entry.userID).utf8) }
        if !fits(entry.groupID, digits: 7) { append("gid".utf8, String(entry.groupID).utf8) }
        if !fits(text: entry.userName) { append("uname".utf8, entry.userName) }
        if !fits(text: entry.groupName) { append("gname".utf8, entry.groupName) }
        if !fits(entry.modified) { append("mtime".utf8, entry.modified.decimal.utf8) }
        for attribute in entry.attributes {
            append("SCHILY.xattr.".utf8 + attribute.name, attribute.value)
        }
        return records
    }

    /// A header block while it is written.
    private struct Block {
        private(set) var bytes = [UInt8](repeating: 0, count: TarHeader.size)

        /// Makes a block in which every number is zero, written out: some readers refuse an empty one.
        init() {
            for (offset, digits) in [(100, 7), (108, 7), (116, 7), (124, 11), (136, 11)] {
                number(0, at: offset, digits: digits)
            }
            number(0, at: 329, digits: 7)
            number(0, at: 337, digits: 7)
        }

        mutating func text(_ text: [UInt8], at offset: Int) {
            bytes.replaceSubrange(offset..<(offset + text.count), with: text)
        }

        /// Writes octal digits; zero when the number needs more, which a record then gives.
        mutating func number(_ number: Int, at offset: Int, digits: Int) {
            var rest = TarWriter.fits(number, digits: digits) ? number : 0
            for place in (offset..<(offset + digits)).reversed() {
                bytes[place] = 0x30 + UInt8(rest & 7)
                rest >>= 3
            }
        }

        /// Writes what all blocks have, and the checksum over everything.
        mutating func finish(flag: UInt8) {
            bytes[156] = flag
            text(Array("ustar\u{0}00".utf8), at: 257)
            text(Array("        ".utf8), at: 148)
            number(bytes.reduce(0) { $0 + Int($1) }, at: 148, digits: 6)
            bytes[154] = 0
        }
    }
}
