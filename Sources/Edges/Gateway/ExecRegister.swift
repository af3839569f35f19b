import Acts
import Synchronization

/// One exec that was made through the gateway.
struct MadeExec: Sendable {
    /// Its id.
    let id: String
    /// Who made it.
    let peer: Peer
    /// What making it was, so that it can be decided again when the policy changes.
    let act: Act
    /// What was known then.
    let facts: Facts
}

/// Who made which exec. An exec is its maker's: nobody else starts it or sees it.
///
/// Kept in memory: an exec that was made before a restart of the gateway has no maker then, and is
/// left to administrators.
package final class ExecRegister: Sendable {
    private struct State {
        var execs: [String: MadeExec] = [:]
        /// The ids in the order in which they came, the oldest first.
        var order: [String] = []
        /// The execs that may have a process.
        var open: Set<String> = []
    }

    // Guards the table; held for a look-up or a note.
    private let state = Mutex(State())

    /// How many execs are remembered; the oldest are forgotten, and so belong to nobody.
    private static let capacity = 65_536

    /// Makes an empty register.
    package init() {}

    /// Notes an exec that was made.
    func note(_ exec: MadeExec) {
        state.withLock { state in
            if state.execs.updateValue(exec, forKey: exec.id) == nil {
                state.order.append(exec.id)
            }
            state.open.insert(exec.id)
            guard state.order.count > Self.capacity else { return }
            for old in state.order.prefix(Self.capacity / 4) {
                state.execs[old] = nil
                state.open.remove(old)
            }
            state.order.removeFirst(Self.capacity / 4)
        }
    }

    /// Forgets an exec that has ended.
    func forget(_ exec: String) {
        state.withLock { state in
            guard state.execs.removeValue(forKey: exec) != nil else { return }
            state.order.removeAll { $0 == exec }
            state.open.remove(exec)
        }
    }

    /// Notes that an exec's process has ended.
    func noteEnd(of exec: String) {
        state.withLock { _ = $0.open.remove(exec) }
    }

    /// Who made an exec; nil when that is not known.
    func maker(of exec: String) -> String? {
        state.withLock { $0.execs[exec]?.peer.identity }
    }

    /// The execs that an identity made.
    func execs(of identity: String) -> Set<String> {
        state.withLock { state in
            Set(state.execs.lazy.filter { $1.peer.identity == identity }.map(\.key))
        }
    }

    /// The execs that may have a process.
    var open: [MadeExec] {
        state.withLock { state in state.open.compactMap { state.execs[$0] } }
    }
}
