import ArgumentParser
import Foundation
import JSON
import Ledger
import LedgerTree

extension LedgerCommand {
    /// `quaymaster ledger request`
    struct Request: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Writes what a witness is sent: the newest checkpoint, and the proof that it goes on.",
            discussion: """
                The form is that of C2SP tlog-witness (add-checkpoint). Over any way that carries \
                bytes:
                  quaymaster ledger request --witness KEY | ssh witness quaymaster ledger witness cosign DIR \\
                    --log KEY | quaymaster ledger accept --witness KEY
                """)

        @Option(
            help: "How many lines the witness has cosigned last; else what it has answered here.")
        var old: UInt64?

        @Option(
            help: ArgumentHelp(
                "The witness's key; with it several can be asked at once.", valueName: "key"))
        var witness: String?

        @OptionGroup var ledger: LedgerOption

        func run() throws {
            let key = try witness.map { try LedgerText.key($0, .cosignature) }
            LedgerText.write(try ledger.reader().request(of: key, from: old).bytes)
        }
    }

    /// `quaymaster ledger accept`
    struct Accept: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keeps a witness's cosignature, read from standard input, beside the record.")

        @Option(help: ArgumentHelp("The witness's key.", valueName: "key"))
        var witness: String

        @OptionGroup var ledger: LedgerOption
        @OptionGroup var output: FormatOption

        func run() throws {
            let key = try LedgerText.key(witness, .cosignature)
            let lines = try LedgerText.bytes("-")
            let reader = try ledger.reader()
            let note: SignedNote
            do throws(LedgerError) {
                note = try reader.accept(lines, by: key)
            } catch {
                throw CommandError(
                    "\(error)", hint: "ask again: quaymaster ledger request", code: 1)
            }
            let size = try Checkpoint(parsing: note.text).size
            if output.format == .json {
                return Output.json([
                    ("lines", .integer(Int64(clamping: size))), ("witness", .string(key.name)),
                ])
            }
            print("\(key.name) has seen the first \(size) lines")
        }
    }

    /// `quaymaster ledger witness`
    struct WitnessCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "witness",
            abstract:
                "A second key, best on another machine, that sees to it that the record only grows.",
            subcommands: [Make.self, Cosign.self, Serve.self, Last.self])

        /// `quaymaster ledger witness init`
        struct Make: ParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "init",
                abstract: "Makes a witness's key and prints what it is verified with.")

            @Argument(help: "Where its key and what it has seen are kept.")
            var directory: String

            @Option(help: "The key's name, best the owner's domain and path.")
            var name: String

            @OptionGroup var output: FormatOption

            func run() throws {
                let key: VerifierKey
                do throws(LedgerError) {
                    key = try Witness.make(URL(fileURLWithPath: directory), name: name)
                } catch {
                    throw CommandError("\(error)", code: 1)
                }
                if output.format == .json { return Output.json([("key", .string(key.text))]) }
                print(key.text)
            }
        }

        /// `quaymaster ledger witness cosign`
        struct Cosign: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract:
                    "Cosigns a checkpoint that goes on from the last one; refuses forks and rollbacks.",
                discussion: """
                    Reads what `quaymaster ledger request` writes and answers with a signature line. \
                    What it has cosigned is on its disk before it answers.
                    """)

            @Argument(help: "The witness's directory.")
            var directory: String

            @Option(help: ArgumentHelp("The record's key.", valueName: "key"))
            var log: String

            @Argument(help: "The request; standard input when it is not said.")
            var file = "-"

            func run() throws {
                let key = try LedgerText.key(log, .ed25519)
                let bytes = try LedgerText.bytes(file)
                let request: WitnessRequest
                do throws(NoteFailure) {
                    request = try WitnessRequest(parsing: bytes)
                } catch {
                    throw CommandError("this is no request: \(error)", code: 2)
                }
                let witness = try Witness(URL(fileURLWithPath: directory))
                do {
                    let now = UInt64(max(0, Date().timeIntervalSince1970))
                    let signature = try witness.cosign(request, of: key, at: now)
                    LedgerText.write(Array(signature.line.utf8))
                } catch let refusal as WitnessRequest.Refusal {
                    var hint: String?
                    if case .otherSize(let size) = refusal {
                        hint = "quaymaster ledger request --old \(size)"
                    }
                    throw CommandError("not cosigned: \(refusal)", hint: hint, code: 1)
                }
            }
        }

        /// `quaymaster ledger witness last`
        struct Last: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract:
                    "Writes what a witness has cosigned last: a checkpoint for `verify --since`.")

            @Argument(help: "The witness's directory.")
            var directory: String

            @Option(help: ArgumentHelp("The record's key.", valueName: "key"))
            var log: String

            func run() throws {
                let key = try LedgerText.key(log, .ed25519)
                let witness = try Witness(URL(fileURLWithPath: directory))
                guard let note = try witness.last(of: key) else {
                    throw CommandError("this witness has cosigned nothing of \(key.name)", code: 1)
                }
                LedgerText.write(note.bytes)
            }
        }
    }
}
