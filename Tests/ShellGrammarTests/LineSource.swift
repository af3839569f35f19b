import CreateBodies
import ShellGrammar

/// Lines out of the corpus' alphabet: whole words and characters of its lines, cut, joined and mixed;
/// most are near to what a role accepts.
struct LineSource {
    private var random: Seeded
    private let lines: [(text: [Unicode.Scalar], role: Role)]
    private let words: [[Unicode.Scalar]]
    private let alphabet: [Unicode.Scalar]

    init(seed: UInt64, _ cases: [Corpus.Case]) {
        random = Seeded(seed: seed)
        // What is allowed stands in as often as what is not, of which there is more.
        lines = (cases + cases.filter(\.isAllowed) + cases.filter(\.isAllowed)).compactMap { one in
            let text = Array(one.input.unicodeScalars)
            return Roles.named(one.policy).flatMap { text.count < 200 ? (text, $0) : nil }
        }
        let words = Set(lines.flatMap { $0.text.split(separator: " ").map { Array($0) } })
        self.words = words.sorted { $0.lexicographicallyPrecedes($1) }
        alphabet = Set(lines.flatMap(\.text)).sorted()
    }

    /// The next line, in UTF-8 unless a byte was spoilt, and the role that is to judge it.
    mutating func next() -> (line: [UInt8], role: Role) {
        var line: [Unicode.Scalar] = []
        var role = Roles.all[below(Roles.all.count)]
        switch below(4) {
        case 0:
            for _ in 0...below(6) { line += words[below(words.count)] + [" "] }
        case 1:
            for _ in 0...below(20) { line.append(alphabet[below(alphabet.count)]) }
        default:
            (line, role) = lines[below(lines.count)]
            for _ in 0..<below(4) { change(&line) }
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: line)
        var bytes = Array(String(text).utf8)
        if below(50) == 0, !bytes.isEmpty { bytes[below(bytes.count)] = UInt8(below(256)) }
        return (bytes, role)
    }

    private mutating func change(_ line: inout [Unicode.Scalar]) {
        let place = below(line.count + 1)
        switch below(4) {
        case 0: line.insert(alphabet[below(alphabet.count)], at: place)
        case 1: line.insert(contentsOf: words[below(words.count)] + [" "], at: place)
        case 2: if place < line.count { line.remove(at: place) }
        default: if place < line.count { line[place] = alphabet[below(alphabet.count)] }
        }
    }

    private mutating func below(_ bound: Int) -> Int {
        Int(random.next() % UInt64(bound))
    }
}
