/// The compressions that an engine recognises by a stream's first bytes.
package enum CompressionFormat: String, Hashable, Sendable, CaseIterable {
    /// RFC 1952.
    case gzip
    /// bzip2.
    case bzip2
    /// The .xz format.
    case xz
    /// RFC 8878, skippable frames included.
    case zstd
}

/// What a stream's first bytes say about its compression.
package enum Sniff: Hashable, Sendable {
    /// Too few bytes to tell.
    case needsMore
    /// None that is known; a tar archive as it is, perhaps.
    case plain
    /// Compressed.
    case compressed(CompressionFormat)

    /// Looks at a stream's first bytes.
    ///
    /// The marks of bzip2 are looked at up to the first block, since `BZh` alone also begins names
    /// of files, with which a tar archive begins.
    ///
    /// - Parameters:
    ///   - bytes: The stream's beginning; 10 bytes are always enough.
    ///   - isWhole: True when nothing follows.
    package init(_ bytes: some Collection<UInt8>, isWhole: Bool = false) {
        var mayBecome = false
        for (format, mark) in Self.marks {
            switch Self.compare(bytes, mark) {
            case .other: break
            case .begins: mayBecome = true
            case .matches:
                self = .compressed(format)
                return
            }
        }
        self = mayBecome && !isWhole ? .needsMore : .plain
    }

    private enum Comparison {
        case other
        case begins
        case matches
    }

    private static let marks: [(CompressionFormat, [ClosedRange<UInt8>])] = [
        (.gzip, exactly(0x1F, 0x8B, 0x08)),
        (
            .bzip2,
            exactly(0x42, 0x5A, 0x68) + [0x31...0x39] + exactly(0x31, 0x41, 0x59, 0x26, 0x53, 0x59)
        ),
        // Nothing compressed has no block; its end follows at once.
        (
            .bzip2,
            exactly(0x42, 0x5A, 0x68) + [0x31...0x39] + exactly(0x17, 0x72, 0x45, 0x38, 0x50, 0x90)
        ),
        (.xz, exactly(0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00)),
        (.zstd, exactly(0x28, 0xB5, 0x2F, 0xFD)),
        (.zstd, [0x50...0x5F] + exactly(0x2A, 0x4D, 0x18)),
    ]

    private static func exactly(_ bytes: UInt8...) -> [ClosedRange<UInt8>] {
        bytes.map { $0...$0 }
    }

    private static func compare(
        _ bytes: some Collection<UInt8>, _ mark: [ClosedRange<UInt8>]
    ) -> Comparison {
        guard zip(bytes, mark).allSatisfy({ $1 ~= $0 }) else { return .other }
        return bytes.count < mark.count ? .begins : .matches
    }
}
