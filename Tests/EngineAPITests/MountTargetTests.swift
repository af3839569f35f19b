import Acts
import EngineAPI
import Testing

/// Where volumes and tmpfs may be mounted, and what of a volume.
@Suite struct MountTargetTests {
    private func demands(_ body: String) throws -> [Demand.Kind] {
        let call = try Call("POST", "/v1.45/containers/create")
        let kinds = try Draft(call, body: Array(body.utf8)).act.demands.map(\.kind)
        return kinds.filter { $0 != .image("docker.io/library/a:latest") }
    }

    private static let spellings: [@Sendable (String) -> String] = [
        { #""HostConfig":{"Binds":["v:\#($0)"]}"# },
        { #""HostConfig":{"Binds":["\#($0)"]}"# },
        { #""HostConfig":{"Tmpfs":{"\#($0)":""}}"# },
        { #""HostConfig":{"Mounts":[{"Type":"tmpfs","Target":"\#($0)"}]}"# },
        { #""HostConfig":{"Mounts":[{"Type":"volume","Target":"\#($0)"}]}"# },
        { #""HostConfig":{"Mounts":[{"Type":"volume","Source":"v","Target":"\#($0)"}]}"# },
        { #""Volumes":{"\#($0)":{}}"# },
    ]

    @Test(arguments: [
        ("/proc", true), ("/process", false), ("/proc/", true), ("//proc//sys", true),
        ("/x/../proc/1", true), ("/x/proc", false), ("/./sys", true), ("/system", false),
        ("/sys/firmware", true), ("/srv/sys", false), ("/dev", true), ("/devel", false),
        ("/dev/null", true), ("/dev/shm", false), ("/dev/shm/../null", true), ("/dev/shm/x", false),
        ("/dev/shmx", true), ("/dev/mqueue", false), ("/proc/..", false), ("/../../dev", true),
        ("/PROC", false), ("/data", false), ("/", false),
    ])
    func noMountStandsOverTheRuntimesOwn(target: String, isRefused: Bool) throws {
        let over = Demand.Kind.unjudged(
            "a mount over \(Name.shown(target)), which is the runtime's own,")
        for spelling in Self.spellings {
            let fields = spelling(target)
            let found = try demands(#"{"Image":"a",\#(fields)}"#)
            #expect(found == (isRefused ? [over] : []), "\(fields)")
        }
    }

    /// What a level names it names with its target: the demand is the bind's own.
    @Test func aBindIsJudgedByItsLevel() throws {
        let found = try demands(#"{"Image":"a","HostConfig":{"Binds":["/dev/snd:/dev/snd"]}}"#)
        #expect(
            found == [
                .bind(
                    BindRequest(
                        source: "/dev/snd", target: "/dev/snd", readOnly: false, hasOptions: false))
            ])
    }

    @Test(arguments: [
        ("", false), ("a", false), ("a/b..c", false), ("..", true), ("a/../../b", true),
        ("/etc", true), ("a/..", true), ("...", false),
    ])
    func aSubpathStaysInItsVolume(path: String, isRefused: Bool) throws {
        let found = try demands(
            #"{"Image":"a","HostConfig":{"Mounts":[{"Type":"volume","Source":"v","Target":"/d","#
                + #""VolumeOptions":{"Subpath":"\#(path)"}}]}}"#)
        let leaves = Demand.Kind.unjudged(
            "the subpath \(Name.shown(path)), which leads out of its volume,")
        #expect(found == (isRefused ? [leaves] : []))
    }
}
