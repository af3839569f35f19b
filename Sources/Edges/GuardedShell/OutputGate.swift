import ShellGrammar

/// What stands between a container's bytes and a person: whatever could act on a terminal is shown as
/// text, then secrets are masked line by line. Bounded: a line that does not end is let go in pieces.
struct OutputGate {
    private let mask: SecretMask
    private var sanitiser: OutputSanitiser
    /// Text without its line's end, all of it Unicode.
    private var line: [UInt8] = []

    /// The most bytes of a line that wait for its end.
    private static let mostHeld = 8 << 10

    init(_ mask: SecretMask, _ mode: OutputSanitiser.Mode) {
        self.mask = mask
        sanitiser = OutputSanitiser(mode)
    }

    /// Takes bytes, and gives what may be shown by now.
    mutating func receive(_ bytes: [UInt8]) -> String {
        sanitiser.receive(bytes[...], appendingTo: &line)
        guard let end = line.lastIndex(of: 0x0A) else {
            return line.count >= Self.mostHeld ? letGo(line.count) : ""
        }
        return letGo(end + 1)
    }

    /// No more comes.
    mutating func finish() -> String {
        sanitiser.finish(appendingTo: &line)
        return letGo(line.count)
    }

    private mutating func letGo(_ count: Int) -> String {
        defer { line.removeFirst(count) }
        return line[..<count].split(separator: 0x0A, omittingEmptySubsequences: false)
            .map { mask.mask(text: String(decoding: $0, as: UTF8.self)) }
            .joined(separator: "\n")
    }
}
