import Acts
import Engine
import EngineAPI
import JSON
import NIOCore
import Store
import Wire

/// What the gateway itself does with images of the engine, whoever still waits for it. Confined to its
/// pool's loop.
struct ImageWork {
    let services: Services
    let pool: EnginePool

    private var prefix: String { "/v\(services.facts.traits?.version ?? .floor)/images/" }

    /// What the engine says of one image; nil when there is none.
    func inspect(
        _ name: String, _ then: @escaping (Result<InspectedImage?, EngineFailure>) -> Void
    ) {
        EngineCall.make(pool, .get, prefix + name + "/json") { result in
            switch result {
            case .failure(let failure): then(.failure(failure))
            case .success(let answer) where answer.head.status == 404: then(.success(nil))
            case .success(let answer):
                guard answer.head.status == 200,
                    let image = answer.json.flatMap(InspectedImage.init)
                else {
                    return then(
                        .failure(
                            EngineFailure(
                                "the engine would not say what an image is "
                                    + "(status \(answer.head.status))", status: 502)))
                }
                then(.success(image))
            }
        }
    }

    /// Gives an image a name of the engine's.
    ///
    /// - Parameters:
    ///   - id: The image's id.
    ///   - repository: Host and path of the name.
    ///   - tag: Its tag.
    ///   - then: Called once, with false when the image is gone.
    func tag(
        _ id: String, _ repository: String, _ tag: String,
        _ then: @escaping (Result<Bool, EngineFailure>) -> Void
    ) {
        let query = "/tag?repo=" + Self.escaped(repository) + "&tag=" + Self.escaped(tag)
        EngineCall.make(pool, .post, prefix + id + query) { result in
            switch result {
            case .failure(let failure): then(.failure(failure))
            case .success(let answer) where answer.head.status == 201: then(.success(true))
            case .success(let answer) where answer.head.status == 404: then(.success(false))
            case .success(let answer):
                then(
                    .failure(
                        EngineFailure(
                            "the engine would not name an image (status \(answer.head.status))",
                            status: 502)))
            }
        }
    }

    /// Takes a name of the engine's from its image.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - keepsContent: True when the image stays, whatever else names it.
    ///   - then: Called once, with true when the name is gone.
    func untag(_ name: String, keepsContent: Bool, _ then: @escaping (Bool) -> Void = { _ in }) {
        delete(name, keepsContent: keepsContent) { then($0 != nil) }
    }

    /// Takes a name of the engine's from its image, and removes the image when that was its last.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - keepsContent: True when the image stays, whatever else names it.
    ///   - then: Called once, with the ids of what is gone as the engine says it (`Deleted`), or nil while
    ///     the name is there.
    func delete(
        _ name: String, keepsContent: Bool = false, _ then: @escaping ([JSONValue]?) -> Void
    ) {
        let query = keepsContent ? "?noprune=1" : ""
        EngineCall.make(pool, .delete, prefix + name + query) { result in
            guard case .success(let answer) = result else { return then(nil) }
            switch answer.head.status {
            case 200: then((answer.json?.array ?? []).filter { $0["Deleted"] != nil })
            case 404: then([])
            default: then(nil)
            }
        }
    }

    /// Host, path, tag and digest are of characters that a query takes as they are, but for these.
    private static func escaped(_ text: String) -> String {
        text.replacing(":", with: "%3A").replacing("@", with: "%40")
    }

    // MARK: Rows

    /// Writes down what the engine has made under anchors.
    ///
    /// - Parameters:
    ///   - namings: What was to be made; what is not there has not been made.
    ///   - identity: Who has made it.
    ///   - digest: Where it was pulled from; "" for what is made here.
    ///   - then: Called once, with the rows, whoever has gone meanwhile.
    func keep(
        _ namings: [ImageNaming], by identity: String, digest: String = "",
        _ then: @escaping (Result<[ImageRow], EngineFailure>) -> Void
    ) {
        find(namings[...], []) { result in
            switch result {
            case .failure(let failure):
                services.images.end(namings)
                then(.failure(failure))
            case .success(let found):
                let rows = found.map { naming, id in
                    ImageRow(
                        nonce: naming.anchor.nonce, engine: services.facts.id,
                        tenant: naming.anchor.tenant, identity: identity,
                        reference: naming.reference, image: id, digest: digest)
                }
                put(rows) { result in
                    services.images.end(namings)
                    then(result.map { rows })
                }
            }
        }
    }

    private func find(
        _ namings: ArraySlice<ImageNaming>, _ found: [(ImageNaming, String)],
        _ then: @escaping (Result<[(ImageNaming, String)], EngineFailure>) -> Void
    ) {
        guard let naming = namings.first else { return then(.success(found)) }
        inspect(naming.anchor.name) { result in
            switch result {
            case .failure(let failure): then(.failure(failure))
            case .success(let image):
                let more = image.map { [(naming, $0.id)] } ?? []
                find(namings.dropFirst(), found + more, then)
            }
        }
    }

    /// Writes rows down, and takes the anchors from the engine that nothing points to any more.
    func put(_ rows: [ImageRow], _ then: @escaping (Result<Void, EngineFailure>) -> Void) {
        if rows.isEmpty { return then(.success(())) }
        change({ services.images.rows.put(rows, $0) }, then)
    }

    /// Removes rows whose anchors are gone or are to go.
    func remove(_ rows: [ImageRow], _ then: @escaping (Result<Void, EngineFailure>) -> Void) {
        if rows.isEmpty { return then(.success(())) }
        change({ services.images.rows.remove(rows.map(\.nonce), $0) }, untags: false, then)
    }

    private func change(
        _ change: (@escaping ImageStore.Change) -> Void, untags: Bool = true,
        _ then: @escaping (Result<Void, EngineFailure>) -> Void
    ) {
        let bound = NIOLoopBound((self, then), eventLoop: pool.eventLoop)
        let eventLoop = pool.eventLoop
        change { result in
            eventLoop.execute {
                let (work, then) = bound.value
                switch result {
                case .failure(let error):
                    then(
                        .failure(
                            EngineFailure(
                                "the image's name cannot be kept: \(error)", status: 507)))
                case .success(let gone):
                    // Another row of the tenant's keeps each of these images.
                    for row in gone where untags {
                        work.untag(TenantImages.anchor(of: row).name, keepsContent: true)
                    }
                    then(.success(()))
                }
            }
        }
    }
}
