package import Acts

/// What one identity was granted in one place.
package struct Grant: Hashable, Sendable {
    /// Whose objects it speaks of.
    package enum Scope: Hashable, Sendable {
        /// One tenant's.
        case tenant(String)
        /// Everybody's, and the engine itself.
        case everything
    }

    /// The verbs.
    package let verbs: VerbSet
    /// Whose objects.
    package let scope: Scope
    /// The levels; all of them must allow what a container asks for (the grant's own and its
    /// zone's: the stricter wins).
    package let levels: [Level]
    /// Where it stands.
    package let location: Location

    /// Makes a grant.
    package init(verbs: VerbSet, scope: Scope, levels: [Level], location: Location) {
        self.verbs = verbs
        self.scope = scope
        self.levels = levels
        self.location = location
    }
}

/// A compiled policy: who may do what to whose objects.
package struct Policy: Sendable {
    /// The tenants' names.
    package let tenants: [String]
    /// The grants of each identity, in the order in which they stand.
    package let grants: [String: [Grant]]
    /// What the policy was compiled from, for records: a digest of its text.
    package let version: String

    /// Makes a policy.
    package init(tenants: [String], grants: [String: [Grant]], version: String) {
        self.tenants = tenants
        self.grants = grants
        self.version = version
    }

    /// True when tenants share the engine, so that every object's owner matters.
    package var isShared: Bool { tenants.count > 1 }

    /// Decides one act.
    ///
    /// Any grant that allows the whole act permits it; without one the act is refused, with the
    /// reason that came nearest. Cost: linear in the identity's grants and the act's demands.
    ///
    /// - Parameters:
    ///   - act: What would be done.
    ///   - identity: Who asks.
    ///   - facts: What the act's references turned out to be; see `unresolved(_:by:)`.
    /// - Returns: A permit with its obligations, or a refusal with its reason.
    package func decide(_ act: Act, by identity: String, seeing facts: Facts) -> Decision {
        if act.verbs.isEmpty {
            return .permit(Permit(grant: nil, tenant: nil, obligations: []))
        }
        if let refusal = objection(to: act.verbs, by: identity) { return .refuse(refusal) }
        let granted = grants[identity] ?? []
        var nearest: Refusal?
        for grant in granted where grant.verbs.intersects(act.verbs) {
            switch judge(act, grant, facts) {
            case .permit(let permit): return .permit(permit)
            case .refuse(let refusal):
                if refusal.nearness > nearest?.nearness ?? 0 { nearest = refusal }
            }
        }
        return .refuse(
            nearest ?? Refusal(rule: "identity.grants", location: nil, reason: .noGrants))
    }

    /// Asks before a body is read whether an identity may do anything of the kind.
    ///
    /// - Parameters:
    ///   - verbs: The verbs of which one is needed; none: everybody may.
    ///   - identity: Who asks.
    /// - Returns: Why it may not, whatever the act turns out to be; nil when it depends on the act.
    package func objection(to verbs: [Verb], by identity: String) -> Refusal? {
        if verbs.isEmpty { return nil }
        guard let granted = grants[identity], !granted.isEmpty else {
            return Refusal(rule: "identity.grants", location: nil, reason: .noGrants)
        }
        if granted.contains(where: { $0.verbs.intersects(verbs) }) { return nil }
        let all = granted.reduce(VerbSet()) { $0.union($1.verbs) }
        return Refusal(
            rule: "verb.\(verbs.first?.rawValue ?? "none")", location: granted.first?.location,
            reason: .verbNotGranted(any: verbs, granted: all.verbs))
    }

    /// The references that must be resolved before the act can be decided.
    ///
    /// - Parameters:
    ///   - act: What would be done.
    ///   - identity: Who asks.
    /// - Returns: None where one tenant has the engine for itself, or where a grant over everything
    ///   permits the act.
    package func unresolved(_ act: Act, by identity: String) -> [Reference] {
        guard isShared, act.references.contains(where: { $0.kind.isOwned }) else { return [] }
        let able = (grants[identity] ?? []).filter { $0.verbs.intersects(act.verbs) }
        if able.isEmpty { return [] }
        for grant in able where grant.scope == .everything {
            guard case .permit = judge(act, grant, Facts()) else { continue }
            return []
        }
        return act.references.filter { $0.kind.isOwned }
    }

    /// Judges an act by one grant that has its verb.
    private func judge(_ act: Act, _ grant: Grant, _ facts: Facts) -> Decision {
        for level in grant.levels {
            for demand in act.demands where !level.allows(demand) {
                return .refuse(
                    Refusal(
                        rule: demand.kind.rule, location: level.location ?? grant.location,
                        reason: .beyondLevel(
                            level.name, demand, allowed: level.alternative(to: demand))))
            }
        }
        switch grant.scope {
        case .everything:
            let owner = isShared ? nil : tenants.first
            return .permit(permit(act, grant, tenant: owner, facts))
        case .tenant(let tenant):
            if isShared, let refusal = trespass(act, of: tenant, grant, facts) {
                return .refuse(refusal)
            }
            return .permit(permit(act, grant, tenant: tenant, facts))
        }
    }

    /// Why an act leaves a tenant's own part of a shared engine, or nil.
    private func trespass(
        _ act: Act, of tenant: String, _ grant: Grant, _ facts: Facts
    ) -> Refusal? {
        for reference in act.references {
            let isOwn =
                switch (reference.kind, facts[reference]) {
                case (.image, _): true
                case (_, .found(_, let owner)): reference.kind.isOwned && owner == tenant
                case (_, .absent), (_, nil): reference.mayBeAbsent && facts[reference] == .absent
                }
            if isOwn { continue }
            return Refusal(
                rule: "tenant.own", location: nil,
                reason: reference.mayBeAbsent ? .taken(reference) : .absent(reference))
        }
        if act.creates != .image, act.creates != .volume, Self.readsAsID(act.newName) {
            return Refusal(
                rule: "name.id", location: nil, reason: .nameReadsAsID(act.newName))
        }
        switch act.reach {
        case .referenced, .list, .summary: return nil
        case .engine:
            return Refusal(
                rule: "tenant.engine", location: grant.location, reason: .notForTenants)
        }
    }

    /// True for names that somebody could take for an id or the beginning of one: the engine finds
    /// names before prefixes of ids, so such a name would hide another tenant's object.
    private static func readsAsID(_ name: String) -> Bool {
        name.utf8.count >= 4 && name.utf8.contains { 0x30...0x39 ~= $0 }
            && name.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
    }

    private func permit(
        _ act: Act, _ grant: Grant, tenant: String?, _ facts: Facts
    ) -> Permit {
        var obligations: [Obligation] = []
        // An administrator's update keeps whatever owner it names.
        if act.creates != nil || (act.relabels && tenant != nil) {
            obligations.append(.stamp(tenant: tenant))
        }
        let isFree = grant.levels.allSatisfy {
            $0.standard == .privileged || $0.runtimes.contains("runc")
        }
        if !isFree, act.demands.contains(where: { $0.kind == .runtime("runc") }) {
            obligations.append(.useDefaultRuntime)
        }
        if isShared, case .tenant(let own) = grant.scope {
            switch act.reach {
            case .list(.image), .referenced, .engine: break
            case .list, .summary: obligations.append(.narrow(tenant: own))
            }
            let absent = act.references.filter { $0.kind == .volume && facts[$0] == .absent }
            if act.creates == .container, !absent.isEmpty {
                obligations.append(.makeVolumes(absent.map(\.text)))
            }
        }
        return Permit(grant: grant.location, tenant: tenant, obligations: obligations)
    }
}

extension Refusal {
    /// How near an act came to being permitted: the nearest refusal is the one that helps.
    fileprivate var nearness: Int {
        switch reason {
        case .noGrants, .verbNotGranted: 1
        case .absent, .taken, .nameReadsAsID: 2
        case .notForTenants: 3
        case .beyondLevel: 4
        }
    }
}
