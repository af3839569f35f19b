import Acts
import EngineAPI
import JSON

/// What a container was allowed, and what it joins.
extension Resolver {
    /// How far joins are followed, and how many objects one question may lead to.
    private static let reach = 64

    /// Adds up what a container and everything that it joins and mounts was allowed.
    func follow(
        _ container: InspectedContainer, _ prefix: String,
        _ completion: @escaping (Result<[Demand], EngineFailure>) -> Void
    ) {
        follow(Trail(container), prefix, left: Self.reach, completion)
    }

    /// What is still to be looked at, and what was found.
    private struct Trail {
        var demands: [Demand]
        var left: [(kind: ObjectKind, text: String)] = []
        var seen: Set<String> = []
        /// Containers without which the others do as well.
        var inherited: [String] = []

        init(_ container: InspectedContainer) {
            demands = []
            add(container)
        }

        mutating func add(_ container: InspectedContainer) {
            guard seen.insert(container.id).inserted else { return }
            demands += container.demands
            left += container.joins.map { (.container, $0) }
            inherited += container.inherits
            left += container.inherits.map { (.container, $0) }
            left += container.volumes.map { (.volume, $0) }
        }
    }

    private func follow(
        _ trail: Trail, _ prefix: String, left: Int,
        _ completion: @escaping (Result<[Demand], EngineFailure>) -> Void
    ) {
        var trail = trail
        guard let next = trail.left.popLast() else { return completion(.success(trail.demands)) }
        guard left > 0 else {
            let demand = Demand(
                .unjudged("more than \(Self.reach) joined containers and volumes"), origin: "joins")
            return completion(.success(trail.demands + [demand]))
        }
        ask(next.kind, next.text, prefix) { [trail] result in
            var trail = trail
            switch result {
            case .failure(let failure): return completion(.failure(failure))
            case .success(nil):
                // Volumes are made anew, mounts were copied; a namespace lives on in who joined it.
                guard next.kind == .container, !trail.inherited.contains(next.text) else { break }
                trail.demands.append(
                    Demand(.unjudged("a namespace of a container that is gone"), origin: next.text))
            case .success(let value?):
                if next.kind == .volume {
                    trail.demands += InspectedVolume(value)?.demands ?? []
                } else if let container = InspectedContainer(value) {
                    trail.add(container)
                }
            }
            self.follow(trail, prefix, left: left - 1, completion)
        }
    }
}
