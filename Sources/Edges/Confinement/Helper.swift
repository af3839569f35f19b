import AgentMessages
import CLinux
import Glibc

/// The helper's side: a program of one thread that reads one order, carries it out and ends.
///
/// Its descriptors are the agent's to give: 0 nothing or a terminal, 1 and 2 what is written, 3 the
/// order and later signals, 4 what the agent is told.
package enum Helper {
    static let control: Int32 = 3
    static let report: Int32 = 4

    /// Runs. The exit status tells only whether the agent was told the rest.
    package static func main() -> Never {
        _ = linux_close_range(5, UInt32.max, 0)
        _ = linux_prctl(PR_SET_DUMPABLE, 0, 0)
        _ = chdir("/")
        signal(SIGPIPE, SIG_IGN)
        do {
            let order = try HelperOrder { Bytes.exactly($0, from: control) }
            switch order {
            case .enter(let order):
                var supervisor = Supervisor(order)
                tell(.ended(try supervisor.run()))
            case .look(let order): tell(.ended(try LookWorker(order).run()))
            }
        } catch let refusal as Refusal {
            tell(.refused(refusal.sentence))
        } catch {
            tell(.refused(Sentence("enter.order", "\(error)")))
        }
        _exit(0)
    }

    /// Tells the agent something; an agent that is gone hears nothing.
    static func tell(_ reply: Reply) {
        Bytes.write(reply.frame.bytes, to: report)
    }
}
