import Testing

@testable import Confinement

@Suite struct PlanTests {
    private func spec(_ process: String) throws -> ProcessSpec {
        try ProcessSpec(Array(#"{"process":\#(process),"hostname":"h"}"#.utf8))
    }

    @Test func readsWhatEnginesWrite() throws {
        let spec = try spec(
            #"""
            {"user":{"uid":1234,"gid":2345,"additionalGids":[2345,777],"umask":18},"args":["sleep"],
             "env":["PATH=/bin","DB_PASSWORD=x"],"cwd":"/srv","noNewPrivileges":true,"oomScoreAdj":500,
             "capabilities":{"bounding":["CAP_CHOWN","CAP_CHECKPOINT_RESTORE"],"ambient":[]},
             "rlimits":[{"type":"RLIMIT_NOFILE","hard":512,"soft":256},
                        {"type":"RLIMIT_CORE","hard":18446744073709551615,"soft":-1}],
             "apparmorProfile":"docker-default","selinuxLabel":""}
            """#)
        #expect(spec.user == 1234)
        #expect(spec.group == 2345)
        #expect(spec.groups == [2345, 777])
        #expect(spec.umask == 18)
        #expect(spec.folder == "/srv")
        #expect(spec.capabilities.bounding == 1 | 1 << 40)
        #expect(spec.capabilities.effective == 0)
        #expect(
            spec.limits == [
                ResourceLimit(resource: 7, soft: 256, hard: 512),
                ResourceLimit(resource: 4, soft: .max, hard: .max),
            ])
        #expect(spec.oomScoreAdjustment == 500)
        #expect(spec.profile == "docker-default")
        #expect(spec.label == nil)
        #expect(spec.hostName == "h")
    }

    /// What is not known may confine in a way that would be missed.
    @Test(arguments: [
        (#"{"user":{"uid":0,"gid":0},"cwd":"/"}"#, true),
        (#"{"user":{"uid":0,"gid":0},"cwd":"/","capabilities":null,"rlimits":null}"#, true),
        (#"{"user":{"uid":0,"gid":0},"cwd":"/","scheduler":{"policy":"SCHED_IDLE"}}"#, false),
        (#"{"user":{"uid":0,"gid":0},"cwd":"/","ioPriority":{}}"#, false),
        (#"{"user":{"uid":0,"gid":0},"cwd":"/","capabilities":{"bounding":["CAP_NEW"]}}"#, false),
        (#"{"user":{"uid":0,"gid":0},"cwd":"/","capabilities":{"other":[]}}"#, false),
        (#"{"user":{"uid":0,"gid":0},"cwd":"/","rlimits":[{"type":"RLIMIT_NEW","soft":1,"hard":1}]}"#, false),
        (#"{"user":{"uid":0,"gid":0},"cwd":"srv"}"#, false),
        (#"{"user":{"uid":-1,"gid":0},"cwd":"/"}"#, false),
        (#"{"user":{"uid":0},"cwd":"/"}"#, false),
        (#"{"cwd":"/"}"#, false),
    ])
    func specsAreClosed(process: String, isTaken: Bool) throws {
        if isTaken { _ = try spec(process) } else { #expect(throws: Refusal.self) { try spec(process) } }
    }

    @Test(arguments: [
        (#"{"init_process_pid":5,"init_process_start":9,"cgroup_paths":{"":"/sys/fs/cgroup/a"}}"#, true),
        (#"{"init_process_pid":0,"init_process_start":9,"cgroup_paths":{"":"/a"}}"#, false),
        (#"{"init_process_pid":5,"init_process_start":0,"cgroup_paths":{"":"/a"}}"#, false),
        (#"{"init_process_pid":5,"init_process_start":9,"cgroup_paths":{}}"#, false),
        (#"{"init_process_pid":5,"init_process_start":9,"cgroup_paths":{"":"a"}}"#, false),
        (#"{"init_process_pid":5,"init_process_start":9,"cgroup_paths":{"":"/a/../b"}}"#, false),
        (#"{"init_process_pid":5,"init_process_start":9,"cgroup_paths":{"":"/a"},"rootless":true}"#, false),
        (
            #"{"init_process_pid":5,"init_process_start":9,"cgroup_paths":{"":"/a"},"config":{"no_pivot_root":true}}"#,
            false
        ),
        (
            #"{"init_process_pid":5,"init_process_start":9,"cgroup_paths":{"":"/a"},"intel_rdt_path":"/r"}"#,
            false
        ),
        ("{", false),
    ])
    func statesAreComplete(text: String, isTaken: Bool) throws {
        if isTaken {
            _ = try RuntimeState(Array(text.utf8))
        } else {
            #expect(throws: Refusal.self) { try RuntimeState(Array(text.utf8)) }
        }
    }

    @Test func mountsAreRead() throws {
        let table = MountTable(
            """
            95 70 0:40 / / ro,relatime master:2 - overlay overlay rw,lowerdir=/a:/b,upperdir=/up\\054per/diff,workdir=/w
            96 95 0:43 / /proc rw,nosuid - proc proc rw
            97 95 8:1 /data/a\\040b /srv/a\\040b rw - ext4 /dev/sda1 rw,errors=remount-ro
            broken line
            """)
        #expect(table.mounts.count == 3)
        #expect(table.mount(at: "/")?.type == "overlay")
        #expect(table.mount(at: "/srv/a b")?.root == "/data/a b")
        #expect(table.mount(at: "/srv") == nil)
    }

    @Test func usersAreMapped() {
        let map = IdentityMap("         0     100000      65536\n     70000          5          1\n")
        #expect(map.outside(0) == 100_000)
        #expect(map.outside(65_535) == 165_535)
        #expect(map.outside(65_536) == nil)
        #expect(map.outside(70_000) == 5)
    }

    /// A process chooses its own name.
    @Test(arguments: [
        ("7 (a) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4711 0 0", UInt64?.some(4711)),
        ("7 (a) Z) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4711 0 0", 4711),
        ("7 (a) Z 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4711 0 0", nil),
        ("7 (a) S 1 1", nil), ("", nil),
    ])
    func startTimesAreRead(stat: String, start: UInt64?) {
        #expect(ProcessStatus.start(ofStat: stat) == start)
    }

    @Test func environmentsAreBuilt() {
        let environment = ProgramEnvironment([
            "PATH=/opt/bin:/bin", "DB_PASSWORD=x", "LD_PRELOAD=/evil.so", "HOME=/root", "LC_ALL=C",
            "TZ=UTC", "broken",
        ])
        #expect(environment.search == ["/opt/bin", "/bin"])
        #expect(
            environment.all(hasTerminal: false) == [
                "HOME=/nonexistent", "LC_ALL=C", "PATH=/opt/bin:/bin", "TZ=UTC", "TERM=dumb",
            ])
    }
}
