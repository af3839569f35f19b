extension InstructionJudge {
    /// `ADD`: its sources may be addresses.
    mutating func add(_ it: Instruction) throws(DockerfileRefusal) -> [UInt8] {
        let list = try sourcesAndTarget(it)
        for source in list.words.dropLast() {
            guard place == .file || !source.contains(where: Letter.isEscape) else {
                throw it.refusal(
                    .trigger, "a source of ADD in a trigger may hold neither \\ nor `")
            }
            let word = try ShellWord(source, escape: escape, line: it.line)
            guard let remote = try RemoteSource(word, raw: source, line: it.line) else { continue }
            guard place == .file else {
                throw it.refusal(.address, "ADD in a trigger may not fetch an address")
            }
            note(fetch: remote)
        }
        return it.text(list.canonicalWords)
    }

    /// `COPY`: it may take files out of a stage or an image.
    mutating func copy(_ it: Instruction) throws(DockerfileRefusal) -> [Part] {
        let list = try sourcesAndTarget(it)
        guard let from = it.flag("from") else { return [.text(it.text(list.canonicalWords))] }
        guard place == .file else {
            throw it.refusal(.trigger, "COPY --from in a trigger is refused")
        }
        // The other flags stand behind --from, so that the id has text on both sides.
        let others = it.text(without: "from", list.canonicalWords)
        let tail = others.dropFirst(it.keyword.rawValue.utf8.count)
        return [.text(Array("COPY --from=".utf8)), try source(from, it), .text(Array(tail))]
    }

    private mutating func sourcesAndTarget(
        _ it: Instruction
    ) throws(DockerfileRefusal) -> ArgumentList {
        let list = try ArgumentList(it.rest, line: it.line)
        let words = list.words
        guard words.count >= 2 else {
            throw it.refusal(.arguments, "\(it.keyword.rawValue) takes sources and a target")
        }
        for word in words {
            try refuseHereDocument(word, it)
            try budget.charge(word, line: it.line)
        }
        if let owner = it.flag("chown") { try budget.charge(owner, line: it.line) }
        return list
    }

    /// What `COPY --from` names: a stage by name, a stage by number, or an image.
    private mutating func source(
        _ value: ArraySlice<UInt8>, _ it: Instruction
    ) throws(DockerfileRefusal) -> Part {
        guard !value.contains(Letter.dollar) else {
            throw it.refusal(
                .variable,
                "COPY --from takes no variable; name it in FROM … AS name and copy from that")
        }
        let name = Letter.string(Letter.lowercase(value))
        if stages.has(name) { return .text(Array(name.utf8)) }
        guard !stages.knows(name), !name.utf8.elementsEqual("scratch".utf8) else {
            throw it.refusal(
                .stage, "COPY --from=\(name) names a stage that is not complete there")
        }
        let digits =
            value.first.map { [0x2B, 0x2D].contains($0) } == true ? value.dropFirst() : value
        if digits.allSatisfy(Letter.isDigit) {
            guard let number = Int(name), number >= 0, number < stages.count - 1,
                String(number).utf8.elementsEqual(name.utf8)
            else {
                throw it.refusal(
                    .stage, "COPY --from takes the number of an earlier stage, from 0")
            }
            return .text(Array(name.utf8))
        }
        return .image(
            try note(image: Letter.string(value), as: .copySource, platform: nil, it))
    }
}
