import Dispatch
import GRDB
import Synchronization

/// Tenants' names of images, and what containers and services were made from.
///
/// Rows are the truth: on the engine an anchor keeps an image's content while a row points to it.
/// Changes are first on the disk, then in memory, then is anybody told.
package final class ImageStore: Sendable {
    /// Told on the store's own queue what a change has left without a row: anchors to be removed.
    package typealias Change = @Sendable (Result<[ImageRow], StoreError>) -> Void

    private let file: StoreFile
    private let database: DatabaseQueue
    private let queue: DispatchQueue
    private let mostNames: Int
    // Guards the table; held for a look-up or a change in memory.
    private let table: Mutex<ImageTable>

    init(
        _ file: StoreFile, _ database: DatabaseQueue, _ queue: DispatchQueue, mostNames: Int
    ) throws(StoreError) {
        var table = ImageTable()
        do {
            let (rows, origins) = try database.read { database in
                (
                    try Row.fetchAll(
                        database, sql: "SELECT \(ImageRow.columns) FROM tenant_image"),
                    try Row.fetchAll(
                        database, sql: "SELECT nonce, tenant, said, image FROM image_origin")
                )
            }
            for row in rows {
                // Only what we have written ourselves is believed.
                guard let image = ImageRow(row), Store.objection(to: image.texts) == nil else {
                    throw StoreError.damaged(file.path, "it holds what is no tenant's image")
                }
                table.add(image)
            }
            for row in origins {
                let texts = (0..<4).compactMap { String.fromDatabaseValue(row[$0]) }
                guard texts.count == 4, Store.objection(to: texts) == nil else {
                    throw StoreError.damaged(file.path, "it holds what is no image's use")
                }
                table.add(
                    ImageOrigin(
                        nonce: texts[0], tenant: texts[1], said: texts[2], image: texts[3]))
            }
        } catch {
            throw file.words(error)
        }
        self.file = file
        self.database = database
        self.queue = queue
        self.mostNames = mostNames
        self.table = Mutex(table)
    }

    // MARK: Looking; never waits for the disk

    /// What a tenant means by a name.
    package func row(_ reference: String, of tenant: String, on engine: String) -> ImageRow? {
        table.withLock { $0.row(engine, tenant, reference) }
    }

    /// A row by its anchor.
    package func row(_ nonce: String) -> ImageRow? { table.withLock { $0.rows[nonce] } }

    /// A row by its anchor that is there or has just gone.
    package func lastRow(_ nonce: String) -> ImageRow? {
        table.withLock { $0.rows[nonce] ?? $0.lost(nonce) }
    }

    /// The rows of an image: all tenants', or one's.
    package func rows(
        of image: String, on engine: String, tenant: String? = nil
    ) -> [ImageRow] {
        table.withLock { $0.rows(of: image, on: engine) }
            .filter { tenant == nil || $0.tenant == tenant }
    }

    /// Every row, in order.
    package func list(of tenant: String? = nil) -> [ImageRow] {
        table.withLock { Array($0.rows.values) }
            .filter { tenant == nil || $0.tenant == tenant }
            .sorted { ($0.tenant, $0.reference, $0.nonce) < ($1.tenant, $1.reference, $1.nonce) }
    }

    /// The most images and names of images that a tenant has; nil when there is room for these.
    ///
    /// What a name that moves on leaves without one counts from then on.
    ///
    /// - Parameters:
    ///   - names: Names that would be given; "" is an image without one.
    ///   - tenant: Whose they would be.
    ///   - engine: Where.
    /// - Returns: The most, or nil.
    package func limit(
        on names: some Collection<String>, of tenant: String, on engine: String
    ) -> Int? {
        table.withLock { table in
            let fresh = Set(names.filter { !$0.isEmpty && table.row(engine, tenant, $0) == nil })
            let unnamed = names.count(where: \.isEmpty)
            let all = table.count(of: tenant) + fresh.count + unnamed
            return all > mostNames ? mostNames : nil
        }
    }

    /// What an object was made from, by the nonce of its own row.
    package func origin(_ nonce: String) -> ImageOrigin? {
        table.withLock { $0.origins[nonce] }
    }

    /// The nonces of what a tenant has made from an image.
    package func uses(of image: String, by tenant: String) -> Set<String> {
        table.withLock { $0.uses(image, by: tenant) }
    }

    /// All origins' nonces.
    package var origins: [ImageOrigin] { table.withLock { Array($0.origins.values) } }

    // MARK: Changing

    /// Writes rows down, each in the place of the one of its name.
    ///
    /// An image that loses its last name of a tenant's stays the tenant's without one.
    ///
    /// - Parameters:
    ///   - rows: The rows.
    ///   - completion: Told once they are on the disk and count.
    package func put(_ rows: [ImageRow], _ completion: @escaping Change) {
        if let error = Store.objection(to: rows.flatMap(\.texts)) {
            return queue.async { completion(.failure(error)) }
        }
        queue.async { [self] in
            // Nothing else changes the memory meanwhile: one change is made after the other.
            let plan = table.withLock { Self.plan(rows, $0) }
            do {
                try database.write { database in
                    for row in plan.removed {
                        try database.execute(
                            sql: "DELETE FROM tenant_image WHERE nonce = ?", arguments: [row.nonce])
                    }
                    for row in plan.unnamed {
                        try database.execute(
                            sql: "UPDATE tenant_image SET reference = '' WHERE nonce = ?",
                            arguments: [row.nonce])
                    }
                    for row in plan.added { try row.insert(database) }
                }
            } catch {
                return completion(.failure(file.words(error)))
            }
            table.withLock { table in
                for row in plan.removed { table.remove(row.nonce) }
                for row in plan.unnamed + plan.added { table.add(row) }
            }
            completion(.success(plan.removed))
        }
    }

    private struct Plan {
        var added: [ImageRow] = []
        var unnamed: [ImageRow] = []
        var removed: [ImageRow] = []
    }

    /// What becomes of the rows whose names others take.
    private static func plan(_ rows: [ImageRow], _ table: ImageTable) -> Plan {
        var plan = Plan()
        for var row in rows {
            // An archive may give one name twice: the last one counts.
            if !row.reference.isEmpty,
                let index = plan.added.firstIndex(where: { $0.reference == row.reference })
            {
                plan.removed.append(plan.added.remove(at: index))
            }
            let others = table.rows(of: row.image, on: row.engine).filter {
                $0.tenant == row.tenant
            }
            if row.reference.isEmpty {
                // What has a row already needs no second one without a name, unless that says where the
                // image was pulled from.
                let rows = others + plan.added.filter { $0.image == row.image }
                let isNews = !row.digest.isEmpty && !rows.contains { $0.digest == row.digest }
                guard rows.isEmpty || isNews else {
                    plan.removed.append(row)
                    continue
                }
            } else if var old = table.row(row.engine, row.tenant, row.reference) {
                let rest = table.rows(of: old.image, on: old.engine).filter {
                    $0.tenant == old.tenant && $0.nonce != old.nonce
                }
                if old.image == row.image {
                    if row.digest.isEmpty { row.digest = old.digest }
                    plan.removed.append(old)
                } else if rest.isEmpty {
                    old.reference = ""
                    plan.unnamed.append(old)
                } else {
                    plan.removed.append(old)
                }
            }
            // What gets a name is not without one any more.
            if !row.reference.isEmpty {
                let nameless = others.filter(\.reference.isEmpty)
                if row.digest.isEmpty { row.digest = nameless.first?.digest ?? "" }
                plan.removed += nameless.filter { $0.digest.isEmpty || $0.digest == row.digest }
            }
            plan.added.append(row)
        }
        return plan
    }

    /// Removes rows. They count no more once it is on the disk.
    package func remove(_ nonces: [String], _ completion: @escaping Change) {
        queue.async { [self] in
            let rows = table.withLock { table in nonces.compactMap { table.rows[$0] } }
            do {
                try database.write { database in
                    for row in rows {
                        try database.execute(
                            sql: "DELETE FROM tenant_image WHERE nonce = ?", arguments: [row.nonce])
                    }
                }
            } catch {
                return completion(.failure(file.words(error)))
            }
            table.withLock { table in
                for row in rows { table.remove(row.nonce) }
            }
            completion(.success(rows))
        }
    }

    /// Notes where an image was pushed to. It counts once it is on the disk.
    package func note(
        digest: String, of nonce: String, _ completion: @escaping Store.Completion
    ) {
        if let error = Store.objection(to: [digest]) {
            return queue.async { completion(.failure(error)) }
        }
        queue.async { [self] in
            do {
                try database.write { database in
                    try database.execute(
                        sql: "UPDATE tenant_image SET digest = ? WHERE nonce = ?",
                        arguments: [digest, nonce])
                }
            } catch {
                return completion(.failure(file.words(error)))
            }
            table.withLock { table in
                guard var row = table.rows[nonce] else { return }
                row.digest = digest
                table.add(row)
            }
            completion(.success(()))
        }
    }

    /// Notes what an object is made from. It counts at once, and is on the disk before whatever is
    /// written after it.
    package func note(_ origin: ImageOrigin) {
        let texts = [origin.nonce, origin.tenant, origin.said, origin.image]
        guard Store.objection(to: texts) == nil else { return }
        table.withLock { $0.add(origin) }
        queue.async { [self] in
            do {
                try database.write { database in
                    try database.execute(
                        sql: """
                            INSERT INTO image_origin (nonce, tenant, said, image)
                            VALUES (?, ?, ?, ?)
                            ON CONFLICT (nonce) DO UPDATE SET said = excluded.said,
                                image = excluded.image
                            """,
                        arguments: [origin.nonce, origin.tenant, origin.said, origin.image])
                }
            } catch {
                // What the container was made from is told by its id after a restart.
                return
            }
        }
    }

    /// Forgets what objects were made from that are gone.
    package func forget(_ origins: [ImageOrigin]) {
        if origins.isEmpty { return }
        table.withLock { table in
            for origin in origins { table.forget(origin) }
        }
        queue.async { [self] in
            do {
                try database.write { database in
                    for origin in origins {
                        try database.execute(
                            sql: "DELETE FROM image_origin WHERE nonce = ?",
                            arguments: [origin.nonce])
                    }
                }
            } catch {
                // Looked at again after a restart.
                return
            }
        }
    }
}
