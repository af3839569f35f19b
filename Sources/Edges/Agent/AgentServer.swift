import AgentMessages
import CLinux
package import Confinement
import Foundation
package import ShellGrammar
import Synchronization

/// The host's root part: it answers gateways, on a Unix socket or wherever they were let in.
///
/// A gateway names a container, a role and words. The agent judges the words again, derives everything
/// else from root's files and the kernel, and holds no policy of its own: a gateway in wrong hands gets
/// nothing out of it that the grammar does not hold.
package final class AgentServer: Sendable {
    private let helper: HelperProgram
    private let containers: ContainerTable
    private let limits: AgentLimits
    private let peers: Set<UInt32>
    // Guards the roles by which lines are judged from now on.
    private let roles: Mutex<RoleTable>
    // Guards the number of connections.
    private let connections = Mutex(0)

    /// Makes an agent.
    ///
    /// - Parameters:
    ///   - helper: The helper that enters.
    ///   - roots: Where engines keep what they know.
    ///   - peers: Users that gateways run as; root always may.
    ///   - roles: The roles by which lines are judged.
    ///   - limits: What lines may take.
    package init(
        helper: HelperProgram, roots: EngineRoots, peers: Set<UInt32>,
        roles: RoleTable = .builtIn, limits: AgentLimits = AgentLimits()
    ) {
        self.roles = Mutex(roles)
        self.helper = helper
        containers = ContainerTable(roots)
        self.limits = limits
        self.peers = peers
    }

    /// Judges by other roles from now on; a line that runs was judged.
    package func replace(_ roles: RoleTable) {
        self.roles.withLock { $0 = roles }
    }

    /// Serves those who connect, each on a thread of its own, until the process ends.
    ///
    /// - Parameter listener: A socket that listens.
    package func serve(_ listener: Int32) {
        signal(SIGPIPE, SIG_IGN)
        // Whoever starts the agent may have blocked what ends it.
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
        while true {
            let accepted = linux_accept(listener)
            guard accepted >= 0 else {
                // Out of descriptors, or somebody left at once: the next one waits a moment.
                usleep(errno == EINTR || errno == ECONNABORTED ? 0 : 10_000)
                continue
            }
            let socket = SharedDescriptor(accepted)
            guard Peer(accepted).map({ $0.user == 0 || peers.contains($0.user) }) ?? false else {
                continue
            }
            take(socket)
        }
    }

    /// Answers a gateway, who is known to be one, on a thread of its own.
    ///
    /// - Parameter descriptor: A stream socket; it is closed in the end.
    package func take(_ descriptor: Int32) {
        take(SharedDescriptor(descriptor))
    }

    private func take(_ socket: SharedDescriptor) {
        guard enter() else {
            return Connection(socket).send(
                .refused(Sentence("limit.connections", "the agent has no room just now")))
        }
        Thread.detachNewThread { [self] in
            answer(Connection(socket))
            connections.withLock { $0 -= 1 }
        }
    }

    private func enter() -> Bool {
        connections.withLock {
            guard $0 < limits.connections else { return false }
            $0 += 1
            return true
        }
    }

    /// Answers one connection.
    private func answer(_ connection: Connection) {
        do {
            switch connection.first() {
            case .describe(let container):
                let plan = try counted(in: container) { try containers.plan(of: container) }
                connection.send(.facts(plan.facts))
            case .run(let request): try run(request, connection)
            case .signal, .resize, .close:
                throw Refusal("message.order", "nothing runs on this connection")
            case nil: break
            }
        } catch let refusal as Refusal {
            connection.send(.refused(refusal.sentence))
        } catch {
            connection.send(.refused(Sentence("agent.failed", "\(error)")))
        }
    }

    private func run(_ request: RunRequest, _ connection: Connection) throws {
        let roles = self.roles.withLock { $0 }
        let line = try Judge.judge(request.words, as: request.role, among: roles)
        try counted(in: request.container) {
            let plan = try containers.plan(of: request.container)
            if let start = request.start, start != plan.start {
                throw Refusal(
                    "plan.restarted", "the container was started anew since this was approved")
            }
            try carryOut(line, request, plan, connection)
        }
    }

    /// Does something in a container that counts as a line of it, from the plan on: whatever holds up a
    /// container takes up so many connections and no more.
    private func counted<Result>(
        in container: ContainerID, _ body: () throws -> Result
    ) throws -> Result {
        guard containers.begin(in: container, most: limits.linesPerContainer) else {
            throw Refusal(
                "limit.lines",
                "\(limits.linesPerContainer) lines run in this container already; wait for one to end"
            )
        }
        defer { containers.end(in: container) }
        return try body()
    }

    private func carryOut(
        _ line: JudgedLine, _ request: RunRequest, _ plan: ContainerPlan,
        _ connection: Connection
    ) throws {
        switch line {
        case .look(let look):
            let order = plan.order(
                look, environment: Self.shown(plan.spec.environment),
                milliseconds: milliseconds)
            let process = try HelperProcess(helper, .look(order), terminal: nil)
            LineRun(connection, process, limits, Self.started(.outside, plan)).run()
        case .tool(let tool): try enter([], tool, request, plan, connection)
        case .program(let words): try enter(words, nil, request, plan, connection)
        }
    }

    private func enter(
        _ words: [String], _ tool: InsideTool?, _ request: RunRequest, _ plan: ContainerPlan,
        _ connection: Connection
    ) throws {
        let name = String(UInt64.random(in: 0...UInt64.max), radix: 16)
        let order = plan.order(
            words: words, tool: tool, pin: request.pin, line: name,
            hasTerminal: request.terminal != nil, milliseconds: milliseconds)
        // Whatever became of the helper, the line's cgroup is empty and gone in the end.
        defer { order.line.end() }
        let process = try HelperProcess(helper, .enter(order), terminal: request.terminal)
        LineRun(connection, process, limits, Self.started(tool == nil ? .program : .tool, plan))
            .run()
    }

    private var milliseconds: UInt32 { UInt32(limits.lineSeconds * 1000) }

    private static func started(_ way: LineClass, _ plan: ContainerPlan) -> Started {
        Started(way: way, start: plan.start, user: plan.spec.user, group: plan.spec.group)
    }

    /// The environment with what is secret masked.
    private static func shown(_ environment: [String]) -> [String] {
        let mask = SecretMask()
        return environment.map { variable in
            guard let equals = variable.firstIndex(of: "=") else { return variable }
            let name = String(variable[..<equals])
            return name + "="
                + mask.value(String(variable[variable.index(after: equals)...]), of: name)
        }
    }
}

/// Who connected to a Unix socket, as the kernel tells (unix(7), SO_PEERCRED).
struct Peer {
    let user: UInt32

    init?(_ socket: Int32) {
        // struct ucred: process, user, group.
        var credentials: [UInt32] = [0, 0, 0]
        var size = socklen_t(12)
        guard getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0, size == 12
        else { return nil }
        user = credentials[1]
    }
}
