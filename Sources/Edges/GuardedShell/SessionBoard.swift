package import Acts
import NIOCore
import Synchronization

/// The sessions of the guarded shell that are under way, whatever event loop they are on.
package final class SessionBoard: Sendable {
    /// What is known of a session from outside of it.
    package struct Seat: Sendable {
        /// The session's id, which its recording has too.
        package let id: String
        /// Whose it is.
        package let identity: String
        /// Whose the container is; "" for one that is the administrators'.
        package let tenant: String
        /// The container's full id.
        package let container: String
        /// What the person calls it.
        package let name: String
        /// The roles.
        package let roles: [String]
        /// Why the person entered.
        package let reason: String
        /// When it began, in nanoseconds since 1970.
        package let began: Int64
        /// Who watches.
        package var watchers: [String] = []
        /// Who has paused it; nil while it goes on.
        package var pausedBy: String?
        /// The session, on its loop.
        let session: NIOLoopBound<ShellSession>
        /// Its loop.
        let eventLoop: any EventLoop
    }

    // Guards the seats by id; held for a look-up, a change or a copy.
    private let seats = Mutex<[String: Seat]>([:])

    /// Makes a board without sessions.
    package init() {}

    func add(_ seat: Seat) { seats.withLock { $0[seat.id] = seat } }

    func remove(_ id: String) { _ = seats.withLock { $0.removeValue(forKey: id) } }

    func change(_ id: String, _ change: (inout Seat) -> Void) {
        seats.withLock { seats in
            guard var seat = seats[id] else { return }
            change(&seat)
            seats[id] = seat
        }
    }

    /// The session of an id; nil when it is over.
    package func find(_ id: String) -> Seat? { seats.withLock { $0[id] } }

    /// All sessions, the oldest first.
    package var all: [Seat] { seats.withLock { $0.values.sorted { $0.id < $1.id } } }

    /// Shows a session to somebody, from now on; whoever it is the session of is told.
    package func watch(_ seat: Seat, _ watcher: Watcher) {
        seat.eventLoop.execute { seat.session.value.begin(watcher) }
    }

    /// Somebody watches no more.
    package func leave(_ seat: Seat, _ watcher: Watcher) {
        seat.eventLoop.execute { seat.session.value.end(watcher, "") }
    }

    /// Does something to a session.
    ///
    /// - Parameters:
    ///   - seat: The session.
    ///   - what: What.
    ///   - who: Who does it.
    ///   - reason: Why; "" when nothing is said.
    package func moderate(
        _ seat: Seat, _ what: ShellAsk.Moderation, by who: String, _ reason: String
    ) {
        seat.eventLoop.execute { seat.session.value.moderate(what, by: who, reason) }
    }
}
