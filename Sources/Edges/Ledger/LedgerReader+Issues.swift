import JSON

extension LedgerReader {
    /// Certificates that the record says were issued, by what it says of each.
    ///
    /// The newest segments are read first, and no more of them than are needed.
    ///
    /// - Parameter wanted: What to look for: the reasons of the entries.
    /// - Returns: Those of them that an entry says.
    /// - Throws: `LedgerError` when a segment cannot be read.
    package func issues(among wanted: Set<String>) throws -> Set<String> {
        var left = wanted
        let parts = try folder.parts().filter(\.hasLines)
        for (place, part) in parts.enumerated().reversed() where !left.isEmpty {
            let end = place + 1 < parts.count ? parts[place + 1].first : .max
            try forEachLine(from: part.first) { index, line in
                guard index < end, !left.isEmpty else { return false }
                guard Self.isEvent(line) else { return true }
                if let issue = Self.issue(line.withUnsafeBufferPointer { Array($0) }[...]) {
                    left.remove(issue)
                }
                return true
            }
        }
        return wanted.subtracting(left)
    }

    /// What an entry says of a certificate's issue; nil for any other line.
    static func issue(_ line: ArraySlice<UInt8>) -> String? {
        guard isEvent(line.span) else { return nil }
        do {
            let entry = try JSONReader.value(of: Array(line))
            let operation = entry["operation"]?.string ?? ""
            guard ["CertificateIssued", keptIssue].contains(operation) else { return nil }
            return entry["reason"]?.string
        } catch {
            return nil
        }
    }

    /// The event that says an issue anew whose segment goes.
    static let keptIssue = "CertificateKept"

    /// True for an entry that is no request: its phase stands at the same place in every line.
    private static func isEvent(_ line: Span<UInt8>) -> Bool {
        let start = eventStart
        guard line.count > start.upperBound + phase.count else { return false }
        for (index, byte) in Line.entryStart.enumerated() where line[index] != byte { return false }
        for (index, byte) in phase.enumerated() where line[start.upperBound + index] != byte {
            return false
        }
        return true
    }

    /// The id is a ULID, the time has milliseconds.
    private static let eventStart = 0..<Line.entryStart.count + 26 + 10 + 24
    private static let phase = Array(#"","phase":"event""#.utf8)
}
