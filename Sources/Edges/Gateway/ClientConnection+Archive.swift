import Acts
import Engine
import EngineAPI
import Exchange
import Ledger
import NIOCore
import NIOPosix
import Policy
import Store
import Wire

/// How an archive passes: judged piece by piece, written anew, its end held until all is decided.
extension ClientConnection {
    /// Passes on what is here of the archive; false when there is nothing to do until more happens.
    func streamArchive() -> Bool {
        let hadRoom = engine?.isWritable ?? false
        let goesOn = hadRoom && moveArchive()
        if goesOn { return true }
        // Nobody else may be about to flush: a full connection says only that it has room again, and
        // says it at once when the flush itself made it.
        engine?.flush()
        return !hadRoom && engine?.isWritable ?? false
    }

    private func moveArchive() -> Bool {
        guard let upload, !isUploadBusy else { return false }
        let collects = !isUploadWhole && !upload.isFull
        if collects {
            var bytes: [UInt8] = []
            do {
                // Never refused for its length: what is here is what was read from the socket.
                _ = try reader.collectBody(into: &bytes, limit: .max)
            } catch {
                run(exchange.bodyRefused(error))
                return true
            }
            record?.bytesIn += Int64(bytes.count)
            isUploadWhole = reader.isBodyRead
            if isUploadWhole { deadline = nil }
            if !isUploadWhole, endIfCut() { return true }
            if !bytes.isEmpty || isUploadWhole { upload.add(bytes, isWhole: isUploadWhole) }
        }
        if upload.isCostly { return workBeside(upload) }
        let step = upload.step()
        // What waits in the reader is nobody else's to ask for.
        if case .needsMore = step, !collects, !isUploadWhole { return true }
        return take(step)
    }

    /// Lets a thread make the next piece; reading and the engine wait for it.
    private func workBeside(_ upload: ArchiveUpload) -> Bool {
        isUploadBusy = true
        let number = self.number
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        NIOThreadPool.singleton.runIfActive(eventLoop: loop.eventLoop) { upload.step() }
            .whenComplete { result in
                let connection = bound.value
                guard number == connection.number, connection.isActive else { return }
                connection.isUploadBusy = false
                switch result {
                case .success(let step): _ = connection.take(step)
                case .failure: connection.run(connection.exchange.abort())
                }
                connection.engine?.flush()
                connection.process()
                connection.resumeReading()
            }
        return false
    }

    /// Does what a step asks for; false when more has to come first.
    private func take(_ step: ArchiveUpload.Step) -> Bool {
        switch step {
        case .output(let bytes):
            if let engine { sendChunk(bytes, to: engine) }
            return true
        case .needsMore: return false
        case .ended(let contents):
            intake = .held
            engine?.flush()
            pullsImages = contents.pullsImages
            run(exchange.archiveEnded(contents))
            return true
        case .refused(let refusal):
            run(exchange.archiveRefused(refusal))
            return true
        }
    }

    private func sendChunk(_ bytes: [UInt8], to engine: EngineConnection) {
        guard !bytes.isEmpty else { return }
        var chunk = ByteBuffer()
        let line = ChunkLine.before(bytes.count)
        chunk.reserveCapacity(bytes.count + line.count + 2)
        chunk.writeBytes(line)
        chunk.writeBytes(bytes)
        chunk.writeStaticString("\r\n")
        engine.write(chunk)
    }

    /// Writes the archive's end; the engine has a complete body from here on.
    func endArchive(_ files: [ArchiveFile]) {
        guard let engine, let upload else { return }
        sendChunk(upload.finish(adding: files.map { ($0.name, $0.content) }), to: engine)
        engine.write(ByteBuffer(bytes: ChunkLine.last))
        self.upload = nil
        exchange.bodyEnded()
        engine.flush()
        readAnswer()
    }

    // MARK: What the archive holds

    /// Looks up and decides what an archive holds.
    func judgeContents(_ act: Act) {
        contentsAct = act
        let policy = loop.services.authority.policy
        lookUp(act, under: policy) { facts in
            let tenant = self.exchange.permit?.tenant
            let isOwn = self.exchange.permit?.namesImages == true
            let facts = isOwn ? facts.seen(by: tenant ?? "") : facts
            let absent = act.references.filter { reference in
                let isOld = self.pullsImages && facts.images[reference]?.name != nil
                return reference.use == .reads && (isOld || facts[reference] == .absent)
            }
            if absent.isEmpty || self.hasPulled { return self.decideContents(act, facts) }
            self.pull(absent[...]) { self.judgeContents(act) }
        }
    }

    private func decideContents(_ act: Act, _ facts: Facts) {
        let policy = loop.services.authority.policy
        let decision = policy.decide(act, by: peer.identity, seeing: facts)
        var seen = facts
        var anchor: () -> ImageAnchor? = { nil }
        if case .permit(let permit) = decision, permit.namesImages, let tenant = permit.tenant {
            seen = facts.seen(by: tenant)
            var names = Self.claimed(permit)
            // What is loaded without a name counts all the same.
            if exchange.operation?.name == "ImageLoad", names.isEmpty { names = [""] }
            if let most = loop.services.images.rows.limit(
                on: names, of: tenant, on: loop.services.facts.id)
            {
                return run(exchange.namesExhausted(most))
            }
            anchor = { self.makeAnchor(for: tenant) }
        }
        run(exchange.contentsDecided(decision, seeing: seen, anchor: anchor))
    }

    /// Notes what an archive holds, before the engine has all of it.
    func closeArchive(_ files: [ArchiveFile]) {
        guard let act = contentsAct,
            var entry = record?.entry(
                .intent, act: exchange.act, operation: exchange.operation, permit: exchange.permit)
        else { return endArchive(files) }
        let held = act.references.map { "\($0.kind.rawValue)/\($0.text)" }
        entry.reason = "the archive holds or takes from: " + held.joined(separator: ", ")
        append(entry) { self.endArchive(files) }
    }

    /// Brings images here that a build takes from, as the identity itself could.
    private func pull(_ references: ArraySlice<Reference>, _ then: @escaping () -> Void) {
        guard let reference = references.first else {
            hasPulled = true
            return then()
        }
        guard let name = ImageReference(reference.text) else { return pullNothing(reference) }
        var act = Act(
            operation: "ImageCreate", verbs: [.pull], harm: [.changes, .connectsOut],
            demands: [
                Demand(.image(name.canonical), origin: reference.origin),
                Demand(.registry(name.host), origin: reference.origin),
            ])
        act.references = [
            Reference(.image, name.canonical, origin: reference.origin, use: .fetches)
        ]
        let facts = Facts([act.references[0]: .absent])
        let policy = loop.services.authority.policy
        if case .refuse(let refusal) = policy.decide(act, by: peer.identity, seeing: facts) {
            // Without the verb, an image that is not here is just not here.
            if case .verbNotGranted = refusal.reason { return pullNothing(reference) }
            return run(exchange.contentsDecided(.refuse(refusal), seeing: facts))
        }
        let number = self.number
        let credentials = registryConfig.flatMap { RegistryCredentials($0)?.header(for: name.host) }
        ImagePull.start(loop.pool, name, credentials: credentials) { problem in
            guard number == self.number, self.isActive else { return }
            if problem == nil {
                self.pull(references.dropFirst(), then)
            } else {
                self.pullNothing(reference)
            }
            self.process()
        }
    }

    private func pullNothing(_ reference: Reference) {
        let refusal = Refusal(rule: "image.absent", location: nil, reason: .absent(reference))
        run(exchange.contentsDecided(.refuse(refusal), seeing: Facts()))
    }
}
