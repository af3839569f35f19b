/// Reads a tar stream as a machine: bytes in, cut anywhere; entries and ranges of content out.
///
/// It reads what is written today: Unix Version 7, ustar, GNU long names, pax extended headers. It
/// ends as Go's `archive/tar` does: at two blocks of zeros, or where the input ends between entries.
package struct TarReader: Sendable {
    /// What one step found.
    package enum Step: Hashable, Sendable {
        /// All bytes are consumed.
        case needsMore
        /// An entry begins.
        case entry(TarEntry)
        /// Content of the entry stands in this range of the bytes given.
        case content(Range<Int>)
        /// The entry has ended; every entry is followed by this.
        case entryEnd
    }

    /// What stands before an entry and changes it.
    private enum Extension: Hashable {
        case longName
        case longLink
        case records
        case globalRecords
    }

    private enum State: Hashable {
        case header
        case extended(Extension, size: Int)
        case content(remaining: Int, padding: Int)
        case padding(Int)
        case secondZeroBlock
        case trailing
    }

    /// What was read for the entry that follows.
    private struct Pending {
        var longName: [UInt8]?
        var longLink: [UInt8]?
        var records: PaxRecords?

        var isEmpty: Bool { longName == nil && longLink == nil && records == nil }
    }

    private let limits: ArchiveLimits
    private var state = State.header
    private var gathered: [UInt8] = []
    private var pending = Pending()
    private var entries = 0

    /// Makes a reader for one archive.
    package init(limits: ArchiveLimits = ArchiveLimits()) {
        self.limits = limits
    }

    /// Consumes bytes up to the next thing worth telling.
    ///
    /// - Parameters:
    ///   - bytes: Bytes of the archive.
    ///   - offset: Where to begin; moved behind what was consumed.
    /// - Returns: What was found.
    /// - Throws: `ArchiveRefusal`; the reader is of no use afterwards.
    package mutating func step(
        _ bytes: ArraySlice<UInt8>, at offset: inout Int
    ) throws(ArchiveRefusal) -> Step {
        while true {
            switch state {
            case .content(0, let padding):
                state = .padding(padding)
                return .entryEnd
            case .content(let remaining, let padding):
                guard offset < bytes.endIndex else { return .needsMore }
                let end = offset + min(remaining, bytes.endIndex - offset)
                defer { offset = end }
                state = .content(remaining: remaining - (end - offset), padding: padding)
                return .content(offset..<end)
            case .padding(let remaining):
                let count = min(remaining, bytes.endIndex - offset)
                offset += count
                state = count == remaining ? .header : .padding(remaining - count)
                if count < remaining { return .needsMore }
            case .header:
                guard gather(TarHeader.size, bytes, &offset) else { return .needsMore }
                if let entry = try readHeader() { return .entry(entry) }
            case .extended(let kind, let size):
                guard gather(size, bytes, &offset) else { return .needsMore }
                try readExtension(kind)
                state = .padding(Self.padding(after: size))
            case .secondZeroBlock:
                guard gather(TarHeader.size, bytes, &offset) else { return .needsMore }
                guard Self.isZero(gathered[...]) else {
                    throw ArchiveRefusal(.format, "goes on behind a block of zeros")
                }
                state = .trailing
            case .trailing:
                guard Self.isZero(bytes[offset...]) else {
                    throw ArchiveRefusal(.format, "is followed by something that is not its part")
                }
                offset = bytes.endIndex
                return .needsMore
            }
        }
    }

    /// Tells the reader that no more bytes come.
    ///
    /// - Throws: `archive.format` when the archive is cut off.
    package mutating func inputEnded() throws(ArchiveRefusal) {
        let isWhole =
            switch state {
            case .header: gathered.isEmpty && pending.isEmpty
            case .padding: pending.isEmpty
            case .secondZeroBlock: gathered.isEmpty
            case .trailing: true
            case .content, .extended: false
            }
        guard isWhole else { throw ArchiveRefusal(.format, "ends too early: it was cut off") }
    }

    /// How many bytes fill the last block of so much content.
    static func padding(after size: Int) -> Int {
        (TarHeader.size - size % TarHeader.size) % TarHeader.size
    }

    private static func isZero(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { $0 == 0 }
    }

    /// Gathers bytes until there are so many; false when more are needed.
    private mutating func gather(
        _ count: Int, _ bytes: ArraySlice<UInt8>, _ offset: inout Int
    ) -> Bool {
        let end = offset + min(count - gathered.count, bytes.endIndex - offset)
        gathered += bytes[offset..<end]
        offset = end
        return gathered.count == count
    }

    /// Makes sense of a gathered block: an entry, or nil for what is none.
    private mutating func readHeader() throws(ArchiveRefusal) -> TarEntry? {
        defer { gathered.removeAll(keepingCapacity: true) }
        if Self.isZero(gathered[...]) {
            guard pending.isEmpty else {
                throw ArchiveRefusal(.format, "has an extended header that no entry follows")
            }
            state = .secondZeroBlock
            return nil
        }
        let header = try TarHeader(gathered)
        switch header.flag {
        case UInt8(ascii: "L"): try beginExtension(.longName, header)
        case UInt8(ascii: "K"): try beginExtension(.longLink, header)
        case UInt8(ascii: "x"): try beginExtension(.records, header)
        case UInt8(ascii: "g"):
            try count()
            try beginExtension(.globalRecords, header)
        default:
            try count()
            let entry = try entry(header)
            state = .content(remaining: entry.size, padding: Self.padding(after: entry.size))
            return entry
        }
        return nil
    }

    private mutating func count() throws(ArchiveRefusal) {
        entries += 1
        guard entries <= limits.entries else {
            throw ArchiveRefusal(.size, "has more than \(limits.entries) entries")
        }
    }

    private mutating func beginExtension(
        _ kind: Extension, _ header: TarHeader
    ) throws(ArchiveRefusal) {
        // Two ways to name one entry, and a second of the same, are read differently by readers.
        let isAlone =
            switch kind {
            case .longName: pending.longName == nil && pending.records == nil
            case .longLink: pending.longLink == nil && pending.records == nil
            case .records, .globalRecords: pending.isEmpty
            }
        guard isAlone else {
            throw ArchiveRefusal(.format, "has several extended headers for one entry")
        }
        let size = try header.size()
        guard 0...Int64(limits.headerBytes) ~= size else {
            throw ArchiveRefusal(
                .size, "has an extended header of more than \(limits.headerBytes) bytes")
        }
        state = .extended(kind, size: Int(size))
    }

    private mutating func readExtension(_ kind: Extension) throws(ArchiveRefusal) {
        defer { gathered.removeAll() }
        switch kind {
        case .longName: pending.longName = try longText()
        case .longLink: pending.longLink = try longText()
        case .records: pending.records = try PaxRecords(gathered, isGlobal: false)
        case .globalRecords: _ = try PaxRecords(gathered, isGlobal: true)
        }
    }

    /// A GNU long name: bytes up to a NUL, and only NULs behind it.
    private func longText() throws(ArchiveRefusal) -> [UInt8] {
        let text = gathered.prefix { $0 != 0 }
        guard Self.isZero(gathered[text.endIndex...]) else {
            throw ArchiveRefusal(.name, Array(text), "has a name that goes on behind a NUL")
        }
        return Array(text)
    }

    /// The entry that a header and what stood before it describe.
    private mutating func entry(_ header: TarHeader) throws(ArchiveRefusal) -> TarEntry {
        let records = pending.records
        var entry = TarEntry(.file, records?.path ?? pending.longName ?? header.name)
        entry.kind = try header.kind(of: entry.name)
        switch entry.kind {
        case .hardLink, .symbolicLink:
            entry.linkName = records?.linkPath ?? pending.longLink ?? header.linkName
        case .characterDevice, .blockDevice:
            let device = try header.device()
            entry.device.major = try Self.amount(device.major, "device number", 0o7777777, entry)
            entry.device.minor = try Self.amount(device.minor, "device number", 0o7777777, entry)
        case .file, .directory, .pipe: break
        }
        pending = Pending()
        let size = if let size = records?.size { Int64(size) } else { try header.size() }
        let user = if let user = records?.userID { Int64(user) } else { try header.userID() }
        let group = if let group = records?.groupID { Int64(group) } else { try header.groupID() }
        entry.size = try Self.amount(size, "size", 1 << 62, entry)
        entry.mode = try header.mode()
        entry.userID = try Self.amount(user, "owner", Int64(UInt32.max), entry)
        entry.groupID = try Self.amount(group, "group", Int64(UInt32.max), entry)
        entry.userName = records?.userName ?? header.userName
        entry.groupName = records?.groupName ?? header.groupName
        entry.modified =
            if let time = records?.modified { time } else { try Self.time(header, entry) }
        entry.attributes = (records?.attributes ?? []).sorted {
            $0.name.lexicographicallyPrecedes($1.name)
        }
        try check(entry)
        return entry
    }

    private func check(_ entry: TarEntry) throws(ArchiveRefusal) {
        guard max(entry.name.count, entry.linkName.count) <= limits.nameBytes else {
            throw ArchiveRefusal(
                .name, entry.name, "has a name of more than \(limits.nameBytes) bytes")
        }
        guard entry.kind == .file || entry.size == 0 else {
            // Some readers take what follows for its content, others for the next header.
            throw ArchiveRefusal(.size, entry.name, "has a size, and is no regular file")
        }
    }

    private static func time(
        _ header: TarHeader, _ entry: TarEntry
    ) throws(ArchiveRefusal) -> TarTime {
        let seconds = try header.modified()
        guard -1 << 62...1 << 62 ~= seconds else {
            throw ArchiveRefusal(.format, entry.name, "has a time that is out of range")
        }
        return TarTime(seconds: seconds)
    }

    private static func amount(
        _ value: Int64, _ field: String, _ limit: Int64, _ entry: TarEntry
    ) throws(ArchiveRefusal) -> Int {
        guard 0...limit ~= value else {
            throw ArchiveRefusal(
                field == "size" ? .size : .format, entry.name,
                "has a \(field) that is negative or too large")
        }
        return Int(value)
    }
}
