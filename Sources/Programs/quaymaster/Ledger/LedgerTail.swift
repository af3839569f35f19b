import ArgumentParser
import Foundation
import JSON
import Ledger

extension LedgerCommand {
    /// `quaymaster ledger tail`
    struct Tail: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the newest entries, and those that follow.")

        @Option(name: [.customShort("n"), .long], help: "How many.")
        var lines = 10

        @Flag(name: .shortAndLong, help: "Goes on with what is written from now on.")
        var follow = false

        @OptionGroup var ledger: LedgerOption
        @OptionGroup var output: FormatOption

        func run() async throws {
            let reader = try ledger.reader()
            var newest: [(index: UInt64, line: [UInt8])] = []
            var next: UInt64 = 0
            try reader.forEachEntry(from: try reader.start(ofLast: lines)) { index, line in
                newest.append((index, line))
                if newest.count > max(0, lines) { newest.removeFirst() }
                next = index + 1
                return true
            }
            for entry in newest { try LedgerText.show(entry.line, output.format) }
            while follow {
                try await Task.sleep(for: .milliseconds(200))
                try reader.forEachEntry(from: next) { index, line in
                    try LedgerText.show(line, output.format)
                    next = index + 1
                    return true
                }
            }
        }
    }

    /// `quaymaster ledger stats`
    struct Stats: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Counts entries by identity and by what came of them.")

        @OptionGroup var ledger: LedgerOption
        @OptionGroup var output: FormatOption

        private struct Count {
            var entries: Int64 = 0
            var refused: Int64 = 0
            var bytes: Int64 = 0
        }

        func run() throws {
            let reader = try ledger.reader()
            var counts: [String: Count] = [:]
            var (first, last) = ("", "")
            try reader.forEachEntry { _, line in
                guard let entry = try? JSONReader.value(of: line) else { return true }
                let time = entry["time"]?.string ?? ""
                if first.isEmpty { first = time }
                last = time
                let identity = entry["identity"]?.string ?? ""
                let times = entry["count"]?.int64 ?? 1
                counts[identity, default: Count()].entries += 1
                counts[identity, default: Count()].bytes += Int64(line.count) + 1
                if entry["phase"]?.string == "refused" {
                    counts[identity, default: Count()].refused += times
                }
                return true
            }
            show(counts.sorted { $0.value.bytes > $1.value.bytes }, first, last)
        }

        private func show(_ counts: [(key: String, value: Count)], _ first: String, _ last: String)
        {
            let entries = counts.reduce(0) { $0 + $1.value.entries }
            let bytes = counts.reduce(0) { $0 + $1.value.bytes }
            if output.format == .json {
                return Output.json([
                    ("entries", .integer(entries)), ("bytes", .integer(bytes)),
                    ("first", .string(first)), ("last", .string(last)),
                    (
                        "identities",
                        .array(
                            counts.map { identity, count in
                                .object(
                                    JSONObject([
                                        ("identity", .string(identity)),
                                        ("entries", .integer(count.entries)),
                                        ("refused", .integer(count.refused)),
                                        ("bytes", .integer(count.bytes)),
                                    ]))
                            })
                    ),
                ])
            }
            print("\(entries) entries, \(bytes) bytes, from \(first) to \(last)")
            Output.table(
                ["IDENTITY", "ENTRIES", "REFUSED", "BYTES"],
                counts.map { identity, count in
                    [
                        identity.isEmpty ? "-" : identity, "\(count.entries)", "\(count.refused)",
                        "\(count.bytes)",
                    ]
                })
        }
    }
}
