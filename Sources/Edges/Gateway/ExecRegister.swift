import Acts
import Engine
import GuardedShell
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
    /// True when its grant asks for a recording of its streams.
    let isRecorded: Bool
    /// True when a line of the guarded shell runs by it: no client names it then.
    var isLine = false

    /// The full id of its container; nil when nobody had to look it up.
    var container: String? {
        let reference = act.references.first { $0.kind == .container }
        guard let reference, case .found(let id, _)? = facts[reference] else { return nil }
        return id
    }
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
        /// The processes of those that the engine has told.
        var families: [String: ExecFamily] = [:]
        /// How often in a row nobody was seen of an exec that has ended.
        var misses: [String: Int] = [:]
        /// The execs that nobody waits for, and why not.
        var abandoned: [String: String] = [:]
        /// How many starts of an exec the engine was sent and has not answered.
        var starts: [String: Int] = [:]
        /// The execs whose start was not answered while somebody waited for it.
        var unanswered: Set<String> = []
        /// What is given back when nothing of an exec lives.
        var seats: [String: AgentSeats.Seat] = [:]
        /// The execs that something has just happened to.
        var moved: Set<String> = []
        /// The requests that are making execs which are not known yet, by their numbers.
        var making: Set<UInt64> = []
        var made: UInt64 = 0

        /// Notes that nothing of an exec lives.
        mutating func close(_ exec: String) {
            open.remove(exec)
            families[exec] = nil
            misses[exec] = nil
            abandoned[exec] = nil
            seats[exec] = nil
            starts[exec] = nil
            unanswered.remove(exec)
        }

        /// An exec that clients may name.
        func named(_ exec: String) -> MadeExec? { execs[exec].flatMap { $0.isLine ? nil : $0 } }
    }

    // Guards the table; held for a look-up or a note.
    private let state = Mutex(State())
    // Guards who is told when nobody waits for an exec any more.
    private let onAbandoned = Mutex<(@Sendable () -> Void)?>(nil)

    /// After how many looks that find nobody there is nobody.
    private static let looks = 3
    /// How many ended execs of an identity are remembered. Those that may have a process are never
    /// forgotten: who ends them would not find them.
    private static let ended = 256
    /// How many execs of an identity may have a process.
    static let mostOpen = 4096

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
            state.close(exec)
            guard let gone = state.execs.removeValue(forKey: exec) else { return }
            state.own[gone.peer.identity]?.removeAll { $0 == exec }
        }
    }

    /// Who made an exec; nil when that is not known.
    func maker(of exec: String) -> String? {
        state.withLock { $0.named(exec)?.peer.identity }
    }

    /// What is known of an exec that was made through the gateway.
    func made(_ exec: String) -> MadeExec? { state.withLock { $0.named(exec) } }

    /// Notes that an exec is about to be made.
    ///
    /// - Returns: The request's number, for `endMaking`.
    func beginMaking() -> UInt64 {
        state.withLock { state in
            state.made += 1
            state.making.insert(state.made)
            return state.made
        }
    }

    /// Notes that a request has made its exec, or failed to.
    func endMaking(_ number: UInt64) {
        state.withLock { _ = $0.making.remove(number) }
    }

    /// True for an identity's own execs, and for nobody's where those may be seen.
    func isSeen(_ exec: String, by identity: String, seesUnknown: Bool) -> Bool {
        maker(of: exec).map { $0 == identity } ?? seesUnknown
    }

    /// Who made an exec that an event tells of.
    enum Maker {
        /// This identity, in this container where that is known.
        case known(String, container: String?)
        /// Nobody who came through the gateway.
        case nobody
        /// One of these requests may have: the event came before its answer.
        case perhaps(Set<UInt64>)
    }

    /// Finds out who made an exec that an event tells of.
    ///
    /// - Parameters:
    ///   - exec: Its id.
    ///   - others: The requests that were under way when this was asked first; nil for the first time.
    /// - Returns: The maker.
    func eventMaker(of exec: String, waitingFor others: Set<UInt64>?) -> Maker {
        state.withLock { state in
            if let made = state.execs[exec] {
                if made.isLine { return .nobody }
                return .known(made.peer.identity, container: made.container)
            }
            let left = others.map(state.making.intersection) ?? state.making
            return left.isEmpty ? .nobody : .perhaps(left)
        }
    }

    /// The execs that may have a process.
    var open: [MadeExec] {
        state.withLock { state in state.open.compactMap { state.execs[$0] } }
    }

    /// True when so many execs of an identity may have a process that it makes no more.
    func isFull(for identity: String) -> Bool {
        state.withLock { state in
            let own = state.own[identity] ?? []
            return own.count >= Self.mostOpen
                && own.count(where: state.open.contains) >= Self.mostOpen
        }
    }

    // MARK: Lines of the guarded shell

    /// Notes an exec's right to run, which is given back when nothing of it lives.
    func keep(_ seat: AgentSeats.Seat, for exec: String) {
        state.withLock { state in
            if state.open.contains(exec) { state.seats[exec] = seat }
        }
    }

    /// Notes that nobody waits for an exec any more, so that its processes are ended.
    ///
    /// - Parameters:
    ///   - exec: Its id.
    ///   - why: The reason, for the record.
    func abandon(_ exec: String, _ why: String) {
        let isNew = state.withLock { state in
            guard state.open.contains(exec), state.abandoned[exec] == nil else { return false }
            state.abandoned[exec] = why
            return true
        }
        if isNew { onAbandoned.withLock { $0 }?() }
    }

    /// Asks to be called each time that nobody waits for an exec any more, from whichever thread says so.
    func whenAbandoned(_ call: @escaping @Sendable () -> Void) {
        onAbandoned.withLock { $0 = call }
    }

    /// Why nobody waits for an exec any more; nil while somebody does.
    func objection(to exec: String) -> String? { state.withLock { $0.abandoned[exec] } }

    /// True while some that nobody waits for may have a process.
    var hasAbandoned: Bool { state.withLock { !$0.abandoned.isEmpty } }

    // MARK: Their starts

    /// What is known of an exec's start.
    enum Start {
        /// The engine was not sent one, or has answered it.
        case unsent
        /// The engine was sent one, and somebody waits for its answer.
        case underWay
        /// The engine was sent one, and nobody waits for its answer any more.
        case unanswered
    }

    /// Notes that the engine is sent an exec's start.
    func noteStart(of exec: String) {
        state.withLock { state in
            if state.open.contains(exec) { state.starts[exec, default: 0] += 1 }
        }
    }

    /// Notes that the engine has answered a start, or that nobody waits for its answer any more.
    func noteStartEnd(of exec: String, isAnswered: Bool) {
        state.withLock { state in
            guard let count = state.starts[exec] else { return }
            state.starts[exec] = count > 1 ? count - 1 : nil
            if !isAnswered { state.unanswered.insert(exec) }
        }
    }

    /// What is known of an exec's start.
    func start(of exec: String) -> Start {
        state.withLock { state in
            if state.starts[exec] != nil { return .underWay }
            return state.unanswered.contains(exec) ? .unanswered : .unsent
        }
    }

    // MARK: Their processes

    /// The execs whose first process may run.
    var running: [String] {
        state.withLock { state in
            state.open.filter { state.families[$0]?.hasEnded != true }
        }
    }

    /// The processes of execs, as far as they are known.
    var families: [String: ExecFamily] { state.withLock(\.families) }

    /// Notes that an exec was started, or that its stream has ended.
    func noteMove(of exec: String) {
        state.withLock { state in
            if state.open.contains(exec) { state.moved.insert(exec) }
        }
    }

    /// Takes the execs that something has happened to since this was asked before.
    func takeMoved() -> Set<String> {
        state.withLock { state in
            defer { state.moved = [] }
            return state.moved
        }
    }

    /// Notes an exec's first process, and whether it has ended.
    ///
    /// - Returns: What is known of its processes.
    @discardableResult
    func note(_ family: ExecFamily, of exec: String) -> ExecFamily {
        state.withLock { state in
            var family = family
            if let known = state.families[exec], known.number == family.number {
                family.strays = known.strays
                family.hasEnded = family.hasEnded || known.hasEnded
            }
            if state.open.contains(exec) { state.families[exec] = family }
            return family
        }
    }

    /// Notes that the engine knows an exec no more. What it has left behind is still known.
    func noteEnd(of exec: String) {
        state.withLock { state in
            guard var family = state.families[exec] else { return state.close(exec) }
            family.hasEnded = true
            state.families[exec] = family
        }
    }

    /// Notes what was seen of an exec's processes.
    ///
    /// - Parameters:
    ///   - exec: Its id.
    ///   - family: What was looked for.
    ///   - seen: What was seen of it; nil when nobody of it lives.
    func note(_ exec: String, _ family: ExecFamily, seen: ExecFamily?) {
        state.withLock { state in
            guard let seen else {
                // One whose first process runs by now was not looked for in the right place; and one
                // look may fail, or meet a process that is just making the next.
                guard family.hasEnded else { return }
                state.misses[exec, default: 0] += 1
                if state.misses[exec] ?? 0 >= Self.looks { state.close(exec) }
                return
            }
            state.misses[exec] = nil
            state.families[exec]?.strays = seen.strays
        }
    }
}
