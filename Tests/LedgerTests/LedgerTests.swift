import Foundation
import Ledger
import Testing

@Suite struct LedgerTests {
    @Test func everyLineIsAnObjectOfItsOwn() async throws {
        try await withDirectory { directory in
            let ledger = try Ledger(directory: directory)
            for _ in 0..<20 { ledger.append(entry(ledger)) }
            try await append(entry(ledger, .intent), to: ledger)
            let found = try lines(directory)
            #expect(found.count == 21)
            #expect(found[0]["reason"] as? String == "quotes \" and\nlines and \u{1} stay inside")
            #expect(found[0]["status"] as? Int == 201)
            #expect(found[20]["phase"] as? String == "intent")
            #expect(found[20]["status"] == nil)
            let ids = found.compactMap { $0["id"] as? String }
            #expect(ids == ids.sorted() && Set(ids).count == 21)
        }
    }

    /// What clients send stands in entries; it must not fill the disk.
    @Test func textsAreBounded() async throws {
        try await withDirectory { directory in
            let ledger = try Ledger(directory: directory)
            var long = entry(ledger)
            long.target = String(repeating: "é", count: 1 << 20)
            try await append(long, to: ledger)
            let target = try #require(try lines(directory).first?["target"] as? String)
            #expect(target.hasPrefix("éé") && target.hasSuffix("…") && target.utf8.count < 2100)
        }
    }

    /// Whoever was told that a line is durable finds it in the file, however many wait together.
    @Test func manyWaitTogether() async throws {
        try await withDirectory { directory in
            let ledger = try Ledger(directory: directory)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<200 {
                    group.addTask { try await append(entry(ledger), to: ledger) }
                }
                try await group.waitForAll()
            }
            #expect(try lines(directory).count == 200)
            #expect(ledger.lostLines == 0)
        }
    }

    @Test func aDirectoryThatCannotBeWrittenIsSaid() {
        #expect(throws: LedgerError.self) {
            try Ledger(directory: URL(fileURLWithPath: "/proc/quaymaster-nowhere"))
        }
    }

    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"),
        (951_782_400_123_000_000, "2000-02-29T00:00:00.123Z"),
        (1_795_478_399_999_999_999, "2026-11-23T23:59:59.999Z"),
        (4_102_444_800_000_000_000, "2100-01-01T00:00:00.000Z"),
    ])
    func timesAreWritten(time: Int64, text: String) {
        var bytes: [UInt8] = []
        Timestamp.append(time, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test func idsGrowEvenWhenTheClockDoesNot() {
        let ids = EntryIDs()
        let made = (0..<1000).map { ids.next(at: 1_000_000_000 - Int64($0) * 1_000_000) }
        #expect(made == made.sorted() && Set(made).count == 1000)
        #expect(made.allSatisfy { $0.count == 26 })
    }
}
