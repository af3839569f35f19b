/// What a refused line most likely says, read without strictness: the words of its first command and
/// what stands behind the first pipe. Nothing of it is ever run; the judge reads what comes of it.
struct Draft {
    /// The first command's words, their quotes left out.
    private(set) var words: [String] = []
    /// The commands behind pipes.
    private(set) var piped: [[String]] = []
    /// True when the line is one command without anything that a shell would act on.
    private(set) var isWhole = true

    /// What stands beyond so many bytes is not looked at.
    private static let longest = 256

    private var word = ""
    private var hasWord = false
    private var isEnded = false

    init(_ line: [UInt8]) {
        let text = String(decoding: line.prefix(Self.longest), as: UTF8.self)
        var quote: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if isEnded { break }
            if let open = quote {
                if scalar == open {
                    quote = nil
                } else {
                    append(scalar)
                }
            } else if scalar == "'" || scalar == "\"" {
                quote = scalar
                hasWord = true
            } else {
                bare(scalar)
            }
        }
        endWord()
        piped.removeAll(where: \.isEmpty)
    }

    private mutating func bare(_ scalar: Unicode.Scalar) {
        switch scalar {
        case " ", "\t", "\u{A0}": endWord()
        case "|":
            endWord()
            isWhole = false
            // `||` begins another command; one pipe has something in front of it.
            if words.isEmpty || piped.last?.isEmpty == true {
                isEnded = true
                piped = piped.filter { !$0.isEmpty }
            } else {
                piped.append([])
            }
        case ";", "&", "<", ">", "\n", "\r", "#", "\u{85}", "\u{2028}":
            endWord()
            isWhole = false
            isEnded = true
        case "\\": isWhole = false
        default: append(scalar)
        }
    }

    /// For a pattern in a path, which no path may be: `find` in its folder, or that folder's list.
    var patternSearches: [[String]] {
        guard let path = words.dropFirst().first(where: Self.isPattern),
            let slash = path.lastIndex(of: "/")
        else { return [] }
        let folder = String(path[..<slash])
        return [
            ["find", folder, "-name", String(path[path.index(after: slash)...])], ["ls", folder],
        ]
    }

    private static func isPattern(_ word: String) -> Bool {
        word.utf8.first == UInt8(ascii: "/") && word.utf8.contains { "*?[".utf8.contains($0) }
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        guard Characters.isVisible(scalar) else { return }
        hasWord = true
        word.unicodeScalars.append(scalar)
    }

    private mutating func endWord() {
        guard hasWord else { return }
        if piped.isEmpty {
            words.append(word)
        } else {
            piped[piped.count - 1].append(word)
        }
        word = ""
        hasWord = false
    }
}
