/// Whose objects are and what they are called, in memory: values in, values out.
struct ObjectTable {
    private(set) var settled: [OwnedObject.Key: OwnedObject] = [:]
    private(set) var pending: [String: OwnedObject] = [:]
    /// The objects by their nonces.
    private(set) var keys: [String: OwnedObject.Key] = [:]
    /// How many objects without a seal each tenant has of each kind.
    private var unsealed: [Share: Int] = [:]
    /// The nonces of what each tenant has of each kind.
    private var shares: [Share: Set<String>] = [:]
    /// Who has each name, by nonce; what is being made has its name too.
    private var names: [Name: String] = [:]
    /// Who has volumes of a name that were asked for by themselves, by nonce.
    private var created: [Volume: [String: String]] = [:]
    /// What engine names with a mark are to their tenants; several when an object was renamed.
    private var marks: [String: [Called]] = [:]
    /// What is being made or renamed at this moment.
    private var underWay: Set<String> = []
    /// What has its name and is not written down: it does not count yet.
    private var reserved: Set<String> = []
    /// What objects were that are gone: their last events come later.
    private var gone: [OwnedObject.Key: OwnedObject] = [:]
    private var goneOrder: [OwnedObject.Key] = []

    private struct Share: Hashable {
        let kind: String
        let tenant: String

        init(_ object: OwnedObject) {
            kind = object.kind
            tenant = object.tenant
        }

        init(kind: String, tenant: String) {
            self.kind = kind
            self.tenant = tenant
        }
    }

    /// A name, whose it is.
    private struct Name: Hashable {
        let engine: String
        let kind: String
        let tenant: String
        let name: String

        init(_ object: OwnedObject, _ name: String) {
            engine = object.engine
            kind = object.kind
            tenant = object.tenant
            self.name = name
        }
    }

    /// The name of a volume, whosever it is.
    private struct Volume: Hashable {
        let engine: String
        let name: String
    }

    /// What an object is called on an engine and by its tenant.
    struct Called: Hashable {
        let engineName: String
        let name: String
        let tenant: String
        let kind: String
    }

    /// How many that are gone are remembered.
    private static let remembered = 8192
    /// How many names of one object are remembered.
    private static let rememberedNames = 4

    // MARK: Looking

    /// Whose an object was that is gone; nil when nobody remembers.
    func lastOwner(of key: OwnedObject.Key) -> String? { gone[key]?.tenant }

    /// What engine names with a mark are to their tenants.
    func called(_ mark: String) -> [Called] { marks[mark] ?? [] }

    /// The object that a tenant calls so; what is being made is one without an id.
    func named(_ name: String, like object: OwnedObject) -> OwnedObject? {
        guard !name.isEmpty, let nonce = names[Name(object, name)] else { return nil }
        return pending[nonce] ?? keys[nonce].flatMap { settled[$0] }
    }

    /// The objects of a kind that a tenant has and that are known by their ids.
    func objects(_ kind: String, of tenant: String) -> [OwnedObject] {
        (shares[Share(kind: kind, tenant: tenant)] ?? []).compactMap { nonce in
            keys[nonce].flatMap { settled[$0] }
        }
    }

    /// True when somebody else has a volume of that name that was asked for by itself.
    func isCreated(_ name: String, on engine: String, byOtherThan tenant: String) -> Bool {
        created[Volume(engine: engine, name: name)]?.values.contains { $0 != tenant } ?? false
    }

    /// True when a tenant has objects of a kind that carry no seal.
    func hasUnsealed(_ kind: String, of tenant: String) -> Bool {
        unsealed[Share(kind: kind, tenant: tenant)] != nil
    }

    /// True while somebody who made or renamed it has not had an answer.
    func isUnderWay(_ nonce: String) -> Bool { underWay.contains(nonce) }

    // MARK: Changing

    /// Adds an intent if its name is free.
    ///
    /// - Returns: What has the name; nil when the intent was added.
    mutating func reserve(_ object: OwnedObject) -> OwnedObject? {
        if let holder = named(object.name, like: object) { return holder }
        add(object)
        underWay.insert(object.nonce)
        reserved.insert(object.nonce)
        return nil
    }

    /// Adds what is written down from here on.
    mutating func intend(_ object: OwnedObject) {
        reserved.remove(object.nonce)
        add(object)
    }

    /// Keeps a new name for an object if it is free.
    ///
    /// - Returns: What has the name; nil when it was kept.
    mutating func reserve(_ name: String, engineName: String, for object: OwnedObject)
        -> OwnedObject?
    {
        if let holder = named(name, like: object) { return holder }
        names[Name(object, name)] = object.nonce
        call(object, engineName, name)
        underWay.insert(object.nonce)
        return nil
    }

    /// Gives an object the name that was kept for it; or with nil gives that name up.
    mutating func rename(
        _ object: OwnedObject, to name: String, engineName: String, isDone: Bool
    ) -> OwnedObject? {
        underWay.remove(object.nonce)
        guard isDone, let key = keys[object.nonce], var object = settled[key] else {
            // It may have gone meanwhile.
            if settledName(object.nonce) != name { forgetName(object, name) }
            return nil
        }
        forgetName(object, object.name)
        object.name = name
        object.engineName = engineName
        names[Name(object, name)] = object.nonce
        settled[key] = object
        return object
    }

    private func settledName(_ nonce: String) -> String? {
        keys[nonce].flatMap { settled[$0]?.name }
    }

    /// Learns the engine's name of an object, and the tenant's where there is none.
    mutating func learn(_ engineName: String, of key: OwnedObject.Key) -> OwnedObject? {
        guard var object = settled[key], object.engineName != engineName else { return nil }
        if object.name.isEmpty, object.kind != "volume" {
            guard named(engineName, like: object) == nil else { return nil }
            object.name = engineName
            names[Name(object, engineName)] = object.nonce
        }
        object.engineName = engineName
        settled[key] = object
        call(object, engineName, object.name)
        return object
    }

    mutating func add(_ object: OwnedObject) {
        let name = Name(object, object.name)
        // What may be made again under its name has it as long as it is there.
        if !object.name.isEmpty, object.id != nil || named(object.name, like: object) == nil {
            names[name] = object.nonce
        }
        if !object.engineName.isEmpty { call(object, object.engineName, object.name) }
        guard let key = object.key else {
            pending[object.nonce] = object
            return
        }
        if settled[key]?.nonce != object.nonce { forget(key) }
        if object.origin != .made { unsealed[Share(object), default: 0] += 1 }
        pending[object.nonce] = nil
        underWay.remove(object.nonce)
        reserved.remove(object.nonce)
        settled[key] = object
        keys[object.nonce] = key
        shares[Share(object), default: []].insert(object.nonce)
        if object.isCreatedVolume {
            let volume = Volume(engine: object.engine, name: object.name)
            created[volume, default: [:]][object.nonce] = object.tenant
        }
        gone[key] = nil
    }

    private mutating func call(_ object: OwnedObject, _ engineName: String, _ name: String) {
        let called = Called(
            engineName: engineName, name: name, tenant: object.tenant, kind: object.kind)
        var all = (marks[object.mark] ?? []).filter { $0 != called }
        all.insert(called, at: 0)
        marks[object.mark] = Array(all.prefix(Self.rememberedNames))
    }

    private mutating func forgetName(_ object: OwnedObject, _ name: String) {
        let name = Name(object, name)
        guard names[name] == object.nonce else { return }
        // What is being made again under the name has it from here on.
        names[name] =
            pending.values.first { Name($0, $0.name) == name && $0.nonce != object.nonce }?.nonce
    }

    /// How many objects of a kind a tenant has, those that are being made among them.
    ///
    /// - Parameters:
    ///   - kind: The kind.
    ///   - tenant: Whose.
    ///   - nonce: What is not counted: it is what is asked about.
    /// - Returns: How many.
    func count(_ kind: String, of tenant: String, without nonce: String = "") -> Int {
        (shares[Share(kind: kind, tenant: tenant)]?.count ?? 0)
            + pending.values.count {
                $0.kind == kind && $0.tenant == tenant && $0.nonce != nonce
                    && !reserved.contains($0.nonce)
            }
    }

    /// How many ports of the host a tenant's objects publish, those that are being made among them.
    func ports(of tenant: String, without nonce: String = "") -> Int {
        func sum(_ objects: some Sequence<OwnedObject>) -> Int {
            objects.reduce(0) { $0 + ($1.nonce == nonce ? 0 : $1.ports) }
        }
        return sum(objects("container", of: tenant)) + sum(objects("service", of: tenant))
            + sum(pending.values.filter { $0.tenant == tenant && !reserved.contains($0.nonce) })
    }

    /// Notes how many ports an object publishes.
    mutating func publish(_ ports: Int, by key: OwnedObject.Key) {
        settled[key]?.ports = ports
    }

    /// Why a tenant may not have another object, or nil. Volumes come with containers unasked: a tenant
    /// that has more than it may makes no container.
    func objection(to object: OwnedObject, within quota: [String: Int]) -> StoreError? {
        func objection(_ kind: String, room: Int) -> StoreError? {
            guard let most = quota[kind],
                count(kind, of: object.tenant, without: object.nonce) + room > most
            else {
                return nil
            }
            return .quota(object.tenant, kind: kind, most: most)
        }
        return objection(object.kind, room: 1)
            ?? (object.kind == "container" ? objection("volume", room: 0) : nil)
            ?? self.objection(toPortsOf: object, within: quota)
    }

    /// Why a tenant's object may not publish as many ports as it says, or nil.
    func objection(toPortsOf object: OwnedObject, within quota: [String: Int]) -> StoreError? {
        guard object.ports > 0, let most = quota[OwnedObject.portQuota],
            ports(of: object.tenant, without: object.nonce) + object.ports > most
        else { return nil }
        return .quota(object.tenant, kind: OwnedObject.portQuota, most: most)
    }

    @discardableResult
    private mutating func forget(_ key: OwnedObject.Key) -> OwnedObject? {
        guard let object = settled.removeValue(forKey: key) else { return nil }
        keys[object.nonce] = nil
        forgetName(object, object.name)
        let volume = Volume(engine: object.engine, name: object.name)
        if object.isCreatedVolume, created[volume]?.removeValue(forKey: object.nonce) != nil,
            created[volume]?.isEmpty == true
        {
            created[volume] = nil
        }
        let share = Share(object)
        shares[share]?.remove(object.nonce)
        if shares[share]?.isEmpty == true { shares[share] = nil }
        if object.origin != .made {
            let left = (unsealed[share] ?? 1) - 1
            unsealed[share] = left == 0 ? nil : left
        }
        return object
    }

    mutating func drop(_ nonce: String) {
        underWay.remove(nonce)
        reserved.remove(nonce)
        guard let object = pending.removeValue(forKey: nonce) else { return }
        forgetName(object, object.name)
        if named(object.name, like: object) == nil { marks[object.mark] = nil }
    }

    /// Whoever makes something knows how that has ended, or never will.
    mutating func end(_ nonce: String) {
        underWay.remove(nonce)
    }

    mutating func release(_ key: OwnedObject.Key) {
        guard let object = forget(key) else { return }
        if goneOrder.count >= Self.remembered {
            for old in goneOrder.prefix(Self.remembered / 2) {
                guard let object = gone.removeValue(forKey: old) else { continue }
                marks[object.mark] = nil
            }
            goneOrder.removeFirst(Self.remembered / 2)
        }
        gone[key] = object
        goneOrder.append(key)
    }
}

extension OwnedObject {
    /// True for a volume with a name that was asked for by itself.
    fileprivate var isCreatedVolume: Bool { kind == "volume" && !name.isEmpty && parent.isEmpty }
}
