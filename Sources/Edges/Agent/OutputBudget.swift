/// How much of a line's output is passed on; the rest is read, counted and dropped, so that the
/// program does not wait for ever.
struct OutputBudget: Hashable, Sendable {
    /// The most bytes, of both streams together.
    let most: Int
    private(set) var passed = 0
    private(set) var dropped: UInt64 = 0

    init(most: Int) {
        self.most = most
    }

    /// Takes bytes that were read; what is left of them is passed on.
    mutating func take(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let kept = bytes.prefix(most - passed)
        passed += kept.count
        dropped += UInt64(bytes.count - kept.count)
        return kept
    }

    /// An amount as people read it.
    static func words(_ bytes: UInt64) -> String {
        switch bytes {
        case ..<1024: "\(bytes) bytes"
        case ..<(1 << 20): "\(bytes >> 10) KiB"
        default: "\(bytes >> 20) MiB"
        }
    }
}
