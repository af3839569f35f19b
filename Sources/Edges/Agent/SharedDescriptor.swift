import CLinux
import Confinement
import Foundation

/// A descriptor that stays open as long as somebody knows it.
final class SharedDescriptor: Sendable {
    let number: Int32

    init(_ number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }

    /// Moves a descriptor to a number beyond those that helpers get, so that none is overwritten.
    static func lifting(_ number: Int32) throws -> SharedDescriptor {
        let lifted = fcntl(number, F_DUPFD_CLOEXEC, 16)
        close(number)
        guard lifted >= 0 else { throw Refusal.system("agent.descriptor", "no descriptor is left") }
        return SharedDescriptor(lifted)
    }

    /// The two ends of a pipe, which close on exec.
    static func pipe() throws -> (read: SharedDescriptor, write: SharedDescriptor) {
        var ends: [Int32] = [0, 0]
        guard linux_pipe(&ends) == 0 else {
            throw Refusal.system("agent.descriptor", "no pipe is made")
        }
        let read = try lifting(ends[0])
        return (read, try lifting(ends[1]))
    }
}
