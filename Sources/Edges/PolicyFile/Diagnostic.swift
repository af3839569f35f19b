/// Something that a person should know about a file that they wrote.
package struct Diagnostic: Error, Hashable, Sendable, CustomStringConvertible {
    /// How bad it is.
    package enum Severity: String, Hashable, Sendable {
        /// The file is not used.
        case error
        /// The file works, and probably does not say what was meant.
        case warning
    }

    /// How bad it is.
    package let severity: Severity
    /// The file's name as it was given.
    package let file: String
    /// The line, from 1; 0 for the file as a whole.
    package let line: Int
    /// The column, from 1; 0 for the file as a whole.
    package let column: Int
    /// What is wrong, in lower case without a full stop.
    package let message: String
    /// What to do about it.
    package let hint: String?

    /// `policy.yaml:14:9: error: unknown verb "exce"`, with the hint on a line of its own.
    package var description: String {
        let place = line > 0 ? "\(file):\(line):\(column)" : file
        let text = "\(place): \(severity.rawValue): \(message)"
        return hint.map { text + "\n  hint: \($0)" } ?? text
    }
}

/// Suggestions for words that nobody knows.
enum Suggestion {
    /// The known word that is nearest to an unknown one, when it is near.
    static func nearest(to word: String, among known: [String]) -> String? {
        let ranked = known.map { ($0, distance(word.lowercased(), $0.lowercased())) }
        guard let best = ranked.min(by: { $0.1 < $1.1 }),
            best.1 <= (word.count < 4 ? 1 : max(2, word.count / 3))
        else {
            return nil
        }
        return best.0
    }

    /// A hint with the nearest word, or with all of them.
    static func hint(for word: String, among known: [String]) -> String {
        if let nearest = nearest(to: word, among: known) { return "did you mean \"\(nearest)\"?" }
        return "known are " + known.sorted().joined(separator: ", ")
    }

    /// Levenshtein's distance, in characters.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (i, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let cost = min(diagonal + (character == other ? 0 : 1), row[j] + 1, row[j + 1] + 1)
                diagonal = row[j + 1]
                row[j + 1] = cost
            }
        }
        return row[right.count]
    }
}
