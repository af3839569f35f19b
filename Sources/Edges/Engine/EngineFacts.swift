package import EngineAPI
import Synchronization
import Wire

/// What is known of the engine as a whole, shared by all loops.
package final class EngineFacts: Sendable {
    // Guards the version; held for a copy.
    private let known = Mutex<APIVersion?>(nil)

    /// Makes facts about an engine that nobody has asked yet.
    package init() {}

    /// The highest API version of the engine that we speak too; nil until it has answered.
    package var version: APIVersion? { known.withLock { $0 } }

    /// Forgets everything: the engine went away, and may come back as another.
    package func forget() {
        known.withLock { $0 = nil }
    }

    /// Learns the version, from the engine when it is not known yet.
    ///
    /// - Parameters:
    ///   - pool: Whose connections are used.
    ///   - body: Called on the pool's loop, at once when the version is known.
    package func withVersion(
        _ pool: EnginePool, _ body: @escaping (Result<APIVersion, EngineFailure>) -> Void
    ) {
        if let version { return body(.success(version)) }
        EngineCall.make(pool, .get, "/_ping", limit: 1 << 16) { result in
            switch result {
            case .failure(let failure): body(.failure(failure))
            case .success(let answer):
                guard let text = answer.head.fields[.apiVersion], let version = APIVersion(text)
                else {
                    return body(
                        .failure(
                            EngineFailure(
                                "the engine at \(pool.address) names no API version",
                                status: 502)))
                }
                let spoken = min(version, .ceiling)
                self.known.withLock { $0 = spoken }
                body(.success(spoken))
            }
        }
    }
}
