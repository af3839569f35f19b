import Foundation

/// The whole lines of a segment.
struct SegmentLines {
    /// Where each line is, without its line end.
    let ranges: [Range<Int>]
    /// Where the bytes begin that no line end follows.
    let rest: Int

    init(_ bytes: [UInt8]) {
        var ranges: [Range<Int>] = []
        var start = 0
        bytes.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            while start < buffer.count,
                let found = memchr(base + start, 0x0A, buffer.count - start)
            {
                let end = base.distance(to: UnsafeRawPointer(found))
                ranges.append(start..<end)
                start = end + 1
            }
        }
        self.ranges = ranges
        rest = start
    }
}
