import Acts
import Engine
import EngineAPI
import Exchange
import NIOCore
import Store

/// Names of the engine's that are needed for a while.
extension ClientConnection {
    private var work: ImageWork { ImageWork(services: loop.services, pool: loop.pool) }

    /// Notes the names that a push or a save needs on the engine itself.
    func markBorrowed(_ act: Act, of tenant: String) {
        guard ["ImagePush", "ImageGet", "ImageGetAll"].contains(exchange.operation?.name ?? "")
        else { return }
        var seen = Set<String>()
        for reference in act.references where reference.kind == .image {
            guard let image = facts.images[reference], let anchor = image.anchor,
                let name = image.name, case .found(let id, _)? = facts[reference],
                seen.insert(name).inserted
            else { continue }
            borrowed.append(
                BorrowedName(
                    name, of: tenant, image: id, anchor: anchor,
                    isPush: exchange.operation?.name == "ImagePush"))
        }
        // In one order, so that nobody waits for who waits.
        borrowed.sort { $0.name < $1.name }
    }

    /// Gets the names that are needed on the engine, one after the other.
    func borrowNames(_ then: @escaping () -> Void) {
        guard let wanted = borrowed.first(where: { $0.state == .waiting }) else { return then() }
        let number = self.number
        let turns = loop.services.images.turns
        turns.take(wanted.name, on: loop.eventLoop) {
            guard number == self.number, self.isActive else { return turns.leave(wanted.name) }
            wanted.state = .looking
            self.work.inspect(wanted.name) { result in
                guard number == self.number, self.isActive else { return }
                self.found(result, wanted) { self.borrowNames(then) }
                self.process()
            }
        }
    }

    private func found(
        _ result: Result<InspectedImage?, EngineFailure>, _ wanted: BorrowedName,
        _ then: @escaping () -> Void
    ) {
        switch result {
        case .failure(let failure): fail(failure)
        case .success(let image?):
            wanted.state = .wasThere
            guard wanted.anchor == nil || image.id == wanted.image else {
                return refuseName(wanted.name)
            }
            then()
        case .success(nil) where wanted.anchor == nil:
            wanted.state = .absent
            then()
        case .success(nil): borrow(wanted, then)
        }
    }

    private func refuseName(_ name: String) {
        let said = ImageReference(name)?.familiar ?? name
        run(
            .answer(
                Answer(
                    status: 409,
                    message:
                        "quaymaster: refused: the engine has another image of the name \(said), "
                        + "which is everybody's; rule name.shared; give the image another name, or "
                        + "have an administrator remove that one", rule: "name.shared"), .close))
    }

    private func refuseName(_ name: String, _ error: StoreError) {
        let said = ImageReference(name)?.familiar ?? name
        switch error {
        case .taken:
            run(
                .answer(
                    Answer(
                        status: 409,
                        message:
                            "quaymaster: refused: the name \(said) cannot be used on the engine for "
                            + "the moment; rule name.lent; ask again", rule: "name.lent"), .close))
        case .full(_, let most): run(exchange.namesExhausted(most))
        case .quota, .unkeepable, .inUse, .newer, .damaged, .failed, .closed:
            run(
                .answer(
                    Answer(
                        status: 507,
                        message: "quaymaster: the image's name cannot be kept: \(error)"), .close))
        }
    }

    /// Names the tenant's image on the engine. That the name is the tenant's is on the disk before.
    private func borrow(_ wanted: BorrowedName, _ then: @escaping () -> Void) {
        guard let name = ImageReference(wanted.name), let tag = name.tag else {
            return run(exchange.abort())
        }
        loop.services.images.beginBorrowing(wanted.name)
        wanted.state = .claiming
        let work = self.work
        let number = self.number
        let bound = NIOLoopBound((self, work, wanted, then), eventLoop: loop.eventLoop)
        let eventLoop = loop.eventLoop
        loop.services.store.claim([wanted.name], for: wanted.tenant, by: peer.identity) { result in
            eventLoop.execute {
                let (connection, work, wanted, then) = bound.value
                let isHere = number == connection.number && connection.isActive
                if case .failure(let error) = result {
                    wanted.state = .looking
                    work.services.images.endBorrowing(wanted.name)
                    guard isHere else { return work.giveBack(wanted) }
                    return connection.refuseName(wanted.name, error)
                }
                wanted.state = .claimed
                guard isHere else { return work.giveBack(wanted) }
                wanted.state = .tagging
                work.tag(wanted.image, name.name, tag) { result in
                    wanted.tagged(result)
                    guard number == connection.number, connection.isActive else {
                        return work.giveBack(wanted)
                    }
                    switch result {
                    case .success(true): then()
                    case .success(false): connection.goneMeanwhile(wanted)
                    case .failure(let failure): connection.fail(failure)
                    }
                    connection.process()
                }
            }
        }
    }

    private func goneMeanwhile(_ wanted: BorrowedName) {
        let said = ImageReference(wanted.name)?.familiar ?? wanted.name
        run(.answer(Answer(status: 404, message: "No such image: \(said)"), .close))
    }

    /// Gives names back, whoever has gone; what cannot be given back now is by the keeper.
    func returnNames() {
        let names = borrowed
        borrowed = []
        lending = Lending()
        for name in names { work.giveBack(name) }
    }

    /// Ends a push or a save that keeps a name of the engine's from others for too long.
    func lookAtLent(at now: NIODeadline) {
        guard isActive, let context, borrowed.contains(where: { $0.state == .tagged }) else {
            return
        }
        let taken = record?.bytesOut ?? 0
        if let reason = lending.objection(
            at: now, isTaking: context.channel.isWritable, taken: taken)
        {
            end(reason)
        }
    }
}
