import CLinux
import Glibc

/// The way into a container's cgroups that holds up nobody.
///
/// A write to `cgroup.procs` takes the lock of all thread groups of the host for writing, which waits for
/// an RCU grace period: some ten milliseconds, for whoever forks meanwhile too. Neither a process that is
/// born in its cgroup (clone3(2), CLONE_INTO_CGROUP) takes it, nor one of a single thread that writes
/// itself to the `tasks` of version 1 (kernel/cgroup/cgroup.c, `cgroup_procs_write_start`).
struct CgroupJoin {
    /// Folders to join: the container's, and the line's own in the place of its parent.
    private let folders: [String]
    private let line: LineCgroup
    /// The container's first process, which is where the new one has to be.
    private let process: Int32

    init(_ order: EnterOrder) {
        line = order.line
        process = order.process
        let line = order.line.folder
        folders = order.cgroups.map { folder in
            line.hasPrefix(folder + "/" + LineCgroup.prefix) ? line : folder
        }
    }

    /// Forks.
    ///
    /// - Returns: The child's number, 0 in the child and -1 with the reason in `errno`; and the folder in
    ///   which the child began, or nil.
    func fork() -> (child: Int32, begunIn: String?) {
        let unified = folders.first { linux_file_system($0) == LINUX_CGROUP2_SUPER_MAGIC }
        if let unified, let folder = OwnedDescriptor(unified, LINUX_O_PATH | O_DIRECTORY) {
            let child = linux_fork_into_cgroup(folder.number)
            // Kernels before 5.7 know no such flag, and sandboxes may know no such call.
            if child >= 0 || ![ENOSYS, EINVAL, E2BIG, EPERM].contains(errno) {
                return (child, unified)
            }
        }
        return (linux_fork(), nil)
    }

    /// Joins every cgroup; called by a process of one thread.
    ///
    /// - Parameter begunIn: The folder in which it began.
    /// - Returns: False, with the reason in `errno`, when it is not in all of them.
    func join(begunIn: String?) -> Bool {
        for folder in folders where folder != begunIn {
            let isUnified = linux_file_system(folder) == LINUX_CGROUP2_SUPER_MAGIC
            // "0" is whoever writes it.
            guard SmallFile.write("0", to: folder + (isUnified ? "/cgroup.procs" : "/tasks")) else {
                return false
            }
        }
        errno = 0
        guard let own = SmallFile.text("/proc/self/cgroup"),
            let first = SmallFile.text("/proc/\(process)/cgroup")
        else { return false }
        return Self.isInside(own, first, folders: folders, line: line.folder)
    }

    /// True when a process is where a container's first process is in every hierarchy, or above that where
    /// its runtime put it, and in the line's cgroup in one.
    ///
    /// - Parameters:
    ///   - own: `/proc/PID/cgroup` of the process (cgroups(7)).
    ///   - first: The same of the first process, which may have gone deeper by itself.
    ///   - folders: What was joined.
    ///   - line: The line's folder among them.
    /// - Returns: False when that is not sure.
    static func isInside(_ own: String, _ first: String, folders: [String], line: String) -> Bool {
        let (own, first) = (paths(own), paths(first))
        guard !own.isEmpty, own.keys == first.keys else { return false }
        let names = Set(folders.compactMap { $0.split(separator: "/").last })
        let lineName = line.split(separator: "/").last
        var isInLine = false
        for (hierarchy, path) in own {
            guard let wanted = first[hierarchy] else { return false }
            var parts = path.split(separator: "/")
            if let last = parts.last, last == lineName {
                isInLine = true
                parts.removeLast()
            } else if path != wanted, !names.contains(parts.last ?? "") {
                return false
            }
            // Where the first process is, or above it.
            let there = wanted.split(separator: "/")
            guard there.starts(with: parts), !parts.isEmpty || there.isEmpty else { return false }
        }
        return isInLine
    }

    /// Paths by hierarchies: `4:memory:/docker/ID`.
    private static func paths(_ text: String) -> [Substring: Substring] {
        var paths: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            if parts.count == 3 { paths[line[..<parts[1].endIndex]] = parts[2] }
        }
        return paths
    }
}
