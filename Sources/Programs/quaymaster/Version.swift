import ArgumentParser
import EngineAPI
import JSON

/// The version of this program.
enum Version {
    /// By semantic versioning.
    static let number = "0.1.0"
    /// For people.
    static let text =
        "quaymaster \(number) (Engine API \(APIVersion.floor) to \(APIVersion.ceiling))"
}

/// `quaymaster version`
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Shows the version of this program.")

    @OptionGroup var output: FormatOption

    func run() {
        switch output.format {
        case .text: print(Version.text)
        case .json:
            Output.json([
                ("version", .string(Version.number)),
                ("apiFloor", .string("\(APIVersion.floor)")),
                ("apiCeiling", .string("\(APIVersion.ceiling)")),
            ])
        }
    }
}

/// `quaymaster completion`
struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Writes a completion script for a shell.",
        discussion: "For example: quaymaster completion bash > /etc/bash_completion.d/quaymaster")

    /// The shells that there are scripts for.
    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash
        case zsh
        case fish
    }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run() {
        let kind: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        print(Quaymaster.completionScript(for: kind))
    }
}
