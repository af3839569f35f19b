import Acts
import Engine
import EngineAPI
import Exchange
import JSON
import NIOCore
import Policy
import Store
import Wire

/// A name of the engine's that is a tenant's while its image is pushed, saved or pulled.
struct BorrowedName: Hashable {
    /// The name, in canonical spelling.
    let name: String
    /// The id of the tenant's image; "" for what is pulled.
    let image: String
    /// What keeps it; nil for what is pulled.
    let anchor: ImageAnchor?
    /// True when the engine had the name before.
    var wasThere = false
    /// True when its turn has come.
    var isOurs = false
}

/// Images on their way from and to registries and archives, which need the engine's own names.
extension ClientConnection {
    private var work: ImageWork { ImageWork(services: loop.services, pool: loop.pool) }

    // MARK: What is borrowed

    /// Notes the names that a push or a save needs on the engine itself.
    func markBorrowed(_ act: Act) {
        guard ["ImagePush", "ImageGet", "ImageGetAll"].contains(exchange.operation?.name ?? "")
        else { return }
        var seen = Set<String>()
        for reference in act.references where reference.kind == .image {
            guard let image = facts.images[reference], let anchor = image.anchor,
                let name = image.name, case .found(let id, _)? = facts[reference],
                seen.insert(name).inserted
            else { continue }
            borrowed.append(BorrowedName(name: name, image: id, anchor: anchor))
        }
        // In one order, so that nobody waits for who waits.
        borrowed.sort { $0.name < $1.name }
    }

    /// Gets the names that are needed on the engine, one after the other.
    func borrowNames(_ then: @escaping () -> Void) {
        guard let index = borrowed.firstIndex(where: { !$0.isOurs }) else { return then() }
        let number = self.number
        let turns = loop.services.images.turns
        let name = borrowed[index].name
        turns.take(name, on: loop.eventLoop) {
            guard number == self.number, self.isActive else { return turns.leave(name) }
            self.borrowed[index].isOurs = true
            self.work.inspect(name) { result in
                guard number == self.number, self.isActive else { return }
                self.found(result, index) { self.borrowNames(then) }
                self.process()
            }
        }
    }

    private func found(
        _ result: Result<InspectedImage?, EngineFailure>, _ index: Int, _ then: @escaping () -> Void
    ) {
        let wanted = borrowed[index]
        switch result {
        case .failure(let failure): fail(failure)
        case .success(let image?):
            borrowed[index].wasThere = true
            guard wanted.image.isEmpty || image.id == wanted.image else {
                return refuseName(wanted.name)
            }
            then()
        case .success(nil) where wanted.image.isEmpty: then()
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

    /// Names the tenant's image on the engine. That the name is the tenant's is on the disk before.
    private func borrow(_ wanted: BorrowedName, _ then: @escaping () -> Void) {
        guard let tenant = exchange.permit?.tenant, let name = ImageReference(wanted.name),
            let tag = name.tag
        else { return run(exchange.abort()) }
        let images = loop.services.images
        images.beginBorrowing(wanted.name)
        let bound = NIOLoopBound((self, then), eventLoop: loop.eventLoop)
        let number = self.number
        let eventLoop = loop.eventLoop
        loop.services.store.claim([wanted.name], for: tenant, by: peer.identity) { result in
            eventLoop.execute {
                let (connection, then) = bound.value
                guard number == connection.number, connection.isActive else { return }
                guard case .success = result else { return connection.refuseName(wanted.name) }
                connection.work.tag(wanted.image, name.name, tag) { result in
                    guard number == connection.number, connection.isActive else { return }
                    switch result {
                    case .success(true): then()
                    case .success(false): connection.refuseName(wanted.name)
                    case .failure(let failure): connection.fail(failure)
                    }
                    connection.process()
                }
            }
        }
    }

    /// Gives names back, whoever has gone; what cannot be given back now is by the keeper.
    func returnNames() {
        let names = borrowed.filter(\.isOurs)
        borrowed = []
        guard !names.isEmpty else { return }
        let tenant = exchange.permit?.tenant ?? ""
        let services = loop.services
        let work = self.work
        let isPush = exchange.operation?.name == "ImagePush"
        for name in names {
            let leave = {
                services.images.endBorrowing(name.name)
                services.images.turns.leave(name.name)
            }
            // What was there stays; the engine's trace of a pull has its row by now.
            guard !name.wasThere else {
                leave()
                continue
            }
            let end = { (isGone: Bool) in
                guard isGone, name.anchor != nil else { return leave() }
                let bound = NIOLoopBound(leave, eventLoop: work.pool.eventLoop)
                let eventLoop = work.pool.eventLoop
                services.store.release([name.name], of: tenant) { _ in
                    eventLoop.execute { bound.value() }
                }
            }
            guard isPush, let reference = ImageReference(name.name) else {
                work.untag(name.name, keepsContent: true, end)
                continue
            }
            // Engines note where an image was pushed to, which would keep it.
            work.digests(of: name.image, in: reference.name) { digests in
                for digest in digests { work.untag(digest, keepsContent: true) }
                if let digest = digests.first, let nonce = name.anchor?.nonce {
                    services.images.rows.note(digest: digest, of: nonce) { _ in }
                }
                work.untag(name.name, keepsContent: true, end)
            }
        }
    }

    /// Why an administrator's act does not go on: it would take a tenant's image for everybody's.
    func lentName(_ act: Act) -> Answer? {
        for reference in act.references where reference.kind == .image {
            guard let name = ImageReference(reference.text)?.canonical,
                loop.services.store.tenant(ofTag: name) != nil
            else { continue }
            return Answer(
                status: 409,
                message:
                    "quaymaster: refused: a tenant's image has the name \(reference.text) for the "
                    + "moment; rule name.lent; ask again", rule: "name.lent")
        }
        return nil
    }

    // MARK: Pulls

    /// Asks the registry which image a name means, so that it is pulled by its digest: under its name
    /// it would be everybody's, or move somebody's.
    func markPull(_ act: Act, of tenant: String, _ then: @escaping (Marks) -> Void) {
        guard let reference = act.references.first(where: { $0.use == .fetches }),
            let name = ImageReference(reference.text)
        else { return then(Marks()) }
        if let digest = name.digest { return markPull(name, digest, of: tenant, then) }
        let number = self.number
        let version = loop.services.facts.traits?.version ?? .floor
        let fields = registryAuth.map { [(FieldName.registryAuth, $0)] } ?? []
        EngineCall.make(
            loop.pool, .get, "/v\(version)/distribution/\(name.canonical)/json", fields: fields,
            timeout: .seconds(60)
        ) { result in
            guard number == self.number, self.isActive else { return }
            switch result {
            case .failure(let failure): self.fail(failure)
            case .success(let answer):
                if answer.head.status == 200,
                    let digest = answer.json?["Descriptor"]?["digest"]?.string,
                    ImageReference("\(name.name)@\(digest)") != nil
                {
                    self.markPull(name, digest, of: tenant, then)
                } else {
                    self.refusePull(name, answer)
                }
            }
            self.process()
        }
    }

    private func refusePull(_ name: ImageReference, _ answer: EngineAnswer) {
        let words = answer.json?["message"]?.string ?? "status \(answer.head.status)"
        let status = (400..<600).contains(answer.head.status) ? answer.head.status : 502
        run(
            .answer(
                Answer(
                    status: status,
                    message: "quaymaster: the registry does not say what \(name.familiar) is: "
                        + String(words.prefix(400))), .close))
    }

    private func markPull(
        _ name: ImageReference, _ digest: String, of tenant: String,
        _ then: @escaping (Marks) -> Void
    ) {
        let images = loop.services.images
        let pulled = "\(name.name)@\(digest)"
        // A pull by digest gives no name.
        let reference = name.digest == nil ? name.canonical : ""
        let naming = ImageNaming(images.anchor(for: tenant), as: reference)
        images.begin([naming])
        anchored.append(naming)
        borrowed = [BorrowedName(name: pulled, image: "", anchor: nil)]
        var marks = Marks()
        marks.namings = [naming]
        marks.pulled = digest
        then(marks)
    }

    /// Gives what was pulled its anchor.
    func anchorPulled(_ then: @escaping (EngineFailure?) -> Void) {
        guard exchange.operation?.name == "ImageCreate", let pulled = borrowed.first,
            let anchor = exchange.namings.first?.anchor
        else { return then(nil) }
        work.inspect(pulled.name) { result in
            switch result {
            case .failure(let failure): then(failure)
            case .success(nil): then(nil)
            case .success(let image?):
                self.work.tag(image.id, anchor.repository, anchor.tenant) { result in
                    if case .failure(let failure) = result { return then(failure) }
                    then(nil)
                }
            }
        }
    }
}

extension ImageWork {
    /// Under which digests of a repository an engine knows an image.
    func digests(
        of id: String, in repository: String, _ then: @escaping ([String]) -> Void
    ) {
        let version = services.facts.traits?.version ?? .floor
        EngineCall.make(pool, .get, "/v\(version)/images/\(id)/json") { result in
            guard case .success(let answer) = result, answer.head.status == 200 else {
                return then([])
            }
            let digests = (answer.json?["RepoDigests"]?.array ?? []).compactMap(\.string)
                .compactMap { ImageReference($0) }.filter { $0.name == repository }
            then(digests.map(\.canonical))
        }
    }
}
