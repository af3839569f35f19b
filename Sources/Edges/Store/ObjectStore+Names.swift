import GRDB
import Synchronization

/// What tenants call their objects, and what engines do.
extension ObjectStore {
    /// What a tenant means by a text.
    package enum Meaning: Hashable, Sendable {
        /// This object.
        case object(OwnedObject)
        /// None that stands in the store.
        case nothing
        /// The beginning of several ids.
        case several
    }

    /// Finds what a tenant means: by its own name for it, by the full id, or by the beginning of one.
    ///
    /// - Parameters:
    ///   - text: A name or id.
    ///   - kind: The kind.
    ///   - engine: What the engine calls itself.
    ///   - tenant: Whose objects are looked through; nobody else's are.
    /// - Returns: What is meant.
    package func find(_ text: String, kind: String, on engine: String, of tenant: String) -> Meaning
    {
        table.withLock { table in
            let like = OwnedObject(
                nonce: "", engine: engine, kind: kind, tenant: tenant, identity: "")
            if let object = table.named(text, like: like), object.id != nil {
                return .object(object)
            }
            let key = OwnedObject.Key(engine: engine, kind: kind, id: text)
            if let object = table.settled[key], object.tenant == tenant,
                kind != "volume" || object.name.isEmpty
            {
                return .object(object)
            }
            // Volumes have no ids that could be shortened.
            if kind == "volume" || text.isEmpty { return .nothing }
            let found = table.objects(kind, of: tenant).filter {
                $0.engine == engine && $0.id?.hasPrefix(text) == true
            }
            return found.count > 1 ? .several : found.first.map { .object($0) } ?? .nothing
        }
    }

    /// A name as an engine and a tenant say it.
    package struct Called: Hashable, Sendable {
        /// The engine's name.
        package let engineName: String
        /// The tenant's.
        package let name: String
        /// Whose it is.
        package let tenant: String
        /// What it is.
        package let kind: String
    }

    /// What names with a mark are; the present one first.
    package func called(_ mark: String) -> [Called] {
        table.withLock { $0.called(mark) }.map {
            Called(engineName: $0.engineName, name: $0.name, tenant: $0.tenant, kind: $0.kind)
        }
    }

    /// True when another tenant has a volume of that name that was asked for by itself.
    package func isCreated(_ name: String, on engine: String, byOtherThan tenant: String) -> Bool {
        table.withLock { $0.isCreated(name, on: engine, byOtherThan: tenant) }
    }

    /// True when a tenant has something of a kind.
    package func has(_ kind: String, of tenant: String) -> Bool {
        table.withLock { !$0.objects(kind, of: tenant).isEmpty }
    }

    /// Keeps the name of what is to be made from others who would make it; nothing is written yet.
    ///
    /// - Returns: What has the name already; nil when it was free.
    package func reserve(_ object: OwnedObject) -> OwnedObject? {
        table.withLock { $0.reserve(object) }
    }

    /// Keeps a new name for an object.
    ///
    /// - Returns: What has the name already; nil when it was free.
    package func reserve(
        _ name: String, engineName: String, for object: OwnedObject
    ) -> OwnedObject? {
        table.withLock { $0.reserve(name, engineName: engineName, for: object) }
    }

    /// Gives an object the name that was kept for it, or gives that name up.
    package func rename(
        _ object: OwnedObject, to name: String, engineName: String, isDone: Bool,
        _ completion: @escaping Store.Completion
    ) {
        let renamed = table.withLock {
            $0.rename(object, to: name, engineName: engineName, isDone: isDone)
        }
        if let renamed { keepName(of: renamed, completion) }
    }

    /// Learns what an object is called on the engine.
    package func learn(_ engineName: String, of key: OwnedObject.Key) {
        guard !engineName.isEmpty, Store.objection(to: [engineName]) == nil,
            let object = table.withLock({ $0.learn(engineName, of: key) })
        else { return }
        keepName(of: object) { _ in }
    }

    private func keepName(of object: OwnedObject, _ completion: @escaping Store.Completion) {
        write(completion) { database in
            try database.execute(
                sql: "UPDATE owned_object SET name = ?, engine_name = ? WHERE nonce = ?",
                arguments: [object.name, object.engineName, object.nonce])
        }
    }

    /// True while somebody who makes or renames an object has not had an answer.
    package func isUnderWay(_ nonce: String) -> Bool {
        table.withLock { $0.isUnderWay(nonce) }
    }

    /// Whoever made something has had an answer, or never will.
    package func end(_ nonce: String) {
        table.withLock { $0.end(nonce) }
    }
}
