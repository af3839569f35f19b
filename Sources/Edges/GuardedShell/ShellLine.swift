import AgentMessages
package import Engine
import ShellGrammar

/// What is told of a line that runs.
enum LineNews {
    /// Whoever runs it said something.
    case reply(Reply)
    /// Whoever runs it is not there, or has gone, or says what is not understood; nothing follows. Addresses
    /// and certificates are for operators alone.
    case failed(String, details: String? = nil)
}

/// A line that somebody runs for a session. Confined to the session's loop.
protocol ShellLine: AnyObject {
    /// Tells whoever runs it something more.
    func send(_ request: Request)
    /// Nobody waits for it any more.
    func close()
    /// True while nothing more of it is read: whoever reads what it says is slow.
    var isHeld: Bool { get set }
}

/// Who runs the lines of a container, by the engine's host. It is configured, and never chosen because
/// somebody is silent.
package enum ShellWay {
    /// The agent of the host, over these connections.
    case agent(EnginePool)
    /// The engine itself, by execs over these connections, which somebody ends: its host is configured as
    /// having no agent.
    case exec(EnginePool, any LineExecs)

    var pool: EnginePool {
        switch self {
        case .agent(let pool), .exec(let pool, _): pool
        }
    }

    /// True when every line starts a program of the container.
    var startsPrograms: Bool {
        switch self {
        case .agent: false
        case .exec: true
        }
    }

    /// What a session says of it.
    var name: String {
        switch self {
        case .agent: "agent"
        case .exec: "exec"
        }
    }

    /// Has a line run.
    ///
    /// - Parameters:
    ///   - request: Which, judged.
    ///   - role: The role that has accepted it.
    ///   - seat: Its right to run.
    ///   - report: Called on the loop.
    /// - Returns: The line, under way.
    func run(
        _ request: RunRequest, as role: Role, on seat: AgentSeats.Seat,
        _ report: @escaping (LineNews) -> Void
    ) -> any ShellLine {
        switch self {
        case .agent(let pool): AgentLine(.run(request), on: pool, report)
        case .exec(let pool, let execs):
            ExecLine(
                request, objection: role.objection(toExec: request.words), on: pool,
                ending: (execs, seat), report)
        }
    }
}
