package import Acts
package import EngineAPI
package import JSON
import NIOCore
import Wire

/// Finds out what references mean, by asking the engine.
///
/// What a container was allowed never changes, so it is remembered by full id; names, and what a
/// container joins and mounts, are asked anew each time. Confined to its pool's loop.
package final class Resolver {
    let pool: EnginePool
    private let facts: EngineFacts
    let owner: Sighting.Owner
    let names: ImageNames
    let gone: (ObjectKind, String) -> (() -> Void)?
    let meaning: (ObjectKind, String, [String]) -> Meant
    let told: (String) -> Retelling
    private var containers: [String: InspectedContainer] = [:]

    /// How many containers are remembered before all are forgotten.
    private static let capacity = 16_384

    /// Makes a resolver.
    ///
    /// - Parameters:
    ///   - pool: Whose connections are used.
    ///   - facts: What is known of the engine.
    ///   - owner: Says whose an object is.
    ///   - names: What tenants call images.
    ///   - gone: Called before an object is asked for; what it gives is called when there is none.
    ///   - meaning: What tenants mean by a text.
    ///   - told: Tells the engine's names as a tenant knows them.
    package init(
        pool: EnginePool, facts: EngineFacts, owner: @escaping Sighting.Owner,
        names: ImageNames,
        gone: @escaping (ObjectKind, String) -> (() -> Void)?,
        meaning: @escaping (ObjectKind, String, [String]) -> Meant,
        told: @escaping (String) -> Retelling
    ) {
        self.told = told
        self.meaning = meaning
        self.pool = pool
        self.facts = facts
        self.owner = owner
        self.gone = gone
        self.names = names
    }

    /// Resolves references one after the other.
    ///
    /// - Parameters:
    ///   - references: What is asked about.
    ///   - tenants: Whose names of objects are meant; nil: the engine's.
    ///   - viewers: Whose names of images count: tenants, and nil for the engine's own.
    ///   - isWanted: Asked before each; false when whoever asked has gone, and nobody is called.
    ///   - completion: Called once, on the loop.
    package func resolve(
        _ references: [Reference], in tenants: [String]?, for viewers: [String?] = [nil],
        while isWanted: @escaping () -> Bool,
        _ completion: @escaping (Result<Facts, EngineFailure>) -> Void
    ) {
        facts.withTraits(pool) { result in
            switch result {
            case .failure(let failure): completion(.failure(failure))
            case .success(let traits):
                let questions = references.flatMap { reference in
                    reference.kind == .image
                        ? viewers.map { Question(reference, $0) } : [Question(reference, nil)]
                }
                let asking = Asking(
                    tenants: tenants, prefix: "/v\(traits.version)", isWanted: isWanted)
                self.resolve(questions[...], Facts(), asking, completion)
            }
        }
    }

    /// What all references of one request are asked with.
    struct Asking {
        let tenants: [String]?
        let prefix: String
        let isWanted: () -> Bool
    }

    /// A reference, and who means it.
    private struct Question {
        let reference: Reference
        let viewer: String?

        init(_ reference: Reference, _ viewer: String?) {
            self.reference = reference
            self.viewer = viewer
        }
    }

    private func resolve(
        _ questions: ArraySlice<Question>, _ facts: Facts, _ asking: Asking,
        _ completion: @escaping (Result<Facts, EngineFailure>) -> Void
    ) {
        var left = questions
        var facts = facts
        // What is known is answered in a loop: a call each would pile up the stack.
        while let question = left.first,
            let known = remembered(question.reference, asking.tenants)
        {
            facts[question.reference] = known
            left = left.dropFirst()
        }
        guard asking.isWanted() else { return }
        guard let question = left.first else { return completion(.success(facts)) }
        find(question, asking) { [facts, left] result in
            switch result {
            case .failure(let failure): completion(.failure(failure))
            case .success(let found):
                var facts = facts
                facts.add(found, for: question.viewer, question.reference)
                self.resolve(left.dropFirst(), facts, asking, completion)
            }
        }
    }

    private func find(
        _ question: Question, _ asking: Asking,
        _ completion: @escaping (Result<Finding, EngineFailure>) -> Void
    ) {
        guard let tenant = question.viewer else {
            return find(question.reference, asking, completion)
        }
        view(question.reference, for: tenant, asking.prefix, completion)
    }

    /// What is known without asking: that there is no such kind, and whose a container of a full id
    /// is, as long as nobody asks what it was allowed.
    private func remembered(_ reference: Reference, _ tenants: [String]?) -> Resolution? {
        if Self.path(reference.kind, reference.text) == nil { return .absent }
        var text = reference.text
        if let tenants, reference.kind.isRecorded {
            switch meaning(reference.kind, text, tenants) {
            case .nothing: return .absent
            case .id(let id): text = id
            case .task, .offered: return nil
            }
        }
        guard reference.kind == .container, !reference.lendsPower, text.utf8.count == 64,
            let known = containers[text]
        else { return nil }
        return found(known)
    }

    private func found(_ container: InspectedContainer) -> Resolution {
        let sighting = Sighting(.container, container.id, seal: container.seal)
        return .found(id: container.id, tenant: owner(sighting))
    }

    /// Asks what an engine says of an object; nil when there is none.
    ///
    /// - Parameters:
    ///   - kind: The kind.
    ///   - text: A name, an id, or the beginning of one.
    ///   - completion: Called once, on the loop.
    package func inspect(
        _ kind: ObjectKind, _ text: String,
        _ completion: @escaping (Result<JSONValue?, EngineFailure>) -> Void
    ) {
        guard Name.isValid(text, for: kind) else { return completion(.success(nil)) }
        facts.withTraits(pool) { result in
            switch result {
            case .failure(let failure): completion(.failure(failure))
            case .success(let traits): self.ask(kind, text, "/v\(traits.version)", completion)
            }
        }
    }

    /// Asks whose one object is, by its full id.
    ///
    /// - Parameters:
    ///   - kind: The kind.
    ///   - id: The full id; a volume's name.
    ///   - completion: Called once, on the loop; with nil when nobody can say.
    package func owner(
        of kind: ObjectKind, _ id: String, _ completion: @escaping (String?) -> Void
    ) {
        guard Name.isValid(id, for: kind) else { return completion(nil) }
        let prefix = "/v\(facts.traits?.version ?? .floor)"
        ask(kind, id, prefix) { result in
            guard case .success(let value?) = result, let seen = Sighting(kind, of: value),
                seen.id.utf8.elementsEqual(id.utf8)
            else { return completion(nil) }
            completion(self.owner(seen))
        }
    }

    /// What a reference turned out to be, with what it lends.
    struct Finding {
        var resolution: Resolution
        var powers: [Demand]?
        var image: ImageFinding?
        /// What its owner calls a network.
        var network: String?

        static let absent = Finding(resolution: .absent)
    }

    func find(
        _ reference: Reference, _ prefix: String,
        _ completion: @escaping (Result<Finding, EngineFailure>) -> Void
    ) {
        ask(reference.kind, reference.text, prefix) { result in
            switch result {
            case .failure(let failure): completion(.failure(failure))
            case .success(nil): completion(.success(.absent))
            case .success(let value?): self.read(reference, value, prefix, completion)
            }
        }
    }

    func read(
        _ reference: Reference, _ value: JSONValue, _ prefix: String,
        _ completion: @escaping (Result<Finding, EngineFailure>) -> Void
    ) {
        switch reference.kind {
        case .exec:
            guard let container = value["ContainerID"]?.string, let id = value["ID"]?.string else {
                return completion(.success(.absent))
            }
            let inside = Reference(
                .container, container, origin: reference.origin, lendsPower: reference.lendsPower)
            let isPrivileged = value["ProcessConfig"]?["privileged"]?.bool == true
            find(inside, prefix) { result in
                completion(result.map { $0.renamed(id, isPrivileged: isPrivileged) })
            }
        case .container:
            guard let container = InspectedContainer(value) else {
                return completion(.success(.absent))
            }
            remember(container)
            let found = found(container)
            guard reference.lendsPower else {
                return completion(.success(Finding(resolution: found)))
            }
            follow(container, prefix) { result in
                completion(result.map { Finding(resolution: found, powers: $0) })
            }
        case .volume:
            let volume = InspectedVolume(value)
            completion(.success(finding(volume?.sighting, volume?.demands)))
        case .image: completion(.success(Self.engineImage(reference.text, value)))
        case .network:
            let network = InspectedNetwork(value)
            var finding = finding(network?.sighting, network?.demands)
            finding.network = network.map { name(of: $0) }
            completion(.success(finding))
        case .service:
            let service = InspectedService(value)
            completion(.success(finding(service?.sighting, service?.demands)))
        case .secret, .config:
            completion(.success(finding(Sighting(reference.kind, of: value), nil)))
        case .task, .node, .plugin, .engine: completion(.success(.absent))
        }
    }

    /// What was found, with what it lends; without a sighting there is nothing.
    private func finding(_ sighting: Sighting?, _ powers: [Demand]?) -> Finding {
        guard let sighting else { return .absent }
        return Finding(
            resolution: .found(id: sighting.id, tenant: owner(sighting)), powers: powers)
    }

    private func remember(_ container: InspectedContainer) {
        if containers.count >= Self.capacity { containers.removeAll() }
        containers[container.id] = container
    }

    // MARK: Asking

    /// Asks for one object; nil when there is none.
    func ask(
        _ kind: ObjectKind, _ text: String, _ prefix: String,
        _ completion: @escaping (Result<JSONValue?, EngineFailure>) -> Void
    ) {
        // Nothing has no name; engines answer such a path with another.
        guard !text.isEmpty, let path = Self.path(kind, text) else {
            return completion(.success(nil))
        }
        let release = gone(kind, text)
        EngineCall.make(pool, .get, prefix + path) { result in
            switch result {
            case .failure(let failure): completion(.failure(failure))
            case .success(let answer) where answer.head.status == 404:
                release?()
                completion(.success(nil))
            // What cannot be an image's name is no image's.
            case .success(let answer) where answer.head.status == 400 && kind == .image:
                completion(.success(nil))
            case .success(let answer) where answer.head.status == 503:
                // No node of a Swarm, in the words that clients look for.
                let words = answer.json?["message"]?.string
                completion(.failure(EngineFailure(words ?? "the engine is busy", status: 503)))
            case .success(let answer):
                guard answer.head.status == 200, let value = answer.json else {
                    return completion(
                        .failure(
                            EngineFailure(
                                "the engine at \(self.pool.door) would not say what is meant "
                                    + "(status \(answer.head.status))", status: 502)))
                }
                completion(.success(value))
            }
        }
    }

    private static func path(_ kind: ObjectKind, _ text: String) -> String? {
        switch kind {
        case .container: "/containers/\(text)/json"
        case .exec: "/exec/\(text)/json"
        case .image: "/images/\(text)/json"
        case .network: "/networks/\(text)"
        case .volume: "/volumes/\(text)"
        case .service: "/services/\(text)"
        case .secret: "/secrets/\(text)"
        case .config: "/configs/\(text)"
        // Whose a task is follows from its service: not until services are a tenant's own.
        case .task, .node, .plugin, .engine: nil
        }
    }
}

extension Resolver.Finding {
    /// The same under an exec's id, with the power that the exec itself was given.
    fileprivate func renamed(_ id: String, isPrivileged: Bool) -> Self {
        guard case .found(_, let tenant) = resolution else { return self }
        var finding = self
        finding.resolution = .found(id: id, tenant: tenant)
        if isPrivileged {
            finding.powers = (powers ?? []) + [Demand(.privileged, origin: "ProcessConfig")]
        }
        return finding
    }
}

extension Facts {
    /// Adds what a reference turned out to be.
    fileprivate mutating func add(
        _ found: Resolver.Finding, for viewer: String?, _ reference: Reference
    ) {
        if let viewer {
            views[viewer, default: ImageFacts()].resolutions[reference] = found.resolution
            views[viewer]?.images[reference] = found.image
            return
        }
        self[reference] = found.resolution
        powers[reference] = found.powers
        images[reference] = found.image
        networks[reference] = found.network
    }
}
