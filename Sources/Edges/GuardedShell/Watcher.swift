package import NIOCore
import Synchronization

/// Somebody who sees what a person in the guarded shell sees, and can do nothing.
///
/// The session is on one event loop and the watcher's connection on another. Whoever reads too slowly
/// is dropped: nothing is kept for them beyond `mostWaiting`.
package final class Watcher: Sendable {
    /// Who.
    package let identity: String
    private let eventLoop: any EventLoop
    private let say: NIOLoopBound<([UInt8]) -> Void>
    private let leave: NIOLoopBound<() -> Void>
    /// True when it was said why there is nothing more to see.
    private let isOver = Atomic(false)
    /// Bytes that were said and that the client has not taken.
    private let waiting = Atomic<Int>(0)

    /// The most bytes that wait for a watcher.
    package static let mostWaiting = 1 << 20

    /// Makes a watcher; to be called on its loop.
    ///
    /// - Parameters:
    ///   - identity: Who.
    ///   - eventLoop: The loop of the watcher's connection.
    ///   - say: Sends bytes to the client, and calls `taken` once they are on their way; on the loop.
    ///   - leave: Ends the connection once everything is sent; on the loop.
    package init(
        _ identity: String, on eventLoop: any EventLoop, say: @escaping ([UInt8]) -> Void,
        leave: @escaping () -> Void
    ) {
        self.identity = identity
        self.eventLoop = eventLoop
        self.say = NIOLoopBound(say, eventLoop: eventLoop)
        self.leave = NIOLoopBound(leave, eventLoop: eventLoop)
    }

    /// Shows bytes.
    ///
    /// - Returns: False when too many wait already; these are not shown then.
    func show(_ bytes: [UInt8]) -> Bool {
        let count = bytes.count
        guard waiting.add(count, ordering: .relaxed).newValue <= Self.mostWaiting else {
            waiting.subtract(count, ordering: .relaxed)
            return false
        }
        eventLoop.execute { self.say.value(bytes) }
        return true
    }

    /// The client has taken bytes.
    package func taken(_ count: Int) { waiting.subtract(count, ordering: .relaxed) }

    /// There is nothing more to see, and why.
    func finish(_ words: String) {
        eventLoop.execute {
            self.part(words)
            self.leave.value()
        }
    }

    /// Says why there is nothing more to see, unless that was said; to be called on its loop.
    package func part(_ words: String) {
        guard !isOver.exchange(true, ordering: .relaxed) else { return }
        say.value(ShellEvent.bye(words).bytes)
    }
}
