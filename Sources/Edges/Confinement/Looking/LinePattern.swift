import Glibc

/// What lines are looked for: a text, or a pattern of POSIX (regex(7)).
final class LinePattern {
    private let text: [UInt8]
    private let isFolded: Bool
    private var pattern: regex_t?

    /// Makes a pattern.
    ///
    /// - Parameters:
    ///   - text: The text or the pattern.
    ///   - isLiteral: True for a text.
    ///   - isExtended: True for extended patterns.
    ///   - isFolded: True when the case of ASCII letters does not matter.
    /// - Throws: `Refusal` when it is no pattern.
    init(_ text: String, isLiteral: Bool, isExtended: Bool, isFolded: Bool) throws {
        self.isFolded = isFolded
        self.text = isFolded ? Self.folded(Array(text.utf8)) : Array(text.utf8)
        guard !isLiteral else { return }
        var compiled = regex_t()
        let flags = (isExtended ? REG_EXTENDED : 0) | (isFolded ? REG_ICASE : 0) | REG_NOSUB
        guard regcomp(&compiled, text, flags) == 0 else {
            throw Refusal("look.pattern", "the pattern is not understood; use -F for a plain text")
        }
        pattern = compiled
    }

    deinit {
        if var pattern { regfree(&pattern) }
    }

    /// True when a line has it. A NUL ends a line for patterns.
    func fits(_ line: ArraySlice<UInt8>) -> Bool {
        guard pattern != nil else {
            return Self.holds(isFolded ? Self.folded(line)[...] : line, text)
        }
        var ended = line.map { CChar(bitPattern: $0) }
        ended.append(0)
        return withUnsafePointer(to: &pattern) {
            $0.withMemoryRebound(to: regex_t.self, capacity: 1) {
                regexec($0, ended, 0, nil, 0) == 0
            }
        }
    }

    /// True when a line holds a text.
    static func holds(_ line: ArraySlice<UInt8>, _ text: [UInt8]) -> Bool {
        guard let first = text.first else { return true }
        guard line.count >= text.count else { return false }
        for start in line.startIndex...(line.endIndex - text.count) where line[start] == first {
            if line[start..<start + text.count].elementsEqual(text) { return true }
        }
        return false
    }

    private static func folded(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        bytes.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }
    }
}

/// Patterns of names, `*` and `?`, as find(1) has them.
enum NamePattern {
    /// True when a whole name fits.
    static func fits(_ name: [UInt8], _ pattern: [UInt8], isFolded: Bool) -> Bool {
        let fold = { (byte: UInt8) in isFolded && 0x41...0x5A ~= byte ? byte | 0x20 : byte }
        var (n, p) = (0, 0)
        var (star, from) = (-1, 0)
        while n < name.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                (star, from) = (p, n)
                p += 1
            } else if p < pattern.count,
                pattern[p] == UInt8(ascii: "?") || fold(pattern[p]) == fold(name[n])
            {
                n += 1
                p += 1
            } else if star >= 0 {
                from += 1
                (n, p) = (from, star + 1)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
