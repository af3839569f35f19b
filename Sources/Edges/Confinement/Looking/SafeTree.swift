import CLinux
import Glibc

/// A container's files, opened from outside beneath its root, as its own user.
///
/// Links are followed as the container would, but never out of its root, through processes, or into
/// other mounts than those that are listed; what was opened is judged once more by the path that the
/// kernel gives for it.
struct SafeTree: ~Copyable {
    private let root: OwnedDescriptor
    private let trees: [String]
    /// Mount points that are listed trees, by the mounts' numbers.
    private let listed: Set<Int>

    /// Never shown, whatever a tree may be called.
    private static let forbidden = ["/proc", "/sys", "/dev"]
    /// Filesystems that are no files of the container's.
    private static let foreign = [
        "proc", "sysfs", "cgroup", "cgroup2", "devtmpfs", "devpts", "mqueue", "debugfs", "tracefs",
        "securityfs", "bpf", "configfs", "pstore",
    ]

    /// - Parameters:
    ///   - root: The container's root.
    ///   - trees: Trees that paths may be in.
    ///   - mountinfo: What the container sees mounted.
    init(_ root: consuming OwnedDescriptor, trees: [String], mountinfo: String) {
        self.root = root
        self.trees = trees
        var listed: Set<Int> = []
        for line in mountinfo.split(separator: "\n") {
            guard let mount = MountTable(String(line)).mounts.first, trees.contains(mount.point),
                !Self.foreign.contains(mount.type),
                let number = line.split(separator: " ").first.flatMap({ Int($0) })
            else { continue }
            listed.insert(number)
        }
        self.listed = listed
    }

    /// What was opened.
    struct File: ~Copyable {
        /// A descriptor that only names it (O_PATH).
        let handle: OwnedDescriptor
        let status: stat
        /// Its path in the container, without links.
        let path: String

        var isFolder: Bool { status.st_mode & S_IFMT == S_IFDIR }
        var isRegular: Bool { status.st_mode & S_IFMT == S_IFREG }

        /// Opens it for reading, as the user that asks.
        func reading() throws -> OwnedDescriptor {
            guard isRegular || isFolder else {
                throw Refusal("look.kind", "\(Shown.name(path.utf8)) is no file")
            }
            let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | (isFolder ? O_DIRECTORY : 0)
            guard let opened = OwnedDescriptor("/proc/self/fd/\(handle.number)", flags) else {
                throw Refusal.system("look.open", Shown.name(path.utf8))
            }
            return opened
        }
    }

    /// Opens what a path names.
    ///
    /// - Parameters:
    ///   - path: An absolute path in the container.
    ///   - followsLast: False to have the last link itself.
    /// - Returns: What was opened.
    /// - Throws: `Refusal` when it is not there, not to be read, or leads elsewhere.
    func open(_ path: String, followsLast: Bool = true) throws -> File {
        let flags = LINUX_O_PATH | (followsLast ? 0 : O_NOFOLLOW)
        let resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS
        if let handle = OwnedDescriptor(
            path, flags, in: root.number, resolve: resolve | RESOLVE_NO_XDEV)
        {
            return try judged(handle, path)
        }
        guard errno == EXDEV else { throw Refusal.system("look.open", Shown.name(path.utf8)) }
        guard !listed.isEmpty,
            let handle = OwnedDescriptor(path, flags, in: root.number, resolve: resolve),
            let mount = Self.mount(of: handle.number), listed.contains(mount)
        else {
            throw Refusal(
                "look.mount",
                "\(Shown.name(path.utf8)) leads to another mount; only mounts at "
                    + "\(trees.joined(separator: ", ")) themselves are shown")
        }
        return try judged(handle, path)
    }

    /// True when a folder's entry is on the same mount, so that trees are not left on the way down.
    static func mount(of descriptor: Int32) -> Int? {
        SmallFile.text("/proc/self/fdinfo/\(descriptor)")?.split(separator: "\n")
            .first { $0.hasPrefix("mnt_id:") }
            .flatMap { Int($0.dropFirst(7).drop { $0 == " " || $0 == "\t" }) }
    }

    private func judged(_ handle: consuming OwnedDescriptor, _ asked: String) throws -> File {
        var status = stat()
        guard fstat(handle.number, &status) == 0,
            let path = SmallFile.link("/proc/self/fd/\(handle.number)")
        else { throw Refusal.system("look.open", Shown.name(asked.utf8)) }
        guard !Self.forbidden.contains(where: { Self.isBeneath(path, $0) }),
            trees.contains(where: { Self.isBeneath(path, $0) })
        else {
            throw Refusal(
                "look.tree",
                "\(Shown.name(asked.utf8)) leads to \(Shown.name(path.utf8)), which is in none of "
                    + trees.joined(separator: ", "))
        }
        return File(handle: handle, status: status, path: path)
    }

    /// True for a tree and whatever is in it.
    static func isBeneath(_ path: String, _ tree: String) -> Bool {
        path == tree
            || path.utf8.starts(with: tree.utf8)
                && (tree == "/" || path.utf8.dropFirst(tree.utf8.count).first == UInt8(ascii: "/"))
    }
}
