import JSON

/// The events of an engine, line by line, without those that are others' and those of execs that are
/// not to be seen: they tell the command lines of others.
package struct EventLines: Sendable {
    /// Whether an event or an exec may be seen.
    package enum Ruling: Hashable, Sendable {
        /// It may.
        case shown
        /// It is somebody else's.
        case hidden
        /// Whose it is will be known in a moment.
        case later
    }

    private var pending: [UInt8] = []
    /// How much of it holds no end of a line.
    private var searched = 0
    /// True while a line is skipped that is longer than any is kept.
    private var isSkipping = false
    /// True when no more will come.
    private var hasEnded = false
    /// How many lines were left out because they are too long.
    package private(set) var skipped = 0

    /// The most bytes of a line. One that is longer is left out: whose it is cannot be said.
    private static let longest = 4 << 20

    /// Makes a reader of events.
    package init() {}

    /// How many bytes wait, whole lines or not.
    package var waiting: Int { pending.count }

    /// Adds what the engine sent.
    package mutating func add(_ bytes: [UInt8]) {
        pending += bytes
    }

    /// Notes that the engine has ended: what is left is the last line.
    package mutating func end() {
        hasEnded = true
    }

    /// Takes the lines that may be shown.
    ///
    /// - Parameters:
    ///   - whose: Tells whether an event may be seen at all.
    ///   - telling: How an event that is shown is told.
    ///   - ruling: Tells whether an exec may be seen, by its id and its container's.
    /// - Returns: The lines, and whether the first that was left has to wait for a ruling.
    package mutating func take(
        whose: (_ line: [UInt8]) -> Ruling = { _ in .shown },
        telling: ((_ line: [UInt8]) -> [UInt8])? = nil,
        _ ruling: (_ exec: String, _ container: String) -> Ruling
    ) -> (shown: [UInt8], waits: Bool) {
        var shown: [UInt8] = []
        var start = 0
        var waits = false
        while let end = endOfLine(from: start) {
            if !isSkipping {
                var verdict = whose(Array(pending[start..<end]))
                if verdict == .shown { verdict = Self.rule(pending[start..<end], ruling) }
                switch verdict {
                case .shown:
                    let line = pending[start..<end]
                    shown += telling.map { $0(Array(line))[...] } ?? line
                case .hidden: break
                case .later: waits = true
                }
            }
            if waits { break }
            if isSkipping { skipped += 1 }
            isSkipping = false
            start = end
        }
        pending.removeFirst(start)
        searched = waits ? 0 : pending.count
        if !waits, pending.count > Self.longest {
            pending = []
            searched = 0
            isSkipping = true
        }
        return (shown, waits)
    }

    /// Where the line ends that begins somewhere, its line feed included.
    private func endOfLine(from start: Int) -> Int? {
        let from = start == 0 ? searched : start
        if let feed = pending[from...].firstIndex(of: 0x0A) { return feed + 1 }
        return hasEnded && start < pending.count ? pending.count : nil
    }

    private static func rule(
        _ line: ArraySlice<UInt8>, _ ruling: (String, String) -> Ruling
    ) -> Ruling {
        // Most are of something else, and need no reading.
        guard mentionsExec(line) else { return .shown }
        let event: JSONValue
        do {
            event = try JSONReader.answer(Array(line))
        } catch {
            return .hidden
        }
        let actions = [event["Action"]?.string, event["status"]?.string]
        guard actions.contains(where: { $0?.hasPrefix("exec_") == true }) else { return .shown }
        let exec = event["Actor"]?["Attributes"]?["execID"]?.string ?? ""
        return ruling(exec, event["Actor"]?["ID"]?.string ?? "")
    }

    /// True when `exec_` stands somewhere in a line.
    private static func mentionsExec(_ line: ArraySlice<UInt8>) -> Bool {
        let word = Array("exec_".utf8)
        var rest = line
        while let index = rest.firstIndex(of: UInt8(ascii: "_")) {
            if line[..<index].suffix(4).elementsEqual(word.prefix(4)) { return true }
            rest = line[(index + 1)...]
        }
        return false
    }
}
