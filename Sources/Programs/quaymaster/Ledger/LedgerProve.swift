import ArgumentParser
import Foundation
import JSON
import Ledger
import LedgerTree

extension LedgerCommand {
    /// `quaymaster ledger show`
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows what the record says of an entry; refusals name its id.")

        @Argument(help: "The entry's id.")
        var id: String

        @OptionGroup var ledger: LedgerOption
        @OptionGroup var output: FormatOption

        func run() throws {
            let found = try ledger.reader().entries(withID: id)
            guard !found.isEmpty else {
                throw CommandError(
                    "the record has no entry \(id)",
                    hint: "lines of segments that were removed are not kept", code: 1)
            }
            for entry in found {
                if output.format == .json {
                    LedgerText.write(entry.line + [0x0A])
                    continue
                }
                guard case .object(let object) = try JSONReader.value(of: entry.line) else {
                    continue
                }
                print("line: \(entry.index)")
                for member in object.members {
                    print("\(member.name): \(member.value.string ?? JSONWriter.text(member.value))")
                }
                print("")
            }
        }
    }

    /// `quaymaster ledger prove`
    struct Prove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Proves an entry to be in the record (C2SP tlog-proof, with the entry in it).",
            discussion: """
                The proof is checked offline with the record's key, by `quaymaster ledger \
                check-proof` or any program that knows the format. An act has two entries of one \
                id: its intent and its outcome.
                """)

        @Argument(help: "The entry's id.")
        var id: String

        @Option(help: "Which entry of the id: intent, outcome, refused or event; else the last.")
        var phase: String?

        @Option(help: ArgumentHelp("Where the proof goes.", valueName: "file"))
        var out: String?

        @OptionGroup var ledger: LedgerOption
        @OptionGroup var output: FormatOption

        func run() throws {
            let reader = try ledger.reader()
            let phase = self.phase
            let found = try reader.entries(withID: id).last { entry in
                phase == nil || (try? JSONReader.value(of: entry.line))?["phase"]?.string == phase
            }
            guard let found else { throw CommandError("the record has no entry \(id)", code: 1) }
            let proof = try reader.prove(found.index, against: try note(reader, found.index))
            let whole = EntryProof(
                extra: found.line, index: proof.index, path: proof.path,
                checkpoint: proof.checkpoint)
            if let out {
                try Data(whole.bytes).write(to: URL(fileURLWithPath: out))
                if output.format == .text { print("\(out): line \(found.index) is proven") }
            }
            if output.format == .json {
                Output.json([
                    ("line", .integer(Int64(clamping: found.index))),
                    ("proof", .string(String(decoding: whole.bytes, as: UTF8.self))),
                ])
            } else if out == nil {
                LedgerText.write(whole.bytes)
            }
        }

        /// What a witness has seen convinces more than what the log says alone.
        private func note(_ reader: LedgerReader, _ index: UInt64) throws -> SignedNote {
            if let cosigned = try reader.cosigned(),
                let said = try? Checkpoint(parsing: cosigned.text), said.size > index
            {
                return cosigned
            }
            return try reader.newest()
        }
    }

    /// `quaymaster ledger check-proof`
    struct CheckProof: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check-proof", abstract: "Checks a proof, offline.")

        @Argument(help: "The proof; - for standard input.")
        var file: String

        @Option(help: "The record's key; else that of --state or --config.")
        var key: String?

        @Option(
            help: ArgumentHelp("The key of a witness that must have cosigned.", valueName: "key"))
        var witness: [String] = []

        @Option(
            help: ArgumentHelp(
                "The entry, without its line's end; else the one in the proof.", valueName: "file"))
        var entry: String?

        @OptionGroup var ledger: LedgerOption
        @OptionGroup var output: FormatOption

        func run() throws {
            let key = try self.key.map { try LedgerText.key($0, .ed25519) } ?? ledger.reader().key
            let witnesses = try witness.map { try LedgerText.key($0, .cosignature) }
            let line = try entry.map { try LedgerText.bytes($0) }
            let bytes = try LedgerText.bytes(file)
            do throws(NoteFailure) {
                let proof = try EntryProof(parsing: bytes)
                guard let leaf = line ?? proof.extra else {
                    throw .malformed("the entry is not in the proof; --entry names it")
                }
                let said = try proof.verify(leaf: .leaf(leaf), by: key)
                for witness in witnesses { try proof.checkpoint.verify(by: witness) }
                show(proof, leaf, said)
            } catch {
                if output.format == .json {
                    Output.json([("proven", .bool(false)), ("reason", .string("\(error)"))])
                } else {
                    print("not proven: \(error)")
                }
                throw ExitCode(1)
            }
        }

        private func show(_ proof: EntryProof, _ leaf: [UInt8], _ said: Checkpoint) {
            let text = String(decoding: leaf, as: UTF8.self)
            if output.format == .json {
                return Output.json([
                    ("proven", .bool(true)), ("line", .integer(Int64(clamping: proof.index))),
                    ("lines", .integer(Int64(clamping: said.size))), ("log", .string(said.origin)),
                    ("entry", .string(text)),
                ])
            }
            print(text)
            print("proven: line \(proof.index) of \(said.size) in the log \(said.origin)")
        }
    }
}
