/// Judges instructions one after another and writes each anew.
///
/// What is written means the same to every engine from 20.10 to 29 (`instructions.Parse`, the
/// dispatchers of `builder/dockerfile`), so it does not matter how they would have read the
/// client's spelling.
struct InstructionJudge {
    /// Where the instructions stand.
    enum Place {
        /// In a Dockerfile.
        case file
        /// Behind `ONBUILD`: they run later, under an escape character that is not known yet.
        case trigger
        /// In an image's configuration: they are not written anew.
        case image
        /// In a change that a commit or an import makes.
        case change
    }

    /// A part of a written instruction.
    enum Part {
        /// Text.
        case text([UInt8])
        /// Where an image's id will stand.
        case image(String)
    }

    /// The escape character.
    let escape: UInt8
    /// Where the instructions stand.
    let place: Place
    /// The stages.
    var stages: StageTable
    /// The variables before the first stage.
    var variables: FileVariables
    /// How long words may become.
    var budget = ExpansionBudget()

    /// The images so far.
    var images: [ImageUse] = []
    /// The addresses so far.
    private(set) var fetches: [RemoteSource] = []
    /// The platform that each image is taken for.
    var platforms: [String: String?] = [:]
    /// The names of labels so far, without ours.
    private(set) var labels: [String] = []
    private var knownLabels = Set<[UInt8]>()
    /// True when a command runs while the image is built.
    private(set) var runsSteps = false

    /// Begins.
    init(
        escape: UInt8, place: Place, stages: StageTable = StageTable(names: []),
        variables: FileVariables = FileVariables(arguments: [:])
    ) {
        self.escape = escape
        self.place = place
        self.stages = stages
        self.variables = variables
        for (name, value) in variables.arguments { budget.note(value.count, as: name) }
    }

    /// Judges an instruction.
    ///
    /// - Returns: What is written in its place; nil when nothing is left of it.
    /// - Throws: `DockerfileRefusal`.
    mutating func judge(_ it: Instruction) throws(DockerfileRefusal) -> [Part]? {
        let parts = try write(it)
        guard let parts else { return nil }
        var count = 0
        for case .text(let text) in parts { count += text.count }
        // The last word may end with an escaped blank: trimmed, it would join the next line.
        if case .text(let text)? = parts.last, let last = text.last {
            guard !Letter.isBlank(last), last != escape else {
                throw it.refusal(
                    .continuation,
                    "the instruction ends with an escape character, or a blank that is escaped; "
                        + "quote the word")
            }
        }
        guard count <= DockerfileLines.Limit.instructionBytes else {
            throw it.refusal(.size, "the instruction is too long when it is written out")
        }
        return parts
    }

    private mutating func write(_ it: Instruction) throws(DockerfileRefusal) -> [Part]? {
        switch it.keyword {
        case .from: return try from(it)
        case .copy: return try copy(it)
        case .arg where place == .file && stages.count == 0: return try fileArgument(it)
        case .add, .arg, .cmd, .entrypoint, .env, .expose, .healthcheck, .label, .maintainer,
            .onBuild, .run, .shell, .stopSignal, .user, .volume, .workdir:
            guard let text = try text(it) else { return nil }
            return [.text(text)]
        }
    }

    /// Writes an instruction that names no image.
    private mutating func text(_ it: Instruction) throws(DockerfileRefusal) -> [UInt8]? {
        switch it.keyword {
        case .from, .copy: return nil
        case .add: return try add(it)
        case .arg: return try arguments(it)
        case .env: return try environment(it)
        case .label: return try label(it)
        case .onBuild: return try onBuild(it)
        case .healthcheck: return try healthcheck(it)
        case .run:
            let list = try ArgumentList(it.rest, line: it.line)
            if case .text(let text) = list { try refuseHereDocument(text, it) }
            runsSteps = true
            return it.text(list.canonical)
        case .cmd, .entrypoint:
            return it.text(try ArgumentList(it.rest, line: it.line).canonical)
        case .shell:
            let list = try ArgumentList(it.rest, line: it.line)
            guard case .list(let words) = list, !words.isEmpty else {
                throw it.refusal(
                    .arguments, "SHELL takes a JSON array, like [\"/bin/bash\", \"-c\"]")
            }
            return it.text(list.canonical)
        case .volume:
            let list = try ArgumentList(it.rest, line: it.line)
            guard !list.words.isEmpty else { throw it.refusal(.arguments, "VOLUME has no path") }
            try charge(list.words, it)
            return it.text(list.canonicalWords)
        case .expose:
            let list = ArgumentList.text(it.rest)
            try charge(list.words, it)
            return it.text(list.canonicalWords)
        case .user, .workdir, .stopSignal:
            try budget.charge(it.rest, line: it.line)
            return it.text(it.rest)
        case .maintainer:
            guard place == .file else { throw it.refusal(.trigger, "MAINTAINER is no trigger") }
            return it.text(it.rest)
        }
    }

    private mutating func charge(
        _ words: [[UInt8]], _ it: Instruction
    ) throws(DockerfileRefusal) {
        for word in words { try budget.charge(word, line: it.line) }
    }

    private func healthcheck(_ it: Instruction) throws(DockerfileRefusal) -> [UInt8] {
        let kind = it.rest.prefix { !Letter.isBlank($0) }
        let rest = Letter.trimmed(it.rest.dropFirst(kind.count))
        switch Letter.lowercase(kind) {
        case Array("none".utf8) where rest.isEmpty && it.flags.isEmpty:
            return it.text("NONE".utf8)
        case Array("cmd".utf8) where !rest.isEmpty:
            return it.text("CMD ".utf8 + (try ArgumentList(rest, line: it.line).canonical))
        default:
            throw it.refusal(.arguments, "HEALTHCHECK takes CMD and a command, or NONE alone")
        }
    }

    private mutating func onBuild(_ it: Instruction) throws(DockerfileRefusal) -> [UInt8]? {
        guard place == .file || place == .change else {
            throw it.refusal(.trigger, "a trigger may not set a trigger")
        }
        // An image keeps the text and reads it with a backslash, whatever this file says.
        guard escape == Letter.backslash || !it.rest.contains(where: Letter.isEscape) else {
            throw it.refusal(
                .trigger, "under an escape directive ONBUILD may hold neither \\ nor `")
        }
        let inner = try Instruction(it.rest, line: it.line)
        var judge = InstructionJudge(escape: Letter.backslash, place: .trigger)
        swap(&judge.budget, &budget)
        let parts = try judge.judge(inner)
        swap(&judge.budget, &budget)
        for label in judge.labels { note(label: label) }
        guard case .text(let text)? = parts?.first else { return nil }
        return it.text(text)
    }

    /// Refuses `<<` outside of `<<<`: newer parsers take the lines behind for a here-document.
    func refuseHereDocument(
        _ text: some Collection<UInt8>, _ it: Instruction
    ) throws(DockerfileRefusal) {
        var run = 0
        for byte in Array(text) + [Letter.space] {
            if byte == Letter.less {
                run += 1
                continue
            }
            guard run != 2 else {
                throw it.refusal(
                    .buildKit,
                    "<< begins a here-document, which needs BuildKit; copy a file, or use printf")
            }
            run = 0
        }
    }

    /// Notes a label's name.
    mutating func note(label: String) {
        // As bytes: for Swift two strings may be equal that the engine tells apart.
        if knownLabels.insert(Array(label.utf8)).inserted { labels.append(label) }
    }

    /// Notes an address.
    mutating func note(fetch: RemoteSource) {
        fetches.append(fetch)
    }
}
