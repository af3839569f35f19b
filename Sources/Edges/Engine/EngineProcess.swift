import CLinux
import Foundation

/// A process in a container, as the engine counts processes.
package struct EngineProcess: Sendable {
    /// Its number in the engine's PID namespace.
    package let number: Int
    /// The container that it runs in.
    package let container: String
    /// Where the engine listens: who listens there tells which processes it sees.
    package let engine: EngineAddress

    /// Names a process.
    package init(number: Int, container: String, engine: EngineAddress) {
        self.number = number
        self.container = container
        self.engine = engine
    }

    /// What became of an attempt to end it.
    package enum Ending: Sendable {
        /// It and what it started have been killed.
        case killed
        /// It had ended already, or its number is another container's process by now.
        case gone
        /// The gateway may not kill it, but sees its number inside the container.
        case forbidden(inside: Int)
        /// The gateway cannot see the engine's processes.
        case unseen
    }

    /// Kills the process and everything that it started. Blocks: not for event loops.
    package func end() -> Ending {
        guard let root = processes() else { return .unseen }
        let family = family(of: number, under: root)
        guard !family.isEmpty else { return .gone }
        var ending = Ending.killed
        // Children first would be adopted by nobody of ours: parents go first, then who is left.
        for process in family {
            if !kill(process, under: root), process == number {
                ending = inside(process, under: root).map { .forbidden(inside: $0) } ?? .gone
            }
        }
        return ending
    }

    /// The proc(5) in which the engine's numbers count, or nil when there is none to be seen.
    private func processes() -> String? {
        guard let listener = engine.listener, listener > 0 else { return nil }
        let ours = link("/proc/self/ns/pid")
        guard let theirs = link("/proc/\(listener)/ns/pid") else {
            // Without the right to look, one shared namespace is the likely case; the container's id
            // in the process's cgroup is what makes sure.
            return "/proc"
        }
        return theirs == ours ? "/proc" : "/proc/\(listener)/root/proc"
    }

    private func link(_ path: String) -> String? {
        var bytes = [CChar](repeating: 0, count: 128)
        let count = readlink(path, &bytes, bytes.count)
        guard count > 0 else { return nil }
        return String(decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    // MARK: The process and its family

    /// The process and its descendants, as far as they are in the container; what has lost its parent is
    /// the container's (SECURITY.md).
    private func family(of number: Int, under root: String) -> [Int] {
        guard isInContainer(number, under: root) else { return [] }
        var family = [number]
        var index = 0
        while index < family.count, family.count < 4096 {
            family += children(of: family[index], under: root).filter { !family.contains($0) }
            index += 1
        }
        return family.filter { isInContainer($0, under: root) }
    }

    private func children(of number: Int, under root: String) -> [Int] {
        let tasks = "\(root)/\(number)/task"
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: tasks)
        } catch {
            return []
        }
        return names.flatMap { task in
            (text("\(tasks)/\(task)/children") ?? "").split(separator: " ").compactMap { Int($0) }
        }
    }

    private func isInContainer(_ number: Int, under root: String) -> Bool {
        text("\(root)/\(number)/cgroup")?.contains(container) ?? false
    }

    private func inside(_ number: Int, under root: String) -> Int? {
        let status = text("\(root)/\(number)/status") ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("NSpid:") }
        return line?.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) }
    }

    private func text(_ path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    /// Kills through the process's folder, so that a number used anew is nobody else's end.
    private func kill(_ number: Int, under root: String) -> Bool {
        let descriptor = open("\(root)/\(number)", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard isInContainer(number, under: root) else { return false }
        return linux_pidfd_send_signal(descriptor, SIGKILL) == 0
    }
}
