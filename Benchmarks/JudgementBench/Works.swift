import Acts
import EngineAPI
import Exchange
import JSON
import Policy
import Wire

/// The policy that the bench judges by: every tenant has its own identities and levels.
struct BenchPolicy {
    let policy: Policy
    /// An identity of the last tenant.
    let identity: String
    let tenant: String
    let engine = EngineTraits(version: APIVersion(minor: 41), dataRoot: "/var/lib/docker")

    /// Makes a policy in which every tenant has the same number of grants, spread over identities
    /// of ten grants each.
    init(tenants count: Int, grants total: Int) {
        var level = Level(
            name: "web", extends: .baseline, location: Location(file: "policy.yaml", line: 3))
        level.binds = [
            .init(from: "/srv/cache", to: nil, readOnly: false),
            .init(from: "/srv/data/web", to: "/var/lib/web", readOnly: false),
            .init(from: "/srv/data/conf", to: nil, readOnly: true),
        ]
        level.ports = [8000...8999, 18_000...18_999]
        let tenants = (0..<count).map { "tenant-\($0)" }
        var grants: [String: [Grant]] = [:]
        for number in 0..<total {
            let tenant = number % count
            let identity = "runner-\(tenant)-\(number / count / 10)"
            // The verb that a create needs stands in the last grant of ten.
            let isLast = number / count % 10 == 9
            grants[identity, default: []].append(
                Grant(
                    verbs: VerbSet(isLast ? [.run, .build, .pull] : [.view, .logs]),
                    scope: .tenant(tenants[tenant]), levels: [level],
                    location: Location(file: "policy.yaml", line: 20 + number)))
        }
        policy = Policy(tenants: tenants, grants: grants, version: "bench")
        identity = "runner-\(count - 1)-0"
        tenant = tenants.last ?? ""
    }
}

/// Reading, deciding and writing anew, as `Exchange` and the gateway do it.
struct CreateWork {
    private let body: [UInt8]
    private let bench = BenchPolicy(tenants: 10, grants: 100)

    init(_ body: [UInt8]) {
        self.body = body
    }

    func run() throws -> Int {
        let call = try Call("POST", "/v1.41/containers/create?name=web-1")
        var draft = try Draft(call, body: body)
        let (permit, facts) = try bench.permit(draft.act)
        for obligation in permit.obligations {
            draft.apply(obligation, for: bench.identity, on: bench.engine)
        }
        if let network = facts.ownNetwork, permit.obligations.contains(.useOwnNetwork) {
            draft.leaveDefaultNetwork(for: network)
        }
        draft.pin(facts)
        return draft.request(version: bench.engine.version).body?.count ?? 0
    }
}

/// The decision alone.
struct DecideWork {
    private let act: Act
    private let bench: BenchPolicy

    init(_ body: [UInt8], tenants: Int, grants: Int) throws {
        bench = BenchPolicy(tenants: tenants, grants: grants)
        act = try Draft(Call("POST", "/v1.41/containers/create?name=web-1"), body: body).act
    }

    func run() throws -> Int {
        try bench.permit(act).permit.obligations.count
    }
}

/// Reading an answer of the engine's and writing it anew.
struct InspectWork {
    private let body: [UInt8]

    init(_ body: [UInt8]) {
        self.body = body
    }

    func run() throws -> Int {
        JSONWriter.bytes(try JSONReader.value(of: body)).count
    }
}

extension BenchPolicy {
    /// Asks the policy as the gateway does.
    func permit(_ act: Act) throws -> (permit: Permit, facts: Facts) {
        var facts = known
        if policy.needsFacts(act, by: identity) {
            for reference in act.references { find(reference, &facts) }
            for case .bind(let bind) in act.demands.map(\.kind) {
                facts.paths[bind.source] = .plain
            }
        }
        let decision = policy.decide(act, by: identity, seeing: facts)
        guard case .permit(let permit) = decision else { throw Unexpected("\(decision)") }
        return (permit, facts)
    }

    private static let ownNetwork = String(repeating: "4c", count: 32)

    private var known: Facts {
        var facts = Facts()
        facts.ownNetwork = Self.ownNetwork
        facts.protectedPaths = ["/run/docker.sock", "/var/lib/quaymaster", engine.dataRoot]
        return facts
    }

    /// Images are there and everybody's; what else has a name does not exist yet.
    private func find(_ reference: Reference, _ facts: inout Facts) {
        guard reference.kind == .image else {
            facts[reference] = .absent
            return
        }
        facts[reference] = .found(id: "sha256:4bcff63911fcb4448bd4fdacec207030", tenant: nil)
        facts.images[reference] = ImageFinding(
            owners: [], isShared: true, soleOwner: nil, labels: ["org.opencontainers.image.title"])
    }
}
