import Foundation
import Ledger
import Synchronization
import Testing

/// A disk that is full or fails: acts that change state are refused, and it comes back by itself.
@Suite struct FullDiskTests {
    @Test func aFullDiskRefusesAndComesBack() async throws {
        try await withDirectory { directory in
            let disk = FaultyDisk()
            let clock = TestClock()
            let ledger = try Ledger(directory: directory, options: clock.options, disk: disk)
            try await append(entry(ledger, .intent), to: ledger)
            disk.state.withLock { $0.isFull = true }
            let refused = entry(ledger, .intent)
            await #expect(throws: LedgerError.self) { try await append(refused, to: ledger) }
            let outcome = entry(ledger)
            ledger.append(outcome)
            ledger.flush()
            disk.state.withLock { $0.isFull = false }
            clock.passPause()
            let after = entry(ledger, .intent)
            try await append(after, to: ledger)
            let ids = try lines(directory).compactMap { $0["id"] as? String }
            // Who was refused is not there, who did not wait is, and nothing is lost.
            #expect(!ids.contains(refused.id) && ids.contains(outcome.id) && ids.contains(after.id))
            #expect(ledger.lostLines == 0)
            #expect(try reader(directory).verify().findings.isEmpty)
        }
    }

    /// The reserve is for those who can make room, and for them alone.
    @Test func administratorsMakeRoom() async throws {
        try await withDirectory { directory in
            let disk = FaultyDisk()
            let clock = TestClock()
            let ledger = try Ledger(directory: directory, options: clock.options, disk: disk)
            disk.state.withLock { $0.isFull = true }
            var kept: [String] = []
            for _ in 0..<30 {
                await #expect(throws: LedgerError.self) { try await append(entry(ledger, .intent), to: ledger) }
                let urgent = entry(ledger, .intent)
                try await append(urgent, to: ledger, mayUseReserve: true)
                kept.append(urgent.id)
            }
            #expect(Set(kept).isSubset(of: Set(try lines(directory).compactMap { $0["id"] as? String })))
            #expect(try reader(directory).verify().findings.isEmpty)
            disk.state.withLock { $0.isFull = false }
            clock.passPause()
            try await append(entry(ledger, .intent), to: ledger)
            // The next time there is a reserve again.
            disk.state.withLock { $0.isFull = true }
            try await append(entry(ledger, .intent), to: ledger, mayUseReserve: true)
            await #expect(throws: LedgerError.self) { try await append(entry(ledger, .intent), to: ledger) }
            #expect(try reader(directory).verify().findings.isEmpty)
        }
    }

    /// A reserve ends too; who is refused then is told.
    @Test func aReserveIsNotEndless() async throws {
        try await withDirectory { directory in
            let disk = FaultyDisk()
            let clock = TestClock()
            let ledger = try Ledger(directory: directory, options: clock.options, disk: disk)
            disk.state.withLock { $0.isFull = true }
            var written = 0
            while written < 1000 {
                do {
                    try await append(entry(ledger, .intent), to: ledger, mayUseReserve: true)
                    written += 1
                } catch {
                    break
                }
            }
            #expect(written > 10 && written < 1000)
            disk.state.withLock { $0.isFull = false }
            clock.passPause()
            try await append(entry(ledger, .intent), to: ledger)
            #expect(try reader(directory).verify().findings.isEmpty)
        }
    }

    /// What waits for a full disk is not hashed and offered again for each act that comes.
    @Test func aFullDiskIsLeftAloneForAWhile() async throws {
        try await withDirectory { directory in
            let disk = FaultyDisk()
            let clock = TestClock()
            let ledger = try Ledger(directory: directory, options: clock.options, disk: disk)
            disk.state.withLock { $0.isFull = true }
            for _ in 0..<200 { ledger.append(entry(ledger)) }
            await #expect(throws: LedgerError.self) { try await append(entry(ledger, .intent), to: ledger) }
            let before = disk.state.withLock { $0.refusedBytes }
            #expect(before > 10_000)
            for _ in 0..<50 {
                await #expect(throws: LedgerError.self) { try await append(entry(ledger, .intent), to: ledger) }
            }
            #expect(disk.state.withLock { $0.refusedBytes } == before)
            // Administrators are not kept waiting, and nothing else is written with theirs.
            let urgent = entry(ledger, .intent)
            try await append(urgent, to: ledger, mayUseReserve: true)
            #expect(try lines(directory).map { $0["id"] as? String } == [urgent.id])
            disk.state.withLock { $0.isFull = false }
            clock.passPause()
            try await append(entry(ledger, .intent), to: ledger)
            #expect(try lines(directory).count == 202 && ledger.lostLines == 0)
            #expect(try reader(directory).verify().findings.isEmpty)
        }
    }

    /// After a flush has failed nobody knows what is on the disk: it is written anew.
    @Test func aFailedFlushIsNeverBelieved() async throws {
        try await withDirectory { directory in
            let disk = FaultyDisk()
            let clock = TestClock()
            let ledger = try Ledger(directory: directory, options: clock.options, disk: disk)
            for _ in 0..<5 {
                let before = entry(ledger)
                ledger.append(before)
                // The flush, and that of the mending.
                disk.state.withLock { $0.failingFlushes = 2 }
                let refused = entry(ledger, .intent)
                await #expect(throws: LedgerError.self) { try await append(refused, to: ledger) }
                // Until it is asked again nothing is written.
                await #expect(throws: LedgerError.self) { try await append(entry(ledger, .intent), to: ledger) }
                clock.passPause()
                try await append(entry(ledger, .intent), to: ledger)
                let ids = try lines(directory).compactMap { $0["id"] as? String }
                #expect(ids.contains(before.id) && !ids.contains(refused.id))
            }
            #expect(try reader(directory).verify().findings.isEmpty)
        }
    }
}
