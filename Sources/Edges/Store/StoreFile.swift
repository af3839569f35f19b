import Foundation
import GRDB

/// `store.sqlite` in a state directory: how it comes to be and how it is opened.
///
/// A file that exists is a whole one: it is made beside its place and put there when it is on the
/// disk. So an empty file is a loss, not a beginning, and nothing is ever written into a file that
/// is damaged, another program's, or newer than this one.
struct StoreFile {
    let path: String

    /// Marks the file as ours (`PRAGMA application_id`): "qmst".
    private static let mark: Int32 = 0x71_6D_73_74

    init(directory: URL) {
        path = directory.appendingPathComponent("store.sqlite").path
    }

    /// Opens the store for this process alone, and brings its schema up to date.
    func open() throws(StoreError) -> DatabaseQueue {
        let attempt = { () throws -> DatabaseQueue in
            try make()
            let database = try DatabaseQueue(path: path, configuration: configuration)
            try Self.migrator.migrate(database)
            return database
        }
        do {
            return try attempt()
        } catch {
            throw words(error)
        }
    }

    /// The store's own words for what SQLite or the file system says.
    func words(_ error: any Error) -> StoreError {
        guard let error = error as? DatabaseError else {
            return error as? StoreError ?? .failed(path, "\(error)")
        }
        let message = error.message ?? "\(error.resultCode)"
        return switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: .inUse(path)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged(path, message)
        // What GRDB says of a connection that was closed.
        case .SQLITE_MISUSE: .closed
        default: .failed(path, message)
        }
    }

    // MARK: The schema

    /// Steps that were released are never changed: another follows them.
    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 image tags") { database in
            try database.execute(
                sql: """
                    CREATE TABLE image_tag (
                        reference TEXT NOT NULL PRIMARY KEY,
                        tenant TEXT NOT NULL,
                        identity TEXT NOT NULL,
                        created_at INTEGER NOT NULL
                    ) STRICT
                    """)
        }
        migrator.registerMigration("2 owned objects") { database in
            try database.execute(
                sql: """
                    CREATE TABLE owned_object (
                        nonce TEXT NOT NULL PRIMARY KEY,
                        engine TEXT NOT NULL,
                        kind TEXT NOT NULL,
                        id TEXT,
                        origin TEXT NOT NULL,
                        name TEXT NOT NULL,
                        made TEXT NOT NULL,
                        parent TEXT NOT NULL,
                        tenant TEXT NOT NULL,
                        identity TEXT NOT NULL,
                        created_at INTEGER NOT NULL,
                        settled_at INTEGER
                    ) STRICT
                    """)
            try database.execute(
                sql: """
                    CREATE UNIQUE INDEX owned_object_id ON owned_object (engine, kind, id)
                    WHERE id IS NOT NULL
                    """)
        }
        migrator.registerMigration("3 engine names") { database in
            try database.execute(
                sql: "ALTER TABLE owned_object ADD COLUMN engine_name TEXT NOT NULL DEFAULT ''")
        }
        migrator.registerMigration("4 tenants' images", migrate: makeImages)
        migrator.registerMigration("5 ports") { database in
            try database.execute(
                sql: "ALTER TABLE owned_object ADD COLUMN ports INTEGER NOT NULL DEFAULT 0")
        }
        return migrator
    }

    private static func makeImages(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE tenant_image (
                    nonce TEXT NOT NULL PRIMARY KEY,
                    engine TEXT NOT NULL,
                    tenant TEXT NOT NULL,
                    identity TEXT NOT NULL,
                    reference TEXT NOT NULL,
                    image TEXT NOT NULL,
                    digest TEXT NOT NULL,
                    created_at INTEGER NOT NULL
                ) STRICT
                """)
        try database.execute(
            sql: """
                CREATE UNIQUE INDEX tenant_image_name ON tenant_image (engine, tenant, reference)
                WHERE reference <> ''
                """)
        try database.execute(
            sql: """
                CREATE TABLE image_origin (
                    nonce TEXT NOT NULL PRIMARY KEY,
                    tenant TEXT NOT NULL,
                    said TEXT NOT NULL,
                    image TEXT NOT NULL
                ) STRICT
                """)
    }

    // MARK: Opening

    private var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "quaymaster.store.sqlite"
        configuration.prepareDatabase { database in
            // Before the log is looked at for the first time: nobody else may open it then.
            try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
            // Before the first thing that writes.
            try check(database)
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            // A claim is on the disk before anybody is told of it.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA cell_size_check = ON")
            // The root of a container image may be read-only.
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
        }
        return configuration
    }

    private func check(_ database: Database) throws {
        let mark = try Int32.fetchOne(database, sql: "PRAGMA application_id")
        guard mark == Self.mark else { throw StoreError.damaged(path, "it is another program's") }
        guard try !Self.migrator.hasBeenSuperseded(database) else { throw StoreError.newer(path) }
        let findings = try String.fetchAll(database, sql: "PRAGMA quick_check(1)")
        guard findings == ["ok"] else {
            throw StoreError.damaged(path, findings.joined(separator: "; "))
        }
    }

    // MARK: Making

    private func make() throws {
        let files = FileManager.default
        if files.fileExists(atPath: path) {
            // SQLite takes an empty file for a new database.
            let size = try files.attributesOfItem(atPath: path)[.size] as? NSNumber
            guard size != 0 else { throw StoreError.damaged(path, "it is empty") }
            return
        }
        guard !files.fileExists(atPath: path + "-wal") else {
            throw StoreError.damaged(path, "it is missing, and its log is not")
        }
        let fresh = path + ".new"
        for rest in [fresh, fresh + "-journal"] where files.fileExists(atPath: rest) {
            try files.removeItem(atPath: rest)
        }
        let database = try DatabaseQueue(path: fresh)
        try database.write { try $0.execute(sql: "PRAGMA application_id = \(Self.mark)") }
        try Self.migrator.migrate(database)
        try database.close()
        guard chmod(fresh, 0o600) == 0 else { throw failure("set the mode") }
        // Unlike rename(2), this never replaces what somebody else has made meanwhile.
        guard link(fresh, path) == 0 || errno == EEXIST else { throw failure("make the file") }
        try files.removeItem(atPath: fresh)
        try keepName()
    }

    /// A new file's name is on the disk when its directory is.
    private func keepName() throws {
        let folder = (path as NSString).deletingLastPathComponent
        let descriptor = Foundation.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open the directory") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("write the directory") }
    }

    private func failure(_ what: String) -> StoreError {
        .failed(path, "cannot \(what): \(String(cString: strerror(errno)))")
    }
}
