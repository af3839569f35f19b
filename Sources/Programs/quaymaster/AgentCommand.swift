import Agent
import AgentLink
import ArgumentParser
import Confinement
import Foundation
import Gateway
import Identity
import PolicyFile
import ShellGrammar

/// `quaymaster agent`
struct AgentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent",
        abstract: "Runs the host's root part, which enters containers for the guarded shell.",
        subcommands: [Run.self, AgentIssue.self], defaultSubcommand: Run.self)

    /// `quaymaster agent run`, or without `run`
    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Runs the agent.",
            discussion: """
                The agent answers gateways on a Unix socket, and over mutual TLS where quaymaster.yaml \
                says so: a container, a role and the words of a line. It judges the words itself, finds \
                out everything else from the engine's own files and the kernel. Of the policy beside \
                quaymaster.yaml it reads the roles that the section shell adds, and nothing else. SIGHUP \
                reads those and its certificates anew.
                """)

        @Option(
            help: ArgumentHelp(
                "The Unix socket, and nothing of quaymaster.yaml; without it as that says.",
                valueName: "path"))
        var socket: String?

        @Option(
            help: ArgumentHelp("The user the gateway runs as, beside root.", valueName: "uid"))
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
            // A reload may come before there is anything to read anew.
            signal(SIGHUP, SIG_IGN)
            guard geteuid() == 0 else {
                throw CommandError("the agent enters containers, and must be root", code: 2)
            }
            let file = socket == nil ? try read() : nil
            let part = file?.agent
            if part?.isAbsent == true {
                throw CommandError(
                    "quaymaster.yaml says `agent: none`",
                    hint: "take it out where a host has an agent", code: 2)
            }
            let roles = try file.map { try AgentRoles.read($0.policy) } ?? .builtIn
            let path = socket ?? part?.socket ?? AgentPart.usualSocket
            let owner = peer ?? part?.peer ?? 0
            let roots = (execRoot ?? part?.execRoot).map { EngineRoots.of(execRoot: $0) } ?? .usual
            do throws(AgentError) {
                let program = try HelperProgram(path: helper ?? part?.helper ?? Self.besideThis())
                let listener = try AgentSocket.listen(path, owner: owner)
                let server = AgentServer(
                    helper: program, roots: roots, peers: [owner], roles: roles)
                let door = if let file { try open(file, server) } else { nil as AgentDoor? }
                Output.error("quaymaster: the agent listens on \(path)")
                let hangUp = file.map { old in HangUp { reload(server, door, since: old) } }
                withExtendedLifetime(hangUp) { server.serve(listener) }
            } catch {
                throw CommandError(error.description, hint: error.hint)
            }
        }

        private func read() throws -> ConfigurationFile {
            let file = try ConfigurationFile(directory: config.directory, listens: false)
            if file.agent.link?.side == .gateway {
                throw CommandError(
                    "quaymaster.yaml names an agent on another machine, by address",
                    hint: "run the agent there; its own quaymaster.yaml says listen", code: 2)
            }
            return file
        }

        /// Opens the door to gateways on other machines, where one is configured.
        private func open(
            _ file: ConfigurationFile, _ server: AgentServer
        ) throws(AgentError) -> AgentDoor? {
            guard let link = file.agent.link else { return nil }
            do {
                guard case .tls(let host, let port) = try ListenAddress(link.at.text) else {
                    throw AgentError("\(link.at.text) is no address of an agent")
                }
                let credentials = try LinkCredentials(link, of: file)
                let door = AgentDoor(credentials) {
                    server.take($0)
                } log: {
                    Output.error("quaymaster: \($0)")
                }
                let bound = try door.listen(host: host, port: port)
                Output.error(
                    "quaymaster: the agent listens on "
                        + "\(ListenAddress.tls(host: host, port: bound)) for \(link.name.text)")
                Self.warn(credentials)
                return door
            } catch {
                throw AgentError("the agent cannot listen on \(link.at.text): \(error)")
            }
        }

        private static func warn(_ credentials: LinkCredentials) {
            guard let warning = credentials.warning(at: Date()) else { return }
            Output.error("quaymaster: warning: \(warning)")
        }

        /// Reads roles and certificates anew. All of it is used, or nothing.
        private func reload(
            _ server: AgentServer, _ door: AgentDoor?, since old: ConfigurationFile
        ) {
            do {
                let file = try read()
                let roles = try AgentRoles.read(file.policy)
                if let door {
                    guard let link = file.agent.link else {
                        throw CommandError(
                            "quaymaster.yaml does not say listen any more",
                            hint: "restart the agent to close its door")
                    }
                    let credentials = try LinkCredentials(link, of: file)
                    door.replace(credentials)
                    Self.warn(credentials)
                }
                server.replace(roles)
                for change in file.agent.changesForStart(since: old.agent) {
                    Output.error(
                        "quaymaster: \(change); the agent goes on as it was until it is restarted")
                }
                Output.error("quaymaster: the agent has read its roles and certificates anew")
            } catch {
                Output.error("quaymaster: the agent goes on as it was: \(error)")
            }
        }

        private static func besideThis() -> String {
            let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            return program.deletingLastPathComponent().appendingPathComponent("quaymaster-enter")
                .path
        }
    }
}

/// Has something done at each SIGHUP, which is ignored otherwise.
private final class HangUp {
    private let source: any DispatchSourceSignal

    init(_ body: @escaping () -> Void) {
        source = DispatchSource.makeSignalSource(signal: SIGHUP)
        source.setEventHandler(handler: body)
        source.resume()
    }
}
