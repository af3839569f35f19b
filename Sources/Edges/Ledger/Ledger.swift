package import Foundation
import Synchronization

/// Why the record could not be opened or written.
package struct LedgerError: Error, CustomStringConvertible, Sendable {
    /// What failed, with the system's reason.
    package let description: String
}

/// The record: one file of JSON lines that only grows.
///
/// Lines are gathered and written by one thread. A caller that needs its line on the disk is called
/// back after `fdatasync(2)`; one flush serves all who wait. Other lines follow within a tenth of a
/// second. When the disk refuses, those who wait are told, and nothing is written after a torn line.
package final class Ledger: Sendable {
    /// Called on the ledger's own thread.
    package typealias Completion = @Sendable (Result<Void, LedgerError>) -> Void

    private struct State {
        var pending: [UInt8] = []
        var waiting: [Completion] = []
        /// True while the writer is at work or called.
        var isWriting = false
        /// True while a later write is scheduled.
        var isScheduled = false
        /// Lines that were given up because the disk refused for too long.
        var lost: Int64 = 0
        /// How many of them the record itself speaks of.
        var lostAndSaid: Int64 = 0
        /// The length of the file up to the last whole line.
        var length: off_t
        /// True when a torn line could not be taken back yet: nothing may follow it.
        var isTorn = false
    }

    /// How many bytes may wait for a disk that refuses.
    private static let patience = 64 << 20
    /// How many bytes wait for company before they are written.
    private static let batch = 256 << 10
    private static let delay = DispatchTimeInterval.milliseconds(100)

    private let descriptor: Int32
    private let file: URL
    // Guards what waits for the writer; held for an append or a swap.
    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "quaymaster.ledger")

    /// Ids for entries.
    package let ids = EntryIDs()

    /// Opens the record of a state directory and ends a line that a crash has torn.
    ///
    /// - Parameter directory: The directory; it is made when it does not exist.
    /// - Throws: `LedgerError`.
    package init(directory: URL) throws(LedgerError) {
        file = directory.appendingPathComponent("record.jsonl")
        if mkdir(directory.path, 0o700) != 0, errno != EEXIST {
            throw Self.failure("make", directory)
        }
        descriptor = open(file.path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("open", file) }
        let end = lseek(descriptor, 0, SEEK_END)
        let whole = Self.wholeLines(descriptor, end)
        if whole < end, ftruncate(descriptor, whole) != 0 { throw Self.failure("mend", file) }
        state = Mutex(State(length: whole))
        if whole < end {
            append(
                Entry.event(
                    ids, "LedgerRecovered", reason: "a torn line of \(end - whole) bytes was cut"))
        }
    }

    deinit {
        close(descriptor)
    }

    /// How many lines were given up because the disk refused.
    package var lostLines: Int64 { state.withLock { $0.lost } }

    /// Adds an entry; it reaches the disk soon.
    package func append(_ entry: Entry) {
        enum Next {
            case nothing, later, now
        }
        let next = state.withLock { state -> Next in
            guard state.pending.count < Self.patience else {
                state.lost += 1
                return .nothing
            }
            entry.append(to: &state.pending)
            if state.isWriting { return .nothing }
            if state.pending.count > Self.batch {
                state.isWriting = true
                return .now
            }
            if state.isScheduled { return .nothing }
            state.isScheduled = true
            return .later
        }
        switch next {
        case .nothing: break
        case .later: queue.asyncAfter(deadline: .now() + Self.delay) { self.scheduledWrite() }
        case .now: queue.async { self.write() }
        }
    }

    /// Adds an entry and says when it is on the disk.
    package func append(_ entry: Entry, _ completion: @escaping Completion) {
        let start = state.withLock { state -> Bool in
            entry.append(to: &state.pending)
            state.waiting.append(completion)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if start { queue.async { self.write() } }
    }

    /// Writes what waits and returns when it is on the disk, or cannot be.
    package func flush() {
        queue.sync { self.write() }
    }

    private func scheduledWrite() {
        let start = state.withLock { state -> Bool in
            state.isScheduled = false
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if start { write() }
    }

    /// Writes until nothing waits. Runs on the queue.
    private func write() {
        while true {
            var said: Int64 = 0
            let (bytes, waiting) = state.withLock { state -> ([UInt8], [Completion]) in
                if state.lost > state.lostAndSaid, !state.pending.isEmpty, !state.isTorn {
                    let count = state.lost - state.lostAndSaid
                    state.lostAndSaid = state.lost
                    said = count
                    Entry.event(ids, "LinesLost", reason: "\(count) lines could not be written")
                        .append(to: &state.pending)
                }
                defer {
                    state.pending = []
                    state.waiting = []
                }
                if state.pending.isEmpty, state.waiting.isEmpty { state.isWriting = false }
                return (state.pending, state.waiting)
            }
            if bytes.isEmpty, waiting.isEmpty { return }
            let result = store(bytes, durably: !waiting.isEmpty)
            if case .failure = result { state.withLock { $0.lostAndSaid -= said } }
            for completion in waiting { completion(result) }
        }
    }

    private func store(_ bytes: [UInt8], durably: Bool) -> Result<Void, LedgerError> {
        let (length, isTorn) = state.withLock { ($0.length, $0.isTorn) }
        if isTorn, ftruncate(descriptor, length) != 0 { return giveUp(bytes, length) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Foundation.write(
                    descriptor, buffer.baseAddress.map { $0 + written }, bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return giveUp(bytes, length) }
            written += count
        }
        if durably, fdatasync(descriptor) != 0 { return giveUp(bytes, length) }
        state.withLock { state in
            state.length = length + off_t(bytes.count)
            state.isTorn = false
        }
        return .success(())
    }

    /// Takes back a write that failed, so that the file ends in a whole line.
    private func giveUp(_ bytes: [UInt8], _ length: off_t) -> Result<Void, LedgerError> {
        let error = Self.failure("write", file)
        let isTorn = ftruncate(descriptor, length) != 0
        let lines = bytes.count { $0 == 0x0A }
        state.withLock { state in
            state.lost += Int64(lines)
            state.isTorn = isTorn
        }
        return .failure(error)
    }

    private static func failure(_ what: String, _ url: URL) -> LedgerError {
        LedgerError(
            description: "cannot \(what) \(url.path): \(String(cString: strerror(errno)))")
    }

    /// The length up to the last line end.
    private static func wholeLines(_ descriptor: Int32, _ end: off_t) -> off_t {
        var position = end
        var byte: UInt8 = 0
        while position > 0 {
            guard pread(descriptor, &byte, 1, position - 1) == 1 else { return position }
            if byte == 0x0A { return position }
            position -= 1
        }
        return 0
    }
}

extension Entry {
    /// An entry for something that is not a request.
    package static func event(
        _ ids: EntryIDs, _ name: String, identity: String = "", from: String = "", reason: String
    ) -> Entry {
        let now = Timestamp.now()
        var entry = Entry(id: ids.next(at: now), time: now, phase: .event)
        entry.operation = name
        entry.identity = identity
        entry.from = from
        entry.reason = reason
        return entry
    }
}
