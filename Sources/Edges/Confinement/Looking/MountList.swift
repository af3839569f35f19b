import CLinux
import Glibc

/// `mounts` and `df`: what is mounted in a container, and how full it is.
struct MountList {
    private let order: LookOrder
    /// Filesystems whose answer may never come: what is behind them is somebody else.
    private static let distant = ["nfs", "nfs4", "cifs", "smb3", "ceph", "9p", "afs", "glusterfs"]
    /// Filesystems that hold nothing.
    private static let empty = ["proc", "sysfs", "cgroup", "cgroup2", "devpts", "mqueue"]

    init(_ order: LookOrder) {
        self.order = order
    }

    func answer(_ answer: inout Answer) throws {
        guard let text = SmallFile.text("/proc/\(order.process)/mountinfo"),
            let root = OwnedDescriptor("/proc/\(order.process)/root", LINUX_O_PATH | O_DIRECTORY)
        else { throw Refusal.system("look.mounts", "what the container sees mounted is not read") }
        let mounts = MountTable(text).mounts
        guard order.look.verb == "df" else {
            for mount in mounts {
                let access = mount.options.first ?? "rw"
                try answer.say(
                    "\(Shown.left(Shown.name(mount.point.utf8), 32)) \(Shown.left(mount.type, 10)) \(access)"
                )
            }
            return
        }
        try answer.say("Filesystem  Type            Size      Used     Avail  Use% Mounted on")
        for mount in mounts where !Self.empty.contains(mount.type) {
            try row(mount, root.number, &answer)
        }
    }

    private func row(
        _ mount: MountTable.Mount, _ root: Int32, _ answer: inout Answer
    ) throws {
        let name = Shown.name(mount.point.utf8)
        guard !Self.distant.contains(mount.type), !mount.type.hasPrefix("fuse") else {
            return try answer.say(
                "\(Shown.left(mount.type, 27)) not asked: it is distant        \(name)")
        }
        guard
            let point = OwnedDescriptor(
                mount.point, LINUX_O_PATH, in: root,
                resolve: RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS)
        else { return }
        var status = statfs()
        guard fstatfs(point.number, &status) == 0, status.f_blocks > 0 else { return }
        let block = UInt64(status.f_bsize)
        // A file system says what it likes.
        let bytes = { (blocks: UInt64) -> UInt64 in
            let (high, low) = blocks.multipliedFullWidth(by: block)
            return high == 0 ? low : .max
        }
        let (size, free) = (bytes(UInt64(status.f_blocks)), bytes(UInt64(status.f_bfree)))
        let available = bytes(UInt64(status.f_bavail))
        let used = size - min(size, free)
        let shown = { (bytes: UInt64) in
            Shown.right(order.look.has("h") ? Shown.size(bytes) : String(bytes >> 10), 9)
        }
        let all = UInt128(used) + UInt128(available)
        let percent = all > 0 ? (UInt128(used) * 100 + all - 1) / all : 0
        try answer.say(
            "\(Shown.left(Shown.name(mount.source.utf8), 11)) \(Shown.left(mount.type, 10))"
                + "\(shown(size)) \(shown(used)) \(shown(available)) \(Shown.right("\(percent)%", 5)) \(name)"
        )
    }
}
