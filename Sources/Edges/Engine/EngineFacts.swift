package import EngineAPI
import JSON
import Synchronization
import Wire

/// What is known of the engine as a whole, shared by all loops.
package final class EngineFacts: Sendable {
    // Guards the traits; held for a copy.
    private let known: Mutex<EngineTraits?>
    // Guards the last id that an engine called itself by; held for a copy.
    private let lastID: Mutex<String>

    /// Makes facts about an engine.
    ///
    /// - Parameter traits: What is known of it; nil when nobody has asked it yet.
    package init(_ traits: EngineTraits? = nil) {
        known = Mutex(traits)
        lastID = Mutex(traits?.id ?? "")
    }

    /// The engine's traits; nil until it has answered.
    package var traits: EngineTraits? { known.withLock { $0 } }

    /// What the engine calls itself, or the last one did while another has not spoken yet; "" before
    /// any has.
    package var id: String { lastID.withLock { $0 } }

    /// Forgets everything: the engine went away, and may come back as another.
    package func forget() {
        known.withLock { $0 = nil }
    }

    /// Learns the traits, from the engine when they are not known yet.
    ///
    /// - Parameters:
    ///   - pool: Whose connections are used.
    ///   - body: Called on the pool's loop, at once when the traits are known.
    package func withTraits(
        _ pool: EnginePool, _ body: @escaping (Result<EngineTraits, EngineFailure>) -> Void
    ) {
        if let traits { return body(.success(traits)) }
        EngineCall.make(pool, .get, "/_ping", limit: 1 << 16) { result in
            switch result {
            case .failure(let failure): body(.failure(failure))
            case .success(let answer):
                guard let text = answer.head.fields[.apiVersion], let version = APIVersion(text)
                else {
                    return body(
                        .failure(
                            EngineFailure(
                                "the engine at \(pool.door) names no API version",
                                status: 502)))
                }
                self.learn(min(version, .ceiling), pool, body)
            }
        }
    }

    private func learn(
        _ version: APIVersion, _ pool: EnginePool,
        _ body: @escaping (Result<EngineTraits, EngineFailure>) -> Void
    ) {
        EngineCall.make(pool, .get, "/v\(version)/info") { result in
            switch result {
            case .failure(let failure): body(.failure(failure))
            case .success(let answer):
                let info: JSONValue
                do {
                    info = try JSONReader.answer(answer.body)
                } catch {
                    return body(
                        .failure(
                            EngineFailure(
                                "the engine at \(pool.door) describes itself in what is no JSON",
                                status: 502)))
                }
                let traits = EngineTraits(version: version, info: info)
                self.known.withLock { $0 = traits }
                self.lastID.withLock { $0 = traits.id }
                body(.success(traits))
            }
        }
    }
}
