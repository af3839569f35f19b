/// How long the engine's words may become when it puts values in.
///
/// The engine expands in its own memory and has no limit: thirty lines of `ENV A=$A$A` are a
/// gigabyte. This counts an upper bound without knowing any value.
struct ExpansionBudget {
    /// The longest that one word may become.
    private static let wordBytes = 256 << 10
    /// The longest that all words may become together.
    private static let totalBytes = 16 << 20
    /// What is assumed of a variable that the text does not set: an image's own.
    private static let unknownBytes = 1 << 10

    private var sizes: [[UInt8]: Int] = [:]
    private var total = 0

    /// Counts a word that the engine expands.
    mutating func charge(
        _ word: some Collection<UInt8>, line: Int
    ) throws(DockerfileRefusal) {
        try charge(bound(Array(word)), line: line)
    }

    /// Counts a word that the engine expands into a variable's value.
    mutating func assign(
        _ word: some Collection<UInt8>, to name: some Collection<UInt8>, line: Int
    ) throws(DockerfileRefusal) {
        let bound = bound(Array(word))
        try charge(bound, line: line)
        note(bound, as: Array(name))
    }

    /// Notes a value's length; a name keeps its longest.
    mutating func note(_ bytes: Int, as name: [UInt8]) {
        sizes[name] = max(sizes[name] ?? 0, bytes)
    }

    private mutating func charge(_ bytes: Int, line: Int) throws(DockerfileRefusal) {
        total += bytes
        guard bytes <= Self.wordBytes, total <= Self.totalBytes else {
            throw DockerfileRefusal(
                .expansion, line: line,
                "variables may grow beyond \(Self.wordBytes >> 10) KiB in a word or "
                    + "\(Self.totalBytes >> 20) MiB in all")
        }
    }

    /// The longest that a word can become; at most a byte more than is allowed.
    private func bound(_ word: [UInt8]) -> Int {
        var sum = word.count
        var factor = 1
        for index in word.indices where word[index] == Letter.dollar {
            var start = index + 1
            let isBraced = start < word.count && word[start] == Letter.leftBrace
            if isBraced { start += 1 }
            let name = word[start...].prefix(while: Letter.isWord)
            let size = sizes[Array(name)] ?? Self.unknownBytes
            sum = min(sum + size, Self.wordBytes + 1)
            // ${name//pattern/text} puts the text in at every byte.
            if isBraced, name.endIndex < word.count, word[name.endIndex] == UInt8(ascii: "/") {
                factor = min(factor * (size + 1), Self.wordBytes + 1)
            }
        }
        return min(sum * factor, Self.wordBytes + 1)
    }
}
