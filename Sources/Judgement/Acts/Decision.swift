/// Where a rule stands.
package struct Location: Hashable, Sendable, CustomStringConvertible {
    /// The file's name as the operator gave it.
    package let file: String
    /// The line, from 1.
    package let line: Int

    /// Makes a location.
    package init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    /// `policy.yaml:14`
    package var description: String { "\(file):\(line)" }
}

/// What a permission carries with it.
package enum Obligation: Hashable, Sendable {
    /// The object that is made is stamped as this tenant's.
    case stamp(tenant: String?)
    /// What is made is this tenant's in our store before the engine hears of it, and sealed so that
    /// it is known again.
    case own(ObjectKind, tenant: String)
    /// Lists and streams show this tenant's objects only.
    case narrow(tenant: String)
    /// These named volumes do not exist yet: they are made first, stamped as the tenant's.
    case makeVolumes([String])
    /// The engine's default runtime is used: a client that names runc may not leave a stronger one.
    case useDefaultRuntime
    /// The tenant's runtime is used, whatever the client left out.
    case useRuntime(String)
    /// What runs is on the tenant's own network (`Facts.ownNetwork`) in the place of the engine's
    /// default one, which every tenant's containers would share.
    case useOwnNetwork
    /// The bridge of the network that is made gets a name by which the host's firewall knows it as a
    /// tenant's, and addresses out of the tenants' pool unless it asks for these subnets.
    case ownBridge(subnets: [String])
    /// What is made is made safe where no program notices.
    case harden(Hardening)
    /// Images that are made are the tenant's: what is built is labelled from its first step on, so
    /// that no build of another tenant finds it in the engine's cache, and what is loaded says
    /// nothing else.
    case keepImagesApart
    /// These names of images become the tenant's own, whatever the engine or other tenants call so.
    case claim([String])
    /// Answers show none of this.
    case hide(Hidden)
    /// The container is entered with these roles, and no other.
    case shell(roles: [String], approval: ShellApproval)
    /// The streams of what runs are recorded.
    case record
}

/// A permission.
package struct Permit: Hashable, Sendable {
    /// The grant that gave it; nil for what every identity may.
    package let grant: Location?
    /// The tenant in whose name the act is done; nil: the administrators'.
    package let tenant: String?
    /// What must be done with it.
    package let obligations: [Obligation]
    /// True when the grant speaks of everybody's objects and of what is nobody's.
    package let isUnrestricted: Bool
    /// True when the engine holds what is other tenants'.
    package let isShared: Bool

    /// True when the names that are asked and answered are the tenant's own, not the engine's.
    package var tellsNames: Bool { isShared && tenant != nil && !isUnrestricted }

    /// Makes a permit.
    package init(
        grant: Location?, tenant: String?, obligations: [Obligation], isUnrestricted: Bool = false,
        isShared: Bool = false
    ) {
        self.isShared = isShared
        self.isUnrestricted = isUnrestricted
        self.grant = grant
        self.tenant = tenant
        self.obligations = obligations
    }
}

extension Permit {
    /// True when images are known by the tenant's own names: on an engine that tenants share.
    package var namesImages: Bool { isShared && tenant != nil }
}

/// Why an act is refused, as data; `words` in `Refusal` turns it into a sentence.
package enum Reason: Hashable, Sendable {
    /// The identity has no grant at all.
    case noGrants
    /// No grant of the identity has a verb that includes the operation.
    case verbNotGranted(any: [Verb], granted: [Verb])
    /// The level does not allow a demand.
    case beyondLevel(String, Demand, allowed: String)
    /// The object belongs to somebody else, or does not exist: both are told alike.
    case absent(Reference)
    /// What would be made exists and is somebody else's.
    case taken(Reference)
    /// A new name that reads as an id, so that it could hide another object.
    case nameReadsAsID(String)
    /// What would be entered, joined or mounted is itself beyond the level.
    case strongerTarget(String, Reference, Demand, allowed: String)
    /// A host path that may lead elsewhere by the time the engine follows it; why.
    case movablePath(BindRequest, String)
    /// A host path that nobody may bind.
    case protectedPath(String)
    /// The engine's own socket, by this path, that no level makes the identity's own.
    case engineSocket(String)
    /// The engine's own socket, by this path, for an identity without a socket of its own.
    case noOwnSocket(String, identity: String)
    /// An image, or a network that is offered, which is not the tenant's alone and would be changed.
    case sharedImage(Reference)
    /// An image's label that the tenant may not set.
    case inheritedLabel(Reference, String)
    /// Something would run on a weaker runtime than the tenant's.
    case weakRuntime(String)
    /// An exec that somebody else made; it is told as if it did not exist.
    case foreignExec(Reference)
    /// The operation shows or governs more than one tenant's part of a shared engine.
    case notForTenants
    /// A port of a service, by the field that says how it is published, that would put the service's
    /// tasks on a Swarm's ingress network.
    case ingress(String)
    /// It shows what the grant hides; what of it.
    case exposed(Exposure, Hidden)
    /// A role of the guarded shell that the grant has not, and those that it has.
    case shellRole(String, granted: [String])
    /// A container is entered, and nobody has said why.
    case noReason
    /// No role of the guarded shell accepts an exec's words; why the nearest does not.
    case guardedExec(String, roles: [String])
    /// An exec asks for something beside its words, by the API's name, where the guarded judge stands
    /// in front of it.
    case execExtra(String, roles: [String])
}

/// A refusal.
package struct Refusal: Hashable, Sendable {
    /// The rule's id, for example `level.bind` or `verb.exec`.
    package let rule: String
    /// Where the rule stands; nil when it is built in.
    package let location: Location?
    /// Why.
    package let reason: Reason

    /// Makes a refusal.
    package init(rule: String, location: Location?, reason: Reason) {
        self.rule = rule
        self.location = location
        self.reason = reason
    }
}

/// What was decided about an act.
package enum Decision: Hashable, Sendable {
    /// It may be done.
    case permit(Permit)
    /// It may not.
    case refuse(Refusal)
}
