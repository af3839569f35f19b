import Synchronization

/// Ids of entries: sortable by time and unique over restarts (the form of a ULID: 48 bits of
/// milliseconds, then 80 bits that begin at random and count up for the life of the process, so an
/// id costs no system call).
package final class EntryIDs: Sendable {
    private struct Last {
        var milliseconds: Int64 = 0
        // The top bit is clear at first, so that counting up cannot overflow.
        var high = UInt16.random(in: 0...0x7FFF)
        var low = UInt64.random(in: 0...UInt64.max)
    }

    // Guards the last id; held for a few instructions.
    private let last = Mutex(Last())

    /// Makes a source of ids.
    package init() {}

    /// The next id.
    ///
    /// - Parameter time: Nanoseconds since 1970.
    /// - Returns: 26 characters.
    package func next(at time: Int64) -> String {
        let id = last.withLock { last -> Last in
            last.milliseconds = max(last.milliseconds, time / 1_000_000)
            let (low, overflow) = last.low.addingReportingOverflow(1)
            last.low = low
            if overflow { last.high &+= 1 }
            return last
        }
        return Self.text(id.milliseconds, id.high, id.low)
    }

    private static func text(_ milliseconds: Int64, _ high: UInt16, _ low: UInt64) -> String {
        var value = UInt128(UInt64(bitPattern: milliseconds) & 0xFFFF_FFFF_FFFF) << 80
        value |= UInt128(high) << 64 | UInt128(low)
        return String(unsafeUninitializedCapacity: 26) { buffer in
            for index in stride(from: 25, through: 0, by: -1) {
                buffer[index] = alphabet[Int(value & 31)]
                value >>= 5
            }
            return 26
        }
    }

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
}
