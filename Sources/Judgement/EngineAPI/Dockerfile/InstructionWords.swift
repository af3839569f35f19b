/// How an instruction's text falls into words.
enum InstructionWords {
    /// Splits at blanks outside quotes; quotes and escapes stay in the words (`parseWords`).
    ///
    /// Joined with single spaces the words fall apart in the same way again.
    ///
    /// - Throws: `DockerfileRefusal` for a quote that does not end.
    static func quoted(
        _ text: ArraySlice<UInt8>, escape: UInt8, line: Int
    ) throws(DockerfileRefusal) -> [ArraySlice<UInt8>] {
        var words: [ArraySlice<UInt8>] = []
        var start: Int?
        var quote: UInt8?
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            if start == nil {
                guard !Letter.isBlank(byte) else {
                    index += 1
                    continue
                }
                start = index
            }
            if byte == escape, quote != Letter.apostrophe {
                // The character behind it loses its meaning; a longer one has no byte that has any.
                index += 2
                continue
            }
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == Letter.quote || byte == Letter.apostrophe {
                quote = byte
            } else if Letter.isBlank(byte), let first = start {
                words.append(text[first..<index])
                start = nil
            }
            index += 1
        }
        guard quote == nil, index == text.endIndex else {
            throw DockerfileRefusal(.quoting, line: line, "a quotation does not end")
        }
        if let start { words.append(text[start...]) }
        return words
    }

    /// A flag, for example `--from=build`.
    struct Flag {
        /// The name without dashes.
        let name: String
        /// What stands behind the equals sign: printable, without blanks, quotes and escapes.
        let value: ArraySlice<UInt8>
    }

    /// Takes the flags off the front of an instruction's text (`extractBuilderFlags`).
    ///
    /// - Throws: `DockerfileRefusal` for a flag without a value, one that stands twice, and one
    ///   whose spelling engines may read differently.
    static func takeFlags(
        from text: inout ArraySlice<UInt8>, line: Int
    ) throws(DockerfileRefusal) -> [Flag] {
        var flags: [Flag] = []
        while text.starts(with: [Letter.dash, Letter.dash]) {
            let flag = try takeFlag(from: &text, line: line)
            guard !flags.contains(where: { $0.name.utf8.elementsEqual(flag.name.utf8) }) else {
                throw DockerfileRefusal(
                    .flag, line: line, "the flag --\(flag.name) may stand once")
            }
            flags.append(flag)
            text = Letter.trimmed(text)
        }
        return flags
    }

    private static func takeFlag(
        from text: inout ArraySlice<UInt8>, line: Int
    ) throws(DockerfileRefusal) -> Flag {
        var plain: [UInt8] = []
        var quote: UInt8?
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            if quote == nil, Letter.isBlank(byte) { break }
            index += 1
            if byte == quote {
                quote = nil
            } else if quote == nil, byte == Letter.quote || byte == Letter.apostrophe {
                quote = byte
            } else {
                plain.append(byte)
            }
        }
        let isPlain = plain.allSatisfy {
            0x21...0x7E ~= $0 && !Letter.isEscape($0) && $0 != Letter.quote
                && $0 != Letter.apostrophe && $0 != Letter.less
        }
        guard quote == nil, isPlain else {
            throw DockerfileRefusal(
                .flag, line: line,
                "a flag holds blanks, quotes, escapes or other than printable ASCII; write "
                    + "--name=value")
        }
        text = text[index...]
        let name = plain.dropFirst(2).prefix { $0 != Letter.equals }
        let value = plain.dropFirst(2 + name.count + 1)
        guard Letter.isName(name.map { $0 == Letter.dash ? 0x5F : $0 }) else {
            throw DockerfileRefusal(.flag, line: line, "a flag has no name; write --name=value")
        }
        return Flag(name: Letter.string(name), value: value)
    }
}
