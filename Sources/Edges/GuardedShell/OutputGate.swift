import ShellGrammar

/// What stands between a container's bytes and a person: whatever could act on a terminal is shown as
/// text, then secrets are masked. Bounded: a line that does not end is let go in parts.
struct OutputGate {
    private var mask: MaskStream
    private var sanitiser: OutputSanitiser
    /// Text without its line's end, all of it Unicode.
    private var line: [UInt8] = []

    /// The most bytes of a line that wait for its end.
    private static let mostHeld = 8 << 10

    init(_ mask: SecretMask, _ mode: OutputSanitiser.Mode) {
        self.mask = MaskStream(mask)
        sanitiser = OutputSanitiser(mode)
    }

    /// Takes bytes, and gives what may be shown by now.
    mutating func receive(_ bytes: [UInt8]) -> String {
        sanitiser.receive(bytes[...], appendingTo: &line)
        if line.count >= Self.mostHeld { return letGo(line.count) }
        return line.lastIndex(of: 0x0A).map { letGo($0 + 1) } ?? ""
    }

    /// No more comes.
    mutating func finish() -> String {
        sanitiser.finish(appendingTo: &line)
        return letGo(line.count, isEnd: true)
    }

    private mutating func letGo(_ count: Int, isEnd: Bool = false) -> String {
        defer { line.removeFirst(count) }
        return String(decoding: mask.takeLines(line[..<count], isEnd: isEnd), as: UTF8.self)
    }
}
