/// What a commit or an import changes in an image's configuration (`changes`).
///
/// The engine joins the values with line feeds and reads them as a Dockerfile; so does this.
package struct ImageChanges: Sendable {
    /// The instructions in canonical spelling, one each.
    package let texts: [String]
    /// The names of the labels that they set, `ONBUILD` included, ours left out.
    package let labels: [String]

    /// Reads and judges changes.
    ///
    /// - Throws: `DockerfileRefusal`; its line counts in the joined text.
    package init(parsing changes: [String]) throws(DockerfileRefusal) {
        let file = try DockerfileLines(Array(changes.joined(separator: "\n").utf8))
        guard file.escape == Letter.backslash else {
            throw DockerfileRefusal(
                .change, line: 1, "changes are read with a backslash; leave the directive out")
        }
        var judge = InstructionJudge(escape: file.escape, place: .change)
        var texts: [String] = []
        for line in file.lines {
            let it = try Instruction(line.text, line: line.number)
            try Self.check(it)
            guard let parts = try judge.judge(it) else { continue }
            for case .text(let text) in parts { texts.append(Letter.string(text)) }
        }
        self.texts = texts
        self.labels = judge.labels
    }

    /// The closed list of the engine (`validCommitCommands`; `STOPSIGNAL` since 25).
    private static func check(_ it: Instruction) throws(DockerfileRefusal) {
        switch it.keyword {
        case .cmd, .entrypoint, .env, .expose, .healthcheck, .label, .onBuild, .stopSignal, .user,
            .volume, .workdir:
            break
        case .add, .arg, .copy, .from, .maintainer, .run, .shell:
            throw it.refusal(
                .change,
                "\(it.keyword.rawValue) is no change; CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, "
                    + "LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME and WORKDIR are")
        }
    }
}
