/// The place inside a container at which a volume or a tmpfs is mounted.
enum MountTarget {
    /// What the runtime and the kernel put there themselves.
    private static let kernels = ["proc", "sys", "dev"]
    /// Places below that hold nothing but the container's own memory.
    private static let own = [["dev", "shm"], ["dev", "mqueue"]]

    /// True at or below `/proc`, `/sys` and `/dev`, which a container's confinement rests on.
    ///
    /// The runtime writes its security labels through `/proc` and masks paths with `/dev/null`: who
    /// keeps a volume of their own there gives it the files that it writes to and masks with
    /// (CVE-2019-16884, CVE-2019-19921, CVE-2025-31133). A named bind of a level says its own target.
    ///
    /// - Parameter target: An absolute path, which the engine cleans as Go's `filepath.Clean` does.
    /// - Returns: Whether it is one of theirs.
    static func isKernels(_ target: String) -> Bool {
        var place: [String] = []
        for part in target.parts(between: "/") where part != "." {
            if part == ".." { _ = place.popLast() } else { place.append(part) }
        }
        guard let first = place.first, kernels.contains(first) else { return false }
        return !own.contains(Array(place.prefix(2)))
    }

    /// True for a path below a volume's root that leads nowhere else (`Subpath`, API 1.45).
    static func isBelow(_ path: String) -> Bool {
        path.utf8.first != UInt8(ascii: "/") && !path.parts(between: "/").contains("..")
    }
}
