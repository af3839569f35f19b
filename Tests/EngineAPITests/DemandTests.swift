import Acts
import EngineAPI
import Policy
import Testing

@Suite struct DemandTests {
    private func act(_ target: String, _ body: String) throws -> Act {
        try Draft(try Call("POST", "/v1.41" + target), body: Array(body.utf8)).act
    }

    struct Row: CustomTestStringConvertible {
        let host: String
        let demands: [Demand.Kind]
        var testDescription: String { host }

        init(_ host: String, _ demands: Demand.Kind...) {
            self.host = host
            self.demands = demands
        }
    }

    private static func bind(
        _ source: String, _ target: String, readOnly: Bool = false, options: Bool = false
    ) -> Demand.Kind {
        .bind(BindRequest(source: source, target: target, readOnly: readOnly, hasOptions: options))
    }

    @Test(arguments: [
        // What clients always send asks for nothing.
        Row(#""Privileged":false,"CapAdd":null,"Binds":[],"PidMode":"","NetworkMode":"default""#),
        Row(#""NetworkMode":"bridge","IpcMode":"private","CgroupnsMode":"private""#),
        Row(#""CapAdd":["chown","CAP_NET_RAW"],"CapDrop":["ALL"]"#),
        Row(#""SecurityOpt":["no-new-privileges"],"LogConfig":{"Type":"json-file","Config":{"max-size":"1m"}}"#),
        Row(#""Tmpfs":{"/t":"size=16m,mode=1777,noexec"}"#),
        Row(#""Mounts":[{"Type":"tmpfs","Target":"/c","TmpfsOptions":{"SizeBytes":1048576}}]"#),
        Row(#""Ulimits":[{"Name":"nofile","Soft":1024,"Hard":1024}]"#),
        Row(#""RestartPolicy":{"Name":"no"},"ShmSize":0,"OomScoreAdj":0"#),
        Row(#""ExtraHosts":["api.local:10.88.0.5"],"Dns":["10.88.0.2"]"#),
        Row(#""ExtraHosts":["six:2001:db8::1","six=[2001:db8::2]"],"Dns":["2001:db8::1"]"#),
        Row(#""LogConfig":{"Config":{"tag":"{{.Name}}/{{ .ID }} of {{.ImageName}}"}}"#),
        Row(#""Mounts":[{"Type":"tmpfs","Target":"/c","TmpfsOptions":{"SizeBytes":0}}]"#),
        // Each spelling of each way to the host.
        Row(#""Privileged":true"#, .privileged),
        Row(#""PidMode":"host""#, .hostNamespace(.pid)),
        Row(#""IpcMode":"host""#, .hostNamespace(.ipc)),
        Row(#""UTSMode":"host""#, .hostNamespace(.uts)),
        Row(#""UsernsMode":"host""#, .hostNamespace(.user)),
        Row(#""CgroupnsMode":"host""#, .hostNamespace(.cgroup)),
        Row(#""NetworkMode":"host""#, .hostNamespace(.network)),
        Row(#""Binds":["/:/h"]"#, bind("/", "/h")),
        Row(#""Binds":["/etc:/e:ro"]"#, bind("/etc", "/e", readOnly: true)),
        Row(#""Binds":["/etc:/e:ro,rshared"]"#, bind("/etc", "/e", readOnly: true, options: true)),
        Row(#""Binds":["/etc:/e:z"]"#, bind("/etc", "/e", options: true)),
        Row(#""Mounts":[{"Type":"bind","Source":"/","Target":"/h"}]"#, bind("/", "/h")),
        Row(
            #""Mounts":[{"Type":"bind","Source":"/x","Target":"/h","BindOptions":{"CreateMountpoint":true}}]"#,
            bind("/x", "/h", options: true)),
        Row(#""Mounts":[{"Type":"npipe","Source":"x","Target":"/h"}]"#, .mountKind("npipe")),
        Row(#""Mounts":[{"Type":"image","Source":"x","Target":"/h"}]"#, .mountKind("image")),
        Row(#""Mounts":[{"Source":"/","Target":"/h"}]"#, .mountKind("unknown")),
        Row(
            #""Mounts":[{"Type":"volume","Target":"/h","VolumeOptions":{"DriverConfig":{"Options":{"o":"bind"}}}}]"#,
            .volumeOption("o")),
        Row(
            #""Mounts":[{"Type":"volume","Target":"/h","VolumeOptions":{"DriverConfig":{"Name":"nfs"}}}]"#,
            .volumeDriver("nfs")),
        Row(#""VolumeDriver":"nfs""#, .volumeDriver("nfs")),
        Row(#""CapAdd":["ALL"]"#, .capability("ALL")),
        Row(#""CapAdd":"sys_admin""#, .capability("SYS_ADMIN")),
        Row(#""CapAdd":["Cap_Sys_Ptrace"]"#, .capability("SYS_PTRACE")),
        Row(#""Devices":[{"PathOnHost":"/dev/kvm"}]"#, .device("/dev/kvm")),
        Row(#""DeviceCgroupRules":["c *:* rwm"]"#, .device("c *:* rwm")),
        Row(#""DeviceRequests":[{"Count":-1}]"#, .device("any")),
        Row(#""SecurityOpt":["seccomp=unconfined"]"#, .securityOption("seccomp=unconfined")),
        Row(#""SecurityOpt":["apparmor:unconfined"]"#, .securityOption("apparmor:unconfined")),
        Row(#""SecurityOpt":["no-new-privileges=false"]"#, .securityOption("no-new-privileges=false")),
        Row(#""MaskedPaths":[]"#, .unmaskedPaths),
        Row(#""ReadonlyPaths":["/proc/bus"]"#, .unmaskedPaths),
        Row(#""Sysctls":{"kernel/core_pattern":"|x"}"#, .sysctl(name: "kernel.core_pattern", value: "|x")),
        Row(#""Runtime":"io.containerd.runc.v2""#, .runtime("io.containerd.runc.v2")),
        Row(#""CgroupParent":"/x""#, .cgroupParent("/x")),
        Row(#""Cgroup":"container:x""#, .unjudged(#"the cgroup "container:x""#)),
        // Though a tenant's own cgroup is allowed as the parent.
        Row(#""Cgroup":"/quaymaster/red""#, .unjudged(#"the cgroup "/quaymaster/red""#)),
        Row(#""GroupAdd":["docker"]"#, .hostGroup("docker")),
        Row(#""LogConfig":{"Type":"none"}"#, .logDriver("none")),
        Row(#""LogConfig":{"Type":"syslog"}"#, .logDriver("syslog")),
        Row(#""LogConfig":{"Config":{"syslog-address":"x"}}"#, .logOption("syslog-address")),
        // A template that the engine fills in for every line: padded, one line is as long as it says.
        Row(#""LogConfig":{"Config":{"tag":"{{pad .ID 500000000 0}}"}}"#, .logOption("tag")),
        Row(#""LogConfig":{"Config":{"tag":"{{.Command}}{{.Command}}"}}"#, .logOption("tag")),
        Row(#""LogConfig":{"Config":{"tag":"{{.Name}"}}"#, .logOption("tag")),
        Row(#""Tmpfs":{"/t":"exec,size=64g"}"#, .tmpfsOption("exec"), .tmpfsOption("size=64g")),
        Row(#""Tmpfs":{"/t":"size=100%"}"#, .tmpfsOption("size=100%")),
        Row(#""Tmpfs":{"/t":"mode=4777"}"#, .tmpfsOption("mode=4777")),
        // To the kernel zero is no limit (tmpfs(5)).
        Row(#""Tmpfs":{"/t":"size=0"}"#, .tmpfsOption("size=0")),
        Row(#""Tmpfs":{"/t":"size=0k"}"#, .tmpfsOption("size=0k")),
        Row(#""StorageOpt":{"size":"1g"}"#, .storageOption("size")),
        Row(#""Annotations":{"a":"b"}"#, .annotation("a")),
        Row(#""OomScoreAdj":-1000"#, .outOfMemoryScore(-1000)),
        Row(#""OomKillDisable":true"#, .outOfMemoryKillDisabled),
        Row(#""CpuRealtimeRuntime":1"#, .realTimeScheduling),
        Row(#""CpusetCpus":"0-1""#, .processorPinning("0-1")),
        Row(#""BlkioDeviceReadBps":[{"Path":"/dev/vda","Rate":1}]"#, .blockDevice("/dev/vda")),
        Row(#""Ulimits":[{"Name":"memlock","Soft":-1,"Hard":-1}]"#, .userLimit("memlock")),
        Row(#""ShmSize":1099511627776"#, .sharedMemory(bytes: 1 << 40)),
        Row(#""PublishAllPorts":true"#, .allPorts),
        Row(
            #""PortBindings":{"80/tcp":[{"HostPort":"8080"},{"HostIp":"::","HostPort":"22"}]}"#,
            .publishedPort(PortRequest(address: "", ports: 8080...8080)),
            .publishedPort(PortRequest(address: "::", ports: 22...22))),
        Row(
            #""PortBindings":{"80/tcp":[{"HostPort":""}]}"#,
            .publishedPort(PortRequest(address: "", ports: nil))),
        Row(#""PortBindings":{"80/tcp":[{"HostPort":"a"}]}"#, .unjudged("a host port that is no number or range")),
        Row(#""ExtraHosts":["h:host-gateway"]"#, .hostName("h:host-gateway")),
        Row(#""ExtraHosts":["h:127.0.0.1"]"#, .hostName("h:127.0.0.1")),
        Row(#""ExtraHosts":["h=[::1]"]"#, .hostName("h=[::1]")),
        // The engine takes blanks off an address and reads every spelling of it.
        Row(#""ExtraHosts":["h: 169.254.169.254"]"#, .hostName("h: 169.254.169.254")),
        Row(#""ExtraHosts":["h:::ffff:7f00:1"]"#, .hostName("h:::ffff:7f00:1")),
        Row(#""ExtraHosts":["h:::ffff:a9fe:a9fe"]"#, .hostName("h:::ffff:a9fe:a9fe")),
        Row(#""ExtraHosts":["h:0::1"]"#, .hostName("h:0::1")),
        Row(#""ExtraHosts":["h:fe90::1"]"#, .hostName("h:fe90::1")),
        Row(#""ExtraHosts":["h:else"]"#, .hostName("h:else")),
        Row(#""Dns":[" 127.0.0.1"]"#, .resolver(" 127.0.0.1")),
        // What a resolver of C reads as 127.0.0.1.
        Row(#""Dns":["2130706433"]"#, .resolver("2130706433")),
        Row(#""Dns":["::ffff:7f00:35"]"#, .resolver("::ffff:7f00:35")),
        Row(#""ExtraHosts":["h:0:0::1"]"#, .hostName("h:0:0::1")),
        Row(#""ExtraHosts":["h:feba::1"]"#, .hostName("h:feba::1")),
        Row(#""ExtraHosts":["a=b:127.0.0.1"]"#, .hostName("a=b:127.0.0.1")),
        Row(#""ExtraHosts":["0:10.0.0.1","h:fd00::1","h=2001:db8:0::1","h:8.8.8.8"]"#),
        Row(#""Dns":["169.254.169.254"]"#, .resolver("169.254.169.254")),
        Row(#""Dns":["0::1"]"#, .resolver("0::1")),
        Row(#""Dns":["0127.0.0.1"]"#, .resolver("0127.0.0.1")),
        Row(#""Dns":["2620:0:ccc::2","fd00::53","1.1.1.1","127"]"#, .resolver("127")),
        Row(#""RestartPolicy":{"Name":"always"}"#, .restartPolicy("always")),
        // Towards other containers.
        Row(#""PidMode":"container:x1""#, .joinedNamespace(.pid, container: "x1")),
        Row(#""NetworkMode":"container:x1""#, .joinedNamespace(.network, container: "x1")),
        Row(#""VolumesFrom":["x1:ro"]"#, .inheritedMounts(container: "x1")),
        Row(#""Links":["x1:peer"]"#, .link(container: "x1")),
        // What nobody can mean.
        Row(#""UTSMode":"container:x1""#, .unjudged(#"the uts mode "container:x1""#)),
        Row(#""UsernsMode":"container:x1""#, .unjudged(#"the user mode "container:x1""#)),
        Row(#""CgroupnsMode":"container:x1""#, .unjudged(#"the cgroup mode "container:x1""#)),
        Row(#""PidMode":"else""#, .unjudged(#"the pid mode "else""#)),
        Row(#""Binds":["relative/x:/y"]"#, .unjudged(#"a volume called "relative/x""#)),
        // For the engine the name is empty, whatever follows.
        Row(#""Links":[":peer"]"#, .link(container: ""), .unjudged(#"a container called """#)),
        Row(#""VolumesFrom":[":x1"]"#, .inheritedMounts(container: ""), .unjudged(#"a container called """#)),
        Row(#""Binds":["a:b:c:d"]"#, .unjudged(#"the mount "a:b:c:d""#)),
        Row(#""NetworkMode":"../x""#, .unjudged(#"a network called "../x""#)),
    ])
    func reads(row: Row) throws {
        let act = try act("/containers/create", "{\"Image\":\"a\",\"HostConfig\":{\(row.host)}}")
        // The image itself is a demand of every container.
        #expect(act.demands.map(\.kind) == [.image("docker.io/library/a:latest")] + row.demands)
    }

    /// A list of masked paths is what the engine masks, so one that is longer than some engine's own
    /// keeps what other engines mask.
    @Test(arguments: [
        // The engine's own default, or an older one's: the engine that runs it knows its own.
        ("", nil), (#","/proc/asound""#, nil), (#","/proc/asound","/proc/interrupts""#, nil),
        (
            #","/srv""#,
            #","/srv","/proc/asound","/proc/interrupts","/sys/devices/virtual/powercap""#
        ),
        (
            #","/proc/asound","/srv""#,
            #","/proc/asound","/srv","/proc/interrupts","/sys/devices/virtual/powercap""#
        ),
    ])
    func maskedPathsAreNeverFewer(more: String, sent: String?) throws {
        let usual =
            #""/proc/acpi","/proc/kcore","/proc/keys","/proc/latency_stats","/proc/timer_list","#
            + #""/proc/timer_stats","/proc/sched_debug","/proc/scsi","/sys/firmware""#
        let body = #"{"Image":"a","HostConfig":{"MaskedPaths":["# + usual + more + "]}}"
        let draft = try Draft(Call("POST", "/v1.41/containers/create"), body: Array(body.utf8))
        #expect(draft.act.demands.map(\.kind) == [.image("docker.io/library/a:latest")])
        let written = String(decoding: draft.request(version: .floor).body ?? [], as: UTF8.self)
        let list = sent.map { #""MaskedPaths":["# + usual + $0 + "]" } ?? ""
        #expect(written == #"{"Image":"a","HostConfig":{"# + list + "}}")
    }

    /// The engine makes a container of nothing when no image is named: an allow list of images must
    /// hear of it.
    @Test(arguments: ["{}", #"{"Image":""}"#, #"{"image":null,"Cmd":["/v/own"]}"#])
    func withoutAnImageItIsScratch(body: String) throws {
        let act = try act("/containers/create", body)
        #expect(act.demands.map(\.kind) == [.image("scratch")])
        #expect(act.references.isEmpty)
        var level = Level(name: "few", extends: .baseline, location: nil)
        #expect(act.demands.allSatisfy(level.allows))
        level.images = [NamePattern("docker.io/library/*")]
        #expect(!act.demands.allSatisfy(level.allows))
    }

    @Test func referencesAreFound() throws {
        let act = try act(
            "/containers/create",
            #"{"Image":"bb:1","HostConfig":{"Binds":["data:/d"],"NetworkMode":"net1","VolumesFrom":["c1"],"#
                + #""Mounts":[{"Type":"volume","Source":"more","Target":"/m"}]},"#
                + #""NetworkingConfig":{"EndpointsConfig":{"net2":{"NetworkID":"n3","Links":["c2:x"]}}}}"#)
        let found = act.references.map { "\($0.kind.rawValue) \($0.text)" }
        #expect(
            Set(found) == [
                "image bb:1", "volume data", "volume more", "network net1", "network net2",
                "network n3", "container c1", "container c2",
            ])
        for reference in act.references {
            #expect(reference.mayBeAbsent == (reference.kind == .volume))
        }
    }

    @Test func otherBodiesAreJudgedToo() throws {
        #expect(try act("/containers/x/exec", #"{"Cmd":["id"],"Privileged":true}"#).demands.map(\.kind) == [.privileged])
        #expect(try act("/containers/x/exec", #"{"Cmd":["id"],"Privileged":false}"#).demands.isEmpty)
        #expect(
            try act("/containers/x/update", #"{"Devices":[{"PathOnHost":"/dev/x"}],"Memory":1}"#).demands.map(\.kind)
                == [.device("/dev/x")])
        #expect(try act("/networks/create", #"{"Name":"n","Driver":"bridge"}"#).demands.isEmpty)
        #expect(
            try act("/networks/create", #"{"Name":"n","Driver":"macvlan","Options":{"parent":"eth0"}}"#).demands
                .map(\.kind) == [.networkDriver("macvlan"), .networkOption("parent")])
        #expect(
            try act("/networks/create", #"{"Name":"n","Options":{"com.docker.network.bridge.name":"docker0"}}"#)
                .demands.map(\.kind) == [.networkOption("com.docker.network.bridge.name")])
        #expect(
            try act("/volumes/create", #"{"Name":"v","DriverOpts":{"type":"none","device":"/"}}"#).demands.count == 2)
        #expect(try act("/swarm/init", "{}").demands.map(\.kind) == [.hostItself("SwarmInit")])
    }

    @Test func buildsAskForWhatTheirStepsGet() throws {
        let call = try Call(
            "POST", "/v1.41/build?networkmode=host&cgroupparent=%2Fx&extrahosts=h%3Ahost-gateway&t=a&t=b")
        let act = try Draft(call).act
        #expect(
            act.demands.map(\.kind)
                == [.hostNamespace(.network), .cgroupParent("/x"), .hostName("h:host-gateway")])
        let joined = try Draft(Call("POST", "/build?networkmode=container:x")).act
        #expect(joined.demands.map(\.kind) == [.joinedNamespace(.network, container: "x")])
        #expect(joined.references.map(\.text) == ["x"])
    }

    @Test func pullAndImportAreDifferentVerbs() throws {
        #expect(try Draft(Call("POST", "/images/create?fromImage=a&tag=1")).act.verbs == [.pull])
        let archive = try Draft(Call("POST", "/images/create?fromSrc=-&repo=a")).act
        #expect(archive.verbs == [.import] && archive.demands.isEmpty)
        let remote = try Draft(Call("POST", "/images/create?fromSrc=http%3A%2F%2Fx&repo=a")).act
        #expect(remote.verbs == [.import] && remote.demands.count == 1)
    }
}
