import Foundation

/// Whole lines that wait to be written together.
struct Lines {
    struct Mark {
        /// Where the line ends, its line end included.
        var end: Int
        /// Whoever waits for it is told; nobody does when it is nil.
        var completion: Ledger.Completion?
        /// True when it may be written to the blocks kept for a full disk.
        var mayUseReserve = false
    }

    private(set) var bytes: [UInt8] = []
    private(set) var marks: [Mark] = []

    var isEmpty: Bool { marks.isEmpty }

    mutating func add(
        _ entry: Entry, mayUseReserve: Bool = false, _ completion: Ledger.Completion? = nil
    ) {
        entry.append(to: &bytes)
        marks.append(
            Mark(end: bytes.count, completion: completion, mayUseReserve: mayUseReserve))
    }

    mutating func add(_ other: Lines, where isWanted: (Mark) -> Bool = { _ in true }) {
        var start = 0
        for mark in other.marks {
            defer { start = mark.end }
            guard isWanted(mark) else { continue }
            bytes.append(contentsOf: other.bytes[start..<mark.end])
            var mark = mark
            mark.end = bytes.count
            marks.append(mark)
        }
    }

    /// Each line without its end.
    func forEachLine(_ body: (Span<UInt8>) -> Void) {
        let text = bytes.span
        var start = 0
        for mark in marks {
            body(text.extracting(start..<mark.end - 1))
            start = mark.end
        }
    }

    func tell(_ result: Result<Void, LedgerError>, where isMeant: (Mark) -> Bool = { _ in true }) {
        for mark in marks where isMeant(mark) { mark.completion?(result) }
    }
}
