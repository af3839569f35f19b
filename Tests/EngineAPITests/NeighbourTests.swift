import Acts
import EngineAPI
import JSON
import Policy
import Testing

/// For everything that a body can be refused for: the nearest request that passes beside the nearest
/// one that does not, and the refusal names the field. What a container and a service can both ask for
/// stands in one row, and is judged alike.
@Suite struct NeighbourTests {
    private static let policy: Policy = {
        var pinned = Level(name: "pinned", extends: .baseline, location: nil)
        pinned.images = [NamePattern("docker.io/library/a:*")]
        let levels = Level.Standard.allCases.map { Level.builtIn($0) } + [pinned]
        let grants = levels.map { level in
            Grant(
                verbs: .all, scope: .tenant("local"), levels: [level],
                location: Location(file: "policy.yaml", line: 7))
        }
        return Policy(
            tenants: ["local"],
            grants: Dictionary(uniqueKeysWithValues: zip(levels.map(\.name), grants.map { [$0] })),
            version: "v", labels: ["local": [NamePattern("a")]])
    }()

    /// What would be found out: everything that is referred to exists and lends nothing, but for what
    /// may be absent.
    static func facts(_ act: Act) -> Facts {
        var facts = Facts()
        for reference in act.references {
            if reference.kind == .image {
                facts.images[reference] = ImageFinding(owners: [], isShared: true, soleOwner: nil)
            }
            if reference.use == .makes {
                facts[reference] = .absent
            } else {
                facts[reference] = .found(id: reference.text, tenant: "local")
                facts.powers[reference] = []
                facts.images[reference] = ImageFinding(
                    owners: [], isShared: true, soleOwner: nil, name: reference.text)
            }
        }
        return facts
    }

    /// One spelling of a meaning.
    struct Spelling {
        /// The field that a refusal names.
        let field: String
        let allowed: Body
        let refused: Body
    }

    /// A request with a body.
    struct Body {
        var target: String
        let json: String
    }

    /// One meaning.
    struct Row: CustomTestStringConvertible {
        let rule: String
        /// Who asks: an identity that is called like its level.
        let who: String
        let spellings: [Spelling]
        var testDescription: String { rule + " " + (spellings.first?.field ?? "") }

        init(_ rule: String, at level: String = "baseline", _ spellings: Spelling...) {
            self.rule = rule
            who = level
            self.spellings = spellings
        }

        /// What a HostConfig and the container of a service's tasks spell alike.
        init(_ rule: String, alike field: String, _ allowed: String, _ refused: String) {
            self.init(
                rule, NeighbourTests.host(field, allowed, refused),
                NeighbourTests.spec(field, allowed, refused))
        }
    }

    // MARK: Places

    /// In a container's HostConfig.
    static func host(_ field: String, _ allowed: String, _ refused: String) -> Spelling {
        place("/containers/create", "HostConfig." + field, allowed, refused) {
            #"{"Image":"a","HostConfig":{\#($0)}}"#
        }
    }

    /// In a container's configuration, beside HostConfig.
    static func config(_ field: String, _ allowed: String, _ refused: String) -> Spelling {
        place("/containers/create", field, allowed, refused) {
            field == "Image" ? "{\($0)}" : #"{"Image":"a",\#($0)}"#
        }
    }

    /// In the container of a service's tasks.
    static func spec(_ field: String, _ allowed: String, _ refused: String) -> Spelling {
        place(
            "/services/create", "TaskTemplate.ContainerSpec." + field, allowed, refused
        ) {
            #"{"TaskTemplate":{\#(once),"ContainerSpec":{"Image":"a",\#($0)}}}"#
        }
    }

    /// In the tasks of a service.
    static func task(_ field: String, _ allowed: String, _ refused: String) -> Spelling {
        place("/services/create", "TaskTemplate." + field, allowed, refused) {
            #"{"TaskTemplate":{\#(once),"ContainerSpec":{"Image":"a"},\#($0)}}"#
        }
    }

    /// In the tasks of a service, whose restart policy is the row's own.
    static func restart(_ field: String, _ allowed: String, _ refused: String) -> Spelling {
        place("/services/create", "TaskTemplate." + field, allowed, refused) {
            #"{"TaskTemplate":{"ContainerSpec":{"Image":"a"},\#($0)}}"#
        }
    }

    /// In a service beside its tasks.
    static func service(_ field: String, _ allowed: String, _ refused: String) -> Spelling {
        place("/services/create", field, allowed, refused) {
            #"{"TaskTemplate":{\#(once),"ContainerSpec":{"Image":"a"}},\#($0)}"#
        }
    }

    /// In another body.
    static func other(
        _ target: String, _ field: String, _ allowed: String, _ refused: String
    ) -> Spelling {
        place(target, field, allowed, refused) { "{\($0)}" }
    }

    /// Tasks that run once: what a service does by itself is a demand.
    private static let once = #""RestartPolicy":{"Condition":"none"}"#

    private static func place(
        _ target: String, _ field: String, _ allowed: String, _ refused: String,
        _ body: (String) -> String
    ) -> Spelling {
        Spelling(
            field: field, allowed: Body(target: target, json: body(allowed)),
            refused: Body(target: target, json: body(refused)))
    }

    // MARK: The tests

    private static func draft(_ body: Body) throws -> Draft {
        try Draft(try Call("POST", "/v1.55" + body.target), body: Array(body.json.utf8))
    }

    @Test(arguments: rows)
    func nearestNeighbours(row: Row) throws {
        for spelling in row.spellings {
            let allowed = try Self.draft(spelling.allowed).act
            let decision = Self.policy.decide(allowed, by: row.who, seeing: Self.facts(allowed))
            guard case .permit = decision else {
                Issue.record("\(spelling.allowed.json): \(decision)")
                continue
            }
            let refused = try Self.draft(spelling.refused).act
            guard
                case .refuse(let refusal) = Self.policy.decide(
                    refused, by: row.who, seeing: Self.facts(refused))
            else {
                Issue.record("permitted: \(spelling.refused.json)")
                continue
            }
            #expect(refusal.rule == row.rule)
            #expect(refusal.words.contains("(\(spelling.field))"), "\(refusal.words)")
            // Administrators may.
            guard
                case .permit = Self.policy.decide(
                    refused, by: "privileged", seeing: Self.facts(refused))
            else {
                Issue.record("refused to administrators: \(spelling.refused.json)")
                continue
            }
        }
    }

    /// A container and a service that ask for the same ask for exactly the same, but that a service's
    /// image is also fetched, and its ports are taken on every address.
    @Test(arguments: shared)
    func servicesAreJudgedAsContainers(row: Row) throws {
        let kinds = try row.spellings.map { spelling in
            try Self.draft(spelling.refused).act.demands.map(\.kind).compactMap { kind in
                switch kind {
                case .image, .registry: nil as Demand.Kind?
                case .publishedPort(let port):
                    .publishedPort(PortRequest(address: port.address, ports: port.ports))
                default: kind
                }
            }
        }
        let targets = Set(row.spellings.map(\.refused.target))
        #expect(targets == ["/containers/create", "/services/create"])
        for other in kinds { #expect(other == kinds.first) }
    }

    /// Every kind of demand has a row. A new one does not compile until it stands here.
    @Test func everyKindOfDemandHasARow() throws {
        var seen = Set<String>()
        for spelling in Self.rows.flatMap(\.spellings) {
            for demand in try Self.draft(spelling.refused).act.demands {
                seen.insert(Self.name(demand.kind))
            }
        }
        #expect(Self.names.subtracting(seen).isEmpty)
        #expect(seen.isSubset(of: Self.names))
    }

    private static let names: Set = [
        "privileged", "hostItself", "hostNamespace.pid", "hostNamespace.ipc",
        "hostNamespace.network", "hostNamespace.uts", "hostNamespace.user", "hostNamespace.cgroup",
        "shareableNamespace", "bind", "capability", "device", "securityOption", "unmaskedPaths",
        "sysctl", "runtime", "cgroupParent", "volumeDriver", "volumeOption", "mountKind",
        "secretDriver", "tmpfsOption", "logDriver", "logOption", "hostGroup", "storageOption",
        "annotation", "macAddress", "joinedNamespace", "inheritedMounts", "link", "publishedPort",
        "allPorts", "hostName", "resolver", "networkDriver", "networkOption", "subnet",
        "outOfMemoryScore", "outOfMemoryKillDisabled", "realTimeScheduling", "processorPinning",
        "blockDevice", "userLimit", "sharedMemory", "restartPolicy", "stopTimeout", "processes",
        "image", "registry", "label", "unjudged",
    ]

    private static func name(_ kind: Demand.Kind) -> String {
        switch kind {
        case .privileged: "privileged"
        case .hostItself: "hostItself"
        case .hostNamespace(let namespace): "hostNamespace.\(namespace.rawValue)"
        case .shareableNamespace: "shareableNamespace"
        case .bind: "bind"
        case .capability: "capability"
        case .device: "device"
        case .securityOption: "securityOption"
        case .unmaskedPaths: "unmaskedPaths"
        case .sysctl: "sysctl"
        case .runtime: "runtime"
        case .cgroupParent: "cgroupParent"
        case .volumeDriver: "volumeDriver"
        case .volumeOption: "volumeOption"
        case .mountKind: "mountKind"
        case .secretDriver: "secretDriver"
        case .tmpfsOption: "tmpfsOption"
        case .logDriver: "logDriver"
        case .logOption: "logOption"
        case .hostGroup: "hostGroup"
        case .storageOption: "storageOption"
        case .annotation: "annotation"
        case .macAddress: "macAddress"
        case .joinedNamespace: "joinedNamespace"
        case .inheritedMounts: "inheritedMounts"
        case .link: "link"
        case .publishedPort: "publishedPort"
        case .allPorts: "allPorts"
        case .hostName: "hostName"
        case .resolver: "resolver"
        case .networkDriver: "networkDriver"
        case .networkOption: "networkOption"
        case .subnet: "subnet"
        case .outOfMemoryScore: "outOfMemoryScore"
        case .outOfMemoryKillDisabled: "outOfMemoryKillDisabled"
        case .realTimeScheduling: "realTimeScheduling"
        case .processorPinning: "processorPinning"
        case .blockDevice: "blockDevice"
        case .userLimit: "userLimit"
        case .sharedMemory: "sharedMemory"
        case .restartPolicy: "restartPolicy"
        case .stopTimeout: "stopTimeout"
        case .processes: "processes"
        case .image: "image"
        case .registry: "registry"
        case .label: "label"
        // Of queries and build instructions, not of bodies.
        case .fetch: "fetch"
        case .unjudged: "unjudged"
        }
    }
}
