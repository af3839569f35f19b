import Synchronization

/// Who made which exec. An exec is its maker's: nobody else starts it or sees it.
///
/// Kept in memory: an exec that was made before a restart of the gateway has no maker then, and is
/// left to administrators.
package final class ExecRegister: Sendable {
    private struct State {
        var makers: [String: Made] = [:]
        /// The ids in the order in which they came, the oldest first.
        var order: [String] = []
    }

    /// One exec.
    private struct Made {
        let identity: String
        let tenant: String?
    }

    // Guards the table; held for a look-up or a note.
    private let state = Mutex(State())

    /// How many execs are remembered; the oldest are forgotten, and so belong to nobody.
    private static let capacity = 65_536

    /// Makes an empty register.
    package init() {}

    /// Notes an exec that was made.
    func note(_ exec: String, by identity: String, in tenant: String?) {
        state.withLock { state in
            if state.makers.updateValue(Made(identity: identity, tenant: tenant), forKey: exec) == nil {
                state.order.append(exec)
            }
            guard state.order.count > Self.capacity else { return }
            for old in state.order.prefix(Self.capacity / 4) { state.makers[old] = nil }
            state.order.removeFirst(Self.capacity / 4)
        }
    }

    /// Forgets execs that have ended.
    func forget(_ execs: some Sequence<String>) {
        state.withLock { state in
            let gone = Set(execs)
            for exec in gone { state.makers[exec] = nil }
            state.order.removeAll(where: gone.contains)
        }
    }

    /// Who made an exec; nil when that is not known.
    func maker(of exec: String) -> String? {
        state.withLock { $0.makers[exec]?.identity }
    }

    /// The execs that an identity made.
    func execs(of identity: String) -> Set<String> {
        state.withLock { state in
            Set(state.makers.lazy.filter { $1.identity == identity }.map(\.key))
        }
    }

    /// Everybody who made an exec, with the tenants in whose name they did.
    var makers: [String: Set<String>] {
        state.withLock { state in
            state.makers.values.reduce(into: [:]) { makers, made in
                makers[made.identity, default: []].insert(made.tenant ?? "")
            }
        }
    }
}
