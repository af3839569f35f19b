import Compression
import Testing

@Suite struct SniffTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let bytes: [UInt8]
        let sniff: Sniff
        var testDescription: String { "\(bytes)" }

        init(_ bytes: [UInt8], _ sniff: Sniff) {
            self.bytes = bytes
            self.sniff = sniff
        }

        init(_ text: String, _ sniff: Sniff) {
            self.init(Array(text.utf8), sniff)
        }
    }

    @Test(arguments: [
        Row([0x1F, 0x8B, 0x08], .compressed(.gzip)),
        Row([0x1F, 0x8B, 0x07], .plain),
        Row([0x1F, 0x8B], .needsMore),
        Row("BZh91AY&SY", .compressed(.bzip2)),
        Row([0x42, 0x5A, 0x68, 0x31, 0x17, 0x72, 0x45, 0x38, 0x50, 0x90], .compressed(.bzip2)),
        Row("BZh01AY&SY", .plain),
        Row("BZh9", .needsMore),
        Row("BZhello", .plain),
        Row([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], .compressed(.xz)),
        Row([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x01], .plain),
        Row([0x28, 0xB5, 0x2F, 0xFD], .compressed(.zstd)),
        Row([0x28, 0xB5, 0x2F, 0xFC], .plain),
        Row([0x50, 0x2A, 0x4D, 0x18], .compressed(.zstd)),
        Row([0x5F, 0x2A, 0x4D, 0x18, 0x00], .compressed(.zstd)),
        Row([0x60, 0x2A, 0x4D, 0x18], .plain),
        Row("P*M", .needsMore),
        Row("PK", .plain),
        Row("manifest.json", .plain),
        Row([0, 0, 0], .plain),
        Row([], .needsMore),
    ])
    func knowsByTheFirstBytes(row: Row) {
        #expect(Sniff(row.bytes) == row.sniff)
        // With nothing to follow there is always an answer.
        #expect(Sniff(row.bytes, isWhole: true) == (row.sniff == .needsMore ? .plain : row.sniff))
        // More bytes never change an answer.
        guard row.sniff != .needsMore else { return }
        #expect(Sniff(row.bytes + [0x41, 0x42]) == row.sniff)
        for count in row.bytes.indices {
            #expect([.needsMore, row.sniff].contains(Sniff(row.bytes[..<count])))
        }
    }
}
