/// Whose objects are, in memory: values in, values out.
struct ObjectTable {
    private(set) var settled: [OwnedObject.Key: OwnedObject] = [:]
    private(set) var pending: [String: OwnedObject] = [:]
    /// The objects by their nonces.
    private(set) var keys: [String: OwnedObject.Key] = [:]
    /// How many objects without a seal each tenant has of each kind.
    private var unsealed: [Share: Int] = [:]
    /// Whose objects were that are gone: their last events come later.
    private var gone: [OwnedObject.Key: String] = [:]
    private var goneOrder: [OwnedObject.Key] = []

    private struct Share: Hashable {
        let kind: String
        let tenant: String
    }

    /// How many that are gone are remembered.
    private static let remembered = 8192

    /// Whose an object was that is gone; nil when nobody remembers.
    func lastOwner(of key: OwnedObject.Key) -> String? { gone[key] }

    mutating func add(_ object: OwnedObject) {
        guard let key = object.key else {
            pending[object.nonce] = object
            return
        }
        forget(key)
        if object.origin != .made {
            unsealed[Share(kind: object.kind, tenant: object.tenant), default: 0] += 1
        }
        pending[object.nonce] = nil
        settled[key] = object
        keys[object.nonce] = key
        gone[key] = nil
    }

    /// True when a tenant has objects of a kind that carry no seal.
    func hasUnsealed(_ kind: String, of tenant: String) -> Bool {
        unsealed[Share(kind: kind, tenant: tenant)] != nil
    }

    /// How many objects of a kind a tenant has, with those that are being made.
    ///
    /// - Parameters:
    ///   - kind: The kind.
    ///   - tenant: Whose.
    ///   - name: The name of what does not count.
    /// - Returns: The number.
    func count(_ kind: String, of tenant: String, beside name: String) -> Int {
        func counts(_ object: OwnedObject) -> Bool {
            object.kind == kind && object.tenant == tenant && object.name != name
        }
        return settled.values.count(where: counts) + pending.values.count(where: counts)
    }

    @discardableResult
    private mutating func forget(_ key: OwnedObject.Key) -> OwnedObject? {
        guard let object = settled.removeValue(forKey: key) else { return nil }
        keys[object.nonce] = nil
        if object.origin != .made {
            let share = Share(kind: object.kind, tenant: object.tenant)
            let left = (unsealed[share] ?? 1) - 1
            unsealed[share] = left == 0 ? nil : left
        }
        return object
    }

    mutating func drop(_ nonce: String) {
        pending[nonce] = nil
    }

    mutating func release(_ key: OwnedObject.Key) {
        guard let object = forget(key) else { return }
        if goneOrder.count >= Self.remembered {
            for old in goneOrder.prefix(Self.remembered / 2) { gone[old] = nil }
            goneOrder.removeFirst(Self.remembered / 2)
        }
        gone[key] = object.tenant
        goneOrder.append(key)
    }
}
