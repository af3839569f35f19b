import Foundation
import Ledger
import LedgerTree
import Testing

/// Segments that are not kept any more go, and everything else still verifies.
@Suite struct RetentionTests {
    private func fill(_ directory: URL, _ options: LedgerOptions = small, groups: Int) async throws {
        let ledger = try Ledger(directory: directory, options: options)
        for _ in 0..<groups { try await append(entry(ledger, .intent), to: ledger) }
        ledger.close()
    }

    /// Opens the record with a retention and closes it: it is looked for what is due at the start.
    private func retain(
        _ directory: URL, issues: Set<String> = [], _ change: (inout Retention) -> Void
    ) throws {
        var options = small
        change(&options.retention)
        let ledger = try Ledger(directory: directory, options: options)
        ledger.beginRetiring { issues }
        ledger.close()
    }

    @Test(arguments: [true, false])
    func oldSegmentsGo(isArchived: Bool) async throws {
        try await withDirectory { directory in
            let archive = directory.appendingPathComponent("archive")
            try await fill(directory, groups: 60)
            let before = try reader(directory)
            let note = try before.newest()
            let kept = KeptCheckpoint(name: "kept", note: note)
            var first: (UInt64, [UInt8])?
            try before.forEachEntry {
                first = ($0, $1); return false
            }
            let all = try files(directory, ".jsonl")
            #expect(all.count > 5)
            let contents = try all.map { try Data(contentsOf: $0) }
            try retain(directory) {
                $0.segments = 2
                if isArchived { $0.archive = archive }
            }
            let left = try files(directory, ".jsonl").map(\.lastPathComponent)
            #expect(left == all.suffix(3).map(\.lastPathComponent))
            if isArchived {
                let moved = try files(archive, ".jsonl")
                #expect(moved.map(\.lastPathComponent) == all.dropLast(3).map(\.lastPathComponent))
                #expect(try moved.map { try Data(contentsOf: $0) } == Array(contents.dropLast(3)))
            }
            let report = try reader(directory).verify([kept])
            #expect(report.findings.isEmpty, "\(report.findings)")
            #expect(report.notes.contains { $0.hasPrefix("lines 0 to ") && $0.contains("not kept here") })
            // An entry that is gone can still be proven by whoever has its line.
            let (index, line) = try #require(first)
            let proof = try reader(directory).prove(index, against: try reader(directory).newest())
            try proof.verify(leaf: .leaf(line), by: reader(directory).key)
            let said = try lines(directory).filter { $0["operation"] as? String == "SegmentRetired" }
            #expect(said.count == all.count - 3 && said.first?["target"] as? String == all[0].lastPathComponent)
            // And the record goes on.
            try await fill(directory, groups: 3)
            #expect(try reader(directory).verify([kept]).findings.isEmpty)
        }
    }

    /// A certificate is believed as long as the record says of its issue: it says so anew when a segment goes.
    @Test func issuesThatCountAreSaidAnew() async throws {
        try await withDirectory { directory in
            let ledger = try Ledger(directory: directory, options: small)
            for name in ["alice, fingerprint 1", "bo, fingerprint 2"] {
                try ledger.appendAndWait(Entry.event(ledger.ids, "CertificateIssued", reason: name))
            }
            ledger.close()
            try await fill(directory, groups: 60)
            let wanted: Set = ["alice, fingerprint 1", "carol, fingerprint 3"]
            #expect(try reader(directory).issues(among: wanted) == ["alice, fingerprint 1"])
            // Twice: what was said anew goes too.
            for _ in 0..<2 {
                try retain(directory, issues: wanted) { $0.segments = 2 }
                try await fill(directory, groups: 60)
                #expect(try reader(directory).issues(among: wanted.union(["bo, fingerprint 2"])) == ["alice, fingerprint 1"])
            }
            #expect(try lines(directory).contains { $0["operation"] as? String == "CertificateKept" })
            #expect(try reader(directory).verify().findings.isEmpty)
        }
    }

    @Test func agesAreThoseOfTheLastLine() async throws {
        try await withDirectory { directory in
            try await fill(directory, groups: 20)
            let all = try files(directory, ".jsonl")
            try retain(directory) { $0.seconds = 86_400 }
            #expect(try files(directory, ".jsonl").count == all.count)
            let old = [FileAttributeKey.modificationDate: Date(timeIntervalSinceNow: -90_000)]
            for file in [all[0], all[all.count - 1]] {
                try FileManager.default.setAttributes(old, ofItemAtPath: file.path)
            }
            try retain(directory) { $0.seconds = 86_400 }
            // Never the one that grows.
            #expect(try files(directory, ".jsonl").map(\.lastPathComponent) == all.dropFirst().map(\.lastPathComponent))
        }
    }

    /// Lines go only where the hashes that stay are theirs, and nothing is overwritten.
    @Test func whatCouldNotBeProvenStays() async throws {
        try await withDirectory { directory in
            let archive = directory.appendingPathComponent("archive")
            try await fill(directory, groups: 20)
            let all = try files(directory, ".jsonl")
            let text = try String(contentsOf: all[0], encoding: .utf8)
            try text.replacing("alice", with: "mallo").write(to: all[0], atomically: false, encoding: .utf8)
            try retain(directory) { $0.segments = 1 }
            #expect(FileManager.default.fileExists(atPath: all[0].path))
            #expect(try lines(directory).contains { $0["operation"] as? String == "SegmentKept" })
            try text.write(to: all[0], atomically: false, encoding: .utf8)
            try FileManager.default.createDirectory(at: archive, withIntermediateDirectories: true)
            let other = archive.appendingPathComponent(all[0].lastPathComponent)
            try Data("other".utf8).write(to: other)
            try retain(directory) {
                $0.segments = 1
                $0.archive = archive
            }
            #expect(try String(contentsOf: other, encoding: .utf8) == "other")
            #expect(FileManager.default.fileExists(atPath: all[0].path))
        }
    }
}
