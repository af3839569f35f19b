import ArgumentParser
import Foundation
import JSON
import Ledger
import LedgerTree

extension LedgerCommand {
    /// `quaymaster ledger verify`
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verifies that every line is the one that was signed.",
            discussion: """
                Alone it shows that the record is consistent with itself (exit status 3): whoever \
                holds its key can write another one. A witness, or a checkpoint that was kept where \
                the record's administrator does not reach, shows that it is still the same (0), or \
                that it was rolled back, forked or rewritten (1).
                """)

        @Option(
            help: ArgumentHelp(
                "The key of a witness that must have cosigned the record.", valueName: "key"))
        var witness: [String] = []

        @Option(
            help: ArgumentHelp(
                "A checkpoint that was kept elsewhere; - for standard input.", valueName: "file"))
        var since: [String] = []

        @Option(
            help: ArgumentHelp(
                "How old a witness's newest cosignature may be, in hours.", valueName: "hours"))
        var within = 24

        @OptionGroup var ledger: LedgerOption
        @OptionGroup var output: FormatOption

        func run() throws {
            let witnesses = try witness.map { try LedgerText.key($0, .cosignature) }
            let kept = try since.map { KeptCheckpoint(name: $0, note: try LedgerText.note($0)) }
            let reader = try ledger.reader()
            var report = try reader.verify(kept)
            for witness in witnesses { ask(witness, reader, &report) }
            let isAnchored = !(witnesses.isEmpty && kept.isEmpty)
            show(report, reader, isAnchored)
            if !report.findings.isEmpty { throw ExitCode(1) }
            if !isAnchored { throw ExitCode(3) }
        }

        /// A witness's word counts when it is about this record, signed, and not from long ago.
        private func ask(
            _ witness: VerifierKey, _ reader: LedgerReader, _ report: inout LedgerReport
        ) {
            guard let note = reader.cosigned(by: witness),
                let said = try? Checkpoint(parsing: note.text)
            else {
                report.findings.append("the witness \(witness.name) has not cosigned this record")
                return
            }
            do throws(NoteFailure) {
                // That the record goes through this checkpoint was verified with the rest.
                try note.verify(by: witness)
            } catch {
                report.findings.append(
                    "the cosigned checkpoint is not by the witness \(witness.name): \(error)")
                return
            }
            let time = note.cosignedAt(by: witness) ?? 0
            let age = Int64(Date().timeIntervalSince1970) - Int64(clamping: time)
            let hours = age / 3600
            if hours >= within {
                report.findings.append(
                    "the witness \(witness.name) has cosigned nothing for \(hours) hours: it was not "
                        + "asked, or it refuses")
            }
            report.notes.append(
                "the witness \(witness.name) has seen the first \(said.size) lines, "
                    + "\(max(0, age)) seconds ago")
        }

        private func show(_ report: LedgerReport, _ reader: LedgerReader, _ isAnchored: Bool) {
            if output.format == .json {
                return Output.json([
                    ("consistent", .bool(report.findings.isEmpty)), ("anchored", .bool(isAnchored)),
                    ("entries", .integer(Int64(report.entries))),
                    ("lines", .integer(Int64(clamping: report.size))),
                    ("bytes", .integer(Int64(report.byteCount))), ("key", .string(reader.key.text)),
                    (
                        "checkpoint",
                        report.newest.map {
                            .string(String(decoding: $0.bytes, as: UTF8.self))
                        } ?? .null
                    ), ("findings", .array(report.findings.map { .string($0) })),
                    ("notes", .array(report.notes.map { .string($0) })),
                ])
            }
            print("\(report.entries) entries; the newest checkpoint is over \(report.size) lines")
            print("key: \(reader.key.text)")
            for note in report.notes { print("note: \(note)") }
            for finding in report.findings { print("FINDING: \(finding)") }
            if !report.findings.isEmpty {
                print("the record is not what was signed")
            } else if isAnchored {
                print("consistent, and still the record that was seen before")
            } else {
                print("consistent with itself only")
                print("hint: --witness KEY or --since FILE shows that it is still the same record")
            }
        }
    }
}
