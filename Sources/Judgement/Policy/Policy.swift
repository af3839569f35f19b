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
    /// The runtime that the tenant's zone holds its containers to; nil: the engine's default.
    package let runtime: String?
    /// What answers keep from whoever has it.
    package let hides: Hidden
    /// On which terms containers are entered by the guarded shell, where the verb is there.
    package let shell: ShellTerms
    /// On which terms further programs are run in containers, where the verb is there.
    package let exec: ExecTerms
    /// Where it stands.
    package let location: Location

    /// Makes a grant.
    package init(
        verbs: VerbSet, scope: Scope, levels: [Level], runtime: String? = nil, hides: Hidden = [],
        shell: ShellTerms = ShellTerms(roles: []), exec: ExecTerms = ExecTerms(),
        location: Location
    ) {
        self.shell = shell
        self.exec = exec
        self.hides = hides
        self.verbs = verbs
        self.scope = scope
        self.levels = levels
        self.runtime = runtime
        self.location = location
    }

    /// True when nothing is beyond its levels: whoever has it is root on the host.
    var isPrivileged: Bool { levels.allSatisfy { $0.standard == .privileged } }
}

/// A compiled policy: who may do what to whose objects.
package struct Policy: Sendable {
    /// The tenants' names.
    package let tenants: [String]
    /// The grants of each identity, in the order in which they stand.
    package let grants: [String: [Grant]]
    /// What the policy was compiled from, for records: a digest of its text.
    package let version: String
    /// For tenants that say so, the labels that other programs obey and that they may set.
    package let labels: [String: [NamePattern]]
    /// How many objects tenants may have, where the policy says so.
    package var quotas: [String: Quota] = [:]
    /// How much of the gateway somebody may take up, where the policy says so.
    package var bounds: [Taker: [Means: Int]] = [:]
    /// The networks that others than their owners may join.
    package var networkOffers: [NetworkOffer] = []
    /// The first part of every tenant's cgroup.
    package var cgroupRoot = "quaymaster"
    /// The sockets on which identities are themselves.
    package var sockets = OwnSockets()

    /// Makes a policy.
    package init(
        tenants: [String], grants: [String: [Grant]], version: String,
        labels: [String: [NamePattern]] = [:]
    ) {
        self.tenants = tenants
        self.grants = grants
        self.version = version
        self.labels = labels
    }

    /// True when tenants share the engine, so that every object's owner matters.
    package var isShared: Bool { tenants.count > 1 }

    /// The tenants whose names somebody means who sees no others.
    ///
    /// - Parameters:
    ///   - act: What would be done.
    ///   - identity: Who asks.
    /// - Returns: The tenants of its grants, in their order; nil when the engine's names are meant: on an
    ///   engine of one tenant, and by whoever may do this with everybody's objects.
    package func tenants(named act: Act, by identity: String) -> [String]? {
        guard isShared else { return nil }
        var tenants: [String] = []
        for grant in grants[identity] ?? [] where grant.verbs.intersects(act.verbs) {
            switch grant.scope {
            case .everything: return nil
            case .tenant(let tenant): if !tenants.contains(tenant) { tenants.append(tenant) }
            }
        }
        return tenants
    }

    /// Whose names of images count for an identity: those of the tenants that it may act for, and nil
    /// for the engine's own.
    package func viewers(of identity: String) -> [String?] {
        guard isShared else { return [nil] }
        var viewers: [String?] = []
        for grant in grants[identity] ?? [] {
            let viewer: String? =
                switch grant.scope {
                case .tenant(let tenant): tenant
                case .everything: nil
                }
            if !viewers.contains(viewer) { viewers.append(viewer) }
        }
        return viewers
    }

    /// Decides one act.
    ///
    /// Any grant that allows the whole act permits it; without one the act is refused, with the
    /// reason that came nearest. Cost: linear in the identity's grants and the act's demands.
    ///
    /// - Parameters:
    ///   - act: What would be done.
    ///   - identity: Who asks.
    ///   - facts: What the act's references turned out to be; see `needsFacts(_:by:)`.
    /// - Returns: A permit with its obligations, or a refusal with its reason.
    package func decide(_ act: Act, by identity: String, seeing facts: Facts) -> Decision {
        if act.verbs.isEmpty {
            return .permit(Permit(grant: nil, tenant: nil, obligations: []))
        }
        if let refusal = objectionForAll(to: act, by: identity, facts) { return .refuse(refusal) }
        if let refusal = objection(to: act.verbs, by: identity) { return .refuse(refusal) }
        let granted = grants[identity] ?? []
        var nearest: Refusal?
        for grant in granted where grant.verbs.intersects(act.verbs) {
            switch judge(act, grant, identity, facts) {
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

    /// True when an act cannot be decided by what it says alone: its references and host paths have
    /// to be looked up first.
    ///
    /// - Parameters:
    ///   - act: What would be done.
    ///   - identity: Who asks.
    /// - Returns: False when a grant permits the act whatever they are, and when none has its verb. What
    ///   is entered is looked up in any case: a session is in one container, whatever is called so later.
    package func needsFacts(_ act: Act, by identity: String) -> Bool {
        let able = (grants[identity] ?? []).filter { $0.verbs.intersects(act.verbs) }
        for grant in able {
            switch judge(act, grant, identity, Facts()) {
            case .permit: return act.shell != nil
            // What a level refuses by what the act says, it refuses whatever is found.
            case .refuse(let refusal): if refusal.dependsOnFacts { return true }
            }
        }
        return false
    }

    /// Judges an act by one grant that has its verb.
    private func judge(
        _ act: Act, _ grant: Grant, _ identity: String, _ facts: Facts
    ) -> Decision {
        // What becomes the identity's own is no bind of the host's any more.
        let socketBinds = socketBinds(act, of: identity)
        if let refusal = unsocketed(socketBinds, grant, identity) { return .refuse(refusal) }
        var act = act
        if !socketBinds.isEmpty { act.demands.removeAll(where: socketBinds.contains) }
        let owner: String? =
            switch grant.scope {
            case .everything: isShared ? nil : tenants.first
            case .tenant(let tenant): tenant
            }
        let cgroup = owner.map { TenantCgroup(root: cgroupRoot, tenant: $0) }
        var facts = facts
        if isShared, case .tenant(let tenant) = grant.scope { facts = facts.seen(by: tenant) }
        if let refusal = exposed(act, grant) { return .refuse(refusal) }
        if let refusal = barred(act, grant) { return .refuse(refusal) }
        if let refusal = unguarded(act, grant, facts) { return .refuse(refusal) }
        if let refusal = beyond(act, grant, cgroup) { return .refuse(refusal) }
        if let refusal = stray(act, grant, identity, facts) { return .refuse(refusal) }
        if case .tenant(let tenant) = grant.scope {
            if isShared, let refusal = trespass(act, of: tenant, grant, facts) {
                return .refuse(refusal)
            }
            if let refusal = mislabelled(act, of: tenant, grant, facts) { return .refuse(refusal) }
        }
        let socket = socketBinds.isEmpty ? nil : sockets.own(of: identity)
        return .permit(permit(act, grant, tenant: owner, cgroup, socket, facts))
    }

    /// Why an act would show what a grant hides, or nil.
    private func exposed(_ act: Act, _ grant: Grant) -> Refusal? {
        for exposure in act.exposures where !exposure.shown.isDisjoint(with: grant.hides) {
            return Refusal(
                rule: "grant.hide", location: grant.location,
                reason: .exposed(exposure, exposure.shown.intersection(grant.hides)))
        }
        return nil
    }

    /// Why a grant lets nobody into the guarded shell as is asked for, or nil.
    private func barred(_ act: Act, _ grant: Grant) -> Refusal? {
        guard let wish = act.shell else { return nil }
        let granted = grant.shell.roles
        func refusal(_ rule: String, _ reason: Reason) -> Refusal {
            Refusal(rule: rule, location: grant.location, reason: reason)
        }
        if let role = wish.roles.first(where: { !granted.contains($0) }) {
            return refusal("shell.role", .shellRole(role, granted: granted))
        }
        if granted.isEmpty { return refusal("shell.role", .shellRole("viewer", granted: [])) }
        let isSaid = wish.reason.contains { !$0.isWhitespace }
        return grant.shell.needsReason && !isSaid ? refusal("shell.reason", .noReason) : nil
    }

    /// Why the levels of a grant do not allow what an act asks for, or nil.
    private func beyond(_ act: Act, _ grant: Grant, _ cgroup: TenantCgroup?) -> Refusal? {
        for level in grant.levels {
            for demand in act.demands where !level.allows(demand) {
                // What an inspect shows of the tenant's own cgroup may be sent back.
                if case .cgroupParent(let path) = demand.kind, cgroup?.isNamed(by: path) == true {
                    continue
                }
                if case .runtime(let name) = demand.kind, name == grant.runtime { continue }
                return Refusal(
                    rule: demand.kind.rule, location: level.location ?? grant.location,
                    reason: .beyondLevel(
                        level.name, demand, allowed: level.alternative(to: demand)))
            }
        }
        // Neither a build's steps nor a service's tasks can be told which runtime to use.
        let builds = act.harm.contains(.executes) && act.creates == .image
        if let runtime = grant.runtime, builds || act.runsService {
            return Refusal(
                rule: "zone.runtime", location: grant.location, reason: .weakRuntime(runtime))
        }
        return nil
    }
}

extension Act {
    /// True when it says anew what the tasks of a service are.
    var runsService: Bool { harm.contains(.executes) && (creates == .service || relabels) }
}

extension Refusal {
    /// True when another finding could have made it a permission.
    fileprivate var dependsOnFacts: Bool {
        switch reason {
        case .absent, .foreignExec, .taken, .sharedImage, .strongerTarget, .movablePath,
            .inheritedLabel:
            true
        case .noGrants, .verbNotGranted, .nameReadsAsID, .notForTenants, .beyondLevel,
            .protectedPath, .engineSocket, .noOwnSocket, .weakRuntime, .exposed, .ingress,
            .shellRole, .noReason, .guardedExec, .execExtra:
            false
        }
    }

    /// How near an act came to being permitted: the nearest refusal is the one that helps.
    fileprivate var nearness: Int {
        switch reason {
        case .noGrants, .verbNotGranted: 1
        case .absent, .foreignExec, .taken, .nameReadsAsID, .sharedImage: 2
        case .notForTenants: 3
        case .beyondLevel, .strongerTarget, .movablePath, .protectedPath, .engineSocket,
            .noOwnSocket, .inheritedLabel, .weakRuntime, .exposed, .ingress, .shellRole, .noReason,
            .guardedExec, .execExtra:
            4
        }
    }
}
