import Glibc

/// Which cgroups a program of a container belongs to, and where a line gets one of its own.
package struct CgroupPlan: Hashable, Sendable {
    /// Folders to join, each once.
    package let folders: [String]
    /// The one of them below which a line gets a cgroup of its own, so that all of it can be ended.
    package let line: String
    /// True when the line's is of version 2 and has `cgroup.kill`; false for the freezer of version 1.
    package let hasKill: Bool

    /// Finds the cgroups of a container.
    ///
    /// runc's state names them by controller. A hierarchy that it does not name is joined where the
    /// container's first process is: none may stay the host's.
    ///
    /// - Parameters:
    ///   - state: What runc wrote down.
    ///   - membership: `/proc/PID/cgroup` of the first process.
    ///   - mounts: What this process sees mounted.
    /// - Throws: `Refusal` when a hierarchy cannot be joined, or the container is paused.
    package init(_ state: RuntimeState, membership: String, mounts: MountTable) throws {
        var folders: [String] = []
        for line in membership.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { continue }
            let names = parts[1].split(separator: ",").map(String.init)
            let folder: String
            if let known = (names.isEmpty ? [""] : names).lazy.compactMap({ state.cgroups[$0] })
                .first
            {
                folder = known
            } else if let found = Self.folder(names, String(parts[2]), mounts) {
                folder = found
            } else if parts[2] == "/" {
                // Not mounted, and nobody is anywhere else than at its root.
                continue
            } else {
                throw Refusal("plan.cgroup", "the container's cgroup \(parts[1]) is not found")
            }
            if !folders.contains(folder) { folders.append(folder) }
        }
        self.folders = folders
        if let unified = state.cgroups[""], Self.exists(unified + "/cgroup.kill") {
            (line, hasKill) = (unified, true)
        } else if let freezer = state.cgroups["freezer"] {
            (line, hasKill) = (freezer, false)
        } else {
            throw Refusal(
                "plan.cgroup",
                "the host can end no cgroup at once: it has neither cgroup.kill nor a freezer")
        }
        guard folders.contains(line) else {
            throw Refusal("plan.cgroup", "the container left the cgroup that its runtime gave it")
        }
        try checkRunning()
    }

    /// Checks that the container is not paused.
    ///
    /// - Throws: `Refusal` when it is.
    package func checkRunning() throws {
        if isPaused { throw Refusal("plan.paused", "the container is paused; unpause it first") }
    }

    /// True while the engine has paused the container.
    private var isPaused: Bool {
        folders.contains { folder in
            if let state = SmallFile.text(folder + "/freezer.state") {
                return !state.hasPrefix("THAWED")
            }
            return SmallFile.text(folder + "/cgroup.freeze")?.hasPrefix("1") ?? false
        }
    }

    /// Where a cgroup of a hierarchy that is mounted as a whole is.
    private static func folder(
        _ names: [String], _ path: String, _ mounts: MountTable
    ) -> String? {
        for mount in mounts.mounts.reversed() where mount.root == "/" {
            let isIt =
                names.isEmpty
                ? mount.type == "cgroup2"
                : mount.type == "cgroup" && names.allSatisfy(mount.superOptions.contains)
            if isIt { return path == "/" ? mount.point : mount.point + path }
        }
        return nil
    }

    private static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }
}
