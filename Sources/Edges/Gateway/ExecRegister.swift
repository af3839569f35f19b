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
        /// The ids of each identity's, the oldest first.
        var own: [String: [String]] = [:]
        /// The execs that may have a process.
        var open: Set<String> = []
    }

    // Guards the table; held for a look-up or a note.
    private let state = Mutex(State())

    /// How many ended execs of an identity are remembered. Those that may have a process are never
    /// forgotten: who ends them would not find them.
    private static let ended = 256

    /// Makes an empty register.
    package init() {}

    /// Notes an exec that was made.
    func note(_ exec: MadeExec) {
        state.withLock { state in
            guard state.execs.updateValue(exec, forKey: exec.id) == nil else { return }
            state.open.insert(exec.id)
            var own = state.own[exec.peer.identity] ?? []
            own.append(exec.id)
            if own.count > 2 * Self.ended {
                let old = own.filter { !state.open.contains($0) }.dropLast(Self.ended)
                for id in old { state.execs[id] = nil }
                let gone = Set(old)
                own.removeAll(where: gone.contains)
            }
            state.own[exec.peer.identity] = own
        }
    }

    /// Forgets an exec that is no more.
    func forget(_ exec: String) {
        state.withLock { state in
            guard let gone = state.execs.removeValue(forKey: exec) else { return }
            state.own[gone.peer.identity]?.removeAll { $0 == exec }
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
        state.withLock { Set($0.own[identity] ?? []) }
    }

    /// The execs that may have a process.
    var open: [MadeExec] {
        state.withLock { state in state.open.compactMap { state.execs[$0] } }
    }
}
