/// A word as the engine's lexer takes it apart before it puts values in (`shell.Lex.ProcessWord`).
///
/// Only the forms that all lexers from 20.10 to 29 read alike are known: `$name`, `${name}`,
/// `${name:-word}` and `${name:+word}`.
struct ShellWord {
    /// A part of a word.
    indirect enum Piece {
        /// Text, quotes and escapes undone.
        case text([UInt8])
        /// A variable's value.
        case variable(String)
        /// A variable's value, or the word when it is unset or empty.
        case fallback(String, [Piece])
        /// The word when the variable is set and not empty.
        case replacement(String, [Piece])
    }

    /// The parts, in order.
    let pieces: [Piece]

    /// Takes a word apart.
    ///
    /// - Throws: `DockerfileRefusal` for quotes and braces that do not end, and for forms that
    ///   lexers read differently.
    init(
        _ word: some Collection<UInt8>, escape: UInt8, line: Int
    ) throws(DockerfileRefusal) {
        var lexer = ShellLexer(Array(word), escape: escape, line: line)
        pieces = try lexer.pieces(until: nil, depth: 0)
    }

    /// The text, if the word holds no variable.
    var text: [UInt8]? {
        var result: [UInt8] = []
        for piece in pieces {
            guard case .text(let bytes) = piece else { return nil }
            result += bytes
        }
        return result
    }

    /// The text up to the first variable.
    var prefix: [UInt8] {
        var result: [UInt8] = []
        for piece in pieces {
            guard case .text(let bytes) = piece else { return result }
            result += bytes
        }
        return result
    }

    /// The names of the variables, those of inner words too.
    var names: [String] {
        Self.names(pieces)
    }

    private static func names(_ pieces: [Piece]) -> [String] {
        pieces.flatMap { piece in
            switch piece {
            case .text: [String]()
            case .variable(let name): [name]
            case .fallback(let name, let word), .replacement(let name, let word):
                [name] + names(word)
            }
        }
    }

    /// The word with values put in; nil when it grows beyond the limit. What is unset is empty.
    func value(_ values: [String: [UInt8]], limit: Int) -> [UInt8]? {
        Self.value(pieces, values, limit: limit)
    }

    private static func value(
        _ pieces: [Piece], _ values: [String: [UInt8]], limit: Int
    ) -> [UInt8]? {
        var result: [UInt8] = []
        for piece in pieces {
            switch piece {
            case .text(let bytes): result += bytes
            case .variable(let name): result += values[name] ?? []
            case .fallback(let name, let word):
                if let own = values[name], !own.isEmpty {
                    result += own
                } else {
                    guard let inner = value(word, values, limit: limit) else { return nil }
                    result += inner
                }
            case .replacement(let name, let word):
                guard let own = values[name], !own.isEmpty else { continue }
                guard let inner = value(word, values, limit: limit) else { return nil }
                result += inner
            }
            guard result.count <= limit else { return nil }
        }
        return result
    }
}

/// Reads the parts of a word.
private struct ShellLexer {
    private let bytes: [UInt8]
    private let escape: UInt8
    private let line: Int
    private var index = 0

    init(_ bytes: [UInt8], escape: UInt8, line: Int) {
        self.bytes = bytes
        self.escape = escape
        self.line = line
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func unended(_ what: String) -> DockerfileRefusal {
        DockerfileRefusal(.quoting, line: line, "\(what) does not end")
    }

    /// Reads to the end of the word, or over the closing brace.
    mutating func pieces(
        until stop: UInt8?, depth: Int
    ) throws(DockerfileRefusal) -> [ShellWord.Piece] {
        guard depth <= 8 else {
            throw DockerfileRefusal(
                .variable, line: line, "substitutions are nested deeper than 8 levels")
        }
        var pieces: [ShellWord.Piece] = []
        var text: [UInt8] = []
        while let byte = next {
            if byte == stop {
                index += 1
                pieces.append(.text(text))
                return pieces
            }
            switch byte {
            case Letter.apostrophe: text += try singleQuoted()
            case Letter.quote, Letter.dollar:
                pieces.append(.text(text))
                text = []
                if byte == Letter.quote {
                    pieces += try doubleQuoted(depth: depth)
                } else {
                    pieces.append(try substitution(depth: depth))
                }
            case escape:
                index += 1
                guard let byte = next else { throw unended("an escape") }
                text.append(byte)
                index += 1
            default:
                text.append(byte)
                index += 1
            }
        }
        guard stop == nil else { throw unended("a substitution") }
        pieces.append(.text(text))
        return pieces
    }

    private mutating func singleQuoted() throws(DockerfileRefusal) -> ArraySlice<UInt8> {
        index += 1
        guard let end = bytes[index...].firstIndex(of: Letter.apostrophe) else {
            throw unended("a quotation")
        }
        defer { index = end + 1 }
        return bytes[index..<end]
    }

    private mutating func doubleQuoted(
        depth: Int
    ) throws(DockerfileRefusal) -> [ShellWord.Piece] {
        index += 1
        var pieces: [ShellWord.Piece] = []
        var text: [UInt8] = []
        while let byte = next {
            if byte == Letter.quote {
                index += 1
                pieces.append(.text(text))
                return pieces
            }
            if byte == Letter.dollar {
                pieces.append(.text(text))
                text = []
                pieces.append(try substitution(depth: depth))
                continue
            }
            index += 1
            // Inside double quotes the escape character is text before other characters.
            if byte == escape, let escaped = next,
                [Letter.quote, Letter.dollar, escape].contains(escaped)
            {
                text.append(escaped)
                index += 1
            } else {
                text.append(byte)
            }
        }
        throw unended("a quotation")
    }

    private mutating func substitution(depth: Int) throws(DockerfileRefusal) -> ShellWord.Piece {
        index += 1
        guard next == Letter.leftBrace else { return .variable(try name()) }
        index += 1
        let name = try name()
        guard let byte = next else { throw unended("a substitution") }
        index += 1
        if byte == Letter.rightBrace { return .variable(name) }
        guard byte == Letter.colon, let modifier = next else { throw unknownForm() }
        index += 1
        switch modifier {
        case Letter.dash:
            return .fallback(name, try pieces(until: Letter.rightBrace, depth: depth + 1))
        case UInt8(ascii: "+"):
            return .replacement(name, try pieces(until: Letter.rightBrace, depth: depth + 1))
        default: throw unknownForm()
        }
    }

    private func unknownForm() -> DockerfileRefusal {
        DockerfileRefusal(
            .variable, line: line,
            "a substitution has a form that not every engine knows; $name, ${name}, "
                + "${name:-word} and ${name:+word} are accepted here")
    }

    /// Reads a variable's name.
    private mutating func name() throws(DockerfileRefusal) -> String {
        let rest = bytes[index...]
        let name = rest.prefix(while: Letter.isWord)
        // A letter beyond ASCII belongs to the name for the engine; digits and signs are
        // parameters of a shell that does not run.
        guard Letter.isName(name), rest.dropFirst(name.count).first.map({ $0 < 0x80 }) ?? true
        else {
            throw DockerfileRefusal(
                .variable, line: line,
                "$ is not followed by a name of ASCII letters, digits and _; write the escape "
                    + "character before a $ that is meant literally")
        }
        index += name.count
        return Letter.string(name)
    }
}
