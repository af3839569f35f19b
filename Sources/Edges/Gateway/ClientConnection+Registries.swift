import Acts
import Engine
import EngineAPI
import Exchange
import JSON
import NIOCore
import Store
import Wire

/// Pulls of tenants, and what administrators do meanwhile.
extension ClientConnection {
    private var work: ImageWork { ImageWork(services: loop.services, pool: loop.pool) }

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
        borrowed = [BorrowedName(pulled, of: tenant)]
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
