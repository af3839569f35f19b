import ArgumentParser
import Foundation
import JSON
import Ledger
import LedgerTree
import Store

extension LedgerCommand {
    /// `quaymaster ledger query`
    struct Query: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Finds entries by who, what, about what, decision and time.",
            discussion: """
                An index beside the record (index.sqlite) is brought up to date first; it is derived \
                from the record and may be removed at any time.
                """)

        @Option(help: "Who asked.") var identity: String?
        @Option(help: "In whose name.") var tenant: String?
        @Option(help: "What was asked for: run, exec, logs…") var verb: String?
        @Option(help: "A part of what it was about: a name, kind or id.") var object: String?
        @Option(help: "permit or refuse.") var decision: String?
        @Option(help: "Not before: 2026-11-23T10:00:00Z, or the beginning of it.") var since:
            String?
        @Option(help: "Before.") var until: String?
        @Option(help: "How many at most, the newest.") var limit = 100
        @Flag(help: "Makes the index anew first.") var rebuild = false

        @OptionGroup var ledger: LedgerOption
        @OptionGroup var output: FormatOption

        func run() throws {
            if let decision, !["permit", "refuse"].contains(decision) {
                throw CommandError(
                    "\"\(decision)\" is no decision", hint: "permit or refuse", code: 2)
            }
            let reader = try ledger.reader()
            let index = try LedgerIndex(
                file: reader.folder.url.appendingPathComponent("index.sqlite"))
            if rebuild { try index.clear() }
            try IndexUpdate(reader: reader, index: index).run()
            var query = LedgerIndex.Query()
            query.identity = identity
            query.tenant = tenant
            query.verb = verb
            query.object = object
            query.decision = decision
            query.since = since
            query.until = until
            query.limit = max(0, limit)
            let lines = try index.find(query).map { UInt64($0) }
            for found in try reader.lines(at: lines) {
                try LedgerText.show(found.line, output.format)
            }
        }
    }
}

/// Brings an index up to the record's end.
struct IndexUpdate {
    let reader: LedgerReader
    let index: LedgerIndex

    private static let batch = 10_000

    func run() throws {
        var next: UInt64 = 0
        if let end = try index.end() {
            next = UInt64(end.line) + 1
            // Another record, or one that was rolled back: what is indexed is not its beginning.
            let last = try reader.lines(at: [UInt64(end.line)]).first
            if last.map({ TreeHash.leaf($0.line).text }) != end.hash {
                try index.clear()
                next = 0
            }
        }
        var rows: [LedgerIndex.Row] = []
        var last: (line: UInt64, bytes: [UInt8])?
        func store() throws {
            guard let last else { return }
            let hash = TreeHash.leaf(last.bytes).text
            try index.add(rows, upTo: Int64(last.line), hash: hash)
            rows = []
        }
        try reader.forEachEntry(from: next) { line, bytes in
            if let row = Self.row(line, bytes) { rows.append(row) }
            last = (line, bytes)
            if rows.count >= Self.batch { try store() }
            return true
        }
        try store()
    }

    private static func row(_ line: UInt64, _ bytes: [UInt8]) -> LedgerIndex.Row? {
        guard let entry = try? JSONReader.value(of: bytes) else { return nil }
        func text(_ name: String) -> String { entry[name]?.string ?? "" }
        return LedgerIndex.Row(
            line: Int64(line), time: text("time"), identity: text("identity"),
            tenant: text("tenant"), verb: text("verb").isEmpty ? text("operation") : text("verb"),
            object: text("target"), decision: text("decision"))
    }
}
