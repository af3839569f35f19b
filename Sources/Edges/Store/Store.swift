import Dispatch
package import Foundation
import GRDB
import Synchronization

/// What tenants own and the engine cannot hold.
///
/// The file is one SQLite database that this process alone has open; all of it that has to be looked
/// at is in memory too, so that event loops may ask without waiting. Changes are made one after the
/// other on a queue of the store's own: first on the disk, then in memory, then is anybody told.
package final class Store: Sendable {
    /// Called on the store's own queue.
    package typealias Completion = @Sendable (Result<Void, StoreError>) -> Void

    /// Whose objects of engines are.
    package let objects: ObjectStore
    /// Tenants' names of images.
    package let images: ImageStore

    private let file: StoreFile
    private let database: DatabaseQueue
    private let queue = DispatchQueue(label: "quaymaster.store")
    // Guards the owners of tags; held for a look-up or a change in memory.
    private let owners: Mutex<[String: String]>

    /// The most bytes of a text that is kept.
    private static let longest = 512
    /// How many names of images a tenant has at most.
    package static let mostTags = 10_000

    private let mostTags: Int

    /// Opens the store of a state directory, or makes it.
    ///
    /// - Parameters:
    ///   - directory: The directory; it has to exist.
    ///   - mostTags: How many names of images a tenant has at most.
    /// - Throws: `StoreError.inUse`, `.newer`, `.damaged` or `.failed`; the file is what it was then.
    package init(directory: URL, mostTags: Int = Store.mostTags) throws(StoreError) {
        self.mostTags = mostTags
        let file = StoreFile(directory: directory)
        let database = try file.open()
        do {
            let rows = try database.read {
                try Row.fetchAll($0, sql: "SELECT reference, tenant FROM image_tag")
            }
            var known: [String: String] = [:]
            for row in rows {
                // Only what we have written ourselves is believed.
                guard let (tag, tenant) = Self.texts(row),
                    Self.objection(to: [tag, tenant]) == nil
                else { throw StoreError.damaged(file.path, "it holds what is no image name") }
                known[tag] = tenant
            }
            owners = Mutex(known)
        } catch {
            throw file.words(error)
        }
        objects = try ObjectStore(file, database, queue)
        images = try ImageStore(file, database, queue, mostNames: mostTags)
        self.file = file
        self.database = database
    }

    // MARK: Image tags

    /// The tenant that has a tag; nil when nobody has. Never waits for the disk.
    package func tenant(ofTag tag: String) -> String? {
        owners.withLock { $0[tag] }
    }

    /// The tenant of each tag that somebody has.
    package var allTags: [String: String] { owners.withLock { $0 } }

    /// Makes tags a tenant's own: all of them or none. A tag that it has already stays as it is.
    ///
    /// - Parameters:
    ///   - tags: Canonical references.
    ///   - tenant: Whose they will be.
    ///   - identity: Who asks for them.
    ///   - completion: Told once they are on the disk, or `StoreError.taken` for the first that is
    ///     another tenant's, or `.full` when the tenant would have more than it may.
    package func claim(
        _ tags: [String], for tenant: String, by identity: String,
        _ completion: @escaping Completion
    ) {
        if let error = Self.objection(to: tags + [tenant, identity]) {
            return queue.async { completion(.failure(error)) }
        }
        change(completion) { [self] database in
            // Nothing else changes the memory meanwhile: one change is made after the other.
            let known = owners.withLock { owners in owners.count { $0.value == tenant } }
            var room = mostTags - known
            let now = Int64(Date().timeIntervalSince1970 * 1_000_000)
            for tag in tags {
                let owner = try String.fetchOne(
                    database, sql: "SELECT tenant FROM image_tag WHERE reference = ?",
                    arguments: [tag])
                if let owner, owner != tenant { throw StoreError.taken(tag, by: owner) }
                guard owner == nil else { continue }
                guard room > 0 else { throw StoreError.full(tenant, mostTags) }
                room -= 1
                try database.execute(
                    sql: """
                        INSERT INTO image_tag (reference, tenant, identity, created_at)
                        VALUES (?, ?, ?, ?)
                        """, arguments: [tag, tenant, identity, now])
            }
        } then: { owners in
            for tag in tags { owners[tag] = tenant }
        }
    }

    /// Gives tags up. What the tenant does not have, another's included, is left as it is.
    ///
    /// - Parameters:
    ///   - tags: Canonical references.
    ///   - tenant: Whose they are.
    ///   - completion: Told once it is on the disk.
    package func release(
        _ tags: [String], of tenant: String, _ completion: @escaping Completion
    ) {
        change(completion) { database in
            for tag in tags {
                try database.execute(
                    sql: "DELETE FROM image_tag WHERE reference = ? AND tenant = ?",
                    arguments: [tag, tenant])
            }
        } then: { owners in
            for tag in tags where owners[tag] == tenant { owners[tag] = nil }
        }
    }

    /// Closes the file after the changes that were asked for before; later ones are refused.
    ///
    /// - Throws: `StoreError.failed` when the log could not be put into the file; it will be when the
    ///   store is opened again.
    package func close() throws(StoreError) {
        do {
            try queue.sync { try database.close() }
        } catch {
            throw file.words(error)
        }
    }

    /// Changes the disk in one transaction, then the memory, then tells.
    private func change(
        _ completion: @escaping Completion, _ write: @escaping @Sendable (Database) throws -> Void,
        then note: @escaping @Sendable (inout [String: String]) -> Void
    ) {
        queue.async { [self] in
            do {
                try database.write(write)
            } catch {
                return completion(.failure(file.words(error)))
            }
            owners.withLock { note(&$0) }
            completion(.success(()))
        }
    }

    private static func texts(_ row: Row) -> (String, String)? {
        guard let first = String.fromDatabaseValue(row[0]),
            let second = String.fromDatabaseValue(row[1])
        else { return nil }
        return (first, second)
    }

    /// References and names are printable ASCII: only there are two texts one when their bytes are.
    static func objection(to texts: [String]) -> StoreError? {
        texts.first { text in
            !(1...longest).contains(text.utf8.count)
                || !text.utf8.allSatisfy { 0x21...0x7E ~= $0 }
        }.map { .unkeepable($0) }
    }
}
