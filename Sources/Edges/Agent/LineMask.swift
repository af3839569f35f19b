import ShellGrammar

/// Masks what is secret in lines of text that arrives in pieces.
struct LineMask {
    /// A line that is longer is masked in parts.
    private static let longestLine = 65_536

    private let mask = SecretMask()
    private var line: [UInt8] = []

    /// Takes bytes, and gives the whole lines that are there now.
    mutating func take(_ bytes: [UInt8]) -> [UInt8] {
        var masked: [UInt8] = []
        for byte in bytes {
            line.append(byte)
            if byte == 0x0A || line.count >= Self.longestLine { masked += rest() }
        }
        return masked
    }

    /// What is left at the end.
    mutating func rest() -> [UInt8] {
        defer { line.removeAll(keepingCapacity: true) }
        return Array(mask.mask(text: String(decoding: line, as: UTF8.self)).utf8)
    }
}
