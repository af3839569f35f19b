/// The numbers of tar: octal text, base 256, and decimal text in extended headers.
enum TarNumber {
    /// Reads a field of a header block: octal digits between blanks and NULs, or GNU's base 256.
    ///
    /// An empty field is zero, as for Go.
    static func field(_ bytes: ArraySlice<UInt8>) -> Int64? {
        guard let first = bytes.first else { return 0 }
        if first & 0x80 != 0 { return base256(bytes) }
        var rest = bytes.drop { $0 == 0x20 || $0 == 0 }
        while let last = rest.last, last == 0x20 || last == 0 { rest.removeLast() }
        var value: Int64 = 0
        for byte in rest {
            guard 0x30...0x37 ~= byte, value >> 59 == 0 else { return nil }
            value = value << 3 | Int64(byte - 0x30)
        }
        return value
    }

    /// Reads a two's complement number, most significant byte first; the first bit only says so.
    private static func base256(_ bytes: ArraySlice<UInt8>) -> Int64? {
        guard let first = bytes.first else { return nil }
        // The seven bits that are left of the first byte, with their own sign.
        var value = Int64(Int8(bitPattern: first << 1) >> 1)
        for byte in bytes.dropFirst() {
            guard value >> 55 == 0 || value >> 55 == -1 else { return nil }
            value = value << 8 | Int64(byte)
        }
        return value
    }

    /// Reads decimal digits, 2^62 at most.
    static func decimal(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard !bytes.isEmpty, bytes.count <= 19 else { return nil }
        var value = 0
        for byte in bytes {
            guard 0x30...0x39 ~= byte else { return nil }
            let (tens, tooMany) = value.multipliedReportingOverflow(by: 10)
            let (sum, tooBig) = tens.addingReportingOverflow(Int(byte - 0x30))
            guard !tooMany, !tooBig else { return nil }
            value = sum
        }
        return value <= 1 << 62 ? value : nil
    }
}

/// A header block: its fields stand at fixed places (POSIX `pax`, "ustar Interchange Format").
struct TarHeader {
    /// The size of a block.
    static let size = 512

    /// Which fields a block has behind the ones of Unix Version 7.
    private enum Format {
        case version7
        case gnu
        case ustar
        case star
    }

    private let block: [UInt8]
    private let format: Format

    /// Makes sense of a block.
    ///
    /// - Throws: `archive.format` when its checksum is wrong.
    init(_ block: [UInt8]) throws(ArchiveRefusal) {
        guard block.count == Self.size, Self.hasChecksum(block) else {
            throw ArchiveRefusal(
                .format, "is no tar archive, or is damaged: a header's checksum is wrong")
        }
        self.block = block
        let magic = block[257..<263]
        if magic.elementsEqual("ustar\0".utf8) {
            format = block[508..<512].elementsEqual("tar\0".utf8) ? .star : .ustar
        } else if magic.elementsEqual("ustar ".utf8), block[263] == 0x20, block[264] == 0 {
            format = .gnu
        } else {
            format = .version7
        }
    }

    /// The sum of all bytes, the checksum's own counted as blanks; old writers added signed bytes.
    private static func hasChecksum(_ block: [UInt8]) -> Bool {
        var unsigned: Int64 = 0
        var signed: Int64 = 0
        for (index, byte) in block.enumerated() {
            let counted = 148..<156 ~= index ? 0x20 : byte
            unsigned += Int64(counted)
            signed += Int64(Int8(bitPattern: counted))
        }
        let written = TarNumber.field(block[148..<156])
        return written == unsigned || written == signed
    }

    /// The letter that says what the entry is.
    var flag: UInt8 { block[156] }

    /// The name as the block alone spells it.
    var name: [UInt8] {
        let prefix: [UInt8] =
            switch format {
            case .version7, .gnu: []
            case .ustar: text(345..<500)
            case .star: text(345..<476)
            }
        let name = text(0..<100)
        return prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
    }

    /// A link's target.
    var linkName: [UInt8] { text(157..<257) }

    /// The owner's name.
    var userName: [UInt8] { format == .version7 ? [] : text(265..<297) }

    /// The group's name.
    var groupName: [UInt8] { format == .version7 ? [] : text(297..<329) }

    /// The permission bits. Old writers put the kind of file above them; it stands in the flag.
    func mode() throws(ArchiveRefusal) -> Int {
        Int(try number(100..<108, "mode") & 0o7777)
    }

    /// The owner's number.
    func userID() throws(ArchiveRefusal) -> Int64 { try number(108..<116, "owner") }

    /// The group's number.
    func groupID() throws(ArchiveRefusal) -> Int64 { try number(116..<124, "group") }

    /// How many bytes follow.
    func size() throws(ArchiveRefusal) -> Int64 { try number(124..<136, "size") }

    /// When the entry was last modified, in seconds.
    func modified() throws(ArchiveRefusal) -> Int64 { try number(136..<148, "time") }

    /// The number of a device.
    func device() throws(ArchiveRefusal) -> (major: Int64, minor: Int64) {
        guard format != .version7 else { return (0, 0) }
        return (try number(329..<337, "device"), try number(337..<345, "device"))
    }

    /// What an entry of that name is; only Version 7 needs the name to say it.
    func kind(of name: [UInt8]) throws(ArchiveRefusal) -> TarEntry.Kind {
        switch flag {
        case UInt8(ascii: "0"): return .file
        // Version 7 had no flag for directories; a slash says it.
        case 0: return name.last == UInt8(ascii: "/") ? .directory : .file
        case UInt8(ascii: "1"): return .hardLink
        case UInt8(ascii: "2"): return .symbolicLink
        case UInt8(ascii: "3"): return .characterDevice
        case UInt8(ascii: "4"): return .blockDevice
        case UInt8(ascii: "5"): return .directory
        case UInt8(ascii: "6"): return .pipe
        case UInt8(ascii: "S"): throw Self.sparse(name)
        case UInt8(ascii: "M"), UInt8(ascii: "V"), UInt8(ascii: "D"), UInt8(ascii: "N"):
            throw ArchiveRefusal(
                .type, name,
                "belongs to an incremental or multi-volume archive; write a plain one")
        default:
            throw ArchiveRefusal(
                .type, name,
                "is of an unknown kind (\(EntryName.shown([flag]))); files, directories, links, "
                    + "devices and pipes are known")
        }
    }

    /// The refusal of a file whose holes are left out, which readers fill in differently.
    static func sparse(_ name: [UInt8]?) -> ArchiveRefusal {
        ArchiveRefusal(.type, name, "is a sparse file; write it without --sparse")
    }

    private func number(_ range: Range<Int>, _ field: String) throws(ArchiveRefusal) -> Int64 {
        guard let value = TarNumber.field(block[range]) else {
            throw ArchiveRefusal(.format, name, "has a \(field) that is no number")
        }
        return value
    }

    private func text(_ range: Range<Int>) -> [UInt8] {
        Array(block[range].prefix { $0 != 0 })
    }
}
