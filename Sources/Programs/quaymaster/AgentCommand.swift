import Agent
import ArgumentParser
import Confinement
import Foundation
import PolicyFile

/// `quaymaster agent`
struct AgentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent",
        abstract: "Runs the host's root part, which enters containers for the guarded shell.",
        discussion: """
            The agent answers gateways on a Unix socket: a container, a role and the words of a line. It \
            judges the words itself, finds out everything else from the engine's own files and the \
            kernel, and holds no policy.
            """)

    @Option(
        help: ArgumentHelp(
            "The Unix socket; without it that of quaymaster.yaml.", valueName: "path"))
    var socket: String?

    @Option(help: ArgumentHelp("The user the gateway runs as, beside root.", valueName: "uid"))
    var peer: UInt32?

    @Option(
        help: ArgumentHelp(
            "The engine's exec root, when it is not the usual one.", valueName: "dir"))
    var execRoot: String?

    @Option(
        help: ArgumentHelp(
            "The helper; without it quaymaster-enter beside this program.", valueName: "path"))
    var helper: String?

    @OptionGroup var config: ConfigOption

    func run() throws {
        guard geteuid() == 0 else {
            throw CommandError("the agent enters containers, and must be root", code: 2)
        }
        let part = socket == nil ? try ConfigurationFile(directory: config.directory).agent : nil
        if part?.isAbsent == true {
            throw CommandError(
                "quaymaster.yaml says `agent: none`",
                hint: "take it out where a host has an agent", code: 2)
        }
        let path = socket ?? part?.socket ?? AgentPart.usualSocket
        let owner = peer ?? part?.peer ?? 0
        let roots = (execRoot ?? part?.execRoot).map { EngineRoots.of(execRoot: $0) } ?? .usual
        do throws(AgentError) {
            let program = try HelperProgram(path: helper ?? part?.helper ?? Self.besideThis())
            let listener = try AgentSocket.listen(path, owner: owner)
            Output.error("quaymaster: the agent listens on \(path)")
            AgentServer(helper: program, roots: roots, peers: [owner]).serve(listener)
        } catch {
            throw CommandError(error.description, hint: error.hint)
        }
    }

    private static func besideThis() -> String {
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return program.deletingLastPathComponent().appendingPathComponent("quaymaster-enter").path
    }
}
