import Acts
import EngineAPI
import JSON
import Wire

/// What a tenant's word for an object leads to.
package enum Meant: Hashable, Sendable {
    /// The object of this full id; a volume's name on the engine.
    case id(String)
    /// Perhaps to something that a Swarm has made of a service of these tenants.
    case task(of: [String])
    /// Perhaps to one of the administrators' networks of these names, which are offered to the tenant.
    case offered([String])
    /// To nothing that the tenant has, whoever else has it.
    case nothing
}

/// What references mean in the words of tenants.
extension Resolver {
    /// Finds what a reference means: in the words of tenants, or of the engine.
    func find(
        _ reference: Reference, _ asking: Asking,
        _ completion: @escaping (Result<Finding, EngineFailure>) -> Void
    ) {
        guard let tenants = asking.tenants, reference.kind.isRecorded else {
            return find(reference, asking.prefix, completion)
        }
        switch meaning(reference.kind, reference.text, tenants) {
        case .nothing: completion(.success(.absent))
        case .id(let id):
            let release = gone(reference.kind, id)
            find(reference.called(id), asking.prefix) { result in
                // Another volume has come to the name: what was the tenant's is gone.
                if case .success(let finding) = result, reference.kind == .volume,
                    case .found(_, let tenant) = finding.resolution,
                    tenant.map({ !tenants.contains($0) }) ?? true
                {
                    release?()
                    return completion(.success(.absent))
                }
                completion(result)
            }
        case .offered(let names):
            offered(names[...], [], reference, asking.prefix, completion)
        case .task(let tenants):
            // Asked for all alike, so that nobody learns from the time what others have.
            tasks(of: tenants[...], reference, asking.prefix) { result in
                switch result {
                case .failure(let failure): completion(.failure(failure))
                case .success(nil): completion(.success(.absent))
                case .success(let id?): self.find(reference.called(id), asking.prefix, completion)
                }
            }
        }
    }

    /// Finds a container of a service's task, or a volume that came with one.
    private func tasks(
        of tenants: ArraySlice<String>, _ reference: Reference, _ prefix: String,
        _ completion: @escaping (Result<String?, EngineFailure>) -> Void
    ) {
        guard let tenant = tenants.first else { return completion(.success(nil)) }
        let path = ObjectListView.pathOfTasks(tenant)
        EngineCall.make(pool, .get, prefix + path, limit: 64 << 20) { result in
            switch result {
            case .failure(let failure): completion(.failure(failure))
            case .success(let answer):
                guard answer.head.status == 200,
                    let items = ObjectListView.items(.container, answer.body)
                else {
                    return completion(
                        .failure(EngineFailure("the engine would not list tasks", status: 502)))
                }
                let own = items.filter { item in
                    Sighting(.container, of: item).flatMap(self.owner) == tenant
                }
                if let id = ObjectListView.task(reference, among: own, self.told(tenant)) {
                    return completion(.success(id))
                }
                self.tasks(of: tenants.dropFirst(), reference, prefix, completion)
            }
        }
    }
}
