import EngineAPI
import Testing

/// Every field that the Engine API describes, in any version, has a decision, and every field that
/// has a decision is described or has a reason.
@Suite struct BodyFactsTests {
    /// Bodies that the API once described under a name that nothing refers to any more.
    private static let formerNames = ["POST /volumes/create": ["VolumeCreateOptions"]]

    /// Fields that shapes have and the API's description does not, with the reason.
    private static let undescribed: [String: String] = {
        let legacy = "HostConfig's before API 1.18; engines still read it, so it is refused by name"
        let login = "in the engine's AuthConfig; clients send what their credential store holds"
        let swarm = "in the engine's type; docker swarm init and join send it"
        let repeated = "clients on docker-modem repeat the query here; left out"
        let own = "docker-modem's notes to itself; left out"
        return [
            "containerCreate.name": repeated, "containerCreate.platform": repeated,
            "containerConfig.container": repeated, "containerConfig.repo": repeated,
            "containerConfig.tag": repeated, "containerConfig.comment": repeated,
            "containerConfig.author": repeated,
            "execStart.hijack": own, "execStart.stdin": own,
            "containerCreate.Memory": legacy, "containerCreate.MemorySwap": legacy,
            "containerCreate.CpuShares": legacy, "containerCreate.Cpuset": legacy,
            "containerCreate.VolumeDriver": legacy,
            "credentials.auth": login, "credentials.identitytoken": login,
            "credentials.registrytoken": login,
            "execCreate.Container": "older docker clients repeat the path's container",
            "execCreate.Detach": "docker exec sends it with its other options",
            "swarmInit.AutoLockManagers": swarm, "swarmInit.Availability": swarm,
            "swarmJoin.Availability": swarm,
        ]
    }()

    /// A walk through one body's schemas and its shape, side by side.
    private final class Walk {
        let facts: EngineAPIFacts
        var undescribed: Set<String> = []
        var decided: Set<String> = []

        init(_ facts: EngineAPIFacts) {
            self.facts = facts
        }

        func compare(_ shape: Shape, _ meaning: EngineAPIFacts.Meaning, at path: String) {
            let fields = facts.fields(of: meaning.schemas)
            guard case .object(let closed) = shape.leaf else {
                #expect(fields.isEmpty, "\(path) has fields, and its shape has none")
                let matches = meaning.simple.allSatisfy(shape.leaf.isSimple)
                #expect(matches, "\(path) is \(meaning.simple) and its shape is not")
                return
            }
            #expect(meaning.simple.isEmpty, "\(path) is \(meaning.simple) and its shape is not")
            // Go takes names that differ in case for one, and so did the API's authors (NanoCPUs).
            let byName = Dictionary(
                closed.fields.map { ($0.name.lowercased(), $0) }, uniquingKeysWith: { $1 })
            for (name, meaning) in fields {
                guard let field = byName[name.lowercased()] else {
                    Issue.record("\(path).\(name) has no decision")
                    continue
                }
                decided.insert(path + "." + field.name)
                // Of what is refused nothing is sent, whatever is inside.
                if let shape = field.shape { compare(shape, meaning, at: path + "." + field.name) }
            }
            let described = Set(fields.keys.map { $0.lowercased() })
            for field in closed.fields where !described.contains(field.name.lowercased()) {
                undescribed.insert(path + "." + field.name)
            }
        }
    }

    @Test func everyFieldOfEveryBodyIsDecided() throws {
        let facts = try EngineAPIFacts.load()
        let walk = Walk(facts)
        var kinds = Set<BodyKind>()
        for (key, fact) in facts.operations {
            let operation = try #require(
                Catalogue.operations.first { $0.name == fact.operation }, "\(key)")
            let types = fact.parameters.filter { $0.key.hasPrefix("body:") }.map(\.value.type)
            guard case .json(let kind) = operation.body else {
                // An archive, which is no JSON.
                let isStream = if case .stream = operation.body { true } else { false }
                #expect(types == (isStream ? ["string"] : []), "\(key)")
                continue
            }
            #expect(types.count == 1, "\(key)")
            var meaning = facts.meaning(
                of: types.first.flatMap { $0 } ?? "", in: EngineAPIFacts.allVersions, at: key)
            let former = [key + " body", key + " body[]"] + (Self.formerNames[key] ?? [])
            meaning.schemas += former.filter { facts.schemas[$0] != nil }.map {
                EngineAPIFacts.Schema(name: $0, versions: EngineAPIFacts.allVersions)
            }
            walk.compare(Shape.of(kind), meaning, at: kind.rawValue)
            kinds.insert(kind)
        }
        #expect(kinds == Set(BodyKind.allCases))
        #expect(walk.undescribed.sorted() == Self.undescribed.keys.sorted())
        // The walk goes to the bottom.
        for deep in [
            "service.TaskTemplate.ContainerSpec.Privileges.Seccomp.Mode",
            "service.TaskTemplate.Resources.Reservations.GenericResources.NamedResourceSpec.Kind",
            "containerCreate.HostConfig.PortBindings.HostPort", "swarmInit.Spec.CAConfig.ExternalCAs.URL",
            "containerCreate.HostConfig.Mounts.VolumeOptions.DriverConfig.Options",
            "networkCreate.IPAM.Config.Subnet", "pluginPrivileges.Value", "volumeUpdate.Spec",
        ] {
            #expect(walk.decided.contains(deep), "\(deep)")
        }
        #expect(walk.decided.count > 400, "\(walk.decided.count)")
    }
}

extension Shape {
    /// What is inside of lists and maps.
    fileprivate var leaf: Shape {
        switch self {
        case .list(let shape), .map(let shape): shape.leaf
        case .strings: .string
        case .bool, .integer, .number, .string, .choice, .object: self
        }
    }

    /// True when the shape reads values of a simple type of the API's description.
    fileprivate func isSimple(_ type: String) -> Bool {
        switch self {
        case .bool: type == "boolean"
        case .integer: type == "integer"
        case .number: type == "number"
        case .string, .choice: type == "string"
        case .strings, .list, .map, .object: false
        }
    }
}
