import Glibc

/// A cgroup of one line, below its container's: the container's limits hold, and whatever the line
/// starts, however it hides, is in it and can be ended.
package struct LineCgroup: Hashable, Sendable {
    /// How names of such cgroups begin.
    package static let prefix = "quaymaster-line-"

    /// Its folder.
    package let folder: String
    /// True when it has `cgroup.kill`; false for the freezer of version 1.
    package let hasKill: Bool

    /// Names one; it need not be there.
    package init(folder: String, hasKill: Bool) {
        (self.folder, self.hasKill) = (folder, hasKill)
    }

    /// Makes it.
    ///
    /// - Throws: `Refusal` when that fails.
    func make() throws {
        guard mkdir(folder, 0o755) == 0 else {
            throw Refusal.system("enter.cgroup", "no cgroup is made for the line")
        }
    }

    /// Ends whatever is in it and removes it.
    ///
    /// - Parameter tries: How often the kernel is given two milliseconds.
    /// - Returns: False when something is left, which is so while the container is paused.
    @discardableResult
    package func end(tries: Int = 1000) -> Bool {
        for _ in 0..<tries {
            if rmdir(folder) == 0 || errno == ENOENT { return true }
            kill()
            usleep(2000)
        }
        return rmdir(folder) == 0
    }

    /// The processes in it.
    var processes: [Int32] {
        (SmallFile.text(folder + "/cgroup.procs") ?? "").split(separator: "\n")
            .compactMap { Int32($0) }.filter { $0 > 1 }
    }

    /// Kills all but one of the processes in it.
    ///
    /// - Parameter kept: The one.
    /// - Returns: True when there was no other.
    func kill(except kept: Int32) -> Bool {
        guard processes.contains(where: { $0 != kept }) else { return true }
        // Nothing starts anything while it is frozen.
        freeze(true)
        let others = processes.filter { $0 != kept }
        for process in others { _ = Glibc.kill(process, SIGKILL) }
        freeze(false)
        return others.isEmpty
    }

    /// Removes it when nothing is in it any longer, and ends what is.
    func finish() {
        if rmdir(folder) != 0, errno != ENOENT { end() }
    }

    private func freeze(_ isFrozen: Bool) {
        if hasKill {
            _ = SmallFile.write(isFrozen ? "1" : "0", to: folder + "/cgroup.freeze")
        } else {
            _ = SmallFile.write(isFrozen ? "FROZEN" : "THAWED", to: folder + "/freezer.state")
        }
    }

    private func kill() {
        if hasKill {
            _ = SmallFile.write("1", to: folder + "/cgroup.kill")
        } else {
            _ = kill(except: 0)
        }
    }
}
