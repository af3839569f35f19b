/// A head as the laxest reader takes it: line by line, wherever a line feed stands.
///
/// It finds what two readers could frame differently (RFC 9112 §11.2), and knows nothing of `Wire`.
struct Lines {
    /// Why the head could be read in two ways, or nil.
    private(set) var objection: String?
    private var lengths: [[UInt8]] = []
    private var codings: [[UInt8]] = []

    init(of head: [UInt8]) {
        let lines = head.split(separator: 0x0A, omittingEmptySubsequences: false)
        // The empty line ends in a line feed of its own.
        guard lines.count >= 3, lines.suffix(2).first?.elementsEqual([0x0D]) == true else {
            objection = "does not end in an empty line"
            return
        }
        for (index, line) in lines.dropLast(2).enumerated() { read(line, isFirst: index == 0) }
        if lengths.count + codings.count > 1 { objection = "frames its body twice" }
        if let length = lengths.first, !length.allSatisfy({ 0x30...0x39 ~= $0 }) {
            objection = "has a length that is no number"
        }
    }

    private mutating func read(_ line: ArraySlice<UInt8>, isFirst: Bool) {
        guard line.last == 0x0D, !line.dropLast().contains(0x0D) else {
            objection = "has a line that ends otherwise"
            return
        }
        let line = line.dropLast()
        guard !line.isEmpty, !line.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) else {
            objection = "has an empty line within, or a control byte"
            return
        }
        if isFirst { return }
        guard let colon = line.firstIndex(of: 0x3A), colon > line.startIndex,
            line[..<colon].allSatisfy({ 0x21...0x7E ~= $0 })
        else {
            objection = "has a folded line, or a blank in a name"
            return
        }
        let value = line[(colon + 1)...].filter { $0 != 0x20 && $0 != 0x09 }
        switch String(decoding: line[..<colon], as: UTF8.self).lowercased() {
        case "content-length": lengths.append(Array(value))
        case "transfer-encoding": codings.append(Array(value))
        default: break
        }
    }
}
