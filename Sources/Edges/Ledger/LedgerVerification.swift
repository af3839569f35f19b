import Foundation
package import LedgerTree
import Synchronization

/// What was found when a record was verified.
package struct LedgerReport: Sendable {
    /// How many lines the newest checkpoint is over.
    package var size: UInt64 = 0
    /// How many entries there are; those whose lines are not kept any more are not counted.
    package var entries = 0
    /// How many bytes of lines were read.
    package var byteCount = 0
    /// The newest checkpoint.
    package var newest: SignedNote?
    /// What is wrong, as sentences; empty when nothing is.
    package var findings: [String] = []
    /// What is not wrong and worth saying.
    package var notes: [String] = []

    /// Makes an empty report.
    package init() {}
}

/// A checkpoint that somebody kept elsewhere: the record must have gone through it.
package struct KeptCheckpoint: Sendable {
    /// What it is called in sentences.
    package let name: String
    /// The checkpoint.
    package let note: SignedNote

    /// Makes one.
    package init(name: String, note: SignedNote) {
        self.name = name
        self.note = note
    }
}

extension LedgerReader {
    /// Verifies that every line is the one that the newest checkpoint is over, and that the record has
    /// gone through the checkpoints that were kept.
    ///
    /// Alone it shows that the record is consistent with itself: whoever holds the key can write
    /// another one. Only a checkpoint that was out of reach shows that it is the same.
    ///
    /// - Parameter kept: Checkpoints that were kept elsewhere.
    /// - Returns: What was found.
    /// - Throws: `LedgerError` when files cannot be read.
    package func verify(_ kept: [KeptCheckpoint] = []) throws(LedgerError) -> LedgerReport {
        var report = LedgerReport()
        var wanted: [(kept: KeptCheckpoint, said: Checkpoint)] = []
        for kept in try ownCheckpoints(&report) + kept {
            do throws(NoteFailure) {
                let said = try Checkpoint(parsing: kept.note.text)
                try kept.note.verify(by: key)
                guard said.origin.utf8.elementsEqual(key.name.utf8) else {
                    throw .malformed("it is of the log \(said.origin)")
                }
                wanted.append((kept, said))
            } catch {
                report.findings.append(
                    "\(kept.name) is not by the record's key \(key.name): \(error)")
            }
        }
        let parts = try folder.parts()
        let sizes = Set(wanted.map(\.said.size))
        let scans = try scan(parts, sizes)
        var tree = Frontier()
        var roots: [UInt64: TreeHash] = [0: TreeHash.ofNothing]
        var gone: [Range<UInt64>] = []
        for (part, scan) in zip(parts, scans) {
            guard part.first == tree.size else {
                report.findings.append(
                    "lines \(min(part.first, tree.size)) to \(max(part.first, tree.size)) are "
                        + "missing or stand twice")
                tree = scan.start ?? tree
                continue
            }
            if let start = scan.start, start != tree {
                report.findings.append(
                    "\(name(part)) does not follow the lines before it: one of those was changed")
            }
            tree = scan.start ?? tree
            if !part.hasLines {
                let end = part.first + UInt64(scan.hashes.count)
                let start = gone.last?.upperBound == part.first ? gone.removeLast().lowerBound : nil
                gone.append((start ?? part.first)..<max(end, part.first))
            }
            for hash in scan.hashes {
                if sizes.contains(tree.size) { roots[tree.size] = tree.root }
                tree.append(hash)
            }
            roots.merge(scan.roots) { $1 }
            if scan.start != nil { tree = scan.end }
            report.entries += scan.entries
            report.byteCount += scan.byteCount
            report.findings += scan.findings
        }
        for range in gone where !range.isEmpty {
            report.notes.append(
                "lines \(range.lowerBound) to \(range.upperBound - 1) are not kept here any more; their "
                    + "hashes are, and what verifies stands on those")
        }
        judgeEnd(scans, &report)
        for (kept, said) in wanted {
            if said.size > report.size {
                report.findings.append(
                    "\(kept.name) is over \(said.size) lines, and the record has a checkpoint over "
                        + "\(report.size): it was rolled back or cut")
            } else if roots[said.size] != said.root {
                report.findings.append(
                    "\(kept.name) is over other lines: the first \(said.size) lines were rewritten "
                        + "since")
            }
        }
        return report
    }

    private func name(_ part: LedgerFolder.Part) -> String {
        "\(LedgerFolder.stem(part.first)).jsonl"
    }

    /// The checkpoints that lie beside the segments, and the record of a version before.
    private func ownCheckpoints(
        _ report: inout LedgerReport
    ) throws(LedgerError) -> [KeptCheckpoint] {
        var own: [KeptCheckpoint] = []
        for path in [folder.checkpoint] + (try folder.cosigned()) where access(path, F_OK) == 0 {
            let bytes = try LedgerFolder.read(path)
            // A version before could leave it so when the power went; it is a copy.
            if bytes.isEmpty { continue }
            do throws(NoteFailure) {
                own.append(KeptCheckpoint(name: path, note: try SignedNote(parsing: bytes)))
            } catch {
                report.findings.append("\(path): \(error)")
            }
        }
        return own
    }

    private func judgeEnd(_ scans: [PartScan], _ report: inout LedgerReport) {
        for scan in scans {
            switch scan.tail {
            case .none: break
            case .unfinished(let lines, let bytes):
                report.notes.append(
                    "\(lines) lines and \(bytes) bytes behind the newest checkpoint are being written, "
                        + "or a crash has torn them; nothing was promised about them")
            case .wrong(let line):
                report.findings.append(
                    "\(scan.name), line \(line): what follows the newest checkpoint was never "
                        + "written so")
            }
        }
        if let newest = scans.last(where: { $0.newest != nil })?.newest {
            report.newest = newest.note
            report.size = newest.size
        } else {
            report.notes.append("there is no checkpoint by the record's key yet")
        }
        if let old = scans.first?.old {
            guard let found = OldRecord(folder) else {
                report.findings.append(
                    "record.jsonl, which was taken over and is kept as it is, is missing or cannot "
                        + "be read")
                return
            }
            if found.digest != old {
                report.findings.append(
                    "record.jsonl is not the one that was taken over: it was changed")
            }
        }
    }

    private func scan(
        _ parts: [LedgerFolder.Part], _ sizes: Set<UInt64>
    ) throws(LedgerError) -> [PartScan] {
        let results = Mutex([Int: Result<PartScan, LedgerError>]())
        let reader = self
        let last = parts.lastIndex(where: \.hasLines)
        DispatchQueue.concurrentPerform(iterations: parts.count) { place in
            let result = PartScan.read(reader, parts[place], sizes, isLast: place == last)
            results.withLock { $0[place] = result }
        }
        var scans: [PartScan] = []
        for place in parts.indices {
            guard let result = results.withLock({ $0[place] }) else { continue }
            scans.append(try result.get())
        }
        // Until the first group of a segment is whole, the newest checkpoint stands in the one before.
        if let last, last > 0, scans[last].newest == nil, parts[last - 1].hasLines {
            scans[last - 1] =
                try PartScan.read(reader, parts[last - 1], sizes, isLast: true).get()
        }
        return scans
    }
}
