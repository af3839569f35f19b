extension InstructionJudge {
    /// A name and a value of `ENV` or `LABEL`, quotes and escapes in place.
    private struct Pair {
        let name: ArraySlice<UInt8>
        let value: ArraySlice<UInt8>
    }

    /// The arguments of `ENV` or `LABEL`.
    private struct Pairs {
        var pairs: [Pair]
        /// `=`, or a space in the old form, which has one pair.
        let separator: UInt8

        var canonical: [UInt8] {
            Array(
                pairs.map { $0.name + [separator] + $0.value }.joined(separator: [Letter.space]))
        }
    }

    /// Reads pairs (`parseNameVal`): an equals sign in the first word makes the new form.
    private func pairs(_ it: Instruction) throws(DockerfileRefusal) -> Pairs {
        let words = try InstructionWords.quoted(it.rest, escape: escape, line: it.line)
        guard words.first?.contains(Letter.equals) == true else {
            let name = it.rest.prefix { !Letter.isBlank($0) }
            let value = Letter.trimmed(it.rest.dropFirst(name.count))
            guard !value.isEmpty else {
                throw it.refusal(.arguments, "\(it.keyword.rawValue) takes name=value")
            }
            return Pairs(pairs: [Pair(name: name, value: value)], separator: Letter.space)
        }
        var pairs: [Pair] = []
        for word in words {
            guard let equals = word.firstIndex(of: Letter.equals), equals > word.startIndex else {
                throw it.refusal(
                    .arguments,
                    "\(it.keyword.rawValue) takes name=value; quote a value that holds blanks")
            }
            pairs.append(Pair(name: word[..<equals], value: word[(equals + 1)...]))
        }
        return Pairs(pairs: pairs, separator: Letter.equals)
    }

    /// `ENV`.
    mutating func environment(_ it: Instruction) throws(DockerfileRefusal) -> [UInt8] {
        let pairs = try pairs(it)
        for pair in pairs.pairs {
            try budget.charge(pair.name, line: it.line)
            try budget.assign(pair.value, to: pair.name, line: it.line)
        }
        return it.text(pairs.canonical)
    }

    /// `LABEL`: our own names are left out, the others noted.
    mutating func label(_ it: Instruction) throws(DockerfileRefusal) -> [UInt8]? {
        var pairs = try pairs(it)
        var kept: [Pair] = []
        for pair in pairs.pairs {
            let name = try labelName(pair.name, it)
            if StampedLabel.isReserved(name) {
                guard place != .image else {
                    throw it.refusal(
                        .label, "a trigger sets a label that only the gateway may set")
                }
                continue
            }
            try budget.charge(pair.value, line: it.line)
            note(label: Letter.string(name))
            kept.append(pair)
        }
        guard !kept.isEmpty else { return nil }
        pairs.pairs = kept
        return it.text(pairs.canonical)
    }

    /// The name of a label as the engine will read it.
    private func labelName(
        _ raw: ArraySlice<UInt8>, _ it: Instruction
    ) throws(DockerfileRefusal) -> [UInt8] {
        guard !raw.contains(Letter.dollar) else {
            throw it.refusal(.label, "a label's name may hold no $; write the name out")
        }
        guard place == .file || place == .change || !raw.contains(where: Letter.isEscape) else {
            throw it.refusal(
                .trigger, "a label's name in a trigger may hold neither \\ nor `")
        }
        let word = try ShellWord(raw, escape: escape, line: it.line)
        guard let name = word.text, !name.isEmpty else {
            throw it.refusal(.label, "a label has no name")
        }
        return name
    }

    /// `ARG` inside a stage: it has no say in which image is taken.
    mutating func arguments(_ it: Instruction) throws(DockerfileRefusal) -> [UInt8] {
        let words = try InstructionWords.quoted(it.rest, escape: escape, line: it.line)
        for word in words {
            let name = word.prefix { $0 != Letter.equals }
            guard !name.isEmpty else { throw it.refusal(.arguments, "ARG takes name=value") }
            try budget.charge(name, line: it.line)
            try budget.assign(word.dropFirst(name.count + 1), to: name, line: it.line)
        }
        return it.text(words.joined(separator: [Letter.space]))
    }
}
