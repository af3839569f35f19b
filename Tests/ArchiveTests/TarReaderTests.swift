import Archive
import Testing

@Suite struct TarReaderTests {
    @Test(arguments: Vector.all)
    func readsWhatOthersWrite(vector: Vector) {
        #expect(listing([vector.bytes[...]]) == vector.expected)
    }

    @Test func thereAreVectors() {
        #expect(Vector.all.count == 8)
    }

    @Test(arguments: Vector.all)
    func everyCutReadsAlike(vector: Vector) {
        let bytes = vector.bytes
        // Thirty-one has no factor in common with a block: every place in one is cut somewhere.
        for cut in stride(from: 0, through: bytes.count, by: 31) {
            #expect(listing([bytes[..<cut], bytes[cut...]]) == vector.expected, "cut at \(cut)")
        }
        #expect(listing(bytes.indices.map { bytes[$0...$0] }) == vector.expected, "byte by byte")
    }

    /// What is written reads as it was, the entries of all vectors and the extremes.
    @Test func whatIsWrittenReadsAsItWas() {
        for vector in Vector.all {
            let (entries, failure) = entries(vector.bytes)
            #expect(failure == nil)
            #expect(self.entries(written(entries)).entries == entries, "\(vector)")
        }
        var extreme = TarEntry(.file, [UInt8](repeating: 0xFF, count: 4096))
        extreme.size = 0o77777777777 + 1
        extreme.mode = 0o7777
        extreme.userID = Int(UInt32.max)
        extreme.groupID = 0o7777777
        extreme.userName = Array("name with a line\nbreak and thirty-two bytes".utf8)
        extreme.modified = TarTime(seconds: -(1 << 62))
        extreme.modified.nanoseconds = 999_999_999
        extreme.attributes = [
            TarEntry.Attribute(name: Array("user.a".utf8), value: []),
            TarEntry.Attribute(name: Array("user.x".utf8), value: [0, 0x0A, 0x3D, 0xFF]),
        ]
        #expect(entries(written([extreme])).entries == [extreme])
    }

    @Test func timesAreKept() {
        let times: [(Int64, Int64)] = [
            (0, 0), (1, 1), (1, 500_000_000), (-1, 0), (-1, 999_999_999), (-2, 1),
            (0o77777777777, 0), (0o77777777777 + 1, 0), (-(1 << 40), 123_456_789),
        ]
        for (seconds, nanoseconds) in times {
            var entry = TarEntry(.directory, Array("a".utf8))
            entry.modified = TarTime(seconds: seconds)
            entry.modified.nanoseconds = nanoseconds
            #expect(entries(written([entry])).entries == [entry])
        }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        /// The rule, or nil where it is read.
        let rule: ArchiveRefusal.Rule?

        init(_ description: String, _ bytes: [UInt8], _ rule: ArchiveRefusal.Rule? = nil) {
            testDescription = description
            self.bytes = bytes
            self.rule = rule
        }
    }

    private static let a = Hand.entry("a", "0", "x")

    static let ends = [
        Row("nothing at all", []),
        Row("only the end", Hand.end),
        Row("no end, as Go accepts it", a),
        Row("one zero block, as Go accepts it", a + Hand.end[..<512]),
        Row("one zero block and half of one", a + Hand.end[..<700], .format),
        Row("one zero block and an entry", a + Hand.end[..<512] + a, .format),
        Row("zeros behind the end", a + Hand.end + Hand.end + [0, 0]),
        Row("something behind the end", a + Hand.end + [0, 0, 1], .format),
        Row("another archive behind the end", a + Hand.end + a, .format),
        Row("cut off inside a header", Array(a[..<300]), .format),
        Row("cut off before the content", Array(a[..<512]), .format),
        Row("cut off inside the padding, as Go accepts it", Array(a[..<600])),
        Row("an extended header alone", Hand.records([("path", "b")]), .format),
        Row("an extended header at the end", Hand.records([("path", "b")]) + Hand.end, .format),
        Row("a long name alone", Hand.long("L", "b"), .format),
        Row("text", Array(repeating: 0x61, count: 1024), .format),
        Row("a checksum of signed bytes", Hand.header("\u{E9}", checksum: signedSum("\u{E9}"))),
        Row("a wrong checksum", Hand.header("a", checksum: 1), .format),
    ]

    /// The sum that old writers came to whose bytes were signed.
    private static func signedSum(_ name: String) -> Int {
        var block = Hand.header(name)
        block.replaceSubrange(148..<156, with: Array("        ".utf8))
        return block.reduce(0) { $0 + Int(Int8(bitPattern: $1)) }
    }

    static let kinds = [
        Row("a contiguous file", Hand.entry("a", "7"), .type),
        Row("a sparse file of GNU's", Hand.entry("a", "S"), .type),
        Row("a sparse file in pax", Hand.records([("GNU.sparse.major", "1")]) + a, .type),
        Row("a volume's rest", Hand.entry("a", "M"), .type),
        Row("a volume's label", Hand.entry("a", "V"), .type),
        Row("a dumped directory", Hand.entry("a", "D"), .type),
        Row("Solaris' extended header", Hand.entry("a", "X"), .type),
        Row("a letter nobody knows", Hand.entry("a", "Q"), .type),
        Row("a file of Version 7", Hand.entry("a", "\u{0}", "x", magic: "")),
        Row("a directory of Version 7", Hand.entry("a/", "\u{0}", magic: "")),
        Row("a directory of Version 7 with content", Hand.entry("a/", "\u{0}", "x", magic: ""), .size),
        Row("a directory with a size", Hand.entry("a/", "5", "x"), .size),
        Row("a link with a size", Hand.entry("a", "1", "x", link: "b"), .size),
        Row("a link without", Hand.entry("a", "1", link: "b")),
    ]

    static let numbers = [
        Row("octal with blanks before", Hand.header("a", time: "     17 ")),
        Row("octal with an eight", Hand.header("a", time: "18"), .format),
        Row("octal that goes on behind a NUL", Hand.header("a", time: "1\u{0}7"), .format),
        Row("a sign", Hand.header("a", time: "-1"), .format),
        Row("base 256", Hand.header("a", size: "\u{80}" + nul(10) + "\u{0}")),
        Row("a negative size", Hand.header("a", size: String(repeating: "\u{FF}", count: 12)), .size),
        Row("a negative time", Hand.header("a", time: String(repeating: "\u{FF}", count: 12))),
        Row("a negative owner", Hand.header("a", user: String(repeating: "\u{FF}", count: 8)), .format),
        Row("a size beyond 64 bits", Hand.header("a", size: "\u{80}\u{0}\u{1}" + nul(9)), .format),
        Row("a size beyond 62 bits", Hand.header("a", size: "\u{80}" + nul(3) + "\u{7F}" + nul(7)), .size),
        Row("a time beyond 62 bits", Hand.header("a", time: "\u{80}" + nul(3) + "\u{7F}" + nul(7)), .format),
        Row("an owner beyond 32 bits", Hand.header("a", user: "\u{80}" + nul(2) + "\u{1}" + nul(4)), .format),
        Row("a size in pax", Hand.records([("size", "0")]) + Hand.header("a", size: "7")),
        Row("a negative size in pax", Hand.records([("size", "-1")]) + a, .format),
        Row("a size with an exponent", Hand.records([("size", "1e1")]) + a, .format),
        Row("a size beyond 63 bits in pax", Hand.records([("size", "9223372036854775808")]) + a, .format),
        Row("a size beyond 62 bits in pax", Hand.records([("size", "9223372036854775807")]) + a, .format),
        Row("an owner in pax", Hand.records([("uid", "4294967295")]) + a),
        Row("an owner beyond 32 bits in pax", Hand.records([("uid", "4294967296")]) + a, .format),
        Row("a device", Hand.header("a", "3", major: "1")),
        Row("a device that is no number", Hand.header("a", "3", major: "x"), .format),
        Row("garbage where only devices look", Hand.header("a", "0", major: "x")),
    ]

    private static func nul(_ count: Int) -> String { String(repeating: "\u{0}", count: count) }

    static let records = [
        Row("a record without its line's end", Hand.entry("x", "x", "9 path=ab") + a, .format),
        Row("a record that is too long", Hand.entry("x", "x", "99 path=a\n") + a, .format),
        Row("a record that is too short", Hand.entry("x", "x", "5 path=a\n") + a, .format),
        Row("a record without a key", Hand.entry("x", "x", "6 =ab\n") + a, .format),
        Row("a record without a value", Hand.entry("x", "x", "7 path\n") + a, .format),
        Row("a record without a length", Hand.entry("x", "x", "path=a\n") + a, .format),
        Row("a length of two words", Hand.entry("x", "x", "  9 path=\n") + a, .format),
        Row("no records", Hand.entry("x", "x") + a),
        Row("an empty value", Hand.records([("path", ""), ("mtime", ""), ("uid", "")]) + a),
        Row("a NUL in a name", Hand.records([("path", "b\u{0}c")]) + a, .format),
        Row("a NUL in an attribute", Hand.records([("SCHILY.xattr.user.a", "b\u{0}c")]) + a),
        Row("a NUL in a key", Hand.records([("SCHILY.xattr.user.\u{0}", "b")]) + a, .format),
        Row("an attribute without a name", Hand.records([("SCHILY.xattr.", "b")]) + a, .attribute),
        Row("an unknown key", Hand.records([("hdrcharset", "BINARY")]) + a, .attribute),
        Row("a key that Swift takes for a known one", Hand.records([("pa\u{2060}th", "b")]) + a, .attribute),
        Row("access lists", Hand.records([("SCHILY.acl.access", "u::rw")]) + a, .attribute),
        Row(
            "what is left out",
            Hand.records([
                ("atime", "1"), ("ctime", "junk"), ("comment", "c"), ("LIBARCHIVE.creationtime", "1"),
                ("SCHILY.dev", "1"), ("SCHILY.fflags", "hidden"),
            ]) + a),
        Row("a key twice", Hand.records([("path", "b"), ("path", "b")]) + a, .attribute),
        Row("a time that is none", Hand.records([("mtime", "1.")]) + a, .format),
        Row("a time with a blank", Hand.records([("mtime", " 1")]) + a, .format),
        Row("a time with a fraction", Hand.records([("mtime", "-1.000000000999")]) + a),
        Row("a global remark", Hand.records([("comment", "c")], "g") + a),
        Row("a global name", Hand.records([("path", "c")], "g") + a, .attribute),
        Row(
            "a global header before the entry of another", Hand.records([("path", "b")]) + Hand.records([("comment", "c")], "g") + a,
            .format),
        Row("two extended headers", Hand.records([("path", "b")]) + Hand.records([("path", "c")]) + a, .format),
        Row("a long name and a long link", Hand.long("L", "b") + Hand.long("K", "c") + Hand.entry("a", "2")),
        Row("two long names", Hand.long("L", "b") + Hand.long("L", "c") + a, .format),
        Row("a long name in two ways", Hand.long("L", "b") + Hand.records([("path", "c")]) + a, .format),
        Row("a long name in two ways, turned round", Hand.records([("path", "c")]) + Hand.long("L", "b") + a, .format),
        Row("a long name behind a NUL", Hand.long("L", "b\u{0}c") + a, .name),
        Row("a name of 4096 bytes", Hand.long("L", String(repeating: "n", count: 4096)) + a),
        Row("a name of 4097 bytes", Hand.long("L", String(repeating: "n", count: 4097)) + a, .name),
    ]

    @Test(arguments: ends + kinds + numbers + records)
    func refusesOrReads(row: Row) {
        let (_, failure) = entries(row.bytes)
        #expect(failure?.rule == row.rule, "\(failure?.sentence ?? "read")")
        // Each byte alone comes to the same.
        let bytewise = listing(row.bytes.indices.map { row.bytes[$0...$0] })
        #expect(bytewise == listing([row.bytes[...]]))
    }

    @Test func namesComeFromWhereTheyStand() {
        let rows: [([UInt8], String)] = [
            (Hand.header("name", prefix: "p"), "p/name"),
            (Hand.header("name", magic: "ustar  \u{0}", prefix: "p"), "name"),
            (Hand.header("name", magic: "", prefix: "p"), "name"),
            (Hand.header("name", prefix: String(repeating: "p", count: 155)), String(repeating: "p", count: 155) + "/name"),
            (
                Hand.header("name", prefix: String(repeating: "p", count: 155), trailer: "tar\u{0}"),
                String(repeating: "p", count: 131) + "/name"
            ),
            (Hand.long("L", "long") + Hand.header("name", prefix: "p"), "long"),
            (Hand.records([("path", "pax")]) + Hand.header("name", prefix: "p"), "pax"),
            (Hand.header("name\u{0}rest"), "name"),
        ]
        for (bytes, name) in rows {
            #expect(entries(bytes).entries.map(\.name) == [Array(name.utf8)], "\(name)")
        }
    }

    @Test func limitsHold() {
        var limits = ArchiveLimits()
        limits.entries = 2
        limits.headerBytes = 20
        let remark = Hand.records([("comment", "c")], "g")
        #expect(entries(Self.a + Self.a + Hand.end, limits).failure == nil)
        #expect(entries(Self.a + Self.a + Self.a, limits).failure?.rule == .size)
        #expect(entries(Self.a + remark + Self.a, limits).failure?.rule == .size)
        #expect(entries(Hand.long("L", String(repeating: "n", count: 19)) + Self.a, limits).failure == nil)
        #expect(entries(Hand.long("L", String(repeating: "n", count: 20)) + Self.a, limits).failure?.rule == .size)
        // A size that is promised and never comes costs nothing.
        #expect(entries(Hand.header("x", "x", size: "77777777777")).failure?.rule == .size)
        #expect(entries(Hand.header("x", size: "77777777777")).failure?.rule == .format)
    }

    private func entries(
        _ bytes: [UInt8], _ limits: ArchiveLimits = ArchiveLimits()
    ) -> (entries: [TarEntry], failure: ArchiveRefusal?) {
        var reader = TarReader(limits: limits)
        var found: [TarEntry] = []
        var offset = 0
        do throws(ArchiveRefusal) {
            while true {
                switch try reader.step(bytes[...], at: &offset) {
                case .entry(let entry): found.append(entry)
                case .content, .entryEnd: break
                case .needsMore:
                    if found.contains(where: { $0.size > 0o77777777777 }) { return (found, nil) }
                    try reader.inputEnded()
                    return (found, nil)
                }
            }
        } catch {
            return (found, error)
        }
    }

    private func written(_ entries: [TarEntry]) -> [UInt8] {
        var output: [UInt8] = []
        for entry in entries {
            TarWriter.append(entry, to: &output)
            if entry.size > 0o77777777777 { return output }
            output += [UInt8](repeating: 0x63, count: entry.size)
            TarWriter.appendPadding(after: entry.size, to: &output)
        }
        TarWriter.appendEnd(to: &output)
        return output
    }
}
