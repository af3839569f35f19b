/// What keeps one identity from filling the record for all: lines that say again what another has said
/// are counted in one. Intents have a measure of their own (`IntentMeasure`).
///
/// A window is ten seconds, of a clock that nobody sets. In it the first refusal of a kind is written and the others are counted;
/// acts that change nothing are counted so once an identity has left many lines. What was counted is
/// written when the window is over, as one line that names the first.
struct Repeats {
    /// How long a window is, in nanoseconds.
    static let window: Int64 = 10_000_000_000
    /// How many lines an identity leaves in a window before it is counted more coarsely.
    let most: Int

    /// What the measure of events stands under; no identity is called so.
    private static let events = "\0"

    private struct Key: Hashable {
        let identity: String
        let phase: Entry.Phase
        var tenant = ""
        var operation = ""
        var target = ""
        var rule = ""
        var status = 0
    }

    private struct Seen {
        let first: Entry
        /// When the window began, by the clock of the measures.
        let began: Int64
        var last: Entry
        var count: Int64 = 0
        var bytesIn: Int64 = 0
        var bytesOut: Int64 = 0
    }

    private struct Measure {
        var began: Int64
        var lines = 0
    }

    private var seen: [Key: Seen] = [:]
    private var measures: [String: Measure] = [:]

    init(most: Int) {
        self.most = most
    }

    /// Whether a line is written, or only counted.
    enum Verdict: Hashable {
        case write
        /// It is counted with the line of this id.
        case counted(String)
    }

    /// Judges a refusal, an event that may come often, or the outcome of an act that changes nothing.
    mutating func judge(_ entry: Entry, at now: Int64) -> Verdict {
        // Events have a measure of their own: whoever is refused for nobody does not use it up.
        let who = entry.phase == .event ? Self.events : entry.identity
        renew(who, now)
        var key = Key(identity: entry.identity, phase: entry.phase)
        key.tenant = entry.tenant
        key.operation = entry.operation
        key.target = entry.target
        key.rule = entry.rule
        key.status = entry.status
        let lines = measures[who]?.lines ?? 0
        if entry.phase == .refused || entry.phase == .event || lines >= most {
            if let first = count(entry, as: key) { return .counted(first) }
        }
        if lines >= most {
            // Whoever varies what they ask for is counted by what came of it alone.
            key = Key(identity: entry.identity, phase: entry.phase)
            if let first = count(entry, as: key) { return .counted(first) }
        }
        measures[who]?.lines += 1
        if seen[key] == nil { seen[key] = Seen(first: entry, began: now, last: entry) }
        return .write
    }

    private mutating func count(_ entry: Entry, as key: Key) -> String? {
        guard seen[key] != nil else { return nil }
        seen[key]?.count += 1
        seen[key]?.last = entry
        seen[key]?.bytesIn += entry.bytesIn
        seen[key]?.bytesOut += entry.bytesOut
        return seen[key]?.first.id
    }

    private mutating func renew(_ identity: String, _ now: Int64) {
        guard let measure = measures[identity], now - measure.began < Self.window else {
            measures[identity] = Measure(began: now)
            return
        }
    }

    /// True when something is counted or remembered.
    var isEmpty: Bool { seen.isEmpty }

    /// Takes what was counted in windows that are over.
    ///
    /// - Parameters:
    ///   - now: The time, in nanoseconds of the clock that windows are measured with.
    ///   - ids: Ids for the lines.
    ///   - all: True when the windows end now.
    /// - Returns: A line for each kind that was counted.
    mutating func take(at now: Int64, _ ids: EntryIDs, all: Bool = false) -> [Entry] {
        var lines: [Entry] = []
        for (key, kind) in seen where all || now - kind.began >= Self.window {
            seen[key] = nil
            guard kind.count > 0 else { continue }
            var line = kind.last
            line.time = Timestamp.now()
            line.id = ids.next(at: line.time)
            line.count = kind.count
            line.first = kind.first.id
            line.bytesIn = kind.bytesIn
            line.bytesOut = kind.bytesOut
            if key.operation.isEmpty, !line.operation.isEmpty {
                line.operation = ""
                line.target = ""
                line.reason = "and others: \(line.reason)"
            }
            lines.append(line)
        }
        if all || seen.isEmpty { measures = measures.filter { now - $0.value.began < Self.window } }
        return lines.sorted { $0.id < $1.id }
    }
}
