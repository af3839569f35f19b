/// How a record is kept.
package struct LedgerOptions: Sendable {
    /// How many bytes a segment has before another one begins.
    package var segmentBytes = 64 << 20
    /// How many bytes are kept for administrators on a disk that is full.
    package var reserveBytes = 4 << 20
    /// How long a disk that refused is left alone, in nanoseconds.
    package var pause: Int64 = 1_000_000_000
    /// Which finished segments are kept.
    package var retention = Retention()
    /// Nanoseconds of a clock that never jumps: what windows and pauses are measured with.
    package var clock: @Sendable () -> Int64 = { Timestamp.monotonic() }

    /// The usual ones.
    package init() {}
}
