import Foundation
import Ledger
import LedgerTree
import Testing

/// Whatever is changed in a record is found.
@Suite struct TamperTests {
    /// A record of several segments, closed in good order.
    private func fill(_ directory: URL, groups: Int, _ random: inout Seeded) async throws {
        let ledger = try Ledger(directory: directory, options: small)
        for _ in 0..<groups {
            for _ in 0..<Int.random(in: 0...3, using: &random) { ledger.append(entry(ledger)) }
            try await append(entry(ledger, .intent), to: ledger)
        }
        ledger.close()
    }

    private func copy(_ directory: URL, _ name: String) throws -> URL {
        let copy = directory.deletingLastPathComponent().appendingPathComponent(
            directory.lastPathComponent + "-" + name)
        try? FileManager.default.removeItem(at: copy)
        try FileManager.default.copyItem(at: directory, to: copy)
        return copy
    }

    private func findings(_ directory: URL, _ kept: [KeptCheckpoint] = []) -> [String] {
        do {
            return try reader(directory).verify(kept).findings
        } catch {
            return ["\(error)"]
        }
    }

    /// Every file that a verification stands on.
    private func verified(_ directory: URL) throws -> [URL] {
        try files(directory, ".jsonl") + files(directory, ".hashes")
            + ["checkpoint", "key.pub"].map { directory.appendingPathComponent($0) }
    }

    @Test func anyFlippedBitIsFound() async throws {
        try await withDirectory { directory in
            var random = Seeded(state: 1)
            try await fill(directory, groups: 24, &random)
            #expect(findings(directory).isEmpty)
            #expect(try files(directory, ".jsonl").count > 3)
            for file in try verified(directory) {
                let good = try Data(contentsOf: file)
                var places = (0..<16).map { _ in Int.random(in: 0..<good.count * 8, using: &random) }
                // The last line is the one that no other is over: every bit of it.
                if file == (try files(directory, ".jsonl")).last {
                    let last = good.dropLast().lastIndex(of: 0x0A) ?? 0
                    places += stride(from: last * 8, to: good.count * 8, by: 11)
                }
                for place in places {
                    var bytes = good
                    bytes[place / 8] ^= 1 << UInt8(place % 8)
                    try bytes.write(to: file)
                    #expect(!findings(directory).isEmpty, "\(file.lastPathComponent), bit \(place)")
                }
                try good.write(to: file)
            }
            #expect(findings(directory).isEmpty)
        }
    }

    @Test func anyLineThatIsRemovedSwappedOrDoubledIsFound() async throws {
        try await withDirectory { directory in
            var random = Seeded(state: 2)
            try await fill(directory, groups: 30, &random)
            for file in try files(directory, ".jsonl") {
                let good = try String(contentsOf: file, encoding: .utf8)
                let lines = good.split(separator: "\n").map(String.init)
                for index in lines.indices {
                    var edits: [[String]] = []
                    var edited = lines
                    edited.remove(at: index)
                    edits.append(edited)
                    edited = lines
                    let other = Int.random(in: lines.indices, using: &random)
                    if lines[other] != lines[index] {
                        edited.swapAt(index, other)
                        edits.append(edited)
                    }
                    edited = lines
                    edited.insert(lines[index], at: index)
                    edits.append(edited)
                    for edit in edits {
                        try (edit.joined(separator: "\n") + "\n").write(to: file, atomically: false, encoding: .utf8)
                        #expect(!findings(directory).isEmpty, "\(file.lastPathComponent), line \(index)")
                    }
                }
                try good.write(to: file, atomically: false, encoding: .utf8)
            }
            // A whole segment too.
            for file in try files(directory, ".jsonl") {
                let moved = directory.appendingPathComponent("away")
                try FileManager.default.moveItem(at: file, to: moved)
                let isKept = FileManager.default.fileExists(
                    atPath: file.deletingPathExtension().appendingPathExtension("hashes").path)
                // Where hashes are kept, lines may go: the proofs about all others hold.
                #expect(findings(directory).isEmpty == isKept, "\(file.lastPathComponent)")
                try FileManager.default.moveItem(at: moved, to: file)
            }
        }
    }

    /// Whoever holds the key writes what they like; who kept a checkpoint sees it.
    @Test func rollbacksForksAndNewSignaturesAreFoundByWhoKeptACheckpoint() async throws {
        try await withDirectory { directory in
            var random = Seeded(state: 3)
            try await fill(directory, groups: 15, &random)
            let older = try copy(directory, "older")
            try await fill(directory, groups: 15, &random)
            let note = try SignedNote(parsing: Array(Data(contentsOf: directory.appendingPathComponent("checkpoint"))))
            let kept = [KeptCheckpoint(name: "kept", note: note)]
            try await fill(directory, groups: 5, &random)
            #expect(findings(directory, kept).isEmpty)
            // Rolled back: by itself it is a record as good as any.
            #expect(findings(older).isEmpty)
            #expect(!findings(older, kept).isEmpty)
            // A fork: other entries from there on, with the same key.
            try await fill(older, groups: 24, &random)
            #expect(findings(older).isEmpty)
            #expect(!findings(older, kept).isEmpty)
            // Written anew with a key of its own.
            try FileManager.default.removeItem(at: older)
            try FileManager.default.createDirectory(at: older, withIntermediateDirectories: true)
            try await fill(older, groups: 60, &random)
            #expect(findings(older).isEmpty)
            #expect(!findings(older, kept).isEmpty)
            // Signed anew with the record's own key after an entry was changed.
            try FileManager.default.removeItem(at: older)
            try FileManager.default.copyItem(at: directory, to: older)
            for file in try files(older, ".jsonl") + files(older, ".hashes") { try FileManager.default.removeItem(at: file) }
            try FileManager.default.removeItem(at: older.appendingPathComponent("checkpoint"))
            try await fill(older, groups: 60, &random)
            #expect(findings(older).isEmpty)
            #expect(!findings(older, kept).isEmpty)
            try FileManager.default.removeItem(at: older)
        }
    }

    /// What was cut at its end is found by the checkpoint that lies beside it.
    @Test func aCutEndIsFound() async throws {
        try await withDirectory { directory in
            var random = Seeded(state: 4)
            try await fill(directory, groups: 12, &random)
            let file = try #require(try files(directory, ".jsonl").last)
            let good = try Data(contentsOf: file)
            for _ in 0..<30 {
                try good.prefix(Int.random(in: 0..<good.count - 1, using: &random)).write(to: file)
                #expect(!findings(directory).isEmpty)
            }
            try (good + Data("{\"v\":2,\"id\":\"x\"}\nrubbish".utf8)).write(to: file)
            #expect(!findings(directory).isEmpty)
            try (good + Data("x\n".utf8)).write(to: file)
            #expect(!findings(directory).isEmpty)
            try good.write(to: file)
            #expect(findings(directory).isEmpty)
        }
    }

    @Test func everyLineCanBeProven() async throws {
        try await withDirectory { directory in
            var random = Seeded(state: 5)
            try await fill(directory, groups: 12, &random)
            let reader = try reader(directory)
            let note = try reader.newest()
            // Lines that are not kept any more are proven by their hashes.
            let first = try files(directory, ".jsonl")[0]
            var all: [(UInt64, [UInt8])] = []
            try reader.forEachEntry {
                all.append(($0, $1)); return true
            }
            try FileManager.default.removeItem(at: first)
            #expect(all.count > 20)
            for (index, line) in all {
                let proof = try EntryProof(parsing: try reader.prove(index, against: note).bytes)
                try proof.verify(leaf: .leaf(line), by: reader.key)
                #expect(throws: NoteFailure.self) { try proof.verify(leaf: .leaf(line + [0x20]), by: reader.key) }
            }
            #expect(findings(directory).isEmpty)
            let id = try #require(try lines(directory).last?["id"] as? String)
            #expect(try reader.entries(withID: id).count == 1)
            #expect(try reader.entries(withID: "nothing").isEmpty)
        }
    }

    /// A program that shares nothing with this one finds the same record.
    @Test func anotherProgramVerifiesTheRecord() async throws {
        try await withDirectory { directory in
            var random = Seeded(state: 6)
            try await fill(directory, groups: 12, &random)
            try FileManager.default.removeItem(at: try files(directory, ".jsonl")[0])
            let report = try reader(directory).verify()
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [
                "python3",
                URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                    .appendingPathComponent("Vectors/ledger/tlog.py").path,
                "ledger", directory.path, try reader(directory).key.text,
            ]
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            // All lines, the last checkpoint's own among them.
            #expect(text.split(separator: " ").first == "\(report.size + 1)")
        }
    }
}
