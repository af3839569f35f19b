import Engine
import EngineAPI
import Logging
import NIOCore
import Store
import Wire

/// Gives up names of images that were claimed and whose images the engine does not hold. Confined to
/// its pool's loop.
final class ClaimKeeper {
    private let services: Services
    private let pool: EnginePool

    /// How many names are asked about at a time.
    private static let stride = 64

    /// Makes a keeper. What was claimed before the gateway started may never have come.
    init(_ services: Services, _ pool: EnginePool) {
        self.services = services
        self.pool = pool
        services.claims.doubt(services.store.claims, from: .now + ImageClaims.patience)
    }

    /// Looks at a few names.
    func look() {
        let doubts = services.claims.take(at: .now, most: Self.stride)
        guard !doubts.isEmpty else { return }
        let version = services.facts.traits?.version ?? .floor
        for doubt in doubts {
            EngineCall.make(pool, .get, "/v\(version)/images/\(doubt.claim.name)/json") { result in
                guard case .success(let answer) = result else { return }
                switch answer.head.status {
                case 200: _ = self.services.claims.settle(doubt)
                case 404: self.release(doubt)
                default: break
                }
            }
        }
    }

    private func release(_ doubt: ImageClaims.Doubt) {
        // Whoever claims it from here on does so after this on the store's queue.
        guard services.claims.settle(doubt) else { return }
        let log = services.log
        services.store.release([doubt.claim.name], of: doubt.claim.tenant) { result in
            guard case .failure(let error) = result else { return }
            log.error("a name stays a tenant's", metadata: ["error": "\(error)"])
        }
    }
}

extension Store {
    /// Everything that tenants have claimed.
    var claims: [ImageClaims.Claim] {
        allTags.map { ImageClaims.Claim($0.key, of: $0.value) }
    }
}
