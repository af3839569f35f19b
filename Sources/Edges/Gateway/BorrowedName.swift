import Acts
import Engine
import EngineAPI
import JSON
import NIOCore
import Store
import Synchronization
import Wire

/// A name of the engine's that is a tenant's while its image is pushed, saved or pulled. Confined to
/// its connection's loop.
final class BorrowedName {
    /// How far it has come. Only what the engine was seen to lack is ever taken from it.
    enum State {
        /// Its turn has not come.
        case waiting
        /// Its turn has come; whether the engine has the name is not known, or nothing is to be done.
        case looking
        /// The engine had the name before: it stays.
        case wasThere
        /// A pull: the engine did not have the name.
        case absent
        /// Our store is asked for it.
        case claiming
        /// It is the tenant's in our store; the engine was not told, or has no such image.
        case claimed
        /// The engine was told to give it and has not answered.
        case tagging
        /// The engine has given it.
        case tagged
        /// The engine was told to give it; whether it has, or will, is not known.
        case doubtful
    }

    /// The name, in canonical spelling.
    let name: String
    /// Whose it is.
    let tenant: String
    /// The id of the tenant's image; "" for what is pulled.
    let image: String
    /// What keeps it; nil for what is pulled.
    let anchor: ImageAnchor?
    /// True when it is for a push.
    let isPush: Bool
    /// How far it has come.
    var state = State.waiting

    init(
        _ name: String, of tenant: String, image: String = "", anchor: ImageAnchor? = nil,
        isPush: Bool = false
    ) {
        self.name = name
        self.tenant = tenant
        self.image = image
        self.anchor = anchor
        self.isPush = isPush
    }

    /// The engine has answered, or will not.
    func tagged(_ result: Result<Bool, EngineFailure>) {
        switch result {
        case .success(true): state = .tagged
        case .success(false): state = .claimed
        case .failure: state = .doubtful
        }
    }
}

/// What becomes of borrowed names, whoever has gone.
extension ImageWork {
    /// Gives back a name whose exchange is over. What is under way is given back when it has ended.
    func giveBack(_ name: BorrowedName) {
        switch name.state {
        // A turn that comes later is left at once; what the store or the engine does is waited for.
        case .waiting, .claiming, .tagging: break
        case .looking, .wasThere: leave(name)
        case .absent: untag(name.name, keepsContent: true) { _ in leave(name) }
        case .claimed: release(name)
        case .tagged: untag(name)
        case .doubtful:
            services.images.doubt(name.name)
            leave(name)
        }
    }

    private func untag(_ name: BorrowedName) {
        let end = { (isGone: Bool) in
            if isGone { return release(name) }
            services.images.isStale.store(true, ordering: .relaxed)
            leave(name)
        }
        guard name.isPush, let reference = ImageReference(name.name) else {
            return untag(name.name, keepsContent: true, end)
        }
        // Engines note where an image was pushed to, which would keep it.
        digests(of: name.image, in: reference.name) { digests in
            for digest in digests { untag(digest, keepsContent: true) }
            if let digest = digests.first, let nonce = name.anchor?.nonce {
                services.images.rows.note(digest: digest, of: nonce) { _ in }
            }
            untag(name.name, keepsContent: true, end)
        }
    }

    private func release(_ name: BorrowedName) {
        // What an earlier request has left open may still come.
        if services.images.isDoubtful(name.name) { return leave(name) }
        let bound = NIOLoopBound((self, name), eventLoop: pool.eventLoop)
        let eventLoop = pool.eventLoop
        services.store.release([name.name], of: name.tenant) { result in
            eventLoop.execute {
                let (work, name) = bound.value
                if case .failure = result {
                    work.services.images.isStale.store(true, ordering: .relaxed)
                }
                work.leave(name)
            }
        }
    }

    private func leave(_ name: BorrowedName) {
        services.images.endBorrowing(name.name)
        services.images.turns.leave(name.name)
    }

    /// Under which digests of a repository an engine knows an image.
    private func digests(
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
