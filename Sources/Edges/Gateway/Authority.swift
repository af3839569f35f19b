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

    // Guards policy and registry; held for a copy or a look-up.
    private let state: Mutex<State>
    // Orders changes of the registry; held while a line becomes durable, which event loops never
    // wait for.
    private let changes = Mutex(())

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

    /// Changes the registry. What the change did before it threw counts: a revocation that the disk
    /// refuses is in force until a restart.
    package func changeRegistry<Result: Sendable>(
        _ change: @Sendable (inout CertificateRegistry) throws -> Result
    ) throws -> Result {
        try changes.withLock { _ in
            var registry = self.registry
            defer { state.withLock { [registry] in $0.registry = registry } }
            return try change(&registry)
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
