import CLinux
import Glibc

/// The namespaces that a process does not share with us (namespaces(7)).
package enum Namespaces {
    private static let flags: [(name: String, flag: UInt32)] = [
        ("user", LINUX_CLONE_NEWUSER),
        ("mnt", LINUX_CLONE_NEWNS),
        ("pid", LINUX_CLONE_NEWPID),
        ("net", LINUX_CLONE_NEWNET),
        ("uts", LINUX_CLONE_NEWUTS),
        ("ipc", LINUX_CLONE_NEWIPC),
        ("cgroup", LINUX_CLONE_NEWCGROUP),
        ("time", LINUX_CLONE_NEWTIME),
    ]

    /// True when the mask holds a user namespace.
    package static func holdsUser(_ mask: UInt32) -> Bool {
        mask & LINUX_CLONE_NEWUSER != 0
    }

    /// The flags for setns(2) of what a process has of its own.
    ///
    /// - Parameter process: Its number.
    /// - Returns: The flags.
    /// - Throws: `Refusal` when it cannot be seen, or has no mount namespace of its own.
    static func mask(of process: Int32) throws -> UInt32 {
        var mask: UInt32 = 0
        for (name, flag) in flags {
            guard let ours = SmallFile.link("/proc/self/ns/\(name)") else { continue }
            guard let theirs = SmallFile.link("/proc/\(process)/ns/\(name)") else {
                throw Refusal.system(
                    "plan.namespace", "the container's \(name) namespace is not seen")
            }
            if ours != theirs { mask |= flag }
        }
        guard mask & LINUX_CLONE_NEWNS != 0 else {
            throw Refusal("plan.namespace", "the container has no mount namespace of its own")
        }
        return mask
    }
}

/// A map of user_namespaces(7), `/proc/PID/uid_map`.
package struct IdentityMap: Hashable, Sendable {
    private let ranges: [(inside: UInt64, outside: UInt64, count: UInt64)]

    /// Reads a map.
    package init(_ text: String) {
        ranges = text.split(separator: "\n").compactMap { line in
            let numbers = line.split(separator: " ").compactMap { UInt64($0) }
            return numbers.count == 3 ? (numbers[0], numbers[1], numbers[2]) : nil
        }
    }

    /// Who is meant outside; nil when nobody is.
    package func outside(_ inside: UInt32) -> UInt32? {
        let inside = UInt64(inside)
        for range in ranges where inside >= range.inside && inside - range.inside < range.count {
            return UInt32(exactly: range.outside + (inside - range.inside))
        }
        return nil
    }

    package static func == (one: IdentityMap, other: IdentityMap) -> Bool {
        one.ranges.elementsEqual(other.ranges, by: ==)
    }

    package func hash(into hasher: inout Hasher) {
        for range in ranges { hasher.combine(range.inside) }
    }
}
