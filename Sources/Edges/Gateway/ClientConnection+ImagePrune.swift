import Acts
import Engine
import EngineAPI
import Exchange
import JSON
import Ledger
import NIOCore
import Store
import Wire

/// A tenant's prune of images, which the gateway carries out: the engine knows nothing of rows.
extension ClientConnection {
    /// What a prune has removed so far, and what there was.
    private struct Pruned {
        let tenant: String
        let sizes: ImageSizes
        var removed: [JSONValue] = []
    }

    /// Removes the tenant's images that a prune takes, one after the other, and says which.
    ///
    /// - Parameters:
    ///   - target: The target of the request.
    ///   - tenant: Whose prune it is.
    ///   - then: Called with the body of the answer.
    func pruneImages(_ target: String, of tenant: String, _ then: @escaping ([UInt8]) -> Void) {
        let pruning: ImagePruning
        do {
            pruning = try ImagePruning(target: target, now: Timestamp.now() / 1_000_000_000)
        } catch {
            let message = "quaymaster: refused: \(error.words); rule query.filters"
            return run(
                .answer(Answer(status: 400, message: message, rule: "query.filters"), .close))
        }
        let number = self.number
        takeListTurn(of: tenant) { leave in
            self.listImages { images in
                defer { leave() }
                guard number == self.number, self.isActive else { return }
                if let images {
                    let chosen = pruning.choose(from: images, of: tenant, self.loop.imageNames)
                    let pruned = Pruned(tenant: tenant, sizes: ImageSizes(images))
                    self.prune(chosen[...], pruned) {
                        then(ImagePruning.answer($0.removed, $0.sizes))
                    }
                } else {
                    self.fail(
                        EngineFailure("the engine would not list its images", status: 502))
                }
                self.process()
            }
            self.process()
        }
    }

    /// Waits until nobody else lists all images, which is long. Of each tenant only one waits for that:
    /// the others' prunes are not behind all of those.
    ///
    /// - Parameters:
    ///   - tenant: The tenant.
    ///   - body: Called with what gives the turn back.
    private func takeListTurn(of tenant: String, _ body: @escaping (@escaping () -> Void) -> Void) {
        let turns = loop.services.listTurns
        let number = self.number
        let own = Self.pruning + " of " + tenant
        func leave() {
            turns.leave(Self.pruning)
            turns.leave(own)
        }
        turns.take(own, on: loop.eventLoop) {
            guard number == self.number, self.isActive else { return turns.leave(own) }
            turns.take(Self.pruning, on: self.loop.eventLoop) {
                guard number == self.number, self.isActive else { return leave() }
                body(leave)
            }
        }
    }

    private static let pruning = "prune of images"

    private func listImages(_ then: @escaping ([JSONValue]?) -> Void) {
        let version = loop.services.facts.traits?.version ?? .floor
        EngineCall.make(
            loop.pool, .get, "/v\(version)/images/json?all=1", limit: 256 << 20,
            timeout: .seconds(120)
        ) { result in
            guard case .success(let answer) = result, answer.head.status == 200 else {
                return then(nil)
            }
            then(answer.json?.array)
        }
    }

    private func prune(
        _ left: ArraySlice<ImagePruning.Chosen>, _ pruned: Pruned,
        _ then: @escaping (Pruned) -> Void
    ) {
        guard let image = left.first else { return then(pruned) }
        let number = self.number
        remove(image, of: pruned.tenant) { removed in
            guard number == self.number, self.isActive else { return }
            var pruned = pruned
            pruned.removed += removed
            // What somebody needs by now is passed over at once, however many of them come in a row.
            self.loop.eventLoop.assumeIsolated().execute {
                guard number == self.number, self.isActive else { return }
                self.prune(left.dropFirst(), pruned, then)
                self.process()
            }
        }
    }

    /// Removes an image unless somebody needs it by now.
    private func remove(
        _ image: ImagePruning.Chosen, of tenant: String, _ then: @escaping ([JSONValue]) -> Void
    ) {
        let images = loop.services.images
        let work = imageWork
        if image.isLeft {
            guard images.isNobodysBut(tenant, image.id) else { return then([]) }
            let anchor = makeAnchor(for: tenant)
            return work.tag(image.id, anchor.repository, anchor.tenant) { result in
                guard case .success(true) = result else { return then([]) }
                work.delete(anchor.name) { then($0 ?? []) }
            }
        }
        let rows = images.rows.rows(of: image.id, on: loop.services.facts.id, tenant: tenant)
        guard !loop.imageNames.isUsed(tenant, image.id), let last = rows.last else {
            return then([])
        }
        remove(names: rows.dropLast(), work) { gone in
            work.delete(TenantImages.anchor(of: last).name) { said in
                // What the engine keeps has its row still.
                let gone = gone + (said == nil ? [] : [last])
                let untagged = gone.compactMap { ImageReference($0.reference)?.familiar }
                work.remove(gone) { result in
                    guard case .success = result else { return then([]) }
                    then(Self.untagged(untagged) + (said ?? []))
                }
            }
        }
    }

    private func remove(
        names rows: ArraySlice<ImageRow>, _ work: ImageWork,
        _ then: @escaping ([ImageRow]) -> Void
    ) {
        guard let row = rows.first else { return then([]) }
        work.untag(TenantImages.anchor(of: row).name, keepsContent: true) { isGone in
            self.remove(names: rows.dropFirst(), work) { then((isGone ? [row] : []) + $0) }
        }
    }

    private static func untagged(_ names: [String]) -> [JSONValue] {
        names.map { .object(JSONObject([("Untagged", .string($0))])) }
    }
}
