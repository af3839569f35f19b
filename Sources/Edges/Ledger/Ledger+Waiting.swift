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
}
