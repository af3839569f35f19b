import Acts
import Engine
import EngineAPI
import Exchange
import JSON
import NIOCore
import Policy
import Store
import Wire

/// A tenant's own names of images: what is made gets an anchor on the engine and a row in the store.
extension ClientConnection {
    var imageWork: ImageWork { ImageWork(services: loop.services, pool: loop.pool) }

    /// Finds out what a permitted act makes or removes of the tenant's images.
    func markImages(_ act: Act, _ permit: Permit, _ then: @escaping (Marks) -> Void) {
        guard let tenant = permit.tenant, let operation = exchange.operation?.name else {
            return then(Marks())
        }
        markBorrowed(act, of: tenant)
        if operation == "ImageDelete" { return markRemoval(act, of: tenant, then) }
        var names = Self.claimed(permit)
        let makes = ["ImageBuild", "ImageCommit"].contains(operation) || act.verbs == [.import]
        // What gets no name counts all the same: a build without one, a pull by digest.
        if makes || operation == "ImageCreate", names.isEmpty { names = [""] }
        let images = loop.services.images
        if let most = images.rows.limit(on: names, of: tenant, on: loop.services.facts.id) {
            return run(exchange.namesExhausted(most))
        }
        if act.verbs == [.pull], operation == "ImageCreate" {
            return markPull(act, of: tenant, then)
        }
        guard makes || operation == "ImageTag" else { return then(Marks()) }
        var marks = Marks()
        marks.namings = names.map { name in
            let anchor = images.anchor(for: tenant)
            return ImageNaming(anchor, as: name)
        }
        begin(marks.namings)
        then(marks)
    }

    private func begin(_ namings: [ImageNaming]) {
        loop.services.images.begin(namings)
        anchored += namings
    }

    /// An anchor for an image of an archive.
    func makeAnchor(for tenant: String) -> ImageAnchor {
        let anchor = loop.services.images.anchor(for: tenant)
        // Its name does not matter yet: the anchor is left alone.
        begin([ImageNaming(anchor, as: "")])
        return anchor
    }

    /// The names of images that a permission makes the tenant's.
    static func claimed(_ permit: Permit?) -> [String] {
        var names: [String] = []
        for case .claim(let claimed) in permit?.obligations ?? [] { names += claimed }
        return names
    }

    /// What was to be made and has no row is left to the keeper.
    func endAnchored() {
        returnNames()
        if !anchored.isEmpty { loop.services.images.end(anchored) }
        anchored = []
        doomed = []
        unnamed = nil
        lateOrigin = nil
    }

    /// Notes what a container or a service is made from, before it is written down itself.
    func noteOrigin() {
        guard let permit = exchange.permit, permit.namesImages, let tenant = permit.tenant,
            let act = exchange.act,
            let image = act.references.first(where: {
                $0.kind == .image
                    && ["Image", "TaskTemplate.ContainerSpec.Image"].contains($0.origin)
            }),
            case .found(let id, _)? = facts[image]
        else { return }
        if let nonce = intent?.nonce {
            return loop.services.images.rows.note(
                ImageOrigin(nonce: nonce, tenant: tenant, said: image.text, image: id))
        }
        guard act.relabels, let object = act.references.first(where: { $0.origin == "path" }),
            case .found(let path, _)? = facts[object],
            let nonce = loop.services.ownership.object(object.kind, path)?.nonce
        else { return }
        // What is there keeps its origin until the engine has changed it.
        lateOrigin = ImageOrigin(nonce: nonce, tenant: tenant, said: image.text, image: id)
    }

    /// Notes what a service is made from by now, once the engine has said so.
    func noteLateOrigin() {
        defer { lateOrigin = nil }
        guard let lateOrigin, (200..<300).contains(engineStatus) else { return }
        loop.services.images.rows.note(lateOrigin)
    }

    // MARK: What was made

    /// Writes down what the engine has made or removed, before its answer is shown.
    ///
    /// - Parameter then: Called when the answer may be shown.
    func settleImages(_ then: @escaping () -> Void) {
        let work = imageWork
        if !doomed.isEmpty {
            let rows = doomed
            doomed = []
            guard (200..<300).contains(engineStatus) || engineStatus == 404 else { return then() }
            return work.remove(rows) { self.settled($0, then) }
        }
        guard !exchange.namings.isEmpty, (200..<300).contains(engineStatus) else { return then() }
        keepMade { self.settled($0.map { _ in }, then) }
    }

    private func keepMade(_ then: @escaping (Result<[ImageRow], EngineFailure>) -> Void) {
        let number = self.number
        anchorPulled { problem in
            guard number == self.number, self.isActive else { return }
            if let problem { return then(.failure(problem)) }
            // The work ends what was begun, also when the client has gone.
            self.anchored = []
            let pulled = self.borrowed.first { $0.anchor == nil }?.name ?? ""
            self.imageWork.keep(
                self.exchange.namings, by: self.peer.identity, digest: pulled
            ) { result in
                guard number == self.number, self.isActive else { return }
                then(result)
                self.flush()
                self.process()
            }
        }
    }

    private func settled(_ result: Result<Void, EngineFailure>, _ then: () -> Void) {
        guard isActive else { return }
        switch result {
        case .success: then()
        case .failure(let failure): run(exchange.answerRefused("\(failure)"))
        }
        flush()
        process()
    }

    // MARK: Progress

    /// Passes on what is here of the progress, in the client's names.
    func relayProgress() {
        guard !isSettling else { return }
        guard let part = takePart() else { return }
        let isWhole = answers.isBodyRead
        writeChunk(ByteBuffer(bytes: progress.receive(part, isWhole: isWhole)))
        if isWhole { finishProgress() }
    }

    private func finishProgress() {
        guard isActive, !exchange.namings.isEmpty else { return endChunks() }
        isSettling = true
        keepMade { result in
            self.isSettling = false
            switch result {
            case .success(let rows) where self.exchange.operation?.name == "ImageLoad":
                for row in rows where row.reference.isEmpty {
                    self.say("stream", "Loaded image ID: \(row.image)\n")
                }
            case .success: break
            case .failure(let failure): self.say("error", "quaymaster: \(failure)")
            }
            self.endChunks()
        }
    }

    /// Says something of ours among the engine's progress.
    private func say(_ field: String, _ text: String) {
        var line = JSONObject([(field, .string(text))])
        if field == "error" {
            line["errorDetail"] = .object(JSONObject([("message", .string(text))]))
        }
        writeChunk(ByteBuffer(bytes: JSONWriter.bytes(.object(line)) + Array("\r\n".utf8)))
    }

    // MARK: What is removed

    /// Finds the rows that a removal means: one by its name, all of the tenant's by the image's id.
    private func markRemoval(
        _ act: Act, of tenant: String, _ then: @escaping (Marks) -> Void
    ) {
        let images = loop.services.images
        guard let reference = act.references.first(where: { $0.kind == .image }),
            let image = facts.images[reference], case .found(let id, _)? = facts[reference]
        else { return then(Marks()) }
        guard let anchor = image.anchor else {
            return markUnnamed(reference.text, id, of: tenant, then)
        }
        // Another request of the tenant's may have removed it since it was looked up.
        guard let row = images.rows.row(anchor.nonce), row.tenant == tenant else {
            return noImage(reference.text)
        }
        let all = images.rows.rows(of: row.image, on: row.engine, tenant: tenant)
        let isForced = exchange.forces
        let doomed = image.name == nil ? all.filter { $0.nonce != row.nonce } + [row] : [row]
        if doomed.count > 1, !isForced {
            return conflict(
                "unable to delete \(reference.text) (must be forced) - image is referenced in "
                    + "multiple repositories")
        }
        self.doomed = doomed
        var marks = Marks()
        marks.removed = TenantImages.anchor(of: row)
        then(marks)
    }

    /// What the tenant has no row of gets an anchor first, which is what is removed: whatever else names
    /// the image by then keeps it.
    private func markUnnamed(
        _ text: String, _ id: String, of tenant: String, _ then: @escaping (Marks) -> Void
    ) {
        let images = loop.services.images
        guard images.isNobodysBut(tenant, id) else { return noImage(text) }
        let anchor = makeAnchor(for: tenant)
        unnamed = (id, anchor)
        var marks = Marks()
        marks.removed = anchor
        then(marks)
    }

    private func noImage(_ text: String) {
        run(.answer(Answer(status: 404, message: "No such image: \(text)"), .close))
    }

    private func conflict(_ words: String) {
        run(.answer(Answer(status: 409, message: "conflict: " + words), .close))
    }

    /// Takes all names but the last from the engine; that one is the client's request.
    func removeOthers(_ then: @escaping () -> Void) {
        if let (id, anchor) = unnamed { return anchorUnnamed(id, anchor, then) }
        let others = doomed.dropLast()
        if others.isEmpty { return then() }
        var left = others.count
        let number = self.number
        for row in others {
            imageWork.untag(TenantImages.anchor(of: row).name, keepsContent: true) { _ in
                left -= 1
                guard left == 0, number == self.number, self.isActive else { return }
                then()
                self.process()
            }
        }
    }

    private func anchorUnnamed(_ id: String, _ anchor: ImageAnchor, _ then: @escaping () -> Void) {
        unnamed = nil
        guard loop.services.images.isNobodysBut(anchor.tenant, id) else { return noImage(id) }
        let number = self.number
        imageWork.tag(id, anchor.repository, anchor.tenant) { result in
            guard number == self.number, self.isActive else { return }
            switch result {
            case .success(true): then()
            case .success(false): self.noImage(id)
            case .failure(let failure): self.fail(failure)
            }
            self.process()
        }
    }
}
