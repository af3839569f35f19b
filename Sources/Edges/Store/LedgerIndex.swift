package import Foundation
import GRDB

/// An index of the record, by which entries are found without reading all of it.
///
/// It holds nothing that the record does not: it may be removed at any time, and whoever finds that it
/// is about another record makes it anew.
package final class LedgerIndex: Sendable {
    /// What is known of one entry.
    package struct Row: Sendable {
        /// Which line of the record, counted from 0.
        package var line: Int64
        /// RFC 3339 in UTC with milliseconds: it sorts as it reads.
        package var time: String
        /// The values of the columns that are searched; "" where the entry has none.
        package var identity, tenant, verb, object, decision: String

        /// Makes a row.
        package init(
            line: Int64, time: String, identity: String, tenant: String, verb: String,
            object: String, decision: String
        ) {
            self.line = line
            self.time = time
            self.identity = identity
            self.tenant = tenant
            self.verb = verb
            self.object = object
            self.decision = decision
        }
    }

    /// What is looked for; nil: whatever there is.
    package struct Query: Sendable {
        /// Who asked.
        package var identity: String?
        /// In whose name.
        package var tenant: String?
        /// The verb, or the operation.
        package var verb: String?
        /// A part of what it was about.
        package var object: String?
        /// `permit` or `refuse`.
        package var decision: String?
        /// Not before, in RFC 3339 or the beginning of it.
        package var since: String?
        /// Before.
        package var until: String?
        /// How many at most, the newest.
        package var limit = 100

        /// Looks for everything.
        package init() {}
    }

    private let database: DatabaseQueue
    private let path: String

    /// Opens an index, or makes it.
    ///
    /// - Throws: `StoreError.failed` when it cannot be opened.
    package init(file: URL) throws(StoreError) {
        path = file.path
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            database = try DatabaseQueue(path: file.path, configuration: configuration)
            chmod(file.path, 0o600)
            try database.write { database in
                try database.execute(
                    sql: """
                        CREATE TABLE IF NOT EXISTS entry (
                            line INTEGER NOT NULL PRIMARY KEY, time TEXT NOT NULL,
                            identity TEXT NOT NULL, tenant TEXT NOT NULL, verb TEXT NOT NULL,
                            object TEXT NOT NULL, decision TEXT NOT NULL
                        ) STRICT;
                        CREATE INDEX IF NOT EXISTS entry_identity ON entry (identity, line);
                        CREATE INDEX IF NOT EXISTS entry_tenant ON entry (tenant, line);
                        CREATE INDEX IF NOT EXISTS entry_time ON entry (time);
                        CREATE TABLE IF NOT EXISTS progress (
                            one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
                            line INTEGER NOT NULL, hash TEXT NOT NULL
                        ) STRICT
                        """)
            }
        } catch {
            throw .failed(file.path, "\(error)")
        }
    }

    /// The last line that is indexed, and its hash; nil when none is.
    ///
    /// - Throws: `StoreError.failed`.
    package func end() throws(StoreError) -> (line: Int64, hash: String)? {
        try attempt { database in
            try GRDB.Row.fetchOne(database, sql: "SELECT line, hash FROM progress").map {
                ($0[0], $0[1])
            }
        }
    }

    /// Adds entries.
    ///
    /// - Parameters:
    ///   - rows: The entries.
    ///   - line: The last line that was looked at.
    ///   - hash: Its hash.
    /// - Throws: `StoreError.failed`; nothing is added then.
    package func add(_ rows: [Row], upTo line: Int64, hash: String) throws(StoreError) {
        try attempt { database in
            let statement = try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?, ?)")
            for row in rows {
                try statement.execute(arguments: [
                    row.line, row.time, row.identity, row.tenant, row.verb, row.object,
                    row.decision,
                ])
            }
            try database.execute(
                sql: "INSERT OR REPLACE INTO progress VALUES (1, ?, ?)", arguments: [line, hash])
        }
    }

    /// Forgets everything.
    ///
    /// - Throws: `StoreError.failed`.
    package func clear() throws(StoreError) {
        try attempt { try $0.execute(sql: "DELETE FROM entry; DELETE FROM progress") }
    }

    /// Finds entries.
    ///
    /// - Returns: Their lines, in the record's order.
    /// - Throws: `StoreError.failed`.
    package func find(_ query: Query) throws(StoreError) -> [Int64] {
        var conditions: [String] = []
        var arguments = StatementArguments()
        func add(_ condition: String, _ value: String?) {
            guard let value else { return }
            conditions.append(condition)
            arguments += [value]
        }
        add("identity = ?", query.identity)
        add("tenant = ?", query.tenant)
        add("verb = ?", query.verb)
        add("instr(object, ?) > 0", query.object)
        add("decision = ?", query.decision)
        add("time >= ?", query.since)
        add("time < ?", query.until)
        let condition = conditions.isEmpty ? "1" : conditions.joined(separator: " AND ")
        arguments += [query.limit]
        return try attempt { [arguments] database in
            try Int64.fetchAll(
                database,
                sql: "SELECT line FROM entry WHERE \(condition) ORDER BY line DESC LIMIT ?",
                arguments: arguments)
        }.reversed()
    }

    private func attempt<Value>(
        _ body: (Database) throws -> Value
    ) throws(StoreError) -> Value {
        do {
            return try database.write(body)
        } catch {
            throw .failed(path, "\(error)")
        }
    }
}
