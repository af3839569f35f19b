import JSON
import LedgerTree

/// The lines of a segment: each is a leaf of the tree, in its order.
///
/// Entries are what the record is about. A segment begins with a header, and each group that is
/// written together ends with a checkpoint over all lines before it. All are JSON, so that a segment
/// can be read by whatever reads JSON Lines.
enum Line {
    static let entryStart = Array(#"{"v":2,"id":""#.utf8)
    static let headerStart = Array(#"{"v":2,"segment":{"#.utf8)
    static let checkpointStart = Array(#"{"v":2,"checkpoint":""#.utf8)
    private static let checkpointEnd = Array(#""}"#.utf8)

    /// The first line of a segment: which log, how many lines come before it, and their tree.
    static func header(origin: String, _ tree: Frontier) -> [UInt8] {
        var bytes = headerStart
        bytes.append(contentsOf: #""origin":"#.utf8)
        JSONWriter.append(quoting: origin, to: &bytes)
        bytes.append(contentsOf: #","first":\#(tree.size),"peaks":["#.utf8)
        bytes.append(contentsOf: tree.peaks.map { "\"\($0.text)\"" }.joined(separator: ",").utf8)
        bytes.append(contentsOf: "]}}".utf8)
        return bytes
    }

    /// The tree before a segment, as its header says.
    ///
    /// - Returns: nil when the line is not exactly what `header(origin:_:)` writes.
    static func tree(ofHeader line: [UInt8], origin: String) -> Frontier? {
        guard let value = try? JSONReader.value(of: line),
            case .object(let object)? = value["segment"],
            case .number(let first)? = object["first"], let size = UInt64(first.lexeme),
            case .array(let texts)? = object["peaks"]
        else { return nil }
        let peaks = texts.compactMap { $0.string.flatMap { TreeHash(parsing: $0) } }
        guard let tree = Frontier(size: size, peaks: peaks), header(origin: origin, tree) == line
        else { return nil }
        return tree
    }

    /// The last line of a group: the signed note as one JSON text.
    static func checkpoint(_ note: SignedNote) -> [UInt8] {
        var bytes = checkpointStart
        // Of what JSON escapes a note holds line ends alone.
        for byte in note.bytes {
            if byte == 0x0A { bytes.append(contentsOf: #"\n"#.utf8) } else { bytes.append(byte) }
        }
        return bytes + checkpointEnd
    }

    /// The note of a checkpoint's line.
    ///
    /// - Returns: nil when the line is not exactly what `checkpoint(_:)` writes.
    static func note(of line: some Collection<UInt8>) -> SignedNote? {
        guard line.starts(with: checkpointStart), line.count <= 1 << 16 else { return nil }
        let inner = line.dropFirst(checkpointStart.count).dropLast(checkpointEnd.count)
        let text = String(decoding: inner, as: UTF8.self).replacing(#"\n"#, with: "\n")
        guard let note = try? SignedNote(parsing: Array(text.utf8)),
            checkpoint(note).elementsEqual(line)
        else { return nil }
        return note
    }

    /// True for a line that a writer could have written as an entry.
    static func isEntry(_ line: [UInt8]) -> Bool {
        line.starts(with: entryStart) && (try? JSONReader.value(of: line)) != nil
    }

    /// True for what can be the beginning of a line that was torn while it was written: it ends before
    /// its object does, or with it.
    static func isBeginning(_ bytes: some Collection<UInt8>) -> Bool {
        var (depth, isText, isEscaped, hasEnded) = (0, false, false, false)
        for byte in bytes {
            if hasEnded || byte < 0x20 { return false }
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            hasEnded = depth <= 0
        }
        let kinds = [entryStart, headerStart, checkpointStart]
        return kinds.contains { kind in zip(kind, bytes).allSatisfy(==) }
    }
}
