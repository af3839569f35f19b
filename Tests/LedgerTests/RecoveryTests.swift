import Foundation
import Ledger
import LedgerTree
import Synchronization
import Testing

/// A record goes on from where it was, or is not opened: it never begins a second time.
@Suite struct RecoveryTests {
    /// Segments with few entries each, closed in good order.
    private func fill(_ directory: URL, groups: Int) async throws {
        let ledger = try Ledger(directory: directory, options: small)
        for _ in 0..<groups { try await append(entry(ledger, .intent), to: ledger) }
        ledger.close()
    }

    private func archive(_ directory: URL) throws {
        let away = directory.appendingPathComponent("away")
        try FileManager.default.createDirectory(at: away, withIntermediateDirectories: true)
        for file in try files(directory, ".jsonl").dropLast() {
            try FileManager.default.moveItem(
                at: file, to: away.appendingPathComponent(file.lastPathComponent))
        }
    }

    /// Leaves of the last segment its header alone; the last lines before it are those of the
    /// checkpoint that was published.
    private func endWithAHeader(_ directory: URL) async throws {
        for _ in 0..<40 {
            try await fill(directory, groups: 1)
            let last = try #require(try files(directory, ".jsonl").last)
            let bytes = try Data(contentsOf: last)
            let header = (bytes.firstIndex(of: 0x0A) ?? 0) + 1
            let newest = try reader(directory).newest()
            // The group that began the segment is taken back: as if the power had gone before it.
            guard try files(directory, ".jsonl").count > 3,
                bytes[header...].split(separator: 0x0A).count == 2
            else { continue }
            try bytes[..<header].write(to: last)
            let before = try reader(directory).newest()
            #expect(before != newest)
            try Data(before.bytes).write(to: directory.appendingPathComponent("checkpoint"))
            return
        }
        Issue.record("no segment began")
    }

    enum End: CaseIterable {
        case header, nothing, tornHeader, tornGroup, groupWithAHole
    }

    /// What a crash can leave of a new segment, while those before it are archived.
    @Test(arguments: End.allCases)
    func aNewSegmentGoesOnBehindArchivedOnes(end: End) async throws {
        try await withDirectory { directory in
            try await endWithAHeader(directory)
            try archive(directory)
            let last = try #require(try files(directory, ".jsonl").first)
            let header = try Data(contentsOf: last)
            let lines =
                switch end {
                case .header: header
                case .nothing: Data()
                case .tornHeader: header.prefix(header.count / 2)
                case .tornGroup: header + Data(#"{"v":2,"id":"x","ti"#.utf8)
                case .groupWithAHole: header + Data(count: 90) + Data("\n{\"v\":2,\"id\":\"x\"}\n".utf8)
                }
            try lines.write(to: last)
            let before = try Checkpoint(
                parsing: try SignedNote(
                    parsing: Array(Data(contentsOf: directory.appendingPathComponent("checkpoint")))
                ).text)
            let kept = KeptCheckpoint(
                name: "kept",
                note: try SignedNote(
                    parsing: Array(Data(contentsOf: directory.appendingPathComponent("checkpoint")))))
            do {
                let ledger = try Ledger(directory: directory, options: small)
                #expect(ledger.mended.isEmpty == (lines == header || lines.isEmpty))
                try await append(entry(ledger, .intent), to: ledger)
                ledger.close()
            }
            #expect(try files(directory, ".jsonl").map(\.lastPathComponent) == [last.lastPathComponent])
            let report = try reader(directory).verify([kept])
            #expect(report.findings.isEmpty && report.size > before.size, "\(report.findings)")
        }
    }

    enum Loss: CaseIterable {
        case checkpoint, hashes, hashesInTheMiddle, everySegment, laterCheckpoint
    }

    /// Where it is not known what came before, nothing is begun.
    @Test(arguments: Loss.allCases)
    func whatIsNotKnownIsNotBegunAnew(loss: Loss) async throws {
        try await withDirectory { directory in
            try await endWithAHeader(directory)
            let checkpoint = directory.appendingPathComponent("checkpoint")
            if loss == .laterCheckpoint {
                // One that was signed over lines that are not here.
                let key = try SignerKey(
                    parsing: String(
                        String(
                            contentsOf: directory.appendingPathComponent("key"), encoding: .utf8
                        ).dropLast()))
                let said = try Checkpoint(parsing: try reader(directory).newest().text)
                let later = Checkpoint(origin: said.origin, size: said.size + 9, root: said.root)
                try Data(try later.signed(by: key).bytes).write(to: checkpoint)
            }
            try archive(directory)
            let hashes = try files(directory, ".hashes")
            switch loss {
            case .checkpoint: try Data().write(to: checkpoint)
            case .hashes: for file in hashes { try FileManager.default.removeItem(at: file) }
            case .hashesInTheMiddle: try FileManager.default.removeItem(at: hashes[1])
            case .everySegment: for file in try files(directory, ".jsonl") { try FileManager.default.removeItem(at: file) }
            case .laterCheckpoint: break
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
            #expect(throws: LedgerError.self) { try Ledger(directory: directory, options: small) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == names)
        }
    }

    /// The power goes while a segment's first group is written, and the disk keeps its end alone.
    @Test func aFirstGroupWithAHoleIsCut() async throws {
        try await withDirectory { directory in
            try await endWithAHeader(directory)
            let checkpoint = directory.appendingPathComponent("checkpoint")
            let published = try Data(contentsOf: checkpoint)
            try await fill(directory, groups: 1)
            let torn = try #require(try files(directory, ".jsonl").last)
            var bytes = try Data(contentsOf: torn)
            let start = (bytes.firstIndex(of: 0x0A) ?? 0) + 40
            for index in start..<start + 50 { bytes[index] = 0 }
            try bytes.write(to: torn)
            // Once its checkpoint was given away it was no crash.
            #expect(throws: LedgerError.self) { try Ledger(directory: directory, options: small) }
            try published.write(to: checkpoint)
            let ledger = try Ledger(directory: directory, options: small)
            #expect(ledger.mended.count == 1)
            ledger.close()
            #expect(try reader(directory).verify().findings.isEmpty)
        }
    }

    /// To cut what was torn needs no room, and the record is opened to say so.
    @Test func aTornEndIsCutOnAFullDisk() async throws {
        try await withDirectory { directory in
            try await fill(directory, groups: 2)
            let file = try #require(try files(directory, ".jsonl").last)
            try (Data(contentsOf: file) + Data(#"{"v":2,"id":"x"#.utf8)).write(to: file)
            let disk = FaultyDisk()
            disk.state.withLock { $0.isFull = true }
            let clock = TestClock()
            let ledger = try Ledger(directory: directory, options: clock.options, disk: disk)
            #expect(ledger.mended.count == 1 && ledger.mended[0].contains("could not be kept"))
            disk.state.withLock { $0.isFull = false }
            clock.passPause()
            try await append(entry(ledger, .intent), to: ledger)
            #expect(try lines(directory).contains { $0["operation"] as? String == "LedgerRecovered" })
            ledger.close()
            #expect(try reader(directory).verify().findings.isEmpty)
            let left = try FileManager.default.subpathsOfDirectory(atPath: directory.path)
            #expect(!left.contains { $0.hasSuffix(".new") })
        }
    }

    /// Hashes that a crash has kept from being written are written at the next start.
    @Test func missingHashesAreWritten() async throws {
        try await withDirectory { directory in
            try await fill(directory, groups: 30)
            let hashes = try files(directory, ".hashes")
            #expect(hashes.count > 2)
            let before = try hashes.map { try Data(contentsOf: $0) }
            for file in hashes.suffix(2) { try FileManager.default.removeItem(at: file) }
            try Ledger(directory: directory, options: small).close()
            #expect(try hashes.map { try Data(contentsOf: $0) } == before)
            // Not those of lines that were changed: `verify` must be able to say so.
            let file = try files(directory, ".jsonl")[1]
            try String(contentsOf: file, encoding: .utf8).replacing("alice", with: "mallo")
                .write(to: file, atomically: false, encoding: .utf8)
            try FileManager.default.removeItem(at: hashes[1])
            try Ledger(directory: directory, options: small).close()
            #expect(!FileManager.default.fileExists(atPath: hashes[1].path))
            #expect(try !reader(directory).verify().findings.isEmpty)
        }
    }

    /// A version before could leave an empty file when the power went.
    @Test func anEmptyCheckpointSaysNothing() async throws {
        try await withDirectory { directory in
            try await fill(directory, groups: 2)
            let file = directory.appendingPathComponent("checkpoint")
            try Data().write(to: file)
            #expect(try reader(directory).verify().findings.isEmpty)
            try await fill(directory, groups: 1)
            #expect(try Data(contentsOf: file).count > 50)
            try Data("x".utf8).write(to: file)
            #expect(try !reader(directory).verify().findings.isEmpty)
        }
    }
}
