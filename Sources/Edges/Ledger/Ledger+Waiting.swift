import Foundation
import Synchronization

extension Ledger {
    /// Adds an entry and waits until it is on the disk; never to be called on an event loop or on the
    /// ledger's own thread.
    ///
    /// - Parameters:
    ///   - entry: The entry.
    ///   - mayUseReserve: True when it may be written to the blocks kept for a full disk.
    /// - Throws: `LedgerError` when it is not on the disk and never will be.
    package func appendAndWait(_ entry: Entry, mayUseReserve: Bool = false) throws(LedgerError) {
        let done = DispatchSemaphore(value: 0)
        let told = Mutex<Result<Void, LedgerError>?>(nil)
        append(entry, mayUseReserve: mayUseReserve) { result in
            told.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        try told.withLock { $0 }?.get()
    }

    /// Writes what was appended to be started together; returns at once.
    package func start() {
        let isDue = state.withLock { state -> Bool in
            guard !state.isClosed, !state.isWriting, !state.pending.isEmpty else { return false }
            state.isWriting = true
            return true
        }
        if isDue { queue.async { self.write() } }
    }
}
