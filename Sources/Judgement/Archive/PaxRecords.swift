/// The records of an extended header (POSIX `pax`): `LENGTH KEY=VALUE\n`.
struct PaxRecords {
    /// Replaces the name.
    private(set) var path: [UInt8]?
    /// Replaces a link's target.
    private(set) var linkPath: [UInt8]?
    /// Replaces the size.
    private(set) var size: Int?
    /// Replaces the owner's number.
    private(set) var userID: Int?
    /// Replaces the group's number.
    private(set) var groupID: Int?
    /// Replaces the owner's name.
    private(set) var userName: [UInt8]?
    /// Replaces the group's name.
    private(set) var groupName: [UInt8]?
    /// Replaces the time of modification.
    private(set) var modified: TarTime?
    /// Extended attributes.
    private(set) var attributes: [TarEntry.Attribute] = []

    private static let attributePrefix = Array("SCHILY.xattr.".utf8)
    private static let sparsePrefix = Array("GNU.sparse.".utf8)

    /// Reads an extended header.
    ///
    /// - Parameters:
    ///   - payload: The records, one behind the other.
    ///   - isGlobal: True for a header that is about all entries that follow. Go leaves such records
    ///     out and others obey them, so only those are accepted that say nothing about an entry.
    /// - Throws: `archive.format`, `archive.type` for sparse files, `archive.attribute` for a key that
    ///   is not known.
    init(_ payload: [UInt8], isGlobal: Bool) throws(ArchiveRefusal) {
        var seen = Set<[UInt8]>()
        var rest = payload[...]
        while !rest.isEmpty {
            let (key, value) = try Self.record(&rest)
            guard seen.insert(Array(key)).inserted else {
                throw ArchiveRefusal(
                    .attribute, "has the header record \(EntryName.shown(Array(key))) twice")
            }
            if Self.saysNothing(key) { continue }
            guard !isGlobal else {
                throw ArchiveRefusal(
                    .attribute,
                    "has the record \(EntryName.shown(Array(key))) in a header for all entries, "
                        + "which readers understand differently; give it to each entry")
            }
            try take(key, value)
        }
    }

    /// Takes the next record off.
    private static func record(
        _ rest: inout ArraySlice<UInt8>
    ) throws(ArchiveRefusal) -> (key: ArraySlice<UInt8>, value: ArraySlice<UInt8>) {
        guard let blank = rest.prefix(20).firstIndex(of: 0x20),
            let length = TarNumber.decimal(rest[..<blank]), length <= rest.count,
            blank + 1 < rest.startIndex + length,
            rest[rest.startIndex + length - 1] == 0x0A
        else {
            throw ArchiveRefusal(.format, "has an extended header that is malformed")
        }
        let record = rest[(blank + 1)..<(rest.startIndex + length - 1)]
        rest = rest[(rest.startIndex + length)...]
        guard let equals = record.firstIndex(of: UInt8(ascii: "=")), equals > record.startIndex,
            !record[..<equals].contains(0)
        else {
            throw ArchiveRefusal(.format, "has an extended header that is malformed")
        }
        return (record[..<equals], record[(equals + 1)...])
    }

    /// True for records that the engine does not read: other times, remarks, what only the file
    /// system of their origin understands. They are left out.
    private static func saysNothing(_ key: ArraySlice<UInt8>) -> Bool {
        switch word(key) {
        case "atime", "ctime", "comment", "SCHILY.dev", "SCHILY.ino", "SCHILY.nlink",
            "SCHILY.fflags":
            true
        default: key.starts(with: "LIBARCHIVE.".utf8)
        }
    }

    /// A key as a string, or nothing when it is not ASCII: Swift takes other letters for equal to some
    /// of ASCII's.
    private static func word(_ key: ArraySlice<UInt8>) -> String {
        EntryName.isPrintable(Array(key)) ? String(decoding: key, as: UTF8.self) : ""
    }

    /// Takes a record in; an empty value leaves the field as the block has it (POSIX).
    private mutating func take(
        _ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>
    ) throws(ArchiveRefusal) {
        switch Self.word(key) {
        case "path": path = try Self.text(key, value)
        case "linkpath": linkPath = try Self.text(key, value)
        case "uname": userName = try Self.text(key, value)
        case "gname": groupName = try Self.text(key, value)
        case "size": size = try Self.number(key, value)
        case "uid": userID = try Self.number(key, value)
        case "gid": groupID = try Self.number(key, value)
        case "mtime":
            guard !value.isEmpty else { return }
            guard let time = TarTime(decimal: value) else { throw Self.malformed(key) }
            modified = time
        default:
            guard !key.starts(with: Self.sparsePrefix) else { throw TarHeader.sparse(nil) }
            guard key.starts(with: Self.attributePrefix), key.count > Self.attributePrefix.count
            else {
                throw ArchiveRefusal(
                    .attribute,
                    "has a header record \(EntryName.shown(Array(key))), which is not known; "
                        + "a newer engine may obey it, so it is not sent on")
            }
            let name = Array(key.dropFirst(Self.attributePrefix.count))
            attributes.append(TarEntry.Attribute(name: name, value: Array(value)))
        }
    }

    private static func text(
        _ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>
    ) throws(ArchiveRefusal) -> [UInt8]? {
        guard !value.contains(0) else { throw malformed(key) }
        return value.isEmpty ? nil : Array(value)
    }

    private static func number(
        _ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>
    ) throws(ArchiveRefusal) -> Int? {
        guard !value.isEmpty else { return nil }
        guard let number = TarNumber.decimal(value) else { throw malformed(key) }
        return number
    }

    private static func malformed(_ key: ArraySlice<UInt8>) -> ArchiveRefusal {
        ArchiveRefusal(
            .format,
            "has a header record \(EntryName.shown(Array(key))) whose value is malformed")
    }
}
