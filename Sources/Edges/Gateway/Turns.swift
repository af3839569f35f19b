import NIOCore
import Synchronization

/// Lets one at a time do what must not be done twice, by name; the others wait in order.
final class Turns: Sendable {
    /// Those who wait behind the one whose turn it is. Held for a look-up or a change.
    private let waiting = Mutex<[String: [@Sendable () -> Void]]>([:])

    /// Waits for a turn, which lasts until `leave`.
    ///
    /// - Parameters:
    ///   - name: What must not be done twice.
    ///   - eventLoop: Where the turn is taken; the caller is on it.
    ///   - body: Called once, at once when nobody else has the turn.
    func take(_ name: String, on eventLoop: any EventLoop, _ body: @escaping () -> Void) {
        let bound = NIOLoopBound(body, eventLoop: eventLoop)
        let isFirst = waiting.withLock { waiting in
            guard waiting[name] == nil else {
                waiting[name]?.append { eventLoop.execute { bound.value() } }
                return false
            }
            waiting[name] = []
            return true
        }
        if isFirst { body() }
    }

    /// Gives the turn to who has waited longest.
    func leave(_ name: String) {
        let next = waiting.withLock { waiting -> (@Sendable () -> Void)? in
            guard var others = waiting[name], !others.isEmpty else {
                waiting[name] = nil
                return nil
            }
            let next = others.removeFirst()
            waiting[name] = others
            return next
        }
        next?()
    }
}
