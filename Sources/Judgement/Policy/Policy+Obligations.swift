import Acts

/// What a permission carries with it.
extension Policy {
    func permit(
        _ act: Act, _ grant: Grant, tenant: String?, _ cgroup: TenantCgroup?,
        _ socket: OwnSocket?, _ facts: Facts
    ) -> Permit {
        var obligations: [Obligation] = []
        // An administrator's update keeps whatever owner it names.
        if act.creates != nil || (act.relabels && tenant != nil) {
            obligations.append(.stamp(tenant: tenant))
        }
        if isShared, let tenant, let kind = act.creates, kind.isRecorded {
            obligations.append(.own(kind, tenant: tenant))
        }
        if act.creates == .container { obligations += runtime(act, grant) }
        var hardening = hardening(act, grant, cgroup, facts)
        if let socket {
            hardening = hardening ?? Hardening()
            hardening?.socket = socket
        }
        if let hardening {
            obligations.append(.harden(hardening))
        }
        if isShared, case .tenant(let own) = grant.scope {
            obligations += sharing(act, own, facts)
        }
        if !grant.hides.isEmpty { obligations.append(.hide(grant.hides)) }
        if grant.exec.isRecorded, act.verbs.contains(.exec) { obligations.append(.record) }
        if let wish = act.shell {
            obligations.append(
                .shell(
                    roles: wish.roles.isEmpty ? grant.shell.roles : wish.roles,
                    approval: grant.shell.approval))
        }
        return Permit(
            grant: grant.location, tenant: tenant, obligations: obligations,
            isUnrestricted: grant.scope == .everything,
            isShared: isShared)
    }

    private func runtime(_ act: Act, _ grant: Grant) -> [Obligation] {
        if let runtime = grant.runtime { return [.useRuntime(runtime)] }
        let isFree = grant.levels.allSatisfy {
            $0.standard == .privileged || $0.runtimes.contains("runc")
        }
        let namesDefault = act.demands.contains { $0.kind == .runtime("runc") }
        return !isFree && namesDefault ? [.useDefaultRuntime] : []
    }

    /// What is made safe in what an act makes, or nil. The hosts of privileged grants are theirs.
    private func hardening(
        _ act: Act, _ grant: Grant, _ cgroup: TenantCgroup?, _ facts: Facts
    ) -> Hardening? {
        if grant.isPrivileged { return nil }
        let levels = grant.levels.map(\.hardening).reduce(Hardening()) { $0.and($1) }
        let builds = act.creates == .image && act.harm.contains(.executes)
        if act.creates == .container || act.runsService || builds {
            var hardening = levels
            hardening.cgroup = cgroup
            hardening.publishes = Self.addresses(act, grant)
            if !builds, let least = levels.healthInterval {
                let images = act.references.compactMap { facts.images[$0] }
                hardening.overridesImageInterval = images.contains {
                    ($0.healthInterval ?? least) < least
                }
                hardening.overridesImageStartInterval = images.contains {
                    ($0.healthStartInterval ?? least) < least
                }
            }
            return hardening
        }
        // An update may set a restart policy and a number of processes.
        guard act.verbs.contains(.update) else { return nil }
        return Hardening(processes: levels.processes, staysStopped: levels.staysStopped)
    }

    /// Where the ports of a container are bound, when its levels name addresses; each has allowed what
    /// is asked for, and a policy whose levels have none in common does not compile.
    private static func addresses(_ act: Act, _ grant: Grant) -> PublishedAddresses? {
        let publishes = act.demands.contains {
            if case .publishedPort = $0.kind { true } else { false }
        }
        guard publishes else { return nil }
        return grant.levels.compactMap(\.publishes).reduce(nil) { $0?.and($1) ?? $1 }
    }

    private func sharing(_ act: Act, _ own: String, _ facts: Facts) -> [Obligation] {
        var obligations: [Obligation] = []
        switch act.reach {
        case .engine: break
        case .referenced:
            // An image shows every name that it has.
            let isShown = act.references.contains { $0.kind == .image && $0.use == .reads }
            if isShown, act.creates == nil { obligations.append(.narrow(tenant: own)) }
        case .list, .summary: obligations.append(.narrow(tenant: own))
        }
        let absent = act.references.filter { $0.kind == .volume && facts[$0] == .absent }
        if act.creates == .container || act.creates == .service || act.relabels, !absent.isEmpty {
            obligations.append(.makeVolumes(absent.map(\.text)))
        }
        let names = act.references.filter { $0.kind == .image && $0.use == .makes }
        if act.defaultNetwork != nil { obligations.append(.useOwnNetwork) }
        if let subnets = act.bridgeSubnets { obligations.append(.ownBridge(subnets: subnets)) }
        if act.creates == .image { obligations.append(.keepImagesApart) }
        if !names.isEmpty { obligations.append(.claim(names.map(\.text))) }
        return obligations
    }
}
