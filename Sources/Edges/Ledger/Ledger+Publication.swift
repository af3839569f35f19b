import Foundation
import LedgerTree
import Synchronization

extension Ledger {
    private static let publication = DispatchTimeInterval.seconds(1)

    func schedulePublication() {
        let isDue = state.withLock { state in
            guard state.isUnpublished, !state.isPublicationScheduled else { return false }
            state.isPublicationScheduled = true
            return true
        }
        guard isDue else { return }
        queue.asyncAfter(deadline: .now() + Self.publication) { [weak self] in self?.publish() }
    }

    /// Puts the newest checkpoint into its file. It is a copy: what counts stands in the segments.
    func publish() {
        let newest = state.withLock { state in
            state.isPublicationScheduled = false
            state.isUnpublished = false
            return state.newest
        }
        guard let note = newest else { return }
        try? LedgerFolder.place(note.bytes, at: folder.checkpoint, mode: 0o644, durably: false)
    }
}
