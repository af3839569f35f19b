import Foundation
package import Identity
package import Policy
package import PolicyFile
import Synchronization

/// Who is believed and what they may do: one snapshot for each request, replaced as a whole.
package final class Authority: Sendable {
    private struct State {
        var file: PolicyFile
        var registry: CertificateRegistry
    }

    // Guards policy and registry; held for a copy, a look-up or a durable line of the registry.
    private let state: Mutex<State>

    /// Makes an authority.
    package init(policy: PolicyFile, registry: CertificateRegistry) {
        state = Mutex(State(file: policy, registry: registry))
    }

    /// The policy of this moment.
    package var policy: Policy { state.withLock { $0.file.policy } }

    /// The registry of this moment.
    package var registry: CertificateRegistry { state.withLock { $0.registry } }

    /// Replaces the policy.
    package func replace(_ file: PolicyFile) {
        state.withLock { $0.file = file }
    }

    /// Changes the registry; what is thrown leaves it as it was.
    package func changeRegistry<Result: Sendable>(
        _ change: @Sendable (inout CertificateRegistry) throws -> Result
    ) throws -> Result {
        try state.withLock { state in
            var registry = state.registry
            let result = try change(&registry)
            state.registry = registry
            return result
        }
    }

    /// Why a peer is not believed at this moment, or nil.
    func objection(to peer: Peer, at now: Date) -> String? {
        switch peer {
        case .unknown: "nobody has signed in"
        case .unreadable(let reason): reason
        case .certificate(let certificate):
            state.withLock { $0.registry.objection(to: certificate, at: now) }
        case .unixUser(let user, let identity):
            state.withLock { state in
                state.file.unixUsers[identity]?.contains(user) == true
                    ? nil : "the Unix user \(user) may not speak for \(identity)"
            }
        }
    }
}
