import Dispatch
import GRDB
import Synchronization

/// Whose the objects of engines are, keyed by full id.
///
/// An object is written down before it is asked for, as an intent under a nonce, and is settled when
/// the engine says its id. What is settled or released counts at once and is on the disk a moment
/// later: a crash in between is mended by the object's seal, and by looking at what is there.
package final class ObjectStore: Sendable {
    private let file: StoreFile
    private let database: DatabaseQueue
    private let queue: DispatchQueue
    // Guards the table; held for a look-up or a change in memory.
    let table: Mutex<ObjectTable>

    init(
        _ file: StoreFile, _ database: DatabaseQueue, _ queue: DispatchQueue
    ) throws(StoreError) {
        var table = ObjectTable()
        do {
            let rows = try database.read {
                try Row.fetchAll($0, sql: "SELECT \(OwnedObject.columns) FROM owned_object")
            }
            for row in rows {
                // Only what we have written ourselves is believed.
                guard let object = OwnedObject(row), Store.objection(to: object.texts) == nil
                else { throw StoreError.damaged(file.path, "it holds what is no owned object") }
                table.add(object)
            }
        } catch {
            throw file.words(error)
        }
        self.file = file
        self.database = database
        self.queue = queue
        self.table = Mutex(table)
    }

    // MARK: Looking; never waits for the disk

    /// An object that is somebody's; nil when it is the administrators'.
    package subscript(_ key: OwnedObject.Key) -> OwnedObject? {
        table.withLock { $0.settled[key] }
    }

    /// What an intent was for; nil when it is settled or unknown.
    package func intent(_ nonce: String) -> OwnedObject? {
        table.withLock { $0.pending[nonce] }
    }

    /// The object that was settled under a nonce.
    package func settled(_ nonce: String) -> OwnedObject? {
        table.withLock { table in table.keys[nonce].flatMap { table.settled[$0] } }
    }

    /// Whose an object was that is gone.
    package func lastOwner(of key: OwnedObject.Key) -> String? {
        table.withLock { $0.lastOwner(of: key) }
    }

    /// True when something of a kind is being made.
    package func awaits(_ kind: String) -> Bool {
        table.withLock { $0.pending.values.contains { $0.kind == kind } }
    }

    /// The objects of all tenants, or of one, in order.
    package func list(of tenant: String? = nil) -> [OwnedObject] {
        table.withLock { Array($0.settled.values) }
            .filter { tenant == nil || $0.tenant == tenant }
            .sorted { ($0.tenant, $0.kind, $0.id ?? "") < ($1.tenant, $1.kind, $1.id ?? "") }
    }

    /// What was asked for and is not known by its id.
    package func intents() -> [OwnedObject] {
        table.withLock { Array($0.pending.values) }
    }

    /// True when a tenant has objects of a kind that carry no seal.
    package func hasUnsealed(_ kind: String, of tenant: String) -> Bool {
        table.withLock { $0.hasUnsealed(kind, of: tenant) }
    }

    /// How many objects of a kind a tenant has, those that are being made among them.
    package func count(_ kind: String, of tenant: String) -> Int {
        table.withLock { $0.count(kind, of: tenant) }
    }

    // MARK: Changing

    /// Writes down what is to be made.
    ///
    /// - Parameters:
    ///   - object: What is to be made, without an id.
    ///   - quota: How many objects of each kind its tenant may have.
    ///   - completion: Told once it is on the disk, or `StoreError.quota`.
    package func intend(
        _ object: OwnedObject, within quota: [String: Int] = [:],
        _ completion: @escaping Store.Completion
    ) {
        if let error = Store.objection(to: object.texts) {
            return queue.async { completion(.failure(error)) }
        }
        queue.async { [self] in
            // Nothing else becomes an intent meanwhile: one is written down after the other.
            if let error = table.withLock({ $0.objection(to: object, within: quota) }) {
                return completion(.failure(error))
            }
            do {
                try database.write { try object.insert($0) }
            } catch {
                return completion(.failure(file.words(error)))
            }
            table.withLock { $0.intend(object) }
            completion(.success(()))
        }
    }

    /// Writes down that an object will publish more ports; fewer change nothing.
    ///
    /// - Parameters:
    ///   - ports: How many in all.
    ///   - key: The object's.
    ///   - quota: How much its tenant may have.
    ///   - completion: Told once it is on the disk, or `StoreError.quota`.
    package func publish(
        _ ports: Int, by key: OwnedObject.Key, within quota: [String: Int],
        _ completion: @escaping Store.Completion
    ) {
        queue.async { [self] in
            guard var object = self[key], object.ports < ports else {
                return completion(.success(()))
            }
            object.ports = ports
            if let error = table.withLock({ $0.objection(toPortsOf: object, within: quota) }) {
                return completion(.failure(error))
            }
            do {
                try database.write { database in
                    try database.execute(
                        sql: "UPDATE owned_object SET ports = ? WHERE nonce = ?",
                        arguments: [ports, object.nonce])
                }
            } catch {
                return completion(.failure(file.words(error)))
            }
            table.withLock { $0.publish(ports, by: key) }
            completion(.success(()))
        }
    }

    /// Settles an intent: it has become an object. It counts at once.
    ///
    /// What stood under the same id was another object of that name, which is gone.
    ///
    /// - Parameters:
    ///   - nonce: The intent's.
    ///   - id: The full id.
    ///   - completion: Told once it is on the disk.
    /// - Returns: The object, or nil when there is no such intent.
    @discardableResult
    package func settle(
        _ nonce: String, as id: String, _ completion: @escaping Store.Completion = { _ in }
    ) -> OwnedObject? {
        let object: OwnedObject? = table.withLock { table in
            guard var object = table.pending[nonce] else { return nil }
            object.id = id
            object.settledAt = OwnedObject.now()
            table.add(object)
            return object
        }
        guard let object else { return nil }
        write(completion) { database in
            try Self.clear(object, database)
            try database.execute(
                sql: "UPDATE owned_object SET id = ?, settled_at = ? WHERE nonce = ?",
                arguments: [id, object.settledAt, nonce])
        }
        return object
    }

    /// Gives objects that exist to a tenant; all or none, and none that another tenant has. They
    /// count once they are on the disk.
    package func keep(_ objects: [OwnedObject], _ completion: @escaping Store.Completion) {
        if let error = Store.objection(to: objects.flatMap(\.texts)) {
            return queue.async { completion(.failure(error)) }
        }
        queue.async { [self] in
            do {
                for object in objects {
                    if let key = object.key, let old = self[key], old.tenant != object.tenant {
                        throw StoreError.taken("\(key.kind)/\(key.id)", by: old.tenant)
                    }
                    let holder = table.withLock { $0.named(object.name, like: object) }
                    if let holder, holder.id != object.id {
                        throw StoreError.taken("\(object.kind)/\(object.name)", by: object.tenant)
                    }
                }
                try database.write { database in
                    for object in objects {
                        try Self.clear(object, database)
                        try object.insert(database)
                    }
                }
            } catch {
                return completion(.failure(file.words(error)))
            }
            table.withLock { table in
                for object in objects { table.add(object) }
            }
            completion(.success(()))
        }
    }

    /// Forgets intents that came to nothing. They count no more at once.
    package func drop(_ nonces: [String]) {
        if nonces.isEmpty { return }
        table.withLock { table in
            for nonce in nonces { table.drop(nonce) }
        }
        write({ _ in }) { database in
            for nonce in nonces {
                try database.execute(
                    sql: "DELETE FROM owned_object WHERE nonce = ? AND id IS NULL",
                    arguments: [nonce])
            }
        }
    }

    /// Makes an object the administrators', or forgets it because it is gone. It counts at once.
    ///
    /// - Parameters:
    ///   - object: The object as it was known: another of the same name that came meanwhile stays.
    ///   - completion: Told once it is on the disk.
    package func release(
        _ object: OwnedObject, _ completion: @escaping Store.Completion = { _ in }
    ) {
        guard let key = object.key else { return drop([object.nonce]) }
        table.withLock { table in
            guard table.settled[key]?.nonce == object.nonce else { return }
            table.release(key)
        }
        write(completion) { database in
            try database.execute(
                sql: "DELETE FROM owned_object WHERE nonce = ?", arguments: [object.nonce])
        }
    }

    private static func clear(_ object: OwnedObject, _ database: Database) throws {
        try database.execute(
            sql: """
                DELETE FROM owned_object
                WHERE engine = ? AND kind = ? AND id = ? AND nonce <> ?
                """, arguments: [object.engine, object.kind, object.id, object.nonce])
    }

    func write(
        _ completion: @escaping Store.Completion,
        _ change: @escaping @Sendable (Database) throws -> Void
    ) {
        queue.async { [self] in
            do {
                try database.write(change)
                completion(.success(()))
            } catch {
                completion(.failure(file.words(error)))
            }
        }
    }
}
