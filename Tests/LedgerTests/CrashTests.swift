import Foundation
import Ledger
import LedgerTree
import Synchronization
import Testing

/// What a crash leaves, and what is made of it.
@Suite struct CrashTests {
    /// Writes until the machine stops; the ids of entries that were promised.
    private func promised(
        _ directory: URL, _ bytes: Int, _ random: inout Seeded
    ) async throws -> Set<String> {
        let disk = FaultyDisk()
        let ledger = try Ledger(directory: directory, options: small, disk: disk)
        defer { ledger.close() }
        disk.state.withLock { $0.bytesUntilCrash = bytes }
        var promised: Set<String> = []
        for _ in 0..<40 {
            for _ in 0..<Int.random(in: 0...4, using: &random) { ledger.append(entry(ledger)) }
            let intent = entry(ledger, .intent)
            do {
                try await append(intent, to: ledger)
                promised.insert(intent.id)
            } catch {
                break
            }
        }
        return promised
    }

    /// Wherever a write is torn, what was promised is there and the record verifies.
    @Test(arguments: 0..<40)
    func whatWasPromisedOutlivesACrash(seed: Int) async throws {
        try await withDirectory { directory in
            var random = Seeded(state: UInt64(seed))
            var all: Set<String> = []
            // It crashes more than once: what was mended must be able to crash again.
            for _ in 0..<3 {
                all.formUnion(try await promised(directory, Int.random(in: 1...9000, using: &random), &random))
                // Before anybody mends it, nothing is wrong with it.
                let torn = try reader(directory).verify()
                #expect(torn.findings.isEmpty, "seed \(seed): \(torn.findings)")
            }
            let ledger = try Ledger(directory: directory, options: small)
            try await append(entry(ledger, .intent), to: ledger)
            ledger.flush()
            let found = try lines(directory)
            let ids = Set(found.compactMap { $0["id"] as? String })
            #expect(all.isSubset(of: ids), "seed \(seed): lost \(all.subtracting(ids))")
            let report = try reader(directory).verify()
            #expect(report.findings.isEmpty && report.notes.isEmpty, "seed \(seed): \(report)")
            #expect(report.entries == found.count)
            for sentence in ledger.mended {
                #expect(found.contains { $0["operation"] as? String == "LedgerRecovered" && $0["reason"] as? String == sentence })
            }
        }
    }

    /// A file system may keep the end of a write and lose its middle.
    @Test func aGroupWithAHoleIsCutAndKept() async throws {
        try await withDirectory { directory in
            var before = 0
            var published = Data()
            do {
                let ledger = try Ledger(directory: directory)
                try await append(entry(ledger, .intent), to: ledger)
                ledger.flush()
                published = try Data(contentsOf: directory.appendingPathComponent("checkpoint"))
                before = try Data(contentsOf: files(directory, ".jsonl")[0]).count
                ledger.append(entry(ledger))
                try await append(entry(ledger, .intent), to: ledger)
                ledger.close()
            }
            let file = try files(directory, ".jsonl")[0]
            var bytes = try Data(contentsOf: file)
            for index in before + 10..<before + 90 { bytes[index] = 0 }
            try bytes.write(to: file)
            // A checkpoint that was given away was on the disk, and so was all that it is over.
            #expect(throws: LedgerError.self) { try Ledger(directory: directory) }
            #expect(try Data(contentsOf: file) == bytes)
            try published.write(to: directory.appendingPathComponent("checkpoint"))
            let ledger = try Ledger(directory: directory)
            #expect(ledger.mended.count == 1 && ledger.mended[0].contains("\(bytes.count - before) bytes"))
            ledger.flush()
            #expect(try reader(directory).verify().findings.isEmpty)
            let torn = try FileManager.default.contentsOfDirectory(atPath: directory.appendingPathComponent("torn").path)
            #expect(torn.count == 1)
            #expect(try lines(directory).last?["operation"] as? String == "LedgerRecovered")
        }
    }

    /// Whole lines that are not those of the checkpoint were not torn: somebody has changed them.
    @Test func aChangedRecordIsNotOpened() async throws {
        try await withDirectory { directory in
            do {
                let ledger = try Ledger(directory: directory)
                try await append(entry(ledger, .intent), to: ledger)
                ledger.close()
            }
            let file = try files(directory, ".jsonl")[0]
            let text = try String(contentsOf: file, encoding: .utf8)
            try text.replacing("alice", with: "mallo").write(to: file, atomically: false, encoding: .utf8)
            #expect(throws: LedgerError.self) { try Ledger(directory: directory) }
            #expect(try String(contentsOf: file, encoding: .utf8) == text.replacing("alice", with: "mallo"))
            #expect(try !reader(directory).verify().findings.isEmpty)
        }
    }

    @Test func oneWritesAtATime() async throws {
        try await withDirectory { directory in
            let ledger = try Ledger(directory: directory)
            #expect(throws: LedgerError.self) { try Ledger(directory: directory) }
            try await append(entry(ledger), to: ledger)
        }
    }

    /// A record of a version before is kept as it is, and known by its digest.
    @Test func anOldRecordIsTakenOver() async throws {
        try await withDirectory { directory in
            let old = directory.appendingPathComponent("record.jsonl")
            try Data("{\"v\":1}\n{\"v\":1,\"id\":\"to".utf8).write(to: old)
            do {
                let ledger = try Ledger(directory: directory)
                try await append(entry(ledger), to: ledger)
                ledger.close()
            }
            let first = try #require(try lines(directory).first)
            #expect(first["operation"] as? String == "RecordContinued" && first["target"] as? String == "record.jsonl")
            #expect((first["digest"] as? String)?.count == 64)
            #expect(try reader(directory).verify().findings.isEmpty)
            try Data("{\"v\":1}\n{\"v\":1,\"id\":\"tO".utf8).write(to: old)
            #expect(try !reader(directory).verify().findings.isEmpty)
            try FileManager.default.removeItem(at: old)
            #expect(try reader(directory).verify().findings.contains { $0.contains("record.jsonl") && $0.contains("missing") })
        }
    }
}
