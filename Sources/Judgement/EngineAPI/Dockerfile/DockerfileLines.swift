/// A Dockerfile taken apart into instructions, one line each.
///
/// This is what `parser.Parse` of the engine's builder does before it looks at an instruction:
/// directives, comments, continued lines. Where the parsers of engines from 20.10 to 29 differ, the
/// text is refused.
struct DockerfileLines {
    /// The limits on a text.
    enum Limit {
        /// Bytes in all.
        static let bytes = 1 << 20
        /// Lines as they stand in the file.
        static let lines = 10_000
        /// Bytes of one instruction: engines read no line of 65,536.
        static let instructionBytes = 60_000
        /// Stages.
        static let stages = 200
        /// Images, each of which somebody must look up.
        static let images = 200
    }

    /// One instruction with its continued lines joined.
    struct Line {
        /// The text without blanks around it; never empty.
        let text: ArraySlice<UInt8>
        /// The first line in the file, from 1.
        let number: Int
    }

    /// The escape character: a backslash, or a backquote by directive.
    private(set) var escape = Letter.backslash
    /// The instructions.
    private(set) var lines: [Line] = []

    /// Takes a text apart.
    ///
    /// - Throws: `DockerfileRefusal` for bytes, directives and line ends that engines may read
    ///   differently, and for what is too long.
    init(_ bytes: [UInt8]) throws(DockerfileRefusal) {
        guard bytes.count <= Limit.bytes else {
            throw DockerfileRefusal(
                .size, line: 0, "the Dockerfile is longer than \(Limit.bytes) bytes")
        }
        var rest = bytes[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest.removeFirst(3) }
        let physical = rest.split(separator: Letter.lineFeed, omittingEmptySubsequences: false)
            .map { $0.last == Letter.carriageReturn ? $0.dropLast() : $0 }
        guard physical.count <= Limit.lines + 1 else {
            throw DockerfileRefusal(
                .size, line: 0, "the Dockerfile has more than \(Limit.lines) lines")
        }
        try readDirectives(physical)
        try join(physical)
    }

    // MARK: Directives

    private mutating func readDirectives(
        _ physical: [ArraySlice<UInt8>]
    ) throws(DockerfileRefusal) {
        var seen = Set<String>()
        for (index, line) in physical.enumerated() {
            guard let (name, value) = Self.directive(line) else { return }
            guard seen.insert(name).inserted else {
                throw DockerfileRefusal(
                    .directive, line: index + 1, "the directive \(name) may stand once")
            }
            guard name == "escape" else { continue }
            // Older engines take "check" for a comment, which ends the directives.
            guard !seen.contains("check") else {
                throw DockerfileRefusal(
                    .directive, line: index + 1,
                    "engines disagree on \"escape\" behind \"check\"; put \"escape\" first")
            }
            guard value.count == 1, let escape = value.first,
                escape == Letter.backslash || escape == Letter.backquote
            else {
                throw DockerfileRefusal(
                    .directive, line: index + 1, "the escape character is \\ or `")
            }
            self.escape = escape
        }
    }

    /// The name and value of a line like `# name=value` whose name is a directive's.
    private static func directive(_ line: ArraySlice<UInt8>) -> (String, ArraySlice<UInt8>)? {
        var rest = Letter.trimmed(line)
        guard rest.first == Letter.hash else { return nil }
        rest = Letter.trimmed(rest.dropFirst())
        guard let equals = rest.firstIndex(of: Letter.equals) else { return nil }
        let name = Letter.lowercase(Letter.trimmed(rest[..<equals]))
        let value = Letter.trimmed(rest[(equals + 1)...])
        let known = ["syntax", "escape", "check"]
        guard !value.isEmpty, let word = known.first(where: { $0.utf8.elementsEqual(name) })
        else { return nil }
        return (word, value)
    }

    // MARK: Joining

    private mutating func join(_ physical: [ArraySlice<UInt8>]) throws(DockerfileRefusal) {
        var index = 0
        while index < physical.count {
            let number = index + 1
            let first = Letter.trimmed(physical[index])
            index += 1
            if first.isEmpty || first.first == Letter.hash { continue }
            var (text, continues) = try cut(first, line: number)
            while continues, index < physical.count {
                let line = physical[index]
                index += 1
                let trimmed = Letter.trimmed(line)
                if trimmed.isEmpty || trimmed.first == Letter.hash { continue }
                let (more, goesOn) = try cut(line, line: index)
                text += more
                continues = goesOn
            }
            try append(Letter.trimmed(text), line: number)
        }
    }

    private mutating func append(
        _ text: ArraySlice<UInt8>, line: Int
    ) throws(DockerfileRefusal) {
        guard let last = text.last else {
            throw DockerfileRefusal(
                .continuation, line: line, "the line is continued and holds no instruction")
        }
        guard last != escape else {
            throw DockerfileRefusal(
                .continuation, line: line, "the instruction ends with an escape character")
        }
        guard text.count <= Limit.instructionBytes else {
            throw DockerfileRefusal(
                .size, line: line,
                "the instruction is longer than \(Limit.instructionBytes) bytes; put it into a "
                    + "script that is copied, or into several instructions")
        }
        lines.append(Line(text: text, number: line))
    }

    /// Cuts the continuation off a line; true when the next line belongs to it.
    private func cut(
        _ line: ArraySlice<UInt8>, line number: Int
    ) throws(DockerfileRefusal) -> (ArraySlice<UInt8>, Bool) {
        try Letter.check(line, line: number)
        let end = line.lastIndex { !Letter.isBlank($0) } ?? line.startIndex
        guard end < line.endIndex, line[end] == escape else { return (line, false) }
        let text = line[..<end]
        // The newest parsers take an escaped escape character for text, older ones do not.
        guard text.last != escape else {
            throw DockerfileRefusal(
                .continuation, line: number,
                "the line ends with two escape characters, which engines read differently; put a "
                    + "blank between them or something behind them")
        }
        return (text, true)
    }
}
