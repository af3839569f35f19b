/// One instruction of a Dockerfile: its keyword, flags and the rest of its text.
struct Instruction {
    /// The instructions that there are; the closed list of the engine's builder.
    enum Keyword: String, CaseIterable {
        case add = "ADD"
        case arg = "ARG"
        case cmd = "CMD"
        case copy = "COPY"
        case entrypoint = "ENTRYPOINT"
        case env = "ENV"
        case expose = "EXPOSE"
        case from = "FROM"
        case healthcheck = "HEALTHCHECK"
        case label = "LABEL"
        case maintainer = "MAINTAINER"
        case onBuild = "ONBUILD"
        case run = "RUN"
        case shell = "SHELL"
        case stopSignal = "STOPSIGNAL"
        case user = "USER"
        case volume = "VOLUME"
        case workdir = "WORKDIR"

        /// The flags that the classic builder knows.
        var flags: [String] {
            switch self {
            case .add: ["chown"]
            case .copy: ["from", "chown"]
            case .from: ["platform"]
            case .healthcheck:
                ["interval", "timeout", "start-period", "start-interval", "retries"]
            case .arg, .cmd, .entrypoint, .env, .expose, .label, .maintainer, .onBuild, .run,
                .shell, .stopSignal, .user, .volume, .workdir:
                []
            }
        }

        /// The flags that BuildKit adds.
        var buildKitFlags: [String] {
            switch self {
            case .add: ["chmod", "link", "checksum", "keep-git-dir", "unpack", "exclude"]
            case .copy: ["chmod", "link", "parents", "exclude"]
            case .run: ["mount", "network", "security", "device"]
            case .arg, .cmd, .entrypoint, .env, .expose, .from, .healthcheck, .label, .maintainer,
                .onBuild, .shell, .stopSignal, .user, .volume, .workdir:
                []
            }
        }
    }

    /// The keyword.
    let keyword: Keyword
    /// The flags, all of them known to the keyword.
    let flags: [InstructionWords.Flag]
    /// The text behind the flags, without blanks around it; never empty.
    let rest: ArraySlice<UInt8>
    /// The line, for messages.
    let line: Int

    /// Reads an instruction's text.
    ///
    /// - Throws: `DockerfileRefusal` for an unknown keyword or flag, and when nothing follows.
    init(_ text: ArraySlice<UInt8>, line: Int) throws(DockerfileRefusal) {
        let word = text.prefix { !Letter.isBlank($0) }
        let upper = word.map { 0x61...0x7A ~= $0 ? $0 & 0xDF : $0 }
        let keyword = Keyword.allCases.first { $0.rawValue.utf8.elementsEqual(upper) }
        guard let keyword else {
            throw DockerfileRefusal(
                .instruction, line: line,
                "\(Name.shown(Letter.string(word))) is no instruction that is known here")
        }
        var rest = Letter.trimmed(text.dropFirst(word.count))
        let flags = try InstructionWords.takeFlags(from: &rest, line: line)
        for flag in flags { try Self.check(flag, of: keyword, line: line) }
        guard !rest.isEmpty else {
            throw DockerfileRefusal(
                .arguments, line: line, "\(keyword.rawValue) has no arguments")
        }
        self.keyword = keyword
        self.flags = flags
        self.rest = rest
        self.line = line
    }

    private static func check(
        _ flag: InstructionWords.Flag, of keyword: Keyword, line: Int
    ) throws(DockerfileRefusal) {
        func isListed(_ names: [String]) -> Bool {
            names.contains { $0.utf8.elementsEqual(flag.name.utf8) }
        }
        guard !isListed(keyword.buildKitFlags) else {
            throw DockerfileRefusal(
                .buildKit, line: line,
                "\(keyword.rawValue) --\(flag.name) needs BuildKit, which is not offered here")
        }
        guard isListed(keyword.flags) else {
            let known = keyword.flags.map { "--" + $0 }.joined(separator: ", ")
            throw DockerfileRefusal(
                .flag, line: line,
                "\(keyword.rawValue) has no flag \(Name.shown("--" + flag.name))"
                    + (known.isEmpty ? "" : "; it has \(known)"))
        }
        guard !flag.value.isEmpty else {
            throw DockerfileRefusal(
                .flag, line: line, "the flag --\(flag.name) has no value; write --\(flag.name)=…")
        }
    }

    /// The value of a flag.
    func flag(_ name: String) -> ArraySlice<UInt8>? {
        flags.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    /// A refusal of this instruction.
    func refusal(_ rule: DockerfileRefusal.Rule, _ problem: String) -> DockerfileRefusal {
        DockerfileRefusal(rule, line: line, problem)
    }

    /// The keyword, the flags but one, and a text, each behind a space.
    func text(without left: String? = nil, _ rest: some Sequence<UInt8>) -> [UInt8] {
        var text = Array(keyword.rawValue.utf8)
        for flag in flags where flag.name != left {
            text += Array(" --\(flag.name)=".utf8) + flag.value
        }
        return text + [Letter.space] + rest
    }
}
