/// An image that a Dockerfile takes from.
package struct ImageUse: Hashable, Sendable {
    /// What it is taken for.
    package enum Purpose: Hashable, Sendable {
        /// A stage begins from it: its triggers run.
        case base
        /// Files are copied out of it.
        case copySource
    }

    /// The reference with variables put in: a name, a digest or an id.
    package let reference: String
    /// What it is taken for.
    package let purpose: Purpose
    /// The platform that `FROM` asks for; the engine is not told, so the gateway must compare.
    package let platform: String?
    /// The line.
    package let line: Int

    /// Makes a use.
    package init(reference: String, purpose: Purpose, platform: String?, line: Int) {
        self.reference = reference
        self.purpose = purpose
        self.platform = platform
        self.line = line
    }
}

/// A Dockerfile for the classic builder, understood, judged and ready to be written anew.
///
/// Nothing of the client's text is sent on. The text that is written has one instruction a line, no
/// comments, no continuation and no reading that differs between engines 20.10 to 29; what it takes
/// from other images is named by id. A reading that could differ is a `DockerfileRefusal`.
package struct Dockerfile: Sendable {
    /// One instruction as it will be written.
    private struct Step: Sendable {
        let parts: [InstructionJudge.Part]
        let isFrom: Bool
    }

    /// The images that it takes from, in order; stages are not among them.
    package let images: [ImageUse]
    /// The addresses that it fetches.
    package let fetches: [RemoteSource]
    /// The names of the labels that it sets, `ONBUILD` included, ours left out.
    package let labels: [String]
    /// True when commands run in containers while it is built, triggers of images aside.
    package let runsSteps: Bool
    /// How many instructions it has.
    package var count: Int { steps.count }

    private let steps: [Step]
    private let escape: UInt8

    /// Reads and judges a Dockerfile.
    ///
    /// All stages are judged, those behind the target too.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - arguments: The build's arguments; nil for one without a value.
    ///   - target: The stage to build; empty for the last.
    /// - Throws: `DockerfileRefusal`.
    package init(
        parsing bytes: [UInt8], arguments: [String: String?] = [:], target: String = ""
    ) throws(DockerfileRefusal) {
        let file = try DockerfileLines(bytes)
        let names = try Self.stageNames(in: file.lines)
        var judge = InstructionJudge(
            escape: file.escape, place: .file, stages: StageTable(names: names),
            variables: FileVariables(arguments: arguments))
        var steps: [Step] = []
        for line in file.lines {
            let it = try Instruction(line.text, line: line.number)
            guard judge.stages.count > 0 || it.keyword == .arg || it.keyword == .from else {
                throw it.refusal(
                    .instruction, "only ARG may stand before the first FROM")
            }
            guard let parts = try judge.judge(it) else { continue }
            steps.append(Step(parts: parts, isFrom: it.keyword == .from))
        }
        guard judge.stages.count > 0 else {
            throw DockerfileRefusal(.instruction, line: 0, "the Dockerfile has no FROM")
        }
        let wanted = Letter.string(Letter.lowercase(target.utf8))
        guard target.isEmpty || names.contains(wanted) else {
            throw DockerfileRefusal(
                .stage, line: 0, "no stage is called \(Name.shown(target)), the target")
        }
        self.images = judge.images
        self.fetches = judge.fetches
        self.labels = judge.labels
        self.runsSteps = judge.runsSteps
        self.steps = steps
        self.escape = file.escape
    }

    private static func stageNames(
        in lines: [DockerfileLines.Line]
    ) throws(DockerfileRefusal) -> [String] {
        var names: [String] = []
        for line in lines {
            let words = Letter.words(line.text)
            guard Letter.lowercase(words[0]).elementsEqual("from".utf8) else { continue }
            let it = try Instruction(line.text, line: line.number)
            if let name = try StageTable.name(in: Letter.words(it.rest), line: it.line) {
                names.append(name)
            }
        }
        return names
    }

    /// Writes the Dockerfile.
    ///
    /// A `LABEL` right behind each `FROM` makes the classic builder's cache the tenant's own: its
    /// key is the parent and the configuration, labels included. Triggers of an image run before
    /// it, so their steps are not covered.
    ///
    /// - Parameters:
    ///   - ids: The image's id, `sha256:` and 64 digits, for each reference of `images`.
    ///   - labels: What the `LABEL` behind each `FROM` sets; none, no `LABEL`.
    /// - Returns: The text.
    /// - Throws: `DockerfileRefusal` for an image without an id, and a label that no line can hold.
    package func text(
        pinning ids: [String: String], labelling labels: [(String, String)]
    ) throws(DockerfileRefusal) -> [UInt8] {
        var body: [[UInt8]] = []
        for step in steps {
            var line: [UInt8] = []
            for part in step.parts {
                switch part {
                case .text(let text): line += text
                case .image(let reference): line += try Self.id(of: reference, in: ids).utf8
                }
            }
            body.append(line)
        }
        // Where nothing is escaped, it does not matter by what.
        let needsDirective =
            escape != Letter.backslash && body.contains { $0.contains(where: Letter.isEscape) }
        let escape = needsDirective ? self.escape : Letter.backslash
        let stamp = try LabelLine.text(labels, escape: escape)
        var text = needsDirective ? Array("# escape=`\n".utf8) : []
        for (line, step) in zip(body, steps) {
            text += line + [Letter.lineFeed]
            if step.isFrom { text += stamp }
        }
        return text
    }

    private static func id(
        of reference: String, in ids: [String: String]
    ) throws(DockerfileRefusal) -> String {
        let digits = ids[reference]?.utf8.dropFirst(7)
        guard let id = ids[reference], id.utf8.starts(with: "sha256:".utf8), digits?.count == 64,
            digits?.allSatisfy({ Letter.isDigit($0) || 0x61...0x66 ~= $0 }) == true
        else {
            throw DockerfileRefusal(
                .unpinned, line: 0, "the image \(Name.shown(reference)) has no id")
        }
        return id
    }
}

/// Writes a `LABEL` instruction.
enum LabelLine {
    /// The line with its end; nothing for no labels.
    ///
    /// - Throws: `DockerfileRefusal` for a name that is empty and for controls, which stand in no
    ///   line.
    static func text(
        _ labels: [(String, String)], escape: UInt8
    ) throws(DockerfileRefusal) -> [UInt8] {
        guard !labels.isEmpty else { return [] }
        var text = Array("LABEL".utf8)
        for (name, value) in labels {
            guard !name.isEmpty, !(name + value).unicodeScalars.contains(where: Letter.isUnsafe)
            else {
                throw DockerfileRefusal(
                    .label, line: 0, "the label \(Name.shown(name)) cannot be written")
            }
            text += [Letter.space] + word(name, escape: escape)
            text += [Letter.equals] + word(value, escape: escape)
        }
        return text + [Letter.lineFeed]
    }

    private static func word(_ text: String, escape: UInt8) -> [UInt8] {
        let isBare = text.utf8.allSatisfy {
            Letter.isWord($0) || [0x2D, 0x2E, 0x2F, 0x3A].contains($0)
        }
        if isBare, !text.isEmpty { return Array(text.utf8) }
        var word = [Letter.quote]
        for byte in text.utf8 {
            if [Letter.quote, Letter.dollar, escape].contains(byte) { word.append(escape) }
            word.append(byte)
        }
        return word + [Letter.quote]
    }
}
