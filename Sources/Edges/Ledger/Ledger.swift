package import Foundation
package import LedgerTree
import Synchronization

/// The record: a transparency log of JSON lines in segments that only grow.
///
/// Lines are gathered and written by one thread, each group with a signed checkpoint over all lines
/// so far (`Line`). A caller that needs its line on the disk is called back after `fdatasync(2)`; one
/// flush serves all who wait. Other lines follow within a tenth of a second. When the disk refuses,
/// those who wait are told and their lines are given up; the others wait until it takes them again.
package final class Ledger: Sendable {
    /// Called on the ledger's own thread.
    package typealias Completion = @Sendable (Result<Void, LedgerError>) -> Void

    struct State {
        var pending = Lines()
        /// What may use the reserve and came while the disk is left alone.
        var urgent = Lines()
        /// Until when a disk that refused is left alone, by the options' clock, and what it said.
        var pause: (end: Int64, error: LedgerError)?
        /// True while the writer is at work or called.
        var isWriting = false
        /// True while a later write is scheduled.
        var isScheduled = false
        /// Lines that were given up because the disk refused for too long.
        var lost: Int64 = 0
        /// How many of them the record itself speaks of.
        var lostAndSaid: Int64 = 0
        /// The newest checkpoint that is on the disk.
        var newest: SignedNote?
        /// True while the newest checkpoint is not in its file and nothing will put it there.
        var isUnpublished = true
        /// True while a publication is scheduled, which takes what is the newest then.
        var isPublicationScheduled = false
        /// True when nothing is written any more.
        var isClosed = false
    }

    /// How many bytes may wait for a disk that refuses.
    private static let patience = 64 << 20
    /// How many bytes wait for company before they are written.
    private static let batch = 256 << 10
    private static let delay = DispatchTimeInterval.milliseconds(100)

    let folder: LedgerFolder
    let options: LedgerOptions
    // Where it is looked for segments that are not kept any more: that takes its time.
    let retiring = DispatchQueue(label: "quaymaster.ledger.retention", qos: .utility)
    private let lock: Int32
    // Guards what waits for the writer; held for an append or a swap.
    let state: Mutex<State>
    // Guards what is counted rather than written; held for a look-up.
    private let repeats = Mutex(Repeats(most: 1000))
    // Guards how many acts each may have recorded; held for a look-up.
    private let intents = Mutex(IntentMeasure())
    // Guards the segments; the queue alone takes it for long, so nobody waits for it.
    private let writer: Mutex<SegmentWriter>
    let queue = DispatchQueue(label: "quaymaster.ledger")

    /// Ids for entries.
    package let ids = EntryIDs()
    /// What was mended when the record was opened, as sentences.
    package let mended: [String]
    /// The key that the checkpoints are verified with; its name is the log's origin.
    package let key: VerifierKey

    /// Opens the record of a state directory and mends what a crash has torn.
    ///
    /// - Parameters:
    ///   - directory: The directory; it is made when it does not exist.
    ///   - options: How the record is kept.
    ///   - disk: What it is written to.
    /// - Throws: `LedgerError`, also when another process writes the record or it was changed.
    package init(
        directory: URL, options: LedgerOptions = LedgerOptions(), disk: any Disk = SystemDisk()
    ) throws(LedgerError) {
        folder = LedgerFolder(directory)
        self.options = options
        if mkdir(directory.path, 0o700) != 0, errno != EEXIST {
            throw LedgerError("make", directory.path)
        }
        lock = open(folder.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw LedgerError("open", folder.lock) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            Foundation.close(lock)
            throw LedgerError("another process writes the record in \(directory.path)")
        }
        let end: LedgerEnd
        do throws(LedgerError) {
            let secret = try folder.loadKey()
            key = secret.verifier
            end = try LedgerEnd.find(folder, secret.verifier, disk)
            mended = end.mended
            folder.writeMissingHashes(before: end.first, end.before, secret.verifier, disk)
            let segments = try SegmentWriter(folder, options, secret, disk, end)
            state = Mutex(State(newest: segments.newest))
            writer = Mutex(segments)
        } catch {
            Foundation.close(lock)
            throw error
        }
        if end.newest == nil, let old = OldRecord(folder) { append(old.entry(ids)) }
        for sentence in mended { append(Entry.event(ids, "LedgerRecovered", reason: sentence)) }
    }

    deinit {
        Foundation.close(lock)
    }

    /// Where it is.
    package var directory: URL { folder.url }

    /// How many lines were given up because the disk refused.
    package var lostLines: Int64 { state.withLock { $0.lost } }

    /// The newest checkpoint that is on the disk, signed; nil before there is one.
    package var checkpoint: SignedNote? { state.withLock { $0.newest } }

    /// Adds an entry; it reaches the disk soon. In a flood of acts that change nothing, those that are
    /// alike are counted in one.
    package func append(_ entry: Entry) {
        // An outcome with a digest has an intent before it, which is never left out.
        if entry.phase == .outcome, entry.digest.isEmpty, case .counted = judge(entry) { return }
        add(entry)
    }

    /// Adds a refusal, or counts it with others that are alike.
    ///
    /// - Returns: The id of the entry that says of it: its own, or that of the first of its kind.
    package func refuse(_ entry: Entry) -> String {
        if case .counted(let first) = judge(entry) { return first }
        add(entry)
        return entry.id
    }

    /// Adds an event that may come often, or counts it with others that are alike.
    package func count(_ entry: Entry) {
        if case .counted = judge(entry) { return }
        add(entry)
    }

    /// True when an identity may have another act recorded that changes state (`IntentMeasure`).
    package func mayIntend(_ identity: String) -> Bool {
        intents.withLock { $0.take(identity, at: options.clock()) }
    }

    private func judge(_ entry: Entry) -> Repeats.Verdict {
        let (verdict, isFirst) = repeats.withLock { repeats in
            let wasEmpty = repeats.isEmpty
            return (repeats.judge(entry, at: options.clock()), wasEmpty && !repeats.isEmpty)
        }
        if isFirst { scheduleCounts() }
        return verdict
    }

    private func scheduleCounts() {
        queue.asyncAfter(deadline: .now() + .seconds(10)) { [weak self] in
            guard let self else { return }
            let (lines, isMore) = repeats.withLock { repeats in
                (repeats.take(at: options.clock(), ids), !repeats.isEmpty)
            }
            for line in lines { add(line) }
            if isMore { scheduleCounts() }
        }
    }

    private func add(_ entry: Entry) {
        enum Next {
            case nothing, later, now
        }
        let next = state.withLock { state -> Next in
            guard !state.isClosed, state.pending.bytes.count < Self.patience else {
                state.lost += 1
                return .nothing
            }
            state.pending.add(entry)
            if state.isWriting { return .nothing }
            // After a refusal the disk is asked again when the pause is over.
            if state.isScheduled, state.pending.bytes.count < Self.patience / 2 { return .nothing }
            if state.pending.bytes.count > Self.batch {
                state.isWriting = true
                return .now
            }
            if state.isScheduled { return .nothing }
            state.isScheduled = true
            return .later
        }
        switch next {
        case .nothing: break
        case .later: schedule(after: Self.delay)
        case .now: queue.async { self.write() }
        }
    }

    /// Adds an entry and says when it is on the disk.
    ///
    /// - Parameters:
    ///   - entry: The entry.
    ///   - mayUseReserve: True when it may be written to the blocks kept for a full disk.
    ///   - startsNow: False when the caller calls `start` as soon as it has appended what comes with it.
    ///   - completion: Told when it is on the disk, or that it is not and never will be.
    package func append(
        _ entry: Entry, mayUseReserve: Bool = false, startsNow: Bool = true,
        _ completion: @escaping Completion
    ) {
        enum Next {
            case nothing, write
            case refuse(LedgerError)
        }
        let now = options.clock()
        let next = state.withLock { state -> Next in
            if state.isClosed { return .refuse(LedgerError("the record is closed")) }
            if let pause = state.pause, now < pause.end {
                // What waits is not tried again for each who comes.
                guard mayUseReserve else { return .refuse(pause.error) }
                state.urgent.add(entry, mayUseReserve: true, completion)
            } else {
                state.pending.add(entry, mayUseReserve: mayUseReserve, completion)
                if !startsNow { return .nothing }
            }
            defer { state.isWriting = true }
            return state.isWriting ? .nothing : .write
        }
        switch next {
        case .nothing: break
        case .write: queue.async { self.write() }
        case .refuse(let error): queue.async { completion(.failure(error)) }
        }
    }

    /// Writes what waits and returns when it is on the disk, or cannot be.
    package func flush() {
        queue.sync { self.writeNow() }
    }

    /// Writes what waits and lets another process write the record; later entries are refused.
    package func close() {
        for line in repeats.withLock({ $0.take(at: options.clock(), ids, all: true) }) { add(line) }
        // What is being moved is moved to its end.
        retiring.sync {}
        queue.sync {
            self.writeNow()
            state.withLock { $0.isClosed = true }
            flock(lock, LOCK_UN)
        }
    }

    /// Asks the disk once more, also when it is left alone. Runs on the queue.
    private func writeNow() {
        state.withLock { $0.pause = nil }
        write()
        publish()
    }

    private func schedule(after delay: DispatchTimeInterval) {
        queue.asyncAfter(deadline: .now() + delay) { self.scheduledWrite() }
    }

    private func scheduledWrite() {
        let start = state.withLock { state -> Bool in
            state.isScheduled = false
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if start { write() }
    }

    /// What is written next.
    private enum Group {
        case nothing
        /// The disk is left alone; true when lines wait for it.
        case pause(Bool)
        case all(Lines)
        case urgent(Lines)
    }

    /// Writes until nothing waits, or the disk refuses. Runs on the queue.
    func write() {
        while true {
            switch takeGroup() {
            case .nothing: return schedulePublication()
            case .pause(let isScheduled):
                if isScheduled { schedule(after: .nanoseconds(Int(options.pause))) }
                return
            case .urgent(let lines): lines.tell(commit(lines, fromReserve: true))
            case .all(let lines):
                if case .failure(let error) = store(lines) {
                    leaveAlone(error, lines)
                } else {
                    // Also under a load that leaves no pause.
                    schedulePublication()
                }
            }
        }
    }

    private func takeGroup() -> Group {
        let now = options.clock()
        return state.withLock { state -> Group in
            if let pause = state.pause, now < pause.end {
                if !state.urgent.isEmpty {
                    defer { state.urgent = Lines() }
                    return .urgent(state.urgent)
                }
                state.isWriting = false
                let isNew = !state.pending.isEmpty && !state.isScheduled
                if isNew { state.isScheduled = true }
                return .pause(isNew)
            }
            state.pause = nil
            state.pending.add(state.urgent)
            state.urgent = Lines()
            if state.lost > state.lostAndSaid, !state.pending.isEmpty {
                let count = state.lost - state.lostAndSaid
                state.lostAndSaid = state.lost
                state.pending.add(
                    Entry.event(ids, "LinesLost", reason: "\(count) lines could not be written"))
            }
            defer { state.pending = Lines() }
            if state.pending.isEmpty { state.isWriting = false }
            return state.pending.isEmpty ? .nothing : .all(state.pending)
        }
    }

    /// Leaves a disk that refused alone for a while: to hash and write all that waits anew for each act
    /// would be work without end. Whoever waits is told; the rest stays, in its order.
    private func leaveAlone(_ error: LedgerError, _ lines: Lines) {
        let end = options.clock() + options.pause
        var rest = Lines()
        rest.add(lines) { $0.completion == nil }
        let late = state.withLock { state -> Lines in
            let late = state.pending
            rest.add(late) { $0.completion == nil }
            state.urgent.add(late) { $0.completion != nil && $0.mayUseReserve }
            state.pending = rest
            state.pause = (end, error)
            return late
        }
        late.tell(.failure(error)) { !$0.mayUseReserve }
    }

    /// Writes a group and tells those who wait.
    private func store(_ lines: Lines) -> Result<Void, LedgerError> {
        let result = commit(lines)
        guard case .failure(let error) = result, error.isFull,
            lines.marks.contains(where: \.mayUseReserve)
        else {
            lines.tell(result)
            return result
        }
        // The disk is full: administrators' stops and removals are what can help.
        var urgent = Lines()
        urgent.add(lines) { $0.mayUseReserve }
        urgent.tell(commit(urgent, fromReserve: true))
        lines.tell(result) { !$0.mayUseReserve }
        return result
    }

    /// How many lines come before the segment that grows; nil once the record is closed.
    var growing: UInt64? {
        state.withLock(\.isClosed) ? nil : writer.withLock { $0.first }
    }

    private func commit(_ lines: Lines, fromReserve: Bool = false) -> Result<Void, LedgerError> {
        let result = writer.withLock { writer -> Result<SignedNote?, LedgerError> in
            do throws(LedgerError) {
                try writer.commit(lines, fromReserve: fromReserve)
                return .success(writer.newest)
            } catch {
                return .failure(error)
            }
        }
        if case .success(let note) = result {
            state.withLock { state in
                state.newest = note
                state.isUnpublished = true
            }
        }
        return result.map { _ in }
    }
}
