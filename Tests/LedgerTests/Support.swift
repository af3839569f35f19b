import Foundation
import Ledger
import LedgerTree
import Synchronization
import Testing

/// A directory that goes when the test ends.
func withDirectory<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let url = FileManager.default.temporaryDirectory
        .appendingPathComponent("quaymaster-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    return try await body(url)
}

/// The files of a record with a suffix, in order.
func files(_ directory: URL, _ suffix: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
        .filter { $0.lastPathComponent.hasSuffix(suffix) && $0.lastPathComponent != "record.jsonl" }
        .sorted { $0.lastPathComponent < $1.lastPathComponent }
}

/// All entries, as whoever reads JSON Lines finds them.
func lines(_ directory: URL) throws -> [[String: Any]] {
    try files(directory, ".jsonl").flatMap { file in
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }.filter { $0["id"] != nil }
}

func append(_ entry: Entry, to ledger: Ledger, mayUseReserve: Bool = false) async throws {
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
        ledger.append(entry, mayUseReserve: mayUseReserve) { done.resume(with: $0.mapError { $0 }) }
    }
}

func entry(_ ledger: Ledger, _ phase: Entry.Phase = .outcome) -> Entry {
    let now = Timestamp.now()
    var entry = Entry(id: ledger.ids.next(at: now), time: now, phase: phase)
    entry.identity = "alice"
    entry.operation = "ContainerCreate"
    entry.reason = "quotes \" and\nlines and \u{1} stay inside"
    entry.status = 201
    return entry
}

func reader(_ directory: URL) throws -> LedgerReader { try LedgerReader(directory: directory) }

/// Small segments, so that few entries make many.
let small: LedgerOptions = {
    var options = LedgerOptions()
    options.segmentBytes = 4000
    options.reserveBytes = 64 << 10
    return options
}()

/// A clock that a test sets.
final class TestClock: Sendable {
    private let time = Atomic<Int64>(1)

    /// The pause after a disk has refused is over.
    func passPause() { time.add(small.pause, ordering: .relaxed) }
    func pass(seconds: Int64) { time.add(seconds * 1_000_000_000, ordering: .relaxed) }

    /// `small`, by this clock.
    var options: LedgerOptions {
        var options = small
        options.clock = { self.time.load(ordering: .relaxed) }
        return options
    }
}

/// Numbers that are the same in every run (SplitMix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

/// A disk that tears what is written, fails and fills.
final class FaultyDisk: Disk {
    struct State {
        /// How many bytes are taken until the machine stops; nil: it goes on.
        var bytesUntilCrash: Int?
        var isFull = false
        /// Calls that fail once: the disk has an error.
        var failingFlushes = 0
        /// Bytes that were offered while it was full.
        var refusedBytes = 0
        /// Blocks that were taken before the disk was full, by inode.
        var reserved: [ino_t: Int] = [:]
    }

    // Guards what the disk does; held for one call.
    let state = Mutex(State())
    private let disk = SystemDisk()

    func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) throws(DiskError) -> Int {
        var status = stat()
        fstat(file, &status)
        let inode = status.st_ino
        let most = state.withLock { state -> Int in
            if let left = state.bytesUntilCrash {
                state.bytesUntilCrash = max(0, left - bytes.count)
                return min(left, bytes.count)
            }
            guard state.isFull else { return bytes.count }
            let room = min(state.reserved[inode] ?? 0, bytes.count)
            state.reserved[inode, default: 0] -= room
            state.refusedBytes += bytes.count - room
            return room
        }
        guard most > 0 else {
            throw DiskError(state.withLock { $0.bytesUntilCrash } == nil ? ENOSPC : EIO)
        }
        return try disk.write(UnsafeRawBufferPointer(rebasing: bytes[..<most]), to: file)
    }

    func flush(_ file: Int32) throws(DiskError) {
        let number = state.withLock { state -> Int32? in
            if state.bytesUntilCrash == 0 { return EIO }
            guard state.failingFlushes > 0 else { return nil }
            state.failingFlushes -= 1
            return EIO
        }
        if let number { throw DiskError(number) }
        try disk.flush(file)
    }

    func cut(_ file: Int32, to length: Int) throws(DiskError) {
        if state.withLock({ $0.bytesUntilCrash }) == 0 { throw DiskError(EIO) }
        try disk.cut(file, to: length)
    }

    func reserve(_ byteCount: Int, for file: Int32) throws(DiskError) {
        if state.withLock({ $0.isFull }) { throw DiskError(ENOSPC) }
        var status = stat()
        fstat(file, &status)
        let inode = status.st_ino
        state.withLock { $0.reserved[inode] = byteCount }
    }
}
