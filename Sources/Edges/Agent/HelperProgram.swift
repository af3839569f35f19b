import CLinux
import Confinement
import Foundation

/// The helper as the agent starts it: a copy in memory that nobody can change any longer.
///
/// Programs of a container may get hold of whatever file enters it (CVE-2019-5736); of this one there
/// is nothing to write to.
package struct HelperProgram: Sendable {
    private let descriptor: SharedDescriptor

    /// Copies and seals the helper.
    ///
    /// - Parameter path: Where it is on the host.
    /// - Throws: `AgentError` when it is not root's alone, or cannot be copied and sealed.
    package init(path: String) throws(AgentError) {
        guard let file = OwnedDescriptor(path, O_RDONLY) else {
            throw AgentError.system("the helper \(path) is not opened")
        }
        var status = stat()
        guard fstat(file.number, &status) == 0, status.st_uid == 0 || status.st_uid == geteuid(),
            status.st_mode & 0o022 == 0
        else { throw AgentError("the helper \(path) can be written by others than root") }
        guard let bytes = Bytes.all(of: file.number, limit: 64 << 20) else {
            throw AgentError.system("the helper \(path) is not read")
        }
        let flags = LINUX_MFD_CLOEXEC | LINUX_MFD_ALLOW_SEALING
        var memory = linux_memfd_create("quaymaster-enter", flags | LINUX_MFD_EXEC)
        // Kernels before 6.3 know no such flag, and let every one be executed.
        if memory < 0, errno == EINVAL { memory = linux_memfd_create("quaymaster-enter", flags) }
        guard memory >= 0 else { throw AgentError.system("no memory is made for the helper") }
        // Beyond the numbers that helpers get: one of those would be another file when it is started.
        let lifted = fcntl(memory, F_DUPFD_CLOEXEC, 16)
        close(memory)
        guard lifted >= 0 else { throw AgentError.system("no descriptor is left for the helper") }
        memory = lifted
        descriptor = SharedDescriptor(memory)
        guard Bytes.write(bytes, to: memory), fchmod(memory, 0o500) == 0,
            fcntl(memory, LINUX_F_ADD_SEALS, LINUX_F_SEAL_ALL) == 0
        else { throw AgentError.system("the helper is not sealed") }
    }

    /// The path by which it is started.
    var path: String { "/proc/self/fd/\(descriptor.number)" }
}

/// Why the agent does not run, or not go on.
package struct AgentError: Error, CustomStringConvertible, Sendable {
    /// One sentence.
    package let description: String
    /// What to do.
    package let hint: String?

    /// Says what is wrong.
    package init(_ description: String, hint: String? = nil) {
        self.description = description
        self.hint = hint
    }

    static func system(_ text: String) -> AgentError {
        AgentError("\(text): \(String(cString: strerror(errno)))")
    }
}
