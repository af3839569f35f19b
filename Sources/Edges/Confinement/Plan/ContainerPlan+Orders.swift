import CLinux
import Glibc

extension ContainerPlan {
    /// True while this plan holds: the process is the same, and is not paused.
    ///
    /// - Throws: `Refusal` while the container is paused.
    package func isCurrent() throws -> Bool {
        let pidfd = linux_pidfd_open(process)
        guard pidfd >= 0 else { return false }
        defer { close(pidfd) }
        guard let stat = SmallFile.text("/proc/\(process)/stat"),
            ProcessStatus.start(ofStat: stat) == start
        else { return false }
        try cgroups.checkRunning()
        return true
    }

    /// The order to start a program.
    ///
    /// - Parameters:
    ///   - words: The words of the line; the first names the program.
    ///   - tool: Our own tool in the program's place, or nil.
    ///   - pin: The SHA-256 that the program must have, or nil.
    ///   - line: What the line's cgroup is called, without the prefix.
    ///   - hasTerminal: Whether standard input is a terminal.
    ///   - milliseconds: How long the line may take.
    /// - Returns: The order.
    package func order(
        words: [String], tool: InsideTool? = nil, pin: String?, line: String, hasTerminal: Bool,
        milliseconds: UInt32
    ) -> EnterOrder {
        let variables = ProgramEnvironment(spec.environment)
        return EnterOrder(
            process: process, start: start, namespaces: namespaces, cgroups: cgroups.folders,
            line: LineCgroup(
                folder: "\(cgroups.line)/\(LineCgroup.prefix)\(line)", hasKill: cgroups.hasKill),
            oomScoreAdjustment: oomScoreAdjustment, personality: personality, limits: spec.limits,
            umask: spec.umask ?? 0o022, user: spec.user, group: spec.group, groups: spec.groups,
            hostUser: hostUser, capabilities: spec.capabilities, folder: spec.folder,
            environment: variables.all(hasTerminal: hasTerminal), search: variables.search,
            program: words.first ?? "", words: words, tool: tool, pin: pin,
            upper: tool == nil ? upper() : nil,
            profile: spec.profile,
            label: spec.label, hasTerminal: hasTerminal, milliseconds: milliseconds,
            filters: filters)
    }

    /// The order to answer a question from outside.
    ///
    /// - Parameters:
    ///   - look: The question.
    ///   - environment: The environment as it may be shown.
    ///   - milliseconds: How long the answer may take.
    /// - Returns: The order.
    package func order(
        _ look: Look, environment: [String], milliseconds: UInt32
    ) -> LookOrder {
        // Root reads whatever its capabilities let it; others lose theirs with the next program.
        let sets = spec.capabilities
        let held = spec.user == 0 ? sets.bounding & sets.permitted : sets.ambient
        return LookOrder(
            process: process, start: start, user: hostUser, group: hostGroup, groups: hostGroups,
            capabilities: held & CapabilitySets.reading, innerUser: spec.user,
            innerGroup: spec.group, innerGroups: spec.groups, cgroups: cgroups.folders,
            environment: environment, hostName: spec.hostName ?? "", folder: spec.folder,
            milliseconds: milliseconds, look: look)
    }

    /// The container's writable layer; nil when it is not known here.
    private func upper() -> String? {
        guard let mounts = SmallFile.text("/proc/\(process)/mountinfo") else { return nil }
        do {
            return try ImageLayers(MountTable(mounts)).upper
        } catch {
            // The helper refuses what it cannot tell.
            return nil
        }
    }
}

/// The environment of programs that are started: names that are listed here, with the container's own
/// values. Secrets, loaders' and interpreters' variables and homes with settings are not passed on.
package struct ProgramEnvironment: Hashable, Sendable {
    private static let passed: Set<String> = ["PATH", "LANG", "LANGUAGE", "TZ", "HOSTNAME"]
    private static let usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    private let variables: [String]
    /// Folders in which names of programs are looked for.
    package let search: [String]

    /// Takes the container's environment.
    package init(_ environment: [String]) {
        var variables: [String: String] = [:]
        for variable in environment {
            guard let equals = variable.firstIndex(of: "=") else { continue }
            let name = String(variable[..<equals])
            if Self.passed.contains(name) || name.hasPrefix("LC_") {
                variables[name] = String(variable[variable.index(after: equals)...])
            }
        }
        let path = variables["PATH"] ?? Self.usualPath
        variables["PATH"] = path
        // Where nobody has left settings.
        variables["HOME"] = "/nonexistent"
        search = path.split(separator: ":").map(String.init)
        self.variables = variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    }

    /// The variables as `NAME=value`.
    package func all(hasTerminal: Bool) -> [String] {
        variables + [hasTerminal ? "TERM=xterm" : "TERM=dumb"]
    }
}
