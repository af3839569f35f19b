package import Acts
package import EngineAPI
package import Policy

/// A small world in which requests are decided: who asks, what exists, what the engine is like.
///
/// Everything that has a name exists under an id of its last byte, so that two names may be one
/// object's.
package struct World {
    /// What the objects are that a request refers to.
    package enum Objects: UInt8 {
        /// The tenant's own, and held apart from the host.
        case own
        /// Another tenant's.
        case foreign
        /// The tenant's own, and privileged.
        case strong
        /// Not there.
        case absent
    }

    /// Who asks: everything is granted to it in its tenant, at the level baseline.
    package static let identity = "ann"
    /// The tenant that it is in.
    package static let tenant = "red"

    /// True when another tenant is there too.
    package let isShared: Bool
    /// What the objects are.
    package let objects: Objects
    /// The runtime that the tenant's containers are held to.
    package let runtime: String?
    /// The policy.
    package let policy: Policy
    /// The engine.
    package let engine: EngineTraits

    /// Makes one of 64 worlds; an `@` makes the plainest.
    package init(_ byte: UInt8) {
        isShared = byte & 1 == 0
        objects = Objects(rawValue: byte >> 3 & 3) ?? .own
        runtime = byte & 0x20 == 0 ? nil : "runsc"
        engine = EngineTraits(
            version: .ceiling, usesSystemdCgroups: byte & 2 != 0,
            logDriver: byte & 4 == 0 ? "json-file" : "journald", dataRoot: "/var/lib/docker")
        let grant = Grant(
            verbs: .all, scope: .tenant(Self.tenant), levels: [.builtIn(.baseline)],
            runtime: runtime, location: Location(file: "fuzz.yaml", line: 1))
        policy = Policy(
            tenants: isShared ? [Self.tenant, "blue"] : [Self.tenant],
            grants: [Self.identity: [grant]], version: "")
    }

    /// What is found out about an act.
    package func facts(of act: Act) -> Facts {
        var facts = Facts()
        facts.protectedPaths = ["/var/run/docker.sock", engine.dataRoot]
        let owner = objects == .foreign ? "blue" : Self.tenant
        for reference in act.references {
            facts.makers[reference] = Self.identity
            guard objects != .absent else {
                facts[reference] = .absent
                continue
            }
            facts[reference] = .found(id: Self.id(of: reference), tenant: owner)
            facts.powers[reference] =
                objects == .strong ? [Demand(.privileged, origin: "HostConfig.Privileged")] : []
            facts.images[reference] = ImageFinding(
                owners: [owner], isShared: false, soleOwner: owner)
        }
        return facts
    }

    /// The full id of what a reference names: 64 hexadecimal digits, or a Swarm's 25 characters.
    private static func id(of reference: Reference) -> String {
        if isID(reference.text) { return reference.text }
        let digits = String(reference.text.utf8.last ?? 0, radix: 16)
        let length =
            switch reference.kind {
            case .service, .task, .secret, .config, .node: 25
            case .container, .exec, .image, .network, .volume, .plugin, .engine: 64
            }
        return String(repeating: "0", count: length - digits.utf8.count) + digits
    }

    /// True for what is sent in the place of a name: an id, or the name of what is not there.
    package func isPinned(_ text: String) -> Bool {
        Self.isID(text) || objects == .absent
    }

    /// True for a full id as this world gives them.
    private static func isID(_ text: String) -> Bool {
        [25, 64].contains(text.utf8.count)
            && text.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
    }

    /// What becomes of a request here.
    ///
    /// Whatever is permitted is checked for whose it is and what it joins.
    ///
    /// - Parameter draft: The request, understood.
    /// - Returns: The request as it goes to the engine; nil when it is refused.
    package func sent(_ draft: Draft) -> EngineRequest? {
        let facts = facts(of: draft.act)
        switch policy.decide(draft.act, by: Self.identity, seeing: facts) {
        case .refuse(let refusal):
            hold(!refusal.words.isEmpty, "a refusal without words")
            return nil
        case .permit(let permit):
            check(draft.act)
            var draft = draft
            for obligation in permit.obligations {
                draft.apply(obligation, for: Self.identity, on: engine)
            }
            draft.pin(facts)
            return draft.request(version: engine.version)
        }
    }

    private func check(_ act: Act) {
        if act.verbs.isEmpty { return }
        for reference in act.references {
            hold(
                objects != .strong || !reference.lendsPower,
                "permitted though \(reference.text) is privileged")
            hold(
                objects != .foreign || !isShared,
                "permitted though \(reference.kind) \(reference.text) is another tenant's")
        }
    }
}

extension EngineRequest {
    /// The request in a line.
    package var words: String {
        "\(method.rawValue) \(target) \(String(decoding: body ?? [], as: UTF8.self))"
    }
}
