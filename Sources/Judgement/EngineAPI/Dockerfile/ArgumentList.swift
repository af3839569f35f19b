import JSON

/// Arguments that are a JSON array of strings or plain text (`parseMaybeJSON`).
enum ArgumentList {
    /// A JSON array of strings.
    case list([String])
    /// Anything else.
    case text(ArraySlice<UInt8>)

    /// Reads arguments.
    ///
    /// Older engines read the first JSON value and ignore what follows it, newer ones take the
    /// whole for a command line then; Go also repairs strings that are no Unicode. Neither is
    /// accepted.
    ///
    /// - Throws: `DockerfileRefusal` for an array that engines read differently, and for one that
    ///   holds other than strings, which they refuse.
    init(_ text: ArraySlice<UInt8>, line: Int) throws(DockerfileRefusal) {
        guard text.first == Letter.leftBracket else {
            self = .text(text)
            return
        }
        let value: JSONValue
        do {
            value = try JSONReader.value(of: Array(text))
        } catch {
            switch error.rule {
            case .syntax, .unexpectedEnd:
                self = .text(text)
                return
            case .notUnicode, .controlCharacter, .duplicateName, .tooDeep, .trailingData:
                throw DockerfileRefusal(
                    .json, line: line,
                    "a JSON array is followed by something or holds something that engines read "
                        + "differently; write [\"…\", …] and nothing behind it, or put a command "
                        + "line that begins with [ behind \"exec\" or \"test\"")
            }
        }
        var list: [String] = []
        for element in value.array ?? [] {
            guard let string = element.string else {
                throw DockerfileRefusal(
                    .json, line: line, "a JSON array holds other than strings")
            }
            let isSafe = string.unicodeScalars.allSatisfy {
                $0.value < 0x80 || !Letter.isUnsafe($0)
            }
            guard isSafe else {
                throw DockerfileRefusal(
                    .text, line: line,
                    "a JSON array holds a blank beyond the plain one, which engines may take "
                        + "differently")
            }
            list.append(string)
        }
        self = .list(list)
    }

    /// The arguments in canonical spelling; text as it stands.
    var canonical: [UInt8] {
        switch self {
        case .list(let list): JSONWriter.bytes(.array(list.map { .string($0) }))
        case .text(let text): Array(text)
        }
    }

    /// The words: a list's elements, or what stands between blanks.
    var words: [[UInt8]] {
        switch self {
        case .list(let list): list.map { Array($0.utf8) }
        case .text(let text): Letter.words(text).map { Array($0) }
        }
    }

    /// The words in canonical spelling: a list, or the words with single spaces between them.
    var canonicalWords: [UInt8] {
        switch self {
        case .list: canonical
        case .text(let text): Array(Letter.words(text).joined(separator: [Letter.space]))
        }
    }
}
