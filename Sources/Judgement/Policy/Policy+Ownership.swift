import Acts

/// What belongs to whom on an engine that tenants share.
extension Policy {
    /// Why an act leaves a tenant's own part of a shared engine, or nil.
    func trespass(_ act: Act, of tenant: String, _ grant: Grant, _ facts: Facts) -> Refusal? {
        for reference in act.references {
            if let name = Self.hiding(reference) {
                return Refusal(rule: "name.id", location: nil, reason: .nameReadsAsID(name))
            }
            // Engines and Swarms make networks of these names for everybody, or take those they find.
            if reference.kind == .network, reference.use == .makes,
                Self.isReserved(network: reference.text.lowercased())
            {
                return Refusal(rule: "name.reserved", location: nil, reason: .taken(reference))
            }
            if let refusal = trespass(act, reference, of: tenant, facts) { return refusal }
        }
        if act.creates != .image, act.creates != .volume, Self.readsAsID(act.newName) {
            return Refusal(
                rule: "name.id", location: nil, reason: .nameReadsAsID(act.newName))
        }
        if let origin = act.ingressOrigin, !grant.isPrivileged {
            return Refusal(
                rule: "service.ingress", location: grant.location, reason: .ingress(origin))
        }
        switch act.reach {
        case .referenced, .list, .summary: return nil
        case .engine:
            return Refusal(
                rule: "tenant.engine", location: grant.location, reason: .notForTenants)
        }
    }

    private func trespass(
        _ act: Act, _ reference: Reference, of tenant: String, _ facts: Facts
    ) -> Refusal? {
        let found = facts[reference]
        if reference.kind == .image {
            if found == .absent, act.creates == .service || act.relabels {
                // Its labels and orders are not known, and the Swarm would fetch it unseen.
                return Refusal(
                    rule: "image.absent", location: nil, reason: .absent(reference))
            }
            return trespass(image: reference, found, facts.images[reference], of: tenant)
        }
        let isOwn =
            switch found {
            case .found(_, let owner)?: reference.kind.isOwned && owner == tenant
            case .absent?, nil: reference.mayBeAbsent && found == .absent
            }
        if isOwn { return nil }
        guard isOffered(reference, to: tenant, facts) else { return Self.foreign(reference) }
        switch reference.use {
        // One of the tenant's own may have the same name, and stands before it.
        case .reads, .fetches, .makes: return nil
        case .changes:
            return Refusal(
                rule: "network.offered", location: nil, reason: .sharedImage(reference))
        }
    }

    /// A tenant's names of images are its own, whatever others call theirs: it makes and moves them as
    /// it likes. What the engine itself names is everybody's to use and the administrators' to change.
    private func trespass(
        image reference: Reference, _ found: Resolution?, _ image: ImageFinding?, of tenant: String
    ) -> Refusal? {
        switch (found, image) {
        case (.absent?, _): return reference.mayBeAbsent ? nil : Self.foreign(reference)
        case (.found?, let image?):
            let isVisible = image.isShared || image.owners.contains(tenant)
            switch reference.use {
            case .reads, .fetches: return isVisible ? nil : Self.foreign(reference)
            case .changes, .makes:
                if image.soleOwner == tenant { return nil }
                guard isVisible else { return Self.foreign(reference) }
                return Refusal(
                    rule: "tenant.image", location: nil, reason: .sharedImage(reference))
            }
        case (.found?, nil), (nil, _): return Self.foreign(reference)
        }
    }

    /// Names of images that only the gateway gives.
    static func reserved(_ act: Act) -> Refusal? {
        for reference in act.references where reference.kind == .image && reference.mayBeAbsent {
            if let name = ImageReference(reference.text), ImageAnchor.isReserved(name) {
                return Refusal(rule: "name.reserved", location: nil, reason: .taken(reference))
            }
        }
        return nil
    }

    private static func foreign(_ reference: Reference) -> Refusal {
        Refusal(
            rule: "tenant.own", location: nil,
            reason: reference.mayBeAbsent ? .taken(reference) : .absent(reference))
    }

    /// Engines make networks of some names, and we make each tenant's own.
    ///
    /// - Parameter name: The name, in small letters.
    /// - Returns: True when no tenant makes a network of it.
    package static func isReserved(network name: String) -> Bool {
        reservedNetworks.contains(name) || name.hasPrefix(TenantNetwork.prefix)
    }

    private static let reservedNetworks: Set<String> = [
        "bridge", "default", "docker_gwbridge", "host", "ingress", "none",
    ]

    /// The bare name that would be an image's, when it reads as an id.
    private static func hiding(_ reference: Reference) -> String? {
        guard reference.kind == .image, reference.mayBeAbsent,
            let name = ImageReference(reference.text)?.name
        else { return nil }
        let library = "docker.io/library/"
        guard name.hasPrefix(library) else { return nil }
        let bare = String(name.dropFirst(library.count))
        return readsAsID(bare) ? bare : nil
    }

    /// True for names that somebody could take for an id or the beginning of one: the engine finds
    /// names before prefixes of ids, so such a name would hide another tenant's object.
    private static func readsAsID(_ name: String) -> Bool {
        name.utf8.count >= 4 && name.utf8.contains { 0x30...0x39 ~= $0 }
            && name.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
    }

    /// Why a tenant may not set a label, its own or one that an image brings, or nil.
    func mislabelled(_ act: Act, of tenant: String, _ grant: Grant, _ facts: Facts) -> Refusal? {
        if grant.isPrivileged { return nil }
        for demand in act.demands {
            guard case .label(let name) = demand.kind, !allows(label: name, of: tenant) else {
                continue
            }
            return Refusal(
                rule: demand.kind.rule, location: grant.location,
                reason: .beyondLevel(
                    "of the tenant \(tenant)", demand,
                    allowed: "the tenant's labels: in the policy say which are allowed"))
        }
        guard act.creates == .container || act.runsService else { return nil }
        for reference in act.references where reference.kind == .image {
            if facts.images[reference] == nil, labels[tenant] != nil {
                return Self.foreign(reference)
            }
            for name in facts.images[reference]?.labels ?? []
            where ObeyedLabel.isObeyed(name) && !allows(label: name, of: tenant) {
                return Refusal(
                    rule: "tenant.label", location: grant.location,
                    reason: .inheritedLabel(reference, name))
            }
        }
        return nil
    }

    /// A tenant that shares its engine sets no labels that other programs obey, but for what is its
    /// own by the way it works (compose, stacks), unless the policy names them.
    private func allows(label name: String, of tenant: String) -> Bool {
        if let patterns = labels[tenant] { return patterns.contains { $0.matches(name) } }
        return !isShared || ObeyedLabel.isOfClients(name)
    }
}
