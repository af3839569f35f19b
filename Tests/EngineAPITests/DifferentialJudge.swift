import Acts
import CreateBodies
import EngineAPI
import Policy

/// The gateway as far as a create request goes through it, for one tenant at the level baseline whose
/// every reference exists and has no powers.
struct DifferentialJudge {
    /// What became of a body.
    enum Outcome {
        /// It is no request of the operation; the rule.
        case refusedByDraft(String)
        /// The policy says no; the rule.
        case refusedByPolicy(String)
        /// It is sent on.
        case permitted(Permitted)
    }

    /// A body that is sent on.
    struct Permitted {
        let act: Act
        /// The second number of the version that the client speaks.
        let version: Int
        /// The body written anew, before anything is made safe.
        var plain: [UInt8]
        /// The body that the engine gets.
        var sent: [UInt8]
    }

    private static let tenant = "local"
    private static let policy = Policy(
        tenants: [tenant],
        grants: [
            "ann": [
                Grant(
                    verbs: .all, scope: .tenant(tenant), levels: [.builtIn(.baseline)],
                    location: Location(file: "policy.yaml", line: 1))
            ]
        ], version: "v")
    private static let engine = EngineTraits(version: .ceiling)

    /// Versions of which each gets other defaults from an engine.
    static let versions = [41, 39, 24]

    private let calls: [Int: Call]

    init() throws {
        calls = try Dictionary(
            uniqueKeysWithValues: Self.versions.map { version in
                (version, try Call("POST", "/v1.\(version)/containers/create"))
            })
    }

    func judge(_ body: [UInt8], version: Int) -> Outcome {
        guard let call = calls[version] else { return .refusedByDraft("api.version") }
        var draft: Draft
        do {
            draft = try Draft(call, body: body)
        } catch {
            return .refusedByDraft(error.rule)
        }
        let act = draft.act
        let facts = Self.facts(act)
        switch Self.policy.decide(act, by: "ann", seeing: facts) {
        case .refuse(let refusal): return .refusedByPolicy(refusal.rule)
        case .permit(let permit):
            let plain = draft.request(version: .floor).body ?? []
            draft.pin(facts)
            for obligation in permit.obligations {
                draft.apply(obligation, for: "ann", on: Self.engine)
            }
            let sent = draft.request(version: .floor).body ?? []
            return .permitted(Permitted(act: act, version: version, plain: plain, sent: sent))
        }
    }

    /// Everything that is referred to exists, is the tenant's and asks nothing of its host.
    private static func facts(_ act: Act) -> Facts {
        var facts = Facts()
        for reference in act.references {
            facts[reference] = .found(
                id: Self.id(reference.kind.rawValue, reference.text), tenant: tenant)
            facts.powers[reference] = []
        }
        return facts
    }

    /// An id as an engine would give it: 64 hexadecimal digits that are the same for the same name.
    /// An id is its own.
    static func id(_ kind: String, _ name: String) -> String {
        if name.utf8.count == 64, name.utf8.allSatisfy({ 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }) {
            return name
        }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in (kind + "/" + name).utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        var digits = ""
        for _ in 0..<4 {
            let part = String(hash, radix: 16)
            digits += String(repeating: "0", count: 16 - part.count) + part
            hash = hash &* 0x9E37_79B9_7F4A_7C15 ^ hash >> 29
        }
        return digits
    }

    /// What the engine must understand of the body that is sent, as said apart from the gateway.
    static func obliged(for permitted: Permitted) -> ObligedView {
        let act = permitted.act
        func ids(_ kind: ObjectKind) -> [String: String] {
            Dictionary(
                act.references.filter { $0.kind == kind && $0.use == .reads }
                    .map { ($0.text, id(kind.rawValue, $0.text)) }, uniquingKeysWith: { $1 })
        }
        return ObligedView(
            stamps: ["quaymaster.tenant": tenant, "quaymaster.identity": "ann"],
            cgroup: "/quaymaster/local", version: permitted.version, containers: ids(.container), networks: ids(.network))
    }

    /// What is the tenant's own when the engine hears of it: ids, and names in the places that the
    /// engine does not look up (`NetworkID` and the links of an endpoint).
    static func own(_ act: Act) -> EngineHarm.Own {
        func names(_ kind: ObjectKind, _ isLookedUp: (Reference) -> Bool) -> Set<String> {
            Set(
                act.references.filter { $0.kind == kind }.flatMap { reference in
                    let id = id(kind.rawValue, reference.text)
                    return isLookedUp(reference) ? [id] : [id, reference.text]
                })
        }
        return EngineHarm.Own(
            containers: names(.container) { $0.origin.hasPrefix("HostConfig.") },
            networks: names(.network) { !$0.origin.hasSuffix(".NetworkID") },
            cgroup: "/quaymaster/local")
    }
}
