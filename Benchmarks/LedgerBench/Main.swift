import Crypto
import Foundation
import Ledger
import LedgerTree
import Synchronization

/// What the record costs beside what it stands on: `Scripts/bench-ledger`.
@main
enum LedgerBench {
    static func main() throws {
        let words = CommandLine.arguments
        let folder = URL(fileURLWithPath: words.count > 1 ? words[1] : "/tmp")
            .appendingPathComponent("quaymaster-ledger-bench-\(getpid())")
        let entries = words.count > 2 ? Int(words[2]) ?? 1_000_000 : 1_000_000
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try commits(folder)
        try recovery(folder, entries)
    }

    private static func entry(_ ids: EntryIDs, _ phase: Entry.Phase) -> Entry {
        let now = Timestamp.now()
        var entry = Entry(id: ids.next(at: now), time: now, phase: phase)
        entry.identity = "runner-7"
        entry.from = "127.0.0.1:51234"
        entry.tenant = "ci"
        entry.verb = "run"
        entry.operation = "ContainerCreate"
        entry.target = "container/build-4711 from image/registry.example.com/ci/tools:3"
        entry.rule = "policy.yaml:14"
        entry.digest = String(repeating: "0123456789abcdef", count: 4)
        entry.policy = "abcdef012345"
        entry.status = phase == .outcome ? 201 : 0
        entry.outcome = phase == .outcome ? "done" : ""
        return entry
    }

    private static func cpu() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = Timestamp.monotonic()
        try body()
        return Double(Timestamp.monotonic() - start) / 1e9
    }

    /// Sixteen who each wait for their intent and then leave an outcome.
    private static func commits(_ folder: URL) throws {
        let directory = folder.appendingPathComponent("commits")
        let ledger = try Ledger(directory: directory)
        let acts = 8000
        let before = cpu()
        let took = seconds {
            // Threads of their own: Dispatch would let no more of them wait than there are cores.
            let all = DispatchGroup()
            for _ in 0..<16 {
                all.enter()
                Thread.detachNewThread {
                    for _ in 0..<acts / 16 {
                        let done = DispatchSemaphore(value: 0)
                        ledger.append(entry(ledger.ids, .intent)) { _ in done.signal() }
                        done.wait()
                        ledger.append(entry(ledger.ids, .outcome))
                    }
                    all.leave()
                }
            }
            all.wait()
            ledger.flush()
        }
        let used = cpu() - before
        ledger.close()
        // The same bytes in the same groups, by a loop that does nothing else.
        var groups: [[UInt8]] = [[]]
        for file in try segments(directory) {
            for line in try Data(contentsOf: file).split(separator: 0x0A) {
                groups[groups.count - 1] += line + [0x0A]
                if line.starts(with: Array(#"{"v":2,"checkpoint""#.utf8)) { groups.append([]) }
            }
        }
        let bytes = groups.reduce(0) { $0 + $1.count }
        let path = folder.appendingPathComponent("trivial").path
        let trivial = seconds {
            let file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            for group in groups {
                _ = write(file, group, group.count)
                fdatasync(file)
            }
            close(file)
        }
        print("acts: \(acts), groups: \(groups.count - 1), bytes: \(bytes)")
        print("commits: \(took) s, \(Int(Double(acts) / took)) acts/s; trivial loop: \(trivial) s")
        print("throughput beside the trivial loop: \(trivial / took)")
        print("CPU per act (intent and outcome): \(used / Double(acts) * 1e6) µs")
    }

    private static func segments(_ directory: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "jsonl" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }

    private static func recovery(_ folder: URL, _ entries: Int) throws {
        let directory = folder.appendingPathComponent("large")
        let ledger = try Ledger(directory: directory)
        let filled = seconds {
            for number in 0..<entries {
                ledger.append(entry(ledger.ids, number % 2 == 0 ? .intent : .outcome))
                if number % 10_000 == 9999 { ledger.flush() }
            }
            ledger.close()
        }
        print("filled with \(entries) entries: \(filled) s")
        var again: Ledger?
        let opened = try seconds { again = try Ledger(directory: directory) }
        print("opened: \(opened) s")
        again?.close()
        let reader = try LedgerReader(directory: directory)
        var report = LedgerReport()
        let before = cpu()
        let verified = try seconds { report = try reader.verify() }
        let used = cpu() - before
        guard report.findings.isEmpty else { return print("FINDINGS: \(report.findings)") }
        let all = try segments(directory).map { try Data(contentsOf: $0) }
        var digests: [SHA256.Digest] = []
        let beforeHashing = cpu()
        let whole = seconds {
            for data in all {
                var hash = SHA256()
                hash.update(data: data)
                digests.append(hash.finalize())
            }
        }
        let hashing = cpu() - beforeHashing
        var leaves = 0
        let single = seconds {
            for data in all {
                for line in data.split(separator: 0x0A) {
                    _ = SHA256.hash(data: line)
                    leaves += 1
                }
            }
        }
        print("verified \(report.byteCount) bytes: \(verified) s (CPU \(used) s)")
        print(
            "SHA-256 of the same bytes, segment by segment: \(whole) s; line by line: \(single) s")
        print("verify beside hashing: \(whole / verified) (line by line: \(single / verified))")
        // The figure to trust on a machine shared with others.
        print("verify beside hashing, CPU: \(hashing / used) (hashing: \(hashing) s)")
        let proven = try seconds {
            _ = try reader.prove(UInt64(entries / 2), against: try reader.newest())
        }
        print("proved a line: \(proven) s")
    }
}
