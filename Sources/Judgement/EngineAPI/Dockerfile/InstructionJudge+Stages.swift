import Acts

extension InstructionJudge {
    /// `ARG` before the first `FROM`.
    mutating func fileArgument(_ it: Instruction) throws(DockerfileRefusal) -> [Part] {
        let words = try InstructionWords.quoted(it.rest, escape: escape, line: it.line)
        // Engines disagree on whether the second of a line sees the first.
        guard words.count == 1 || !it.rest.contains(Letter.dollar) else {
            throw it.refusal(
                .variable, "before the first FROM, an ARG with a variable stands on its own line")
        }
        for word in words {
            let name = Array(word.prefix { $0 != Letter.equals })
            guard Letter.isName(name) else {
                throw it.refusal(
                    .arguments, "before the first FROM, the name of an ARG is letters, digits and _"
                )
            }
            guard name.count < word.count else {
                variables.declare(name, default: nil)
                continue
            }
            let raw = word.dropFirst(name.count + 1)
            let value = try variables.expand(
                try ShellWord(raw, escape: escape, line: it.line), it)
            variables.declare(name, default: value)
            try budget.assign(raw, to: name, line: it.line)
        }
        return [.text(it.text(words.joined(separator: [Letter.space])))]
    }

    /// `FROM`: begins a stage.
    mutating func from(_ it: Instruction) throws(DockerfileRefusal) -> [Part] {
        guard place == .file else {
            throw it.refusal(.trigger, "FROM may stand in a Dockerfile only")
        }
        let words = Letter.words(it.rest)
        guard it.rest.allSatisfy({ $0 < 0x80 }) else {
            throw it.refusal(.image, "FROM holds other than ASCII")
        }
        let name = try StageTable.name(in: words, line: it.line)
        let word = try ShellWord(words[0], escape: escape, line: it.line)
        let base = try variables.expand(word, it)
        if stages.count == DockerfileLines.Limit.stages {
            throw it.refusal(.size, "there are more than \(DockerfileLines.Limit.stages) stages")
        }
        let platform = try platform(it)
        stages.begin(name)
        if let name, stages.has(name) {
            throw it.refusal(.stage, "two stages are called \(name)")
        }
        let tail = name.map { [Part.text(Array(" AS \($0)".utf8))] } ?? []
        return [.text(Array("FROM ".utf8)), try self.base(base, platform, name, it)] + tail
    }

    /// What a stage begins from: an earlier stage, nothing, or an image.
    private mutating func base(
        _ base: [UInt8], _ platform: String?, _ own: String?, _ it: Instruction
    ) throws(DockerfileRefusal) -> Part {
        let lower = Letter.string(Letter.lowercase(base))
        if stages.has(lower) { return .text(Array(lower.utf8)) }
        if base.elementsEqual("scratch".utf8) { return .text(base) }
        // "FROM x AS x" takes the image x; other names of stages to come are a mistake.
        guard !stages.knows(lower) || lower == own else {
            throw it.refusal(.stage, "FROM \(lower) names a stage that comes later")
        }
        return .image(try note(image: Letter.string(base), as: .base, platform: platform, it))
    }

    private func platform(_ it: Instruction) throws(DockerfileRefusal) -> String? {
        guard let flag = it.flag("platform") else { return nil }
        let word = try ShellWord(flag, escape: escape, line: it.line)
        let value = Letter.lowercase(try variables.expand(word, it))
        let isPlatform = value.allSatisfy {
            Letter.isWord($0) || [Letter.dash, UInt8(ascii: "."), UInt8(ascii: "/")].contains($0)
        }
        guard !value.isEmpty, isPlatform else {
            throw it.refusal(.flag, "--platform takes a platform, like linux/amd64")
        }
        return Letter.string(value)
    }

    /// Notes an image and returns its reference.
    mutating func note(
        image reference: String, as purpose: ImageUse.Purpose, platform: String?,
        _ it: Instruction
    ) throws(DockerfileRefusal) -> String {
        guard Name.isValid(reference, for: .image) else {
            throw it.refusal(
                .image, "\(Name.shown(reference)) is no image's name, once variables are put in")
        }
        let use = ImageUse(
            reference: reference, purpose: purpose, platform: platform, line: it.line)
        guard platforms.updateValue(platform, forKey: reference).map({ $0 == platform }) ?? true
        else {
            throw it.refusal(
                .image, "\(Name.shown(reference)) is taken for two platforms; give each its digest")
        }
        guard platforms.count <= DockerfileLines.Limit.images else {
            throw it.refusal(.size, "there are more than \(DockerfileLines.Limit.images) images")
        }
        images.append(use)
        return reference
    }
}
