import CLinux
import Glibc

/// Reads the seccomp filters of a running process out of the kernel.
///
/// The profile in an engine's configuration is not the filter: runc adds to it what libseccomp does
/// not know (`libcontainer/seccomp/patchbpf`), and the default profile stands in no configuration.
enum LiveFilters {
    /// The filters of a process, the first that was installed first.
    ///
    /// The process stops for some milliseconds. Whoever calls stays its tracer's thread till the end.
    ///
    /// - Parameters:
    ///   - process: The process's number.
    ///   - status: Its `/proc/PID/status`.
    /// - Returns: The filters.
    /// - Throws: `Refusal` when the filters cannot be read, or cannot be installed again.
    static func read(of process: Int32, _ status: ProcessStatus) throws -> [SeccompFilter] {
        switch status["Seccomp"] {
        case "0": return []
        case "2": break
        default: throw Refusal("plan.seccomp", "the container's seccomp mode is not understood")
        }
        guard linux_ptrace(LINUX_PTRACE_SEIZE, process, nil, nil) == 0 else {
            throw Refusal.system("plan.seccomp", "the container's seccomp filter is not read")
        }
        // A tracer that ends lets go too, but the container is not to wait for that.
        defer { _ = linux_ptrace(LINUX_PTRACE_DETACH, process, nil, nil) }
        guard linux_ptrace(LINUX_PTRACE_INTERRUPT, process, nil, nil) == 0,
            waitUntilStopped(process)
        else {
            throw Refusal(
                "plan.seccomp",
                "the container's first process does not stop to have its seccomp filter read")
        }
        var filters: [SeccompFilter] = []
        while let filter = try filter(number: filters.count, of: process) { filters.append(filter) }
        if let told = status["Seccomp_filters"], Int(told) != filters.count {
            throw Refusal("plan.seccomp", "\(told) seccomp filters are told, \(filters.count) read")
        }
        guard !filters.isEmpty else {
            throw Refusal("plan.seccomp", "the container's seccomp filter is not read")
        }
        return filters
    }

    private static func filter(number: Int, of process: Int32) throws -> SeccompFilter? {
        let place = UnsafeMutableRawPointer(bitPattern: number)
        let request = LINUX_PTRACE_SECCOMP_GET_FILTER
        let count = linux_ptrace(request, process, place, nil)
        if count < 0, errno == ENOENT { return nil }
        guard count > 0 else {
            throw Refusal.system(
                "plan.seccomp", "the kernel does not give back the container's seccomp filter")
        }
        var bytes = [UInt8](repeating: 0, count: count * 8)
        guard linux_ptrace(request, process, place, &bytes) == count else {
            throw Refusal("plan.seccomp", "the container's seccomp filter changes")
        }
        var flags: UInt64 = 0
        guard linux_seccomp_flags(process, UInt64(number), &flags) >= 0,
            let filter = SeccompFilter(bytes, flags: UInt32(truncatingIfNeeded: flags))
        else { throw Refusal.system("plan.seccomp", "the seccomp filter's flags are not read") }
        guard filter.standsAlone else {
            throw Refusal(
                "plan.notify",
                "the container's seccomp filter asks a supervisor (SCMP_ACT_NOTIFY), "
                    + "which nobody but its runtime can give a program")
        }
        return filter
    }

    /// Waits at most two seconds: a process in the kernel's hands may not stop at all.
    private static func waitUntilStopped(_ process: Int32) -> Bool {
        for _ in 0..<2000 {
            var status: Int32 = 0
            // __WALL, linux/wait.h.
            let found = waitpid(process, &status, WNOHANG | 0x4000_0000)
            if found == process { return status & 0xFF == 0x7F }
            guard found == 0 || errno == EINTR else { return false }
            usleep(1000)
        }
        return false
    }
}
