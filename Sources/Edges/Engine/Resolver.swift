package import Acts
import EngineAPI
import JSON
import NIOCore
import Wire

/// Finds out what references mean, by asking the engine.
///
/// Whose a container is never changes, so it is remembered by full id; names are asked anew each
/// time. Confined to its pool's loop.
package final class Resolver {
    private let pool: EnginePool
    private let facts: EngineFacts
    private var owners: [String: String?] = [:]

    /// How many owners are remembered before all are forgotten.
    private static let capacity = 16_384

    /// Makes a resolver.
    package init(pool: EnginePool, facts: EngineFacts) {
        self.pool = pool
        self.facts = facts
    }

    /// Resolves references one after the other.
    ///
    /// - Parameters:
    ///   - references: Only kinds that belong to tenants are asked for.
    ///   - isWanted: Asked before each; false when whoever asked has gone, and nobody is called.
    ///   - completion: Called once, on the loop.
    package func resolve(
        _ references: [Reference], while isWanted: @escaping () -> Bool,
        _ completion: @escaping (Result<Facts, EngineFailure>) -> Void
    ) {
        facts.withVersion(pool) { result in
            switch result {
            case .failure(let failure): completion(.failure(failure))
            case .success(let version):
                self.resolve(references[...], Facts(), "/v\(version)", isWanted, completion)
            }
        }
    }

    private func resolve(
        _ references: ArraySlice<Reference>, _ facts: Facts, _ prefix: String,
        _ isWanted: @escaping () -> Bool,
        _ completion: @escaping (Result<Facts, EngineFailure>) -> Void
    ) {
        var left = references
        var facts = facts
        // What is remembered is answered in a loop: a call each would pile up the stack.
        while let reference = left.first, let known = remembered(reference.kind, reference.text) {
            facts[reference] = known
            left = left.dropFirst()
        }
        guard isWanted() else { return }
        guard let reference = left.first else { return completion(.success(facts)) }
        ask(reference.kind, reference.text, prefix) { [facts, left] result in
            switch result {
            case .failure(let failure): completion(.failure(failure))
            case .success(let resolution):
                var facts = facts
                facts[reference] = resolution
                self.resolve(left.dropFirst(), facts, prefix, isWanted, completion)
            }
        }
    }

    /// What is known without asking: whose a container of a full id is.
    private func remembered(_ kind: ObjectKind, _ text: String) -> Resolution? {
        if Self.path(kind, text) == nil { return .absent }
        guard kind == .container, text.utf8.count == 64, let owner = owners[text] else {
            return nil
        }
        return .found(id: text, tenant: owner)
    }

    private func ask(
        _ kind: ObjectKind, _ text: String, _ prefix: String,
        _ completion: @escaping (Result<Resolution, EngineFailure>) -> Void
    ) {
        if let known = remembered(kind, text) { return completion(.success(known)) }
        guard let path = Self.path(kind, text) else { return completion(.success(.absent)) }
        EngineCall.make(pool, .get, prefix + path) { result in
            switch result {
            case .failure(let failure): completion(.failure(failure))
            case .success(let answer) where answer.head.status == 404:
                completion(.success(.absent))
            case .success(let answer):
                self.read(kind, answer, prefix, completion)
            }
        }
    }

    private func read(
        _ kind: ObjectKind, _ answer: EngineAnswer, _ prefix: String,
        _ completion: @escaping (Result<Resolution, EngineFailure>) -> Void
    ) {
        guard answer.head.status == 200, let value = Self.json(answer.body) else {
            return completion(
                .failure(
                    EngineFailure(
                        "the engine at \(pool.address) would not say what is meant "
                            + "(status \(answer.head.status))", status: 502)))
        }
        if kind == .exec {
            guard let container = value["ContainerID"]?.string, let id = value["ID"]?.string else {
                return completion(.success(.absent))
            }
            return ask(.container, container, prefix) { result in
                completion(result.map { $0.renamed(id) })
            }
        }
        let labels =
            value["Config"]?["Labels"] ?? value["Spec"]?["Labels"] ?? value["Labels"] ?? .null
        let id = value["Id"]?.string ?? value["ID"]?.string ?? value["Name"]?.string ?? ""
        let owner = labels[StampedLabel.tenant]?.string.flatMap { $0.isEmpty ? nil : $0 }
        if kind == .container { remember(id, owner) }
        completion(.success(id.isEmpty ? .absent : .found(id: id, tenant: owner)))
    }

    private func remember(_ id: String, _ owner: String?) {
        if owners.count >= Self.capacity { owners.removeAll() }
        owners[id] = .some(owner)
    }

    private static func path(_ kind: ObjectKind, _ text: String) -> String? {
        switch kind {
        case .container: "/containers/\(text)/json"
        case .exec: "/exec/\(text)/json"
        case .network: "/networks/\(text)"
        case .volume: "/volumes/\(text)"
        case .service: "/services/\(text)"
        case .secret: "/secrets/\(text)"
        case .config: "/configs/\(text)"
        // Whose a task is follows from its service: not until services are judged.
        case .task, .image, .node, .plugin, .engine: nil
        }
    }

    private static func json(_ body: [UInt8]) -> JSONValue? {
        do {
            return try JSONReader.value(of: body, depthLimit: 64)
        } catch {
            return nil
        }
    }
}

extension Resolution {
    /// The same owner under another id.
    fileprivate func renamed(_ id: String) -> Resolution {
        switch self {
        case .found(_, let tenant): .found(id: id, tenant: tenant)
        case .absent: .absent
        }
    }
}
