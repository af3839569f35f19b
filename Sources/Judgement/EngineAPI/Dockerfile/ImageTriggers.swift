/// What an image's configuration runs when a build begins from it (`OnBuild`).
///
/// The engine reads each trigger as a Dockerfile of its own, and its words with the escape
/// character of the Dockerfile that begins from the image. They cannot be written anew, so what has
/// two readings is refused.
package struct ImageTriggers: Sendable {
    /// True when a trigger runs a command: the build's cache holds it under no tenant's label.
    package let runsSteps: Bool
    /// The names of the labels that triggers set.
    package let labels: [String]

    /// How many triggers an image may have.
    private static let limit = 200

    /// Judges triggers.
    ///
    /// - Throws: `DockerfileRefusal` for `FROM`, `MAINTAINER`, `ONBUILD`, `COPY --from`, `ADD` of
    ///   an address, a label of ours, and what does not read in one way. Its line is the trigger's
    ///   number.
    package init(judging triggers: [String]) throws(DockerfileRefusal) {
        guard triggers.count <= Self.limit else {
            throw DockerfileRefusal(
                .size, line: 0, "the image has more than \(Self.limit) triggers")
        }
        var judge = InstructionJudge(escape: Letter.backslash, place: .image)
        for (index, trigger) in triggers.enumerated() {
            let number = index + 1
            let bytes = Array(trigger.utf8)
            guard bytes.count <= DockerfileLines.Limit.instructionBytes else {
                throw DockerfileRefusal(.size, line: number, "the trigger is too long")
            }
            try Letter.check(bytes, line: number)
            let text = Letter.trimmed(bytes[...])
            guard let last = text.last, last != judge.escape else {
                throw DockerfileRefusal(
                    .trigger, line: number, "the trigger is empty or ends with an escape character")
            }
            let it = try Instruction(text, line: number)
            _ = try judge.judge(it)
        }
        runsSteps = judge.runsSteps
        labels = judge.labels
    }
}

extension Dockerfile {
    /// Why no build may begin from an image with these triggers; nil when one may.
    package static func objection(toTriggers triggers: [String]) -> DockerfileRefusal? {
        do {
            _ = try ImageTriggers(judging: triggers)
            return nil
        } catch {
            return error
        }
    }
}
