import Agent
import ArgumentParser
import Confinement
import Foundation
import PolicyFile
import ShellGrammar

/// `quaymaster agent`
struct AgentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent",
        abstract: "Runs the host's root part, which enters containers for the guarded shell.",
        discussion: """
            The agent answers gateways on a Unix socket: a container, a role and the words of a line. It \
            judges the words itself, finds out everything else from the engine's own files and the \
            kernel. Of the policy beside quaymaster.yaml it reads, when it starts, the roles that the \
            section shell adds, and nothing else.
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
        let file = socket == nil ? try ConfigurationFile(directory: config.directory) : nil
        let part = file?.agent
        if part?.isAbsent == true {
            throw CommandError(
                "quaymaster.yaml says `agent: none`",
                hint: "take it out where a host has an agent", code: 2)
        }
        let roles = try file.map { try Self.roles(of: $0.policy) } ?? .builtIn
        let path = socket ?? part?.socket ?? AgentPart.usualSocket
        let owner = peer ?? part?.peer ?? 0
        let roots = (execRoot ?? part?.execRoot).map { EngineRoots.of(execRoot: $0) } ?? .usual
        do throws(AgentError) {
            let program = try HelperProgram(path: helper ?? part?.helper ?? Self.besideThis())
            let listener = try AgentSocket.listen(path, owner: owner)
            Output.error("quaymaster: the agent listens on \(path)")
            AgentServer(helper: program, roots: roots, peers: [owner], roles: roles)
                .serve(listener)
        } catch {
            throw CommandError(error.description, hint: error.hint)
        }
    }

    /// The roles that the policy adds. Whoever can write the file says what runs in containers: it must
    /// be root's alone.
    private static func roles(of policy: URL) throws -> RoleTable {
        guard FileManager.default.fileExists(atPath: policy.path) else { return .builtIn }
        let table = try PolicyReader.read(policy, issued: nil, trusted: nil).shellRoles
        guard table != .builtIn else { return table }
        var status = stat()
        guard stat(policy.path, &status) == 0, status.st_uid == 0, status.st_mode & 0o022 == 0
        else {
            throw CommandError(
                "\(policy.path) adds roles to the guarded shell, and others than root can write it",
                hint: "chown root and chmod go-w, or leave out the section shell", code: 2)
        }
        return table
    }

    private static func besideThis() -> String {
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return program.deletingLastPathComponent().appendingPathComponent("quaymaster-enter").path
    }
}
