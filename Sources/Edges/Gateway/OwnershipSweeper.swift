import Acts
import Engine
import EngineAPI
import Logging
import NIOCore
import Store
import Synchronization
import Wire

/// Compares the store with the engine, at the start and from time to time: settles what was made
/// without an answer, forgets what is gone behind the gateway's back and what came to nothing.
/// Confined to its pool's loop.
final class OwnershipSweeper {
    private let services: Services
    private let pool: EnginePool
    private var next = NIODeadline.now()
    /// Before this nobody makes it hurry.
    private var earliest = NIODeadline.now()
    private var isSweeping = false
    private var hasSwept = false
    private let began = OwnedObject.now()

    /// How long it rests at least, however much is pruned.
    private static let rest = TimeAmount.seconds(5)
    /// How often it is done.
    private static let pause = TimeAmount.minutes(5)
    /// After how long an intent of this process has come to nothing, in microseconds.
    private static let patience: Int64 = 600_000_000

    /// After how long one of an earlier process has, in microseconds.
    private static let grace: Int64 = 10_000_000

    init(_ services: Services, _ pool: EnginePool) {
        self.services = services
        self.pool = pool
    }

    /// Does what is due.
    func look(at now: NIODeadline) {
        for container in services.ownership.takeFound() { keepVolumes(of: container) }
        let isStale = now >= earliest && services.ownership.isStale.load(ordering: .relaxed)
        guard !isSweeping, now >= next || isStale, isNeeded else { return }
        services.ownership.isStale.store(false, ordering: .relaxed)
        isSweeping = true
        earliest = now + Self.rest
        services.facts.withTraits(pool) { result in
            guard case .success(let traits) = result, !traits.id.isEmpty else {
                return self.end(wasWhole: false)
            }
            self.sweep(Self.lists[...], "/v\(traits.version)", isWhole: true)
        }
    }

    /// Forgets at once what events tell has gone, where ids never come again; names of volumes do.
    func forget(removedBy events: [EngineEvent]) {
        for event in events {
            guard let (kind, id) = event.removed else { continue }
            services.ownership.whenGone(kind, id)?()
        }
    }

    /// A plane that has no owners asks nothing.
    private var isNeeded: Bool {
        let objects = services.ownership.objects
        return !objects.intents().isEmpty || !objects.list().isEmpty
    }

    private func end(wasWhole: Bool) {
        isSweeping = false
        // What a gateway that was killed had just asked for may still be on its way.
        let isSettled = services.ownership.objects.intents().allSatisfy { $0.createdAt >= began }
        hasSwept = hasSwept || (wasWhole && isSettled)
        next = .now() + (hasSwept ? Self.pause : .seconds(wasWhole ? 5 : 2))
    }

    // MARK: A sweep

    /// Where each kind that the store knows is listed.
    static let lists: [(ObjectKind, String)] = [
        (.container, "/containers/json?all=1"), (.network, "/networks"), (.volume, "/volumes"),
        (.service, "/services"), (.secret, "/secrets"), (.config, "/configs"),
    ]

    private func sweep(
        _ lists: ArraySlice<(ObjectKind, String)>, _ prefix: String, isWhole: Bool
    ) {
        guard let (kind, path) = lists.first else { return end(wasWhole: isWhole) }
        let before = OwnedObject.now()
        let engine = services.facts.id
        EngineCall.make(pool, .get, prefix + path, limit: 256 << 20, timeout: .seconds(120)) {
            result in
            var isWhole = isWhole
            switch result {
            // An engine outside of a Swarm has none of these.
            case .success(let answer) where answer.head.status == 503: break
            case .success(let answer) where answer.head.status == 200:
                if let (items, isAll) = ObjectListView.readable(kind, answer.body) {
                    let seen = items.compactMap { Sighting(kind, of: $0) }
                    isWhole = isWhole && isAll
                    self.compare(kind, engine, seen, before, isAll: isAll)
                } else {
                    isWhole = false
                }
            case .success, .failure: isWhole = false
            }
            self.sweep(lists.dropFirst(), prefix, isWhole: isWhole)
        }
    }

    private func compare(
        _ kind: ObjectKind, _ engine: String, _ seen: [Sighting], _ before: Int64, isAll: Bool
    ) {
        let ownership = services.ownership
        defer {
            for sighting in seen {
                ownership.objects.learn(sighting.name, of: ownership.key(kind, sighting.id))
            }
        }
        // Seals settle what they prove.
        let owners = Dictionary(
            seen.map { ($0.id, ownership.owner(of: $0)) }, uniquingKeysWith: { $1 ?? $0 })
        // What cannot be read may be what seems to be gone.
        guard isAll else { return }
        for object in ownership.objects.list()
        where object.engine == engine && object.kind == kind.rawValue
            && object.settledAt ?? before < before
            && owners[object.id ?? ""] ?? nil == nil
        {
            ownership.release(object)
        }
        let limit = hasSwept ? before - Self.patience : min(began, before - Self.grace)
        let stale = ownership.objects.intents().filter {
            $0.engine == engine && $0.kind == kind.rawValue && $0.createdAt < limit
        }
        ownership.objects.drop(stale.map(\.nonce))
    }

    // MARK: What came with a container

    /// Keeps the volumes of a container whose making was not answered.
    private func keepVolumes(of container: OwnedObject) {
        ContainerVolumes.keep(of: container, services, pool) { problem in
            guard let problem else { return }
            self.services.log.error(
                "volumes that came with a container are the administrators'",
                metadata: ["error": "\(problem)"])
        }
    }
}

/// Keeps the volumes that came with a new container.
enum ContainerVolumes {
    /// Asks the engine what came with a container, and keeps it as the container's tenant's.
    ///
    /// - Parameters:
    ///   - container: The container.
    ///   - services: Whose store keeps it.
    ///   - pool: Whose connections are used.
    ///   - completion: Called once, on the loop, with what is wrong.
    static func keep(
        of container: OwnedObject, _ services: Services, _ pool: EnginePool,
        _ completion: @escaping (String?) -> Void
    ) {
        let version = services.facts.traits?.version ?? .floor
        EngineCall.make(pool, .get, "/v\(version)/containers/\(container.id ?? "")/json") {
            result in
            switch result {
            case .failure(let failure): completion("\(failure)")
            case .success(let answer):
                let names = answer.head.status == 200 ? BroughtVolumes.read(answer.body) : []
                if names.isEmpty { return completion(nil) }
                let bound = NIOLoopBound(completion, eventLoop: pool.eventLoop)
                let eventLoop = pool.eventLoop
                services.ownership.keep(volumes: names, of: container) { result in
                    eventLoop.execute {
                        if case .failure(let error) = result { return bound.value("\(error)") }
                        bound.value(nil)
                    }
                }
            }
        }
    }
}
