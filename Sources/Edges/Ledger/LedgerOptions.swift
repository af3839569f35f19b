/// How a record is kept.
package struct LedgerOptions: Sendable {
    /// How many bytes a segment has before another one begins.
    package var segmentBytes = 64 << 20
    /// How many bytes are kept for administrators on a disk that is full.
    package var reserveBytes = 4 << 20

    /// The usual ones.
    package init() {}
}
