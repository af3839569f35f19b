import Testing

@testable import Confinement

/// Where a process has to be before it may go on into a container.
@Suite struct CgroupJoinTests {
    private static let line = "/sys/fs/cgroup/unified/docker/c1/quaymaster-line-1f"
    private static let folders = [
        "/sys/fs/cgroup/memory/docker/c1", "/sys/fs/cgroup/pids/docker/c1", line,
    ]
    private static let first = "3:memory:/docker/c1\n2:pids:/docker/c1\n0::/docker/c1\n"

    private static func isInside(_ own: String, _ first: String = Self.first) -> Bool {
        CgroupJoin.isInside(own, first, folders: folders, line: line)
    }

    private static let inLine = "0::/docker/c1/quaymaster-line-1f\n"

    @Test(arguments: [
        ("where the first process is", "3:memory:/docker/c1\n2:pids:/docker/c1\n" + inLine, first, true),
        ("one hierarchy is the host's", "3:memory:/\n2:pids:/docker/c1\n" + inLine, first, false),
        ("one is another container's", "3:memory:/docker/c2\n2:pids:/docker/c1\n" + inLine, first, false),
        ("one is above the container's", "3:memory:/docker\n2:pids:/docker/c1\n" + inLine, first, false),
        ("not in the line's", first, first, false),
        ("a line of another container", "3:memory:/docker/c1\n2:pids:/docker/c1\n0::/docker/c2/quaymaster-line-1f\n", first, false),
        ("another line of the container", "3:memory:/docker/c1\n2:pids:/docker/c1\n0::/docker/c1/quaymaster-line-2e\n", first, false),
        ("the line's name at the root", "3:memory:/docker/c1\n2:pids:/docker/c1\n0::/quaymaster-line-1f\n", first, false),
        ("a hierarchy less", "2:pids:/docker/c1\n" + inLine, first, false),
        ("a hierarchy more", "3:memory:/docker/c1\n2:pids:/docker/c1\n4:cpu:/\n" + inLine, first, false),
        // systemd in a container moves itself; its container is still the one that is meant.
        (
            "the first process went deeper", "3:memory:/docker/c1\n2:pids:/docker/c1\n" + inLine,
            "3:memory:/docker/c1\n2:pids:/docker/c1\n0::/docker/c1/init.scope\n", true
        ),
        (
            "it went deeper in one that was joined above it", "3:memory:/docker/c1\n2:pids:/docker/c1\n" + inLine,
            "3:memory:/docker/c1/a/b\n2:pids:/docker/c1\n0::/docker/c1\n", true
        ),
        // Nobody is anywhere else in a hierarchy that is not mounted.
        (
            "a root that is shared", "4:net_cls:/\n3:memory:/docker/c1\n2:pids:/docker/c1\n" + inLine,
            "4:net_cls:/\n" + first, true
        ),
        ("nothing is told", "", "", false),
    ]) func aProcessIsWhereTheContainerIs(
        _ name: String, _ own: String, _ first: String, _ isInside: Bool
    ) {
        #expect(Self.isInside(own, first) == isInside, "\(name)")
    }
}
