import Synchronization

/// Ids of entries: sortable by time and unique over restarts (the form of a ULID: 48 bits of
/// milliseconds, then 80 bits that begin at random and count up).
package final class EntryIDs: Sendable {
    private struct Last {
        var milliseconds: Int64 = 0
        var high: UInt16 = 0
        var low: UInt64 = 0
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
            let milliseconds = time / 1_000_000
            if milliseconds > last.milliseconds {
                // The top bit stays clear so that counting up cannot overflow.
                last = Last(
                    milliseconds: milliseconds, high: .random(in: 0...0x7FFF),
                    low: .random(in: 0...UInt64.max))
            } else {
                let (low, overflow) = last.low.addingReportingOverflow(1)
                last.low = low
                if overflow { last.high &+= 1 }
            }
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
