import Acts
import Engine
import EngineAPI
import JSON
import Logging
import NIOCore
import Policy
import Store
import Synchronization
import Wire

/// Keeps tenants' rows of images and the engine's anchors alike, at the start and from time to time:
/// anchors without a row go, rows whose image is gone too. Confined to its pool's loop.
final class ImageKeeper {
    private let services: Services
    private let work: ImageWork
    private var next = NIODeadline.now()
    private var earliest = NIODeadline.now()
    private var isBusy = false
    /// Origins whose objects were gone the last time.
    private var suspects: Set<String> = []

    /// How long it rests at least.
    private static let rest = TimeAmount.seconds(5)
    /// How often it looks.
    private static let pause = TimeAmount.minutes(5)

    init(_ services: Services, _ pool: EnginePool) {
        self.services = services
        work = ImageWork(services: services, pool: pool)
    }

    /// Does what is due.
    func look(at now: NIODeadline) {
        guard !isBusy, services.authority.policy.isShared else { return }
        let isStale = services.images.isStale.load(ordering: .relaxed)
        guard now >= next || (isStale && now >= earliest) else { return }
        services.images.isStale.store(false, ordering: .relaxed)
        isBusy = true
        earliest = now + Self.rest
        services.facts.withTraits(work.pool) { result in
            guard case .success(let traits) = result, !traits.id.isEmpty else { return self.end() }
            let names = self.services.store.allTags.filter {
                !self.services.images.isBorrowed($0.key)
            }
            self.adopt(Array(names)[...]) { self.compare() }
        }
    }

    private func end(again: Bool = true) {
        isBusy = false
        next = .now() + (again ? .seconds(2) : Self.pause)
    }

    // MARK: Names of former times

    /// Makes rows of the names that tenants had on the engine itself.
    private func adopt(
        _ left: ArraySlice<(key: String, value: String)>, _ then: @escaping () -> Void
    ) {
        guard let (name, tenant) = left.first else { return then() }
        let goOn = { self.adopt(left.dropFirst(), then) }
        work.inspect(name) { result in
            switch result {
            // The next time.
            case .failure: self.end()
            case .success(nil): self.release(name, tenant, goOn)
            // A push or a save that a crash has cut off.
            case .success(.some) where self.isNamed(name, tenant):
                self.work.untag(name, keepsContent: true) { isGone in
                    guard isGone else { return self.end() }
                    self.release(name, tenant, goOn)
                }
            case .success(let image?): self.adopt(name, of: tenant, image, goOn)
            }
        }
    }

    private func adopt(
        _ name: String, of tenant: String, _ image: InspectedImage, _ then: @escaping () -> Void
    ) {
        let anchor = services.images.anchor(for: tenant)
        let naming = ImageNaming(anchor, as: name)
        services.images.begin([naming])
        work.tag(image.id, anchor.repository, anchor.tenant) { result in
            guard case .success(true) = result else {
                self.services.images.end([naming])
                return self.end()
            }
            self.work.keep([naming], by: "quaymaster") { result in
                guard case .success = result else { return self.end() }
                self.work.untag(name, keepsContent: true) { isGone in
                    guard isGone else { return self.end() }
                    self.release(name, tenant, then)
                }
            }
        }
    }

    private func isNamed(_ name: String, _ tenant: String) -> Bool {
        services.images.rows.row(name, of: tenant, on: services.facts.id) != nil
    }

    private func release(_ name: String, _ tenant: String, _ then: @escaping () -> Void) {
        let bound = NIOLoopBound((self, then), eventLoop: work.pool.eventLoop)
        let eventLoop = work.pool.eventLoop
        services.store.release([name], of: tenant) { result in
            eventLoop.execute {
                let (keeper, then) = bound.value
                if case .failure = result { return keeper.end() }
                then()
            }
        }
    }

    // MARK: Rows and anchors

    private func compare() {
        let before = OwnedObject.now()
        let path = "/v\(services.facts.traits?.version ?? .floor)/images/json"
        EngineCall.make(
            work.pool, .get, path, limit: 256 << 20, timeout: .seconds(120)
        ) { result in
            guard case .success(let answer) = result, answer.head.status == 200,
                // An image that cannot be read is anchored anew, which changes nothing.
                let images = ObjectListView.readable(.image, answer.body)?.items
            else { return self.end() }
            let names = images.flatMap { $0["RepoTags"]?.array ?? [] }.compactMap(\.string)
            let anchors = Set(names.compactMap(ImageAnchor.init(parsing:)))
            let loose = anchors.filter {
                self.services.images.isOurs($0) && !self.services.images.isKept($0)
            }
            for anchor in loose { self.work.untag(anchor.name, keepsContent: false) }
            self.letGo(images)
            let bare = self.services.images.rows.list().filter {
                $0.engine == self.services.facts.id && $0.createdAt < before
                    && !anchors.contains(TenantImages.anchor(of: $0))
            }
            self.mend(bare[...]) { self.forgetOrigins() }
        }
    }

    /// What has lost its name and is everybody's needs no row: it is seen under the engine's own name.
    private func letGo(_ images: [JSONValue]) {
        let names = services.images.names
        for image in images {
            let shown = (image["RepoTags"]?.array ?? []).compactMap(\.string)
            guard shown.contains(where: names.isShared) else { continue }
            let rows = services.images.rows.rows(
                of: image["Id"]?.string ?? "", on: services.facts.id)
            for row in rows where row.reference.isEmpty {
                work.remove([row]) { result in
                    guard case .success = result else { return }
                    self.work.untag(TenantImages.anchor(of: row).name, keepsContent: true)
                }
            }
        }
    }

    /// Anchors anew what has lost its anchor, and forgets what is gone.
    private func mend(_ left: ArraySlice<ImageRow>, _ then: @escaping () -> Void) {
        guard let row = left.first else { return then() }
        // It may have been removed since it was listed.
        guard services.images.rows.row(row.nonce) != nil else {
            return mend(left.dropFirst(), then)
        }
        let anchor = TenantImages.anchor(of: row)
        work.tag(row.image, anchor.repository, anchor.tenant) { result in
            switch result {
            case .failure: self.end()
            case .success(true): self.mend(left.dropFirst(), then)
            case .success(false):
                self.work.remove([row]) { _ in self.mend(left.dropFirst(), then) }
            }
        }
    }

    /// Forgets what objects were made from that are gone. One that has just been noted is not written
    /// down itself yet.
    private func forgetOrigins() {
        let objects = services.ownership.objects
        let gone = services.images.rows.origins.filter {
            objects.settled($0.nonce) == nil && objects.intent($0.nonce) == nil
        }
        services.images.rows.forget(gone.filter { suspects.contains($0.nonce) })
        suspects = Set(gone.map(\.nonce))
        end(again: false)
    }
}
