import ArgumentParser
import Foundation
import JSON
import Ledger
import LedgerTree
import PolicyFile

/// `quaymaster ledger`
struct LedgerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Verifies the record, proves and finds its entries, hands them on.",
        subcommands: [
            Verify.self, Show.self, Prove.self, CheckProof.self, Query.self, Tail.self, Export.self,
            Stats.self, Request.self, Accept.self, WitnessCommand.self,
        ])
}

/// `--state` or `--config`: which record.
struct LedgerOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The state directory; else the one of the configuration.", valueName: "dir"))
    var state: String?

    @OptionGroup var config: ConfigOption

    /// The record's folder.
    func folder() throws -> URL {
        let state =
            try state.map { URL(fileURLWithPath: $0, isDirectory: true) }
            ?? ConfigurationFile(directory: config.directory).state
        return state.appendingPathComponent(StateDirectory.ledger)
    }

    /// Opens the record.
    func reader() throws -> LedgerReader {
        let folder = try folder()
        do throws(LedgerError) {
            return try LedgerReader(directory: folder)
        } catch {
            throw CommandError(
                "there is no record that can be read: \(error)",
                hint: "--state names the directory that `quaymaster serve` keeps its state in")
        }
    }
}

/// What commands of the record read and write.
enum LedgerText {
    /// Reads a key's text.
    static func key(_ text: String, _ algorithm: NoteAlgorithm) throws -> VerifierKey {
        do throws(NoteFailure) {
            let key = try VerifierKey(parsing: text)
            guard key.algorithm == algorithm else {
                throw .malformed(
                    algorithm == .cosignature
                        ? "it is a log's key, not a witness's"
                        : "it is a witness's key, not a log's")
            }
            return key
        } catch {
            throw CommandError("\"\(text)\" is no such key: \(error)", code: 2)
        }
    }

    /// Reads a file, or standard input for `-`.
    static func bytes(_ path: String) throws -> [UInt8] {
        if path == "-" { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
        return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// Reads a checkpoint.
    static func note(_ path: String) throws -> SignedNote {
        do throws(NoteFailure) {
            return try SignedNote(parsing: try readable(path))
        } catch {
            throw CommandError("\(path) is no checkpoint: \(error)", code: 2)
        }
    }

    private static func readable(_ path: String) throws(NoteFailure) -> [UInt8] {
        do {
            return try bytes(path)
        } catch {
            throw .malformed(error.localizedDescription)
        }
    }

    /// Writes bytes to standard output.
    static func write(_ bytes: [UInt8]) {
        FileHandle.standardOutput.write(Data(bytes))
    }

    /// One entry in a line: when, who, what, and what came of it.
    static func line(_ entry: JSONValue) -> String {
        func text(_ name: String) -> String { entry[name]?.string ?? "" }
        let what = [text("operation"), text("target")].filter { !$0.isEmpty }.joined(separator: " ")
        let end: String =
            switch text("phase") {
            case "refused": "refused: \(text("rule"))"
            case "outcome": "\(text("outcome")) \(entry["status"]?.int64 ?? 0)"
            case "event": text("reason")
            default: text("phase")
            }
        let count = entry["count"]?.int64.map { " (\($0) times)" } ?? ""
        let who =
            text("tenant").isEmpty ? text("identity") : "\(text("identity"))@\(text("tenant"))"
        return "\(text("time"))  \(text("id"))  \(who)  \(what)  \(end)\(count)"
    }

    /// Writes an entry in a format.
    static func show(_ line: [UInt8], _ format: OutputFormat) throws {
        switch format {
        case .json: write(line + [0x0A])
        case .text: print(Self.line(try JSONReader.value(of: line)))
        }
    }
}
