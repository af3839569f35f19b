import ArgumentParser
import Foundation
import JSON
import Ledger
import LedgerTree

extension LedgerCommand {
    /// `quaymaster ledger export`
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Hands entries on: JSON Lines, or syslog (RFC 5424) over TCP or TLS.",
            discussion: """
                With --cursor it goes on where it was: an entry counts as handed on once the other \
                side's system has acknowledged it, so after a failure some come twice and none is \
                left out. Whoever receives them knows them by their id and phase.
                """)

        @Option(
            help: ArgumentHelp(
                "Where to: tcp://HOST:PORT or tls://HOST:PORT; else standard output.",
                valueName: "address"))
        var to: String?

        @Option(help: ArgumentHelp("Where it is kept how far it came.", valueName: "file"))
        var cursor: String?

        @Option(
            help: ArgumentHelp("The authority of the receiver's certificate.", valueName: "file"))
        var ca: String?

        @Flag(help: "Goes on with what is written from now on.")
        var follow = false

        @OptionGroup var ledger: LedgerOption

        /// How many entries are handed on before the cursor moves.
        private static let batch = 500

        func run() async throws {
            let reader = try ledger.reader()
            let receiver: any LedgerReceiver
            if let to {
                receiver = try await SyslogReceiver.connect(to, ca: ca)
            } else {
                receiver = StandardOutput()
            }
            var next = try cursor.map { try ExportCursor.read($0, of: reader.key.text) } ?? 0
            repeat {
                var batch: [[UInt8]] = []
                var last = next
                try reader.forEachEntry(from: next) { index, line in
                    batch.append(line)
                    last = index + 1
                    return batch.count < Self.batch
                }
                if batch.isEmpty {
                    guard follow else { break }
                    try await Task.sleep(for: .milliseconds(200))
                    continue
                }
                try await receiver.take(batch)
                next = last
                if let cursor { try ExportCursor.write(cursor, next, of: reader.key.text) }
            } while true
            try await receiver.finish()
        }
    }
}

/// Where a stream of entries goes.
protocol LedgerReceiver: Sendable {
    /// Returns when the entries are taken.
    func take(_ lines: [[UInt8]]) async throws
    /// Nothing follows.
    func finish() async throws
}

/// JSON Lines on standard output.
struct StandardOutput: LedgerReceiver {
    func take(_ lines: [[UInt8]]) throws {
        try FileHandle.standardOutput.write(contentsOf: Data(lines.flatMap { $0 + [0x0A] }))
    }

    func finish() {}
}

/// How far an export came: the record's key, and the next line.
enum ExportCursor {
    static func read(_ path: String, of key: String) throws -> UInt64 {
        guard FileManager.default.fileExists(atPath: path) else { return 0 }
        let words = try String(contentsOfFile: path, encoding: .utf8)
            .trimmingCharacters(in: .newlines).split(separator: " ")
        guard words.count == 2, let next = UInt64(words[1]) else {
            throw CommandError("\(path) is no cursor", hint: "remove it to begin anew", code: 2)
        }
        // A position in one record means nothing in another.
        guard words[0] == key else {
            throw CommandError(
                "\(path) is about another record", hint: "remove it to begin anew", code: 1)
        }
        return next
    }

    static func write(_ path: String, _ next: UInt64, of key: String) throws {
        try Data("\(key) \(next)\n".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}
